import { VenvoyError } from "../../base/index.ts";
import { changeText } from "../render/change.ts";
import { command, editableFlag, nameFlag, overrideBundledFlag, resolveFlags, wishFlags } from "../spec.ts";
import { changeOptions, editables, wishOf } from "./choices.ts";
import { editHeader, scriptFlag } from "./header-edit.ts";

export const add = command(
  {
    path: "add",
    group: "packages",
    summary: "add packages to an environment",
    everyday: true,
    changes: true,
    args: { requirements: { kind: "any", summary: "packages, as pip writes them" } },
    flags: {
      ...nameFlag,
      file: { kind: "list", value: "FILE", short: "f", summary: "a file with requirements" },
      ...wishFlags,
      ...editableFlag,
      ...scriptFlag,
      ...overrideBundledFlag,
      ...resolveFlags,
    },
    examples: [
      "venvoy add numpy",
      "venvoy add -n demo 'pandas>=2' rich",
      "venvoy add -e ./mylib",
      "venvoy add git+https://git.example/mylib@main",
      "venvoy add numpy --script plot.py",
    ],
  },
  async ({ args, flags, common, session }) => {
    if (flags.script !== undefined)
      return editHeader({ ...flags, script: flags.script, add: args.requirements, files: flags.file }, common, session);
    const report = await (await session.venvoy()).add({
      ...named(flags),
      requirements: [...args.requirements, ...editables(flags)],
      files: flags.file,
      overrideBundled: flags["override-bundled"],
      ...wishOf(flags),
      ...changeOptions(flags, common, session),
    });
    return { exit: 0, data: report, notes: report.notes, text: (style) => changeText(report, style) };
  },
);

export const remove = command(
  {
    path: "remove",
    group: "packages",
    summary: "remove packages, and what only they needed",
    everyday: true,
    changes: true,
    args: { packages: { kind: "many", summary: "package names" } },
    flags: { ...nameFlag, ...scriptFlag, ...resolveFlags },
    examples: ["venvoy remove rich", "venvoy remove rich --script plot.py"],
  },
  async ({ args, flags, common, session }) => {
    if (flags.script !== undefined)
      return editHeader({ ...flags, script: flags.script, remove: args.packages }, common, session);
    const report = await (await session.venvoy()).remove({
      ...named(flags),
      packages: args.packages,
      ...changeOptions(flags, common, session),
    });
    return { exit: 0, data: report, notes: report.notes, text: (style) => changeText(report, style) };
  },
);

export const upgrade = command(
  {
    path: "upgrade",
    group: "packages",
    summary: "take newer versions of all packages, or of some",
    changes: true,
    args: { packages: { kind: "any", summary: "package names; none means all" } },
    flags: {
      ...nameFlag,
      package: { kind: "list", value: "PACKAGE", short: "P", summary: "one of the packages, as lock and uv call it" },
      ...resolveFlags,
    },
    examples: ["venvoy upgrade", "venvoy upgrade -n demo numpy"],
  },
  async ({ args, flags, common, session }) => {
    const report = await (await session.venvoy()).upgrade({
      ...named(flags),
      packages: [...args.packages, ...flags.package.flatMap((text) => text.split(","))],
      ...changeOptions(flags, common, session),
    });
    return { exit: 0, data: report, notes: report.notes, text: (style) => changeText(report, style) };
  },
);

export const sync = command(
  {
    path: "sync",
    group: "packages",
    summary: "make an environment hold exactly what files say",
    changes: true,
    args: { files: { kind: "many", summary: "requirements.txt, pyproject.toml, or a lock: pylock.toml, uv.lock, …" } },
    flags: { ...nameFlag, ...wishFlags, ...resolveFlags },
    examples: [
      "venvoy sync -n demo requirements.txt",
      "venvoy sync pylock.toml",
      "venvoy sync uv.lock --group dev",
      "venvoy sync 'pyproject.toml[fast]'",
    ],
  },
  async ({ args, flags, common, session }) => {
    const report = await (await session.venvoy()).sync({
      ...named(flags),
      files: args.files,
      ...wishOf(flags),
      ...changeOptions(flags, common, session),
    });
    return { exit: 0, data: report, notes: report.notes, text: (style) => changeText(report, style) };
  },
);

export const undo = command(
  {
    path: "undo",
    group: "time",
    summary: "go back to the version before, or to version N",
    everyday: true,
    changes: true,
    args: { version: { kind: "maybe", summary: "the version to go to" } },
    flags: { ...nameFlag },
    examples: ["venvoy undo", "venvoy undo 3 -n demo"],
  },
  async ({ args, flags, common, session }) => {
    const version = args.version === undefined ? undefined : wholeNumber("undo", args.version);
    const report = await (await session.venvoy()).undo({
      ...named(flags),
      ...(version === undefined ? {} : { version }),
      signal: session.signal,
      dryRun: common.dryRun,
      command: session.typed,
    });
    return {
      exit: 0,
      data: report,
      notes: report.notes,
      text: (style) => changeText(report, style, { undoHint: false }),
    };
  },
);

export function named(flags: { readonly name: string | undefined }): { readonly name?: string } {
  return flags.name === undefined ? {} : { name: flags.name };
}

function wholeNumber(path: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new VenvoyError("ARGUMENT_INVALID", `\`venvoy ${path}\` takes a version number, not \`${text}\``, {
      hint: "venvoy history",
    });
  }
  return Number(text);
}
