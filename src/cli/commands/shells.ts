import { hookMissing } from "../../app/index.ts";
import { VenvoyError } from "../../base/index.ts";
import { type ShellName, shellNames, shellOf } from "../../shell/index.ts";
import { confirmRebuild } from "../render/rebuild.ts";
import { command } from "../spec.ts";

export const hook = command(
  {
    path: "hook",
    group: "shell",
    summary: "print what a shell loads to activate environments; venvoy setup does it for you",
    args: { shell: { kind: "one", summary: shellNames.join(", "), values: shellNames } },
    flags: {},
    examples: ['eval "$(venvoy hook bash)"', "venvoy hook fish | source"],
  },
  async ({ args, session }) => {
    const shell = shellNamed(args.shell);
    const script = await (await session.venvoy()).hook(shell);
    return { exit: 0, data: { shell, script }, text: () => script.trimEnd() };
  },
);

export const activate = command(
  {
    path: "activate",
    group: "shell",
    summary: "activate an environment in this shell",
    everyday: true,
    args: { name: { kind: "one", summary: "the environment, or a directory" } },
    flags: {
      path: { kind: "boolean", summary: "make it ready, print its directory, and leave the rest to the shell" },
    },
    examples: ["venvoy activate demo", "venvoy activate ./env"],
  },
  async ({ args, flags, common, session }) => {
    const ask = confirmRebuild(session, common);
    const found = await (await session.venvoy()).activate({
      name: args.name,
      command: session.typed,
      ...(ask === undefined ? {} : { confirmRebuild: ask }),
      signal: session.signal,
    });
    if (!flags.path && !common.json)
      throw hookMissing("activate", `venvoy setup, once for all; until then: . '${found.bin}/activate'`);
    return { exit: 0, data: found, text: () => found.path };
  },
);

export const deactivate = command(
  {
    path: "deactivate",
    group: "shell",
    summary: "leave the active environment",
    args: {},
    flags: {},
    examples: ["venvoy deactivate"],
  },
  async () => {
    throw hookMissing("deactivate", "venvoy setup, once for all; until then: deactivate");
  },
);

export const shell = command(
  {
    path: "shell",
    group: "shell",
    summary: "start a shell in an environment; exit leaves it",
    args: { name: { kind: "one", summary: "the environment, or a directory" } },
    flags: { with: { kind: "text", value: "SHELL", summary: "this shell, not your own", values: shellNames } },
    examples: ["venvoy shell demo", "venvoy shell demo --with fish"],
  },
  async ({ args, flags, common, session }) => {
    const ask = confirmRebuild(session, common);
    const plan = await (await session.venvoy()).subshell({
      name: args.name,
      command: session.typed,
      interactive: session.terminal.interactive,
      ...(flags.with === undefined ? {} : { shell: flags.with }),
      ...(ask === undefined ? {} : { confirmRebuild: ask }),
      signal: session.signal,
    });
    return { exit: await session.start(plan), data: undefined, text: () => "" };
  },
);

export const trust = command(
  {
    path: "trust",
    group: "shell",
    summary: "let a directory's .venvoy file activate the environment that it names",
    args: { directory: { kind: "maybe", summary: "the directory (else this one)" } },
    flags: { no: { kind: "boolean", summary: "never, and don't ask" } },
    examples: ["venvoy trust", "venvoy trust ~/project --no"],
  },
  async ({ args, flags, session }) => {
    const report = await (await session.venvoy()).trust({
      ...(args.directory === undefined ? {} : { directory: args.directory }),
      trusted: !flags.no,
      signal: session.signal,
    });
    const verb = report.trusted ? "activates" : "never activates";
    return {
      exit: 0,
      data: report,
      text: (style) => `${style.tick} ${report.file} ${verb} ${style.bold(report.name)}`,
    };
  },
);

/** The shell that a person names; throws with the known ones. */
export function shellNamed(text: string): ShellName {
  const shell = shellOf(text);
  if (shell !== undefined) return shell;
  throw new VenvoyError("ARGUMENT_INVALID", `venvoy has no hook for the shell \`${text}\``, {
    hint: `it knows ${shellNames.join(", ")}`,
    data: { shell: text },
  });
}
