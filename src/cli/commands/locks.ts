import { fetchText, lockText } from "../render/locks.ts";
import { command, nameFlag, resolveFlags, wishFlags } from "../spec.ts";
import { given, resolveChoices, wishOf } from "./choices.ts";
import { named } from "./packages.ts";

const backendsFlag = {
  backend: {
    kind: "list",
    value: "NAME",
    summary: "builds for hardware that it shall have: cpu, cu126 …; each machine takes its own at install",
    values: resolveFlags.backend.values,
  },
} as const;

const targetFlag = {
  target: {
    kind: "list",
    value: "TARGET",
    summary: "SYSTEM-MACHINE-PYTHON, such as linux-x86_64-cp311 (else this machine's Python)",
    values: ["linux-x86_64-cp312", "linux-aarch64-cp312", "macos-arm64-cp312", "windows-amd64-cp312"],
  },
} as const;

export const lock = command(
  {
    path: "lock",
    group: "files",
    summary: "write exact versions and hashes for one or more targets into a pylock.toml",
    changes: true,
    args: { files: { kind: "any", summary: "requirements.txt, pyproject.toml (else an environment)", values: "file" } },
    flags: {
      ...nameFlag,
      output: { kind: "text", value: "FILE", short: "o", summary: "the lock file (else print)" },
      ...targetFlag,
      check: {
        kind: "boolean",
        summary: "write nothing; exit with 3 when the lock file no longer answers what is asked",
      },
      upgrade: { kind: "boolean", short: "U", summary: "keep no version of the lock file that is there" },
      "upgrade-package": { kind: "list", value: "PACKAGE", short: "P", summary: "keep all versions but this one's" },
      ...wishFlags,
      ...resolveFlags,
      ...backendsFlag,
    },
    examples: [
      "venvoy lock requirements.txt -o pylock.toml",
      "venvoy lock -n demo -o pylock.toml --target linux-x86_64-cp311 --target windows-amd64-cp312",
      "venvoy lock requirements.txt -o pylock.toml --backend cpu --backend cu126",
      "venvoy lock requirements.txt -o pylock.toml --check",
      "venvoy lock requirements.txt -o pylock.toml --upgrade-package numpy --exclude-newer 3d",
    ],
  },
  async ({ args, flags, common, session }) => {
    const packages = flags["upgrade-package"].flatMap((text) => text.split(","));
    const report = await (await session.venvoy()).lock({
      ...resolveChoices({ ...flags, backend: undefined }),
      ...wishOf(flags),
      ...named(flags),
      ...given("output", flags.output),
      ...given("upgrade", flags.upgrade ? ("all" as const) : packages.length === 0 ? undefined : packages),
      files: args.files,
      targets: flags.target,
      ...given("backends", flags.backend.length === 0 ? undefined : flags.backend),
      check: flags.check,
      dryRun: common.dryRun,
      signal: session.signal,
    });
    const exit = report.checked && !report.isCurrent ? 3 : 0;
    return { exit, data: report, notes: report.notes, text: (style) => lockText(report, style) };
  },
);

export const fetchCommand = command(
  {
    path: "fetch",
    group: "files",
    summary: "bring all files that one or more targets need into a directory",
    changes: true,
    args: {
      files: {
        kind: "any",
        summary: "requirements.txt, pyproject.toml or pylock.toml (else an environment)",
        values: "file",
      },
    },
    flags: {
      ...nameFlag,
      output: { kind: "text", value: "DIR", short: "o", summary: "the directory (else `wheelhouse`)" },
      ...targetFlag,
      ...wishFlags,
      ...resolveFlags,
      ...backendsFlag,
    },
    examples: [
      "venvoy fetch requirements.txt -o wheelhouse",
      "venvoy fetch pylock.toml -o wheelhouse --target linux-x86_64-cp311 --target macos-arm64-cp313",
    ],
  },
  async ({ args, flags, common, session }) => {
    const report = await (await session.venvoy()).fetch({
      ...resolveChoices({ ...flags, backend: undefined }),
      ...wishOf(flags),
      ...named(flags),
      output: flags.output ?? "wheelhouse",
      files: args.files,
      targets: flags.target,
      ...given("backends", flags.backend.length === 0 ? undefined : flags.backend),
      dryRun: common.dryRun,
      signal: session.signal,
    });
    return { exit: 0, data: report, notes: report.notes, text: (style) => fetchText(report, style) };
  },
);
