import { parseToml } from "../../codec/index.ts";
import { type LockWish, lockUnreadable, type OtherLock, type Table, tableOf, tablesOf, textOf } from "./locked.ts";
import { readPdmLock } from "./pdm.ts";
import { readPipfileLock } from "./pipfile.ts";
import { plainSpecifier, readPoetryLock } from "./poetry.ts";
import { readUvLock } from "./uv.ts";

/** A format, and which of its versions is read. */
interface Format {
  readonly read: (lock: Table, wish: LockWish, label: string) => OtherLock;
  readonly version: (lock: Table) => unknown;
  readonly known: RegExp;
}

const formats: Readonly<Record<string, Format>> = {
  "uv.lock": { read: readUvLock, version: (lock) => lock["version"], known: /^1$/ },
  "poetry.lock": {
    read: readPoetryLock,
    version: (lock) => tableOf(lock["metadata"])["lock-version"] ?? "1.0",
    known: /^[12]\./,
  },
  "pdm.lock": { read: readPdmLock, version: (lock) => tableOf(lock["metadata"])["lock_version"], known: /^4\./ },
  "Pipfile.lock": { read: readPipfileLock, version: (lock) => tableOf(lock["_meta"])["pipfile-spec"], known: /^6$/ },
};

/** True for the name of a lock that another tool writes. */
export function isOtherLock(filename: string): boolean {
  return Object.hasOwn(formats, filename);
}

/** What another tool's lock says for one target. Throws `LOCK_INVALID`. */
export function readOtherLock(filename: string, text: string, label: string, wish: LockWish): OtherLock {
  const format = formats[filename];
  if (format === undefined) throw lockUnreadable(label, "it is no lock that is known here");
  const lock = tableIn(filename, text, label);
  const version = String(format.version(lock) ?? "?");
  if (!format.known.test(version)) throw lockUnreadable(label, `version ${version} of the format is not known`);
  return format.read(lock, wish, label);
}

/** The Pythons that a lock is for, as a specifier; `undefined` when it says none. Throws `LOCK_INVALID`. */
export function pythonOfOtherLock(filename: string, text: string, label: string): string | undefined {
  const lock = tableIn(filename, text, label);
  const { metadata, _meta: meta } = { metadata: tableOf(lock["metadata"]), _meta: tableOf(lock["_meta"]) };
  const minor = textOf(tableOf(meta["requires"])["python_version"]);
  if (minor !== undefined) return `==${minor}.*`;
  const target = tablesOf(metadata["targets"])[0] ?? {};
  return (
    textOf(lock["requires-python"]) ??
    textOf(target["requires_python"]) ??
    plainSpecifier(textOf(metadata["python-versions"]))
  );
}

function tableIn(filename: string, text: string, label: string): Table {
  return filename === "Pipfile.lock" ? jsonOf(text, label) : parseToml(text, { label, code: "LOCK_INVALID" });
}

function jsonOf(text: string, label: string): Table {
  try {
    return tableOf(JSON.parse(text));
  } catch (error) {
    throw lockUnreadable(label, `it isn't JSON: ${error instanceof Error ? error.message : "?"}`);
  }
}
