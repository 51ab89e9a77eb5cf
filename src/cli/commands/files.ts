import { forgetText } from "../render/files.ts";
import { command, nameFlag } from "../spec.ts";
import { named } from "./packages.ts";

export const forget = command(
  {
    path: "forget",
    group: "packages",
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
