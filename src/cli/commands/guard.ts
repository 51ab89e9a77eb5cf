import { hostModuleText, hostUseText } from "../render/guard.ts";
import { command } from "../spec.ts";
import { given } from "./choices.ts";

export const hostUse = command(
  {
    path: "host use",
    group: "hosts",
    summary: "make ready what a script asks for, for the Python inside a host, and print where it is",
    args: { file: { kind: "one", summary: "the script", values: "file" } },
    flags: {
      "interpreter-facts": {
        kind: "text",
        value: "JSON",
        summary: "the host's Python, as the module `venvoy` describes it (else the one that the header asks for)",
        values: "nothing",
      },
      loaded: {
        kind: "list",
        value: "NAME==VERSION",
        summary: "a compiled package that the process holds: preferred where the header leaves a choice",
        values: "nothing",
      },
      events: { kind: "boolean", summary: "print progress as lines of JSON on standard error" },
    },
    examples: ["venvoy host use plot.py", "venvoy host use plot.py --json --events"],
  },
  async ({ args, flags, session }) => {
    const report = await (await session.venvoy()).hostUse({
      file: args.file,
      ...given("interpreter", flags["interpreter-facts"]),
      loaded: flags.loaded,
      signal: session.signal,
    });
    return { exit: 0, data: report, notes: report.notes, text: () => hostUseText(report) };
  },
);

export const hostModule = command(
  {
    path: "host module",
    group: "hosts",
    summary: "put the Python module `venvoy` where a host can import it, and print the directory",
    args: {},
    flags: { to: { kind: "text", value: "DIR", summary: "a directory of the host's own (else one of venvoy's)" } },
    examples: ["venvoy host module", "venvoy host module --to ~/.rhinocode/py39-rh8/site-interop"],
  },
  async ({ flags, session }) => {
    const report = await (await session.venvoy()).hostModule({ ...given("to", flags.to), signal: session.signal });
    return { exit: 0, data: report, text: () => hostModuleText(report) };
  },
);
