import { type AbsPath, hasCode } from "../base/index.ts";
import { createHash } from "../codec/index.ts";
import { type DataLayout, diskError, explainingDisk } from "../disk/index.ts";
import type { Ports } from "../ports/index.ts";
import type { AskOptions, PythonIo } from "./ask/ask.ts";
import { type BaseFacts, baseKey, parseBaseKey } from "./base-key.ts";
import { baseGone } from "./errors.ts";
import type { Interpreter } from "./interpreter.ts";
import { findInterpreters, inspect } from "./search/find.ts";
import { look } from "./search/look.ts";
import { installationPrograms } from "./search/places.ts";

type Layout = Pick<DataLayout, "bases" | "data">;
type FsIo = Pick<Ports, "fs">;

/** An interpreter that environments stand on, reached through a link of venvoy's own. */
export interface Base {
  /** `cpython-3.11-linux-x86_64`, with `-` and six digits for a second installation of the same minor version. */
  readonly key: string;
  /** `<data>/bases/<key>`, which leads to `interpreter.prefix`. */
  readonly link: AbsPath;
  readonly interpreter: Interpreter;
}

/** A base that was opened, and whether its link had to be led elsewhere for that. */
export interface OpenedBase extends Base {
  /** Where the link led before: there was no Python of its kind any more. */
  readonly movedFrom?: AbsPath;
}

/** A base link as it lies on disk. */
export interface BaseLink {
  readonly key: string;
  readonly link: AbsPath;
  readonly facts: BaseFacts;
  /** Where it leads. */
  readonly prefix: AbsPath;
  /** The Python that the key promises is there. */
  readonly isAlive: boolean;
}

/**
 * Gives the interpreter its base link, made when missing. The first installation of a minor version gets the plain
 * key; a link whose Python is gone is taken over, which heals every environment on it; a link to another living
 * installation is left alone, and this one gets a key of its own.
 */
export async function ensureBase(io: FsIo, layout: Layout, interpreter: Interpreter): Promise<Base> {
  const plain = baseKey(interpreter);
  for (const key of [plain, `${plain}-${suffixOf(interpreter.prefix)}`]) {
    const link = io.fs.path.join(layout.bases, key);
    if (await claim(io, layout, link, interpreter.prefix)) return { key, link, interpreter };
  }
  // Six digits stand for this prefix alone: whatever is there instead was put there by somebody else.
  throw baseGone(plain, "its link is taken by something else");
}

/** Makes `link` lead to `prefix`; false when it leads to another living Python. */
async function claim(io: FsIo, layout: Layout, link: AbsPath, prefix: AbsPath): Promise<boolean> {
  const { fs } = io;
  const found = await readBase(io, link);
  if (found !== undefined) {
    if (found.prefix === prefix) return true;
    if (found.isAlive) return false;
    await explainingDisk(link, () => fs.replaceLink(linkText(io, layout, prefix), link, "directory"));
    return true;
  }
  try {
    await fs.makeDir(layout.bases);
    await fs.symlink(linkText(io, layout, prefix), link, "directory");
    return true;
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw diskError(error, link);
  }
  // Another process made it in this moment; or it is no link at all, which can't be ours.
  const other = await readBase(io, link);
  return other !== undefined && other.prefix === prefix;
}

/** Relative inside `<data>`, so that the whole directory can move; else absolute. A junction is always absolute. */
function linkText({ fs }: FsIo, { data, bases }: Layout, prefix: AbsPath): string {
  return fs.path.kind === "posix" && fs.path.isInside(data, prefix) ? fs.path.relative(bases, prefix) : prefix;
}

function suffixOf(prefix: AbsPath): string {
  return createHash("sha256").update(prefix).digest("hex").slice(0, 6);
}

/** Every base, by key. Files that are none are left out. */
export async function listBases(io: FsIo, layout: Pick<DataLayout, "bases">): Promise<readonly BaseLink[]> {
  const entries = await look(io.fs).list(layout.bases);
  const bases: BaseLink[] = [];
  for (const { name } of entries) {
    const base = await readBase(io, io.fs.path.join(layout.bases, name));
    if (base !== undefined) bases.push(base);
  }
  return bases;
}

/** The base link of that key, without starting anything; `undefined` when there is none. */
export function findBase(io: FsIo, layout: Pick<DataLayout, "bases">, key: string): Promise<BaseLink | undefined> {
  // A key comes from files: it must not lead out of the directory of links.
  return parseBaseKey(key) === undefined
    ? Promise.resolve(undefined)
    : readBase(io, io.fs.path.join(layout.bases, key));
}

async function readBase(io: FsIo, link: AbsPath): Promise<BaseLink | undefined> {
  const { fs } = io;
  const key = fs.path.name(link);
  const facts = parseBaseKey(key);
  if (facts === undefined) return undefined;
  let text: string;
  try {
    text = await fs.readLink(link);
  } catch (error) {
    if (hasCode(error, "ENOENT", "EINVAL", "UNKNOWN")) return undefined;
    throw error;
  }
  const prefix = fs.path.resolve(fs.path.directory(link), text);
  return { key, link, facts, prefix, isAlive: (await promisedProgram(io, prefix, facts)) !== undefined };
}

