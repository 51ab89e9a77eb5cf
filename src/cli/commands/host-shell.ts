import { pythonShell } from "../python-shell/python-shell.ts";
import { terminalStyle } from "../render/style.ts";
import { command } from "../spec.ts";
import { pip } from "./pip.ts";

export const hostShell = command(
  {
    path: "host shell",
    group: "hosts",
    summary: "a Python shell in an environment, with history, completion and a pip that stays",
    args: {
      name: {
        kind: "maybe",
        summary: "the environment (else the one that a run would take)",
        values: "environment",
      },
    },
    flags: {},
    examples: ["venvoy host shell demo", "echo 'import numpy; numpy.__version__' | venvoy host shell demo"],
  },
  async ({ args, common, session }) => {
    const { host } = await session.venvoy();
    const exit = await pythonShell({
      session,
      host,
      environment: args.name,
      pip: async (words, environment) => {
        const typed = `pip ${words.join(" ")}`;
        const outcome = await pip.run({
          args: { words },
          flags: { name: environment },
          common: { ...common, json: false },
          session: Object.create(session, { typed: { value: typed } }) as typeof session,
        });
        session.clearProgress();
        for (const note of outcome.notes ?? []) session.say(note);
        return outcome.text(terminalStyle(session.terminal));
      },
    });
    return { exit, data: undefined, text: () => "" };
  },
);
