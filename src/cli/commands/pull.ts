import { VenvoyError } from "../../base/index.ts";
import { pullText } from "../render/pull.ts";
import { command } from "../spec.ts";

export const pull = command(
  {
    path: "pull",
    group: "sharing",
    summary: "keep a verified copy of a published environment here, and bring it up to date",
    changes: true,
    args: {
      source: {
        kind: "maybe",
        summary: "where it is published, or the name of a copy; with @N that release (else the active environment)",
        values: "environment",
      },
      name: { kind: "maybe", summary: "the name of the copy (else that of what was published)", values: "nothing" },
    },
    flags: {
      all: { kind: "boolean", short: "a", summary: "every copy here, such as at login" },
      release: { kind: "text", value: "N", summary: "this release, and stay at it", values: "nothing" },
    },
    examples: ["venvoy pull /mnt/share/tools", "venvoy pull tools", "venvoy pull tools@7", "venvoy pull --all --quiet"],
  },
  async ({ args, flags, common, session }) => {
    const report = await (await session.venvoy()).pull({
      all: flags.all,
      dryRun: common.dryRun,
      signal: session.signal,
      ...(args.source === undefined ? {} : { source: args.source }),
      ...(args.name === undefined ? {} : { name: args.name }),
      ...(flags.release === undefined ? {} : { release: numberOf(flags.release) }),
    });
    return {
      exit: report.failed.length > 0 ? 1 : 0,
      data: report,
      notes: report.environments.flatMap((one) => one.notes),
      text: (style) => pullText(report, { isAtLogin: flags.all && common.quiet }, style),
    };
  },
);

function numberOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new VenvoyError("ARGUMENT_INVALID", `\`${text}\` is no number of a release`, {
    hint: "venvoy releases DIRECTORY lists them",
  });
}
