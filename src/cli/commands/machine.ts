import { VenvoyError } from "../../base/index.ts";
import { pythonTable, verifyText } from "../render/machine.ts";
import { cleanText, environmentSizeText, sizeText, unusedText } from "../render/size.ts";
import { terminalStyle } from "../render/style.ts";
import { command } from "../spec.ts";

export const pythonList = command(
  {
    path: "python list",
    group: "python",
    summary: "list the Pythons on this machine, the broken ones too",
    args: {},
    flags: {},
    examples: ["venvoy python list"],
  },
  async ({ session }) => {
    const found = await (await session.venvoy()).pythons({ signal: session.signal });
    return { exit: 0, data: found, text: (style) => pythonTable(found, style) };
  },
);

export const size = command(
  {
    path: "size",
    group: "health",
    summary: "say what the environments take on disk, or one of them by package",
    args: { name: { kind: "maybe", summary: "an environment, for its packages", values: "environment" } },
    flags: {},
    examples: ["venvoy size", "venvoy size demo"],
  },
  async ({ args, session }) => {
    const venvoy = await session.venvoy();
    if (args.name !== undefined) {
      const report = await venvoy.sizeOf({ name: args.name, signal: session.signal });
      return { exit: 0, data: report, text: (style) => environmentSizeText(report, style) };
    }
    const report = await venvoy.size({ signal: session.signal });
    return { exit: 0, data: report, text: (style) => sizeText(report, style) };
  },
);

export const clean = command(
  {
    path: "clean",
    group: "health",
    summary: "give back what nothing needs any more; with --unused also environments that nobody uses",
    changes: true,
    args: {},
    flags: { unused: { kind: "text", value: "DAYS", summary: "propose environments unused for so long (90d)" } },
    examples: ["venvoy clean", "venvoy clean --dry-run", "venvoy clean --unused 90d"],
  },
  async ({ flags, common, session }) => {
    const unusedDays = flags.unused === undefined ? undefined : days(flags.unused);
    const report = await (await session.venvoy()).clean({
      dryRun: common.dryRun,
      signal: session.signal,
      ...(unusedDays === undefined ? {} : { unusedDays }),
      confirm: async (unused) => {
        if (common.yes) return true;
        if (!session.terminal.interactive || common.json) return false;
        session.say(unusedText(unused, session.clock.now(), terminalStyle(session.terminal)));
        const answer = await session.terminal.ask("Delete them? restore brings them back for 30 days. [y/N] ");
        return /^y(es)?$/i.test(answer.trim());
      },
    });
    return {
      exit: 0,
      data: report,
      text: (style) => cleanText(report, { unused: flags.unused, nowMs: session.clock.now() }, style),
    };
  },
);

export const storeVerify = command(
  {
    path: "store verify",
    group: "health",
    summary: "compare every stored file with its digest, and set right what differs",
    args: {},
    flags: {},
    examples: ["venvoy store verify"],
  },
  async ({ session }) => {
    const report = await (await session.venvoy()).verifyStore({ signal: session.signal });
    return {
      exit: report.damaged.every((one) => one.restored) ? 0 : 3,
      data: report,
      text: (style) => verifyText(report, style),
    };
  },
);

function days(text: string): number {
  const match = /^(\d{1,5})d?$/.exec(text);
  if (match === null)
    throw new VenvoyError("ARGUMENT_INVALID", `\`--unused\` takes a number of days such as 90d, not \`${text}\``);
  return Number(match[1]);
}
