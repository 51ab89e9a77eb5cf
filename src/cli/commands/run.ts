import type { RunRequest, RunTarget } from "../../app/index.ts";
import { VenvoyError } from "../../base/index.ts";
import { readyText } from "../render/change.ts";
import { confirmOnTerminal } from "../render/confirm.ts";
import { confirmRebuild } from "../render/rebuild.ts";
import { terminalStyle } from "../render/style.ts";
import type { Session } from "../session.ts";
import { command, nameFlag, resolveFlags } from "../spec.ts";
import { given, resolveChoices } from "./choices.ts";

export const run = command(
  {
    path: "run",
    group: "scripts",
    summary: "run a script with what its header asks for, or any program in an environment",
    everyday: true,
    passthrough: true,
    args: {
      program: { kind: "maybe", summary: "a script, a URL, - for standard input, or a command", values: "program" },
      arguments: { kind: "any", summary: "for the program, untouched", values: "file" },
    },
    flags: {
      ...nameFlag,
      module: { kind: "text", value: "MODULE", short: "m", summary: "run a module" },
      code: { kind: "text", value: "CODE", short: "c", summary: "run a piece of code" },
      with: { kind: "list", value: "REQUIREMENT", summary: "also have this, for this run only" },
      isolated: { kind: "boolean", summary: "without PYTHONPATH, the user site and the active environment" },
      frozen: { kind: "boolean", summary: "refuse when a named environment would change" },
      project: { kind: "boolean", summary: "use the project file beside the script or above it" },
      host: {
        kind: "text",
        value: "HOST",
        summary: "on the Python of this program, beside what it brings",
        values: "nothing",
      },
      explain: { kind: "boolean", summary: "say why this environment, and don't run" },
      ...resolveFlags,
    },
    examples: ["venvoy run plot.py --size 3", "venvoy run -n demo pytest -q", "venvoy run --with rich -m rich"],
  },
  async ({ args, flags, common, session }) => {
    const words = (args as { readonly words?: readonly string[] }).words ?? [];
    const { target, rest } = await targetOf(flags, words, session);
    const venvoy = await session.venvoy();
    const request: RunRequest = {
      target,
      args: rest,
      with: flags.with,
      isolated: flags.isolated,
      frozen: flags.frozen,
      project: flags.project,
      ...(flags.name === undefined ? {} : { name: flags.name }),
      ...given("host", flags.host),
      ...resolveChoices(flags),
      signal: session.signal,
      confirm: confirmOnTerminal(session, common),
      ...given("confirmRebuild", confirmRebuild(session, common)),
    };
    if (flags.explain) {
      const said = await venvoy.explain(request);
      return { exit: 0, data: said, text: () => [...said.reasons, `starts ${said.starts.join(" ")}`].join("\n") };
    }
    const plan = await venvoy.run(request);
    if (plan.change?.changed === true && session.terminal.draws && !common.quiet)
      session.say(readyText(plan.change, terminalStyle(session.terminal)));
    return { exit: await session.start(plan), data: undefined, text: () => "" };
  },
);

async function targetOf(
  flags: { readonly module: string | undefined; readonly code: string | undefined },
  words: readonly string[],
  session: Session,
): Promise<{ readonly target: RunTarget; readonly rest: readonly string[] }> {
  if (flags.module !== undefined) return { target: { kind: "module", module: flags.module }, rest: words };
  if (flags.code !== undefined) return { target: { kind: "code", code: flags.code }, rest: words };
  const [first, ...rest] = words;
  if (first === undefined) {
    throw new VenvoyError("ARGUMENT_INVALID", "`venvoy run` needs something to run", {
      hint: "venvoy run FILE, or venvoy run -n NAME COMMAND",
    });
  }
  if (first === "-") return { target: { kind: "stdin", text: await session.readStdin() }, rest };
  if (/^https?:\/\//i.test(first)) return { target: { kind: "url", url: first }, rest };
  if (/\.(py|pyw|py3|py2|cs)$/i.test(first) || /[\\/]|^\.{1,2}$/.test(first))
    return { target: { kind: "file", path: first }, rest };
  return { target: { kind: "command", program: first }, rest };
}
