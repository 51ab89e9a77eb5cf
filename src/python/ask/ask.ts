import { type AbsPath, printable } from "../../base/index.ts";
import { createHash } from "../../codec/index.ts";
import type { DataLayout } from "../../disk/index.ts";
import type { FileInfo, Ports, ProcResult } from "../../ports/index.ts";
import type { Interpreter } from "../interpreter.ts";
import { look } from "../search/look.ts";
import { parseAnswer, toInterpreter } from "./answer.ts";
import { askProgram } from "./ask-program.ts";
import { withCurrentWheels } from "./bundled-wheels.ts";
import { machineKey } from "./machine-key.ts";

export type PythonIo = Pick<Ports, "fs" | "proc" | "clock" | "system">;

export interface AskOptions {
  /** Answers are kept in `layout.pythons`. */
  readonly layout: Pick<DataLayout, "pythons">;
  /** Ask again, whatever the cache says. */
  readonly refresh?: boolean;
  readonly signal?: AbortSignal;
  /** Time that one interpreter has for its answer (default 15 s: a cold network disk is slow). */
  readonly timeoutMs?: number;
}

export type Answer = { readonly ok: Interpreter } | { readonly reason: string };

/** What is broken may be mended from outside without a trace on the program itself. */
const failureLifetimeMs = 600_000;
/** An answer to another edition of the question is of no use. */
let programDigestMade: string | undefined;
function programDigest(): string {
  programDigestMade ??= createHash("sha256").update(askProgram).digest("hex").slice(0, 16);
  return programDigestMade;
}

interface Entry {
  readonly program: string;
  readonly path: string;
  readonly stamp: string;
  readonly askedMs: number;
  readonly answer: Answer;
}

/**
 * Asks the program at `path` (its real path; never a shim) what it is. The answer is kept until the program's size, time or inode changes. Never throws for a broken program.
 */
export async function ask(io: PythonIo, path: AbsPath, options: AskOptions): Promise<Answer> {
  const info = await look(io.fs).info(path);
  if (info === undefined) return { reason: "there is no such file" };
  if (info.kind !== "file") return { reason: "it is not a file" };
  const stamp = stampOf(info);
  const file = await entryPath(io, path, options.layout);
  if (options.refresh !== true) {
    const kept = await readEntry(io, file, path, stamp);
    if (kept !== undefined) return "ok" in kept ? { ok: await withCurrentWheels(io, kept.ok) } : kept;
  }
  const answer = await askNow(io, path, options);
  const entry: Entry = { program: programDigest(), path, stamp, askedMs: io.clock.now(), answer };
  await keep(io, file, entry);
  return answer;
}

function stampOf(info: FileInfo): string {
  return `${info.sizeBytes}:${info.modifiedMs}:${info.inode}`;
}

async function entryPath(io: PythonIo, path: AbsPath, { pythons }: AskOptions["layout"]): Promise<AbsPath> {
  const digest = createHash("sha256")
    .update(`${path}\0${await machineKey(io)}`)
    .digest("hex");
  return io.fs.path.join(pythons, `${digest.slice(0, 24)}.json`);
}

async function readEntry(io: PythonIo, file: AbsPath, path: AbsPath, stamp: string): Promise<Answer | undefined> {
  const entry = parseEntry(await look(io.fs).text(file));
  if (entry?.program !== programDigest() || entry.path !== path || entry.stamp !== stamp) return undefined;
  const { answer, askedMs } = entry;
  if (typeof answer !== "object" || answer === null) return undefined;
  if ("ok" in answer) return answer;
  return io.clock.now() - (askedMs ?? 0) < failureLifetimeMs ? answer : undefined;
}

/** A damaged entry is as good as none. */
function parseEntry(text: string | undefined): Partial<Entry> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

async function keep(io: PythonIo, file: AbsPath, entry: Entry): Promise<void> {
  try {
    await io.fs.makeDir(io.fs.path.directory(file));
    await io.fs.writeAtomic(file, JSON.stringify(entry));
  } catch (error) {
    // A cache that can't be written costs time on the next call, nothing else.
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}

async function askNow(io: PythonIo, path: AbsPath, options: AskOptions): Promise<Answer> {
  let result = await run(io, path, ["-I", "-S"], options);
  // Python 2 and the first releases of 3 have no isolated mode.
  if (!("reason" in result) && result.exit === 2) result = await run(io, path, ["-E", "-s", "-S"], options);
  if ("reason" in result) return result;
  const answer = parseAnswer(decode(result.stdout));
  if (answer === undefined) return { reason: failureOf(result, options) };
  return { ok: toInterpreter(answer, await realExecutable(io, path, answer)) };
}

async function run(
  io: PythonIo,
  path: AbsPath,
  flags: readonly string[],
  options: AskOptions,
): Promise<ProcResult | { readonly reason: string }> {
  try {
    return await io.proc.run({
      argv: [path, ...flags, "-c", askProgram],
      env: quietEnvironment(io.system.env),
      timeoutMs: options.timeoutMs ?? 15_000,
      maxOutputBytes: 1 << 20,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof Error) || !("code" in error)) throw error;
    return { reason: `it can't be started (${startFailure(String(error.code))})` };
  }
}

/** Nothing that steers a Python reaches the one that is asked. */
function quietEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => !/^(PYTHON.*|__PYVENV_LAUNCHER__|VIRTUAL_ENV)$/i.test(name));
  // Without it, Pythons built against an old SDK are told that every macOS is 10.16.
  return { ...Object.fromEntries(kept), SYSTEM_VERSION_COMPAT: "0", PYTHONDONTWRITEBYTECODE: "1" };
}

function startFailure(code: string): string {
  const known: Record<string, string> = {
    ENOENT: "it is not there, or the loader that it names is missing",
    EACCES: "it may not be executed",
    ENOEXEC: "it is not a program for this machine",
    EBADARCH: "it is not a program for this machine",
    UNKNOWN: "it is not a program for this machine",
  };
  return known[code] ?? code;
}

function failureOf(result: ProcResult, { timeoutMs = 15_000 }: AskOptions): string {
  if (result.timedOut) return `it gave no answer within ${timeoutMs / 1000} s`;
  const said = decode(result.stderr).trim().split("\n").at(-1)?.trim() ?? "";
  const detail = said === "" ? "" : `: ${printable(said, { newlines: false }).slice(0, 200)}`;
  if (result.killedBy !== undefined) return `it was ended by ${result.killedBy}${detail}`;
  if (result.exit !== 0) return `it ended with status ${result.exit}${detail}`;
  return "it does not answer as a Python does";
}

/**
 * A wrapper script names the program behind it; the answer counts, not the wrapper. The program is named inside its
 * prefix whenever it is there: Homebrew's prefix stays the same over upgrades and is reached by links, Nix wraps the
 * program of one directory for another.
 */
async function realExecutable(io: PythonIo, path: AbsPath, told: Told): Promise<AbsPath> {
  const { fs } = io;
  if (!fs.path.isAbsolute(told.executable)) return path;
  const real = (await look(fs).real(told.executable as AbsPath)) ?? path;
  if (!fs.path.isAbsolute(told.prefix) || fs.path.isInside(told.prefix as AbsPath, real)) return real;
  for (const directory of ["bin", "."]) {
    const inside = fs.path.join(told.prefix as AbsPath, directory, fs.path.name(real));
    if ((await look(fs).info(inside))?.kind === "file") return inside;
  }
  return real;
}

interface Told {
  readonly executable: string;
  readonly prefix: string;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
