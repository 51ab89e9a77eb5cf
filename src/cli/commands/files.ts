import { type ExportFormat, exportFormats } from "../../app/index.ts";
import { VenvoyError } from "../../base/index.ts";
import { exportText, forgetText, importText, trackText } from "../render/files.ts";
import { command, nameFlag, resolveFlags } from "../spec.ts";
import { changeOptions } from "./choices.ts";
import { named } from "./packages.ts";

export const exportCommand = command(
  {
    path: "export",
    group: "files",
    summary: "write down what an environment is, for other tools and machines",
    changes: true,
    args: { name: { kind: "maybe", summary: "the environment (else the active one)" } },
    flags: {
      ...nameFlag,
      as: { kind: "text", value: "FORMAT", summary: exportFormats.join(", "), values: exportFormats },
      output: { kind: "text", value: "FILE", short: "o", summary: "write into this file (else print)" },
      pinned: { kind: "boolean", summary: "exact versions of everything, in place of what was asked for" },
      hash: { kind: "boolean", summary: "the same with the sha256 of every file (requirements)" },
    },
    examples: [
      "venvoy export demo",
      "venvoy export demo -o pylock.toml",
      "venvoy export --as environment.yml",
      "venvoy export demo --as requirements --hash -o requirements.txt",
    ],
  },
  async ({ args, flags, common, session }) => {
    const { terminal } = session;
    const asks = terminal.interactive && !common.json;
    const report = await (await session.venvoy()).export({
      ...oneName(args.name, flags.name),
      ...(flags.as === undefined ? {} : { as: flags.as as ExportFormat }),
      ...(flags.output === undefined ? {} : { output: flags.output }),
      pinned: flags.pinned,
      hashes: flags.hash,
      dryRun: common.dryRun,
      signal: session.signal,
      overwrite: async (file) =>
        common.yes || (asks && /^y(es)?$/i.test((await terminal.ask(`Overwrite \`${file}\`? [y/N] `)).trim())),
    });
    return { exit: 0, data: report, notes: report.notes, text: (style) => exportText(report, common, style) };
  },
);

export const importCommand = command(
  {
    path: "import",
    group: "files",
    summary: "take over another tool's environment, a home of them, or a file",
    changes: true,
    args: {
      path: {
        kind: "one",
        summary: "a venv, conda or other environment; requirements.txt, environment.yml, a script …",
      },
      name: { kind: "maybe", summary: "how it is called here (else as it is called there)" },
    },
    flags: {
      name: { kind: "text", value: "NAME", short: "n", summary: "the same as NAME" },
      "skip-missing": { kind: "boolean", summary: "leave out packages that can't be had" },
      ...resolveFlags,
    },
    examples: [
      "venvoy import ~/old-venv demo",
      "venvoy import ~/.multivenv",
      "venvoy import environment.yml --name demo",
      "venvoy import ~/miniconda3/envs/lab --skip-missing",
    ],
  },
  async ({ args, flags, common, session }) => {
    const report = await (await session.venvoy()).import({
      path: args.path,
      ...oneName(args.name, flags.name),
      skipMissing: flags["skip-missing"],
      ...changeOptions(flags, common, session),
    });
    const exit = report.failed.length === 0 ? 0 : 1;
    return { exit, data: report, notes: report.notes, text: (style) => importText(report, style) };
  },
);

/** NAME in place, or `-n NAME`; not two different ones. */
function oneName(inPlace: string | undefined, flag: string | undefined): { readonly name?: string } {
  if (inPlace !== undefined && flag !== undefined && inPlace !== flag) {
    throw new VenvoyError("ARGUMENT_INVALID", `\`${inPlace}\` and \`-n ${flag}\` name two environments`, {
      hint: "name one",
    });
  }
  return named({ name: inPlace ?? flag });
}

export const track = command(
  {
    path: "track",
    group: "files",
    summary: "also write every change of what is asked for into a project's file",
    changes: true,
    args: {
      file: { kind: "maybe", summary: "requirements.txt or pyproject.toml; none lists them (with --stop: all)" },
    },
    flags: { ...nameFlag, stop: { kind: "boolean", summary: "the file follows no longer" } },
    examples: ["venvoy track requirements.txt", "venvoy track pyproject.toml -n demo", "venvoy track --stop"],
  },
  async ({ args, flags, common, session }) => {
    const report = await (await session.venvoy()).track({
      ...named(flags),
      ...(args.file === undefined ? {} : { file: args.file }),
      stop: flags.stop,
      dryRun: common.dryRun,
      signal: session.signal,
    });
    return { exit: 0, data: report, notes: report.notes, text: (style) => trackText(report, style) };
  },
);

export const forget = command(
  {
    path: "forget",
    group: "files",
    summary: "drop what a script's header asks of an environment",
    changes: true,
    args: { file: { kind: "one", summary: "the script, also one that is gone" } },
    flags: { ...nameFlag },
    examples: ["venvoy forget old-plot.py", "venvoy forget old-plot.py -n plots"],
  },
  async ({ args, flags, common, session }) => {
    const report = await (await session.venvoy()).forget({
      ...named(flags),
      file: args.file,
      dryRun: common.dryRun,
      signal: session.signal,
    });
    return { exit: 0, data: report, text: (style) => forgetText(report, style) };
  },
);
