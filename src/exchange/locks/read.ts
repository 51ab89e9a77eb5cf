import { parseToml } from "../../codec/index.ts";
import { type LockWish, lockUnreadable, type OtherLock, type Table, tableOf, tablesOf, textOf } from "./locked.ts";
import { readPdmLock } from "./pdm.ts";
import { readPipfileLock } from "./pipfile.ts";
import { plainSpecifier, readPoetryLock } from "./poetry.ts";
import { readUvLock } from "./uv.ts";

const readers: Readonly<Record<string, (lock: Table, label: string, wish: LockWish) => OtherLock>> = {
  "uv.lock": readUvLock,
  "poetry.lock": readPoetryLock,
  "pdm.lock": readPdmLock,
  "Pipfile.lock": readPipfileLock,
};

/** True for the name of a lock that another tool writes. */
export function isOtherLock(filename: string): boolean {
  return Object.hasOwn(readers, filename);
}

/** What another tool's lock says for one target. Throws `LOCK_INVALID`. */
export function readOtherLock(filename: string, text: string, label: string, wish: LockWish): OtherLock {
  const reader = readers[filename];
  if (reader === undefined) throw lockUnreadable(label, "it is no lock that is known here");
  return reader(tableIn(filename, text, label), label, wish);
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
