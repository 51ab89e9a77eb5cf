import { command, nameFlag, resolveFlags } from "../spec.ts";
import { given, resolveChoices } from "./choices.ts";

export const hostWorker = command(
  {
    path: "host worker",
    group: "hosts",
    summary: "a worker for programs that speak Appose: tasks come and results go on the standard streams",
    args: {
      script: { kind: "maybe", summary: "a script whose header says what the tasks need", values: "file" },
    },
    flags: { ...nameFlag, ...resolveFlags },
    examples: ["venvoy host worker -n imaging", "venvoy host worker segment.py"],
  },
  async ({ args, flags, session }) => {
    const plan = await (await session.venvoy()).host.worker({
      ...given("name", flags.name),
      ...given("script", args.script),
      ...resolveChoices(flags),
      signal: session.signal,
    });
    return { exit: await session.start(plan), data: undefined, text: () => "" };
  },
);
