import {
  closeSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { hasCode } from "../base/index.ts";
import { isWindows } from "./platform.ts";
import type { ProcessIdentity } from "./process-identity.ts";

/** Who holds a lock; what a lock file says. */
export interface LockRecord extends ProcessIdentity {
  /** Never used twice: tells one holding of the lock from every other. */
  readonly nonce: string;
  readonly purpose: string;
}

/** A record read back. `beat` changes while the holder lives; a record that can't be read yet has an empty owner. */
export interface FoundRecord extends LockRecord {
  readonly beatMs: number;
  readonly isReadable: boolean;
}

/** Longest text that every file system takes as the target of a symbolic link (1,023 on XFS). */
const longestRecord = 1_000;

/**
 * Makes the lock file with its record in one step; false when one is there. A symbolic link is the only thing that a
 * POSIX system makes exclusively *and* with its content: nobody ever reads half a record, and a kill leaves no empty
 * file. Disks without links (and Windows) get an ordinary file.
 */
export function createRecord(path: string, record: LockRecord): boolean {
  const text = encode(record);
  try {
    if (!isWindows && createLink(path, text)) return true;
    createFile(path, text);
    // Whoever is stopped between the two calls may find that it was given up meanwhile.
    return readRecord(path)?.nonce === record.nonce;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    if (!hasCode(error, "ENOENT")) throw error;
  }
  mkdirSync(dirname(path), { recursive: true });
  return createRecord(path, record);
}

/** False where the file system has no links. */
function createLink(path: string, text: string): boolean {
  try {
    symlinkSync(text, path);
    return true;
  } catch (error) {
    if (!hasCode(error, "EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP")) throw error;
    return false;
  }
}

function createFile(path: string, text: string): void {
  const file = openSync(path, "wx", 0o644);
  try {
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
}

/** `undefined` when nobody holds the lock. */
export function readRecord(path: string): FoundRecord | undefined {
  try {
    const stats = lstatSync(path);
    const text = stats.isSymbolicLink() ? readlinkSync(path) : readFileSync(path, "utf8");
    return decode(text, stats.mtimeMs, `${stats.ino}-${stats.birthtimeMs}`);
  } catch (error) {
    // EINVAL: it changed from a link to a file between two calls; the next look is right.
    if (hasCode(error, "ENOENT", "EINVAL")) return undefined;
    throw error;
  }
}

/** Removes the record if it is still this one. */
export function dropRecord(path: string, nonce: string): void {
  if (readRecord(path)?.nonce !== nonce) return;
  try {
    unlinkSync(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

/** Shows other machines that the holder lives. */
export function beat(path: string): void {
  const seconds = Date.now() / 1000;
  try {
    lutimesSync(path, seconds, seconds);
  } catch {
    // The directory may be gone by now, or the file system keeps no times for links; the next beat tries again.
  }
}

function encode(record: LockRecord): string {
  const { purpose, ...owner } = record;
  const text = JSON.stringify({ ...owner, purpose });
  const excess = text.length - longestRecord;
  if (excess <= 0) return text;
  return JSON.stringify({ ...owner, purpose: purpose.slice(0, Math.max(0, purpose.length - excess)) });
}

function decode(text: string, beatMs: number, fallbackNonce: string): FoundRecord {
  const blank = { host: "", space: "", pid: 0, started: "", nonce: fallbackNonce, purpose: "" };
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return { ...value, beatMs, isReadable: true };
  } catch {
    // Being written at this moment, or left by a kill between two calls: its age decides.
  }
  return { ...blank, beatMs, isReadable: false };
}

function isRecord(value: unknown): value is LockRecord {
  if (typeof value !== "object" || value === null) return false;
  const record = value as Record<string, unknown>;
  return (
    ["host", "space", "started", "nonce", "purpose"].every((key) => typeof record[key] === "string") &&
    Number.isSafeInteger(record["pid"]) &&
    /^[0-9a-z]+$/.test(String(record["nonce"]))
  );
}
