import { VenvoyError } from "../../base/index.ts";
import { installedPythonText, pythonTable, removedPythonText, verifyText } from "../render/machine.ts";
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

export const pythonInstall = command(
  {
    path: "python install",
    group: "python",
    summary: "bring a released Python here: a version, an archive or its address",
    changes: true,
    args: { what: { kind: "one", summary: "a version (3.12), the file of a release, or its address" } },
    flags: {
      at: { kind: "text", value: "DIR", summary: "unpack it there instead, also for another system" },
      mirror: { kind: "text", value: "PLACE", summary: "a directory or address with releases and their SHA256SUMS" },
      sha256: { kind: "text", value: "DIGEST", summary: "the digest that the archive must have" },
    },
    examples: [
      "venvoy python install 3.12",
      "venvoy python install ./cpython-3.12.8+20241219-x86_64-unknown-linux-gnu-install_only.tar.gz",
      "venvoy python install 3.11 --mirror /mnt/pythons --at ./python",
    ],
  },
  async ({ args, flags, common, session }) => {
    const report = await (await session.venvoy()).installPython({
      what: args.what,
      dryRun: common.dryRun,
      signal: session.signal,
      ...(flags.at === undefined ? {} : { at: flags.at }),
      ...(flags.mirror === undefined ? {} : { mirror: flags.mirror }),
      ...(flags.sha256 === undefined ? {} : { sha256: flags.sha256 }),
    });
    return { exit: 0, data: report, text: (style) => installedPythonText(report, { dryRun: common.dryRun }, style) };
  },
);

export const pythonRemove = command(
  {
    path: "python remove",
    group: "python",
    summary: "remove a Python that venvoy installed",
    changes: true,
    args: { what: { kind: "one", summary: "its version, or its directory" } },
    flags: { force: { kind: "boolean", summary: "although environments stand on it" } },
    examples: ["venvoy python remove 3.12.8"],
  },
  async ({ args, flags, common, session }) => {
    const report = await (await session.venvoy()).removePython({
      what: args.what,
      force: flags.force,
      dryRun: common.dryRun,
      signal: session.signal,
    });
    return { exit: 0, data: report, text: (style) => removedPythonText(report, { dryRun: common.dryRun }, style) };
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