/**
 * The program that proves that the Python of this minor version is still there: a distribution's upgrade leaves the
 * prefix (`/usr`) and `bin/python3` in place and changes the version behind them.
 */
async function promisedProgram({ fs }: FsIo, prefix: AbsPath, facts: BaseFacts): Promise<AbsPath | undefined> {
  const version = facts.version.join(".");
  const abi = `${facts.freeThreaded ? "t" : ""}${facts.debug ? "d" : ""}`;
  const at = async (relative: string): Promise<AbsPath | undefined> => {
    const path = fs.path.join(prefix, ...relative.split("/"));
    return (await look(fs).info(path)) === undefined ? undefined : path;
  };
  if (facts.os === "windows") {
    const library =
      facts.implementation === "cpython" ? `python${facts.version.join("")}${facts.freeThreaded ? "t" : ""}.dll` : ".";
    if ((await at(library)) === undefined) return undefined;
  } else {
    const word = facts.implementation === "cpython" ? "python" : facts.implementation;
    const numbered = (await at(`bin/${word}${version}${abi}`)) ?? (await at(`bin/${word}${version}`));
    if (numbered !== undefined) return numbered;
    // An installation without numbered programs shows its version in its library.
    if ((await at(`lib/${word}${version}${facts.freeThreaded ? "t" : ""}/os.py`)) === undefined) return undefined;
  }
  for (const name of installationPrograms[facts.os]) {
    const program = await at(name);
    if (program !== undefined) return program;
  }
  return undefined;
}

/** What is behind the base of that key now. */
export type BaseSight =
  | { readonly kind: "alive"; readonly interpreter: Interpreter }
  /** Nothing is there, or it can't be started; `interpreter` is another of its kind, the newest on this machine. */
  | { readonly kind: "elsewhere"; readonly interpreter: Interpreter }
  | { readonly kind: "gone" };

/**
 * Looks at a base, and for another Python of its kind when there is none; changes nothing. With `refresh` the base's own
 * Python is started, whatever was known of it: what it needs to start may be gone, and its program be there.
 */
export async function seeBase(
  io: PythonIo,
  layout: Layout,
  key: string,
  { refresh = false, ...options }: AskOptions,
): Promise<BaseSight> {
  const found = await findBase(io, layout, key);
  const program = found === undefined ? undefined : await promisedProgram(io, found.prefix, found.facts);
  if (program !== undefined) {
    const answer = await inspect(io, program, { ...options, refresh });
    if ("ok" in answer && serves(answer.ok, key)) return { kind: "alive", interpreter: answer.ok };
  }
  const other = await another(io, key, options);
  return other === undefined ? { kind: "gone" } : { kind: "elsewhere", interpreter: other };
}

async function another(io: PythonIo, key: string, options: AskOptions): Promise<Interpreter | undefined> {
  if (parseBaseKey(key) === undefined) return undefined;
  const reports = await findInterpreters(io, options);
  const found = reports.flatMap((one) => ("ok" in one && serves(one.ok, key) ? [one.ok] : []));
  return found.sort((a, b) => b.versionInfo[2] - a.versionInfo[2] || Number(a.prerelease) - Number(b.prerelease))[0];
}

/** The base of that key with its interpreter; repaired when it is broken. Throws `PYTHON_GONE`. */
export async function openBase(io: PythonIo, layout: Layout, key: string, options: AskOptions): Promise<OpenedBase> {
  const seen = await seeBase(io, layout, key, options);
  if (seen.kind === "gone") throw baseGone(key, "no other Python of that version is on this machine");
  const { interpreter } = seen;
  const link = io.fs.path.join(layout.bases, key);
  if (seen.kind === "alive") return { key, link, interpreter };
  const before = await findBase(io, layout, key);
  await lead(io, layout, link, interpreter.prefix);
  const isElsewhere = before !== undefined && before.prefix !== interpreter.prefix;
  return { key, link, interpreter, ...(isElsewhere ? { movedFrom: before.prefix } : {}) };
}

/**
 * Makes a base whose Python is gone lead to another one of the same minor version, the newest on this machine. Every
 * environment on the base works again then. Throws `PYTHON_GONE` when there is none.
 */
export async function repairBase(io: PythonIo, layout: Layout, key: string, options: AskOptions): Promise<Base> {
  const interpreter = await another(io, key, options);
  if (interpreter === undefined) throw baseGone(key, "no other Python of that version is on this machine");
  const link = io.fs.path.join(layout.bases, key);
  await lead(io, layout, link, interpreter.prefix);
  return { key, link, interpreter };
}

async function lead(io: FsIo, layout: Layout, link: AbsPath, prefix: AbsPath): Promise<void> {
  await explainingDisk(link, async () => {
    await io.fs.makeDir(layout.bases);
    await io.fs.replaceLink(linkText(io, layout, prefix), link, "directory");
  });
}

/** True when environments that stand on the base of that key work with this interpreter. */
function serves(interpreter: Interpreter, key: string): boolean {
  const suffix = parseBaseKey(key)?.suffix;
  const plain = suffix === undefined ? key : key.slice(0, -suffix.length - 1);
  return baseKey(interpreter) === plain;
}
