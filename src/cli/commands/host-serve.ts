import { command } from "../spec.ts";
import { given } from "./choices.ts";

export const hostServe = command(
  {
    path: "host serve",
    group: "hosts",
    summary: "let a program in any language run scripts, with JSON-RPC on standard input and output",
    args: {},
    flags: {
      socket: {
        kind: "text",
        value: "PATH",
        summary: "listen there instead, for you alone and any number of programs",
        values: "file",
      },
    },
    examples: ["venvoy host serve", "venvoy host serve --socket ~/.venvoy-host/socket"],
  },
  async ({ flags, session }) => {
    if (flags.socket === undefined && session.terminal.interactive)
      session.say("waiting for messages in JSON-RPC, as programs write them; Ctrl-D ends (docs/hosts.md)");
    await (await session.venvoy()).host.serve({
      ...given("socket", flags.socket),
      onReady: (socket) => session.say(`listening on ${socket}`),
      signal: session.signal,
    });
    // Standard output is the program's alone.
    return { exit: 0, data: undefined, text: () => "" };
  },
);
