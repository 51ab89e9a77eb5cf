import { parseToml } from "../codec/index.ts";
import type { Fs } from "../ports/index.ts";
import { type Lock, lockFromPylock, lockToPylock } from "../resolve/index.ts";
import { fileBroken } from "./errors.ts";
import type { Wanted } from "./intent.ts";
import { formatWanted, readWanted } from "./intent-file.ts";
import { historyDir, historyFile, type Place, versionNumbers } from "./place.ts";
import { numberOf, tableOf, textOf, timeOf } from "./toml-read.ts";
import { tomlLines } from "./toml-text.ts";

/** How one version came to be. */
export interface VersionFacts {
  readonly number: number;
  /** The version that was current before; where `undo` goes. */
  readonly from: number | undefined;
  /** What a person typed. */
  readonly command: string;
  readonly madeMs: number;
  readonly tookMs: number;
  /** Key of the base that the tree stood on. */
  readonly base: string;
  readonly pythonVersion: string;
  readonly linkMode: string;
  readonly packages: number;
}

export interface VersionRecord extends VersionFacts {
  /** What was asked when it was made. */
  readonly wanted: Wanted;
}

const tailHeading = "[tool.venvoy.version]";

/** The text of `history/<n>.toml`: an ordinary `pylock.toml` (PEP 751) with venvoy's facts in its `[tool]` table. */
export function formatRecord(record: VersionRecord, lock: Lock): string {
  const facts = tomlLines({
    number: record.number,
    from: record.from,
    command: record.command,
    made: new Date(record.madeMs),
    "took-ms": Math.round(record.tookMs),
    base: record.base,
    "python-version": record.pythonVersion,
    "link-mode": record.linkMode,
    packages: record.packages,
  });
  const lockText = lockToPylock(lock).trimEnd();
  return `${lockText}\n\n${tailHeading}\n${facts.join("\n")}\n\n${formatWanted(record.wanted, "tool.venvoy.wanted")}`;
}

/** Reads the facts only: they stand at the end, and a lock of a hundred packages before them need not be parsed. */
function parseRecord(text: string): VersionRecord {
  const at = text.lastIndexOf(`\n${tailHeading}\n`);
  if (at === -1) throw new Error(`it has no \`${tailHeading}\``);
  const venvoy = tableOf(
    tableOf(tableOf(parseToml(text.slice(at), { label: "history", code: "ENV_BROKEN" }))["tool"])["venvoy"],
  );
  const facts = tableOf(venvoy["version"]);
  return {
    number: numberOf(facts["number"]) ?? 0,
    from: numberOf(facts["from"]),
    command: textOf(facts["command"]) ?? "",
    madeMs: timeOf(facts["made"]) ?? 0,
    tookMs: numberOf(facts["took-ms"]) ?? 0,
    base: textOf(facts["base"]) ?? "",
    pythonVersion: textOf(facts["python-version"]) ?? "",
    linkMode: textOf(facts["link-mode"]) ?? "",
    packages: numberOf(facts["packages"]) ?? 0,
    wanted: readWanted(tableOf(venvoy["wanted"])),
  };
}

/** `undefined` when there is no such version; throws `ENV_BROKEN` when its record can't be read. */
export async function readRecord(fs: Fs, place: Place, number: number): Promise<VersionRecord | undefined> {
  const text = await readRecordText(fs, place, number);
  return text === undefined ? undefined : inRecord(fs, place, number, () => parseRecord(text));
}

/** The lock of a version, alone; throws `ENV_BROKEN` when it can't be read. */
export async function readLock(fs: Fs, place: Place, number: number): Promise<Lock | undefined> {
  const text = await readRecordText(fs, place, number);
  return text === undefined ? undefined : inRecord(fs, place, number, () => lockFromPylock(text));
}

/** All records, oldest first. A record that can't be read is left out: one broken file must not hide the others. */
export async function readHistory(fs: Fs, place: Place): Promise<readonly VersionRecord[]> {
  const records: VersionRecord[] = [];
  for (const number of versionNumbers(await fs.list(historyDir(fs, place)), ".toml")) {
    const text = await readRecordText(fs, place, number);
    if (text === undefined) continue;
    try {
      records.push(parseRecord(text));
    } catch {
      // Shown as a gap in the numbers; opening that version says why.
    }
  }
  return records;
}

async function readRecordText(fs: Fs, place: Place, number: number): Promise<string | undefined> {
  const file = historyFile(fs, place, number);
  return (await fs.info(file)) === undefined ? undefined : fs.readText(file);
}

function inRecord<T>(fs: Fs, place: Place, number: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw fileBroken(historyFile(fs, place, number), error instanceof Error ? error.message : String(error), error);
  }
}
