import { type AbsPath, isVenvoyError } from "../base/index.ts";
import { type AskOptions, ask, type PythonIo } from "./ask/ask.ts";
import { askedByFile, pythonBroken, pythonNotFound, pythonUnsupported } from "./errors.ts";
import { type Interpreter, isSupported, supportedMinors } from "./interpreter.ts";
import { expandHome, fits, minorOf, type PythonRequest } from "./request.ts";
import { candidates, inInstallation, onPath } from "./search/candidates.ts";
import { behindOf, findInterpreters, inspect } from "./search/find.ts";
import { look } from "./search/look.ts";
import { searchPath } from "./search/variables.ts";
import { readVersionFile } from "./search/version-file.ts";
import { versionFileRequest } from "./search/version-file-request.ts";

export interface ChooseOptions extends AskOptions {
  /** Take a Python that environments are not made for (2.7, 3.7), too. */
  readonly allowUnsupported?: boolean;
  /** Without a request, the nearest `.python-version` in this directory or above makes one. */
  readonly versionFileFrom?: AbsPath;
}

/**
 * The Python that a request means; without one, what `.python-version` asks for when that is wanted, else the first on
 * PATH that environments can be made for. When it was asked before, nothing is started. Throws `PYTHON_NOT_FOUND`, `PYTHON_BROKEN` (a path that is no Python) or
 * `PYTHON_UNSUPPORTED`.
 */
export async function chooseInterpreter(
  io: PythonIo,
  request: PythonRequest | undefined,
  options: ChooseOptions,
): Promise<Interpreter> {
  if (request === undefined) return byDefault(io, options);
  switch (request.kind) {
    case "path":
      return supported(await atPath(io, request, options), options);
    case "command":
      return supported(await byCommand(io, request, options), options);
    default:
      return byFacts(io, request, options);
  }
}

async function byDefault(io: PythonIo, { versionFileFrom, ...options }: ChooseOptions): Promise<Interpreter> {
  const file = versionFileFrom === undefined ? undefined : await readVersionFile(io, versionFileFrom);
  if (file === undefined) return byFacts(io, { kind: "any", text: "any" }, options);
  try {
    return await chooseInterpreter(io, await versionFileRequest(io, file), options);
  } catch (error) {
    throw isVenvoyError(error) ? askedByFile(file.path, error) : error;
  }
}

/**
 * CPython before others, releases before prereleases, and else the order of the search. The search ends with the first
 * that is best in both.
 */
async function byFacts(io: PythonIo, request: PythonRequest, options: ChooseOptions): Promise<Interpreter> {
  const tried = new Set<string>();
  let best: { readonly interpreter: Interpreter; readonly rank: number } | undefined;
  let tooOld: Interpreter | undefined;
  for await (const candidate of candidates(io, request)) {
    options.signal?.throwIfAborted();
    const behind = await behindOf(io, candidate.path);
    if ("reason" in behind || tried.has(behind.program) || isOtherMinor(io, request, behind.program)) continue;
    tried.add(behind.program);
    const answer = await ask(io, behind.program, options);
    if ("reason" in answer || !fits(request, answer.ok)) continue;
    if (!mayServe(request, answer.ok, options)) {
      tooOld ??= answer.ok;
      continue;
    }
    const rank = rankOf(request, answer.ok);
    if (best === undefined || rank < best.rank) best = { interpreter: answer.ok, rank };
    if (rank === 0) break;
  }
  if (best !== undefined) return best.interpreter;
  if (tooOld !== undefined && request.kind === "version") throw pythonUnsupported(tooOld);
  throw await notFound(io, request, options);
}

/** `python3.11` is no 3.12: that much a program's name says without asking it. */
function isOtherMinor({ fs }: PythonIo, request: PythonRequest, program: AbsPath): boolean {
  const wanted = minorOf(request);
  const named = /^(?:python|pypy)(\d+)\.(\d+)/i.exec(fs.path.name(program));
  if (wanted === undefined || named === null) return false;
  return Number(named[1]) !== wanted[0] || Number(named[2]) !== wanted[1];
}

/** A newer Python than we know is taken only when it is asked for by its version. */
function mayServe(
  request: PythonRequest,
  interpreter: Interpreter,
  { allowUnsupported = false }: ChooseOptions,
): boolean {
  if (allowUnsupported || isSupported(interpreter)) return true;
  const [major, minor] = interpreter.versionInfo;
  return major === 3 && minor > supportedMinors.newest && request.kind === "version" && request.release.length > 1;
}

function rankOf(request: PythonRequest, interpreter: Interpreter): number {
  const isNamed = "implementation" in request && request.implementation !== undefined;
  return (isNamed || interpreter.implementation === "cpython" ? 0 : 2) + (interpreter.prerelease ? 1 : 0);
}

async function notFound(io: PythonIo, request: PythonRequest, options: ChooseOptions): Promise<Error> {
  const reports = await findInterpreters(io, options);
  return pythonNotFound({
    request: request.kind === "any" ? undefined : request.text,
    found: reports.flatMap((one) => ("ok" in one ? [one.ok] : [])),
    broken: reports.flatMap((one) => ("reason" in one ? [{ path: one.path, reason: one.reason }] : [])),
  });
}

function supported(interpreter: Interpreter, { allowUnsupported = false }: ChooseOptions): Interpreter {
  const [major, minor] = interpreter.versionInfo;
  if (allowUnsupported || (major === 3 && minor >= supportedMinors.oldest)) return interpreter;
  throw pythonUnsupported(interpreter);
}

async function atPath(
  io: PythonIo,
  request: Extract<PythonRequest, { kind: "path" }>,
  options: ChooseOptions,
): Promise<Interpreter> {
  const path = io.fs.path.resolve(io.system.cwd, expandHome(request.path, io.system.home));
  const program = await programAt(io, path);
  const answer = await inspect(io, program, options);
  if ("reason" in answer) throw pythonBroken(program, answer.reason);
  return answer.ok;
}

/** A directory stands for the program in it: the root of an installation or environment, or its `bin`. */
async function programAt(io: PythonIo, path: AbsPath): Promise<AbsPath> {
  const info = await look(io.fs).info(path);
  if (info === undefined && (await look(io.fs).linkInfo(path)) === undefined)
    throw pythonBroken(path, "there is no such file or directory");
  if (info?.kind === "directory") {
    for await (const candidate of inInstallation(io, path, "given")) return candidate.path;
    for await (const candidate of onPath(io, path, programNames(io))) return candidate.path;
    throw pythonBroken(path, "there is no Python in this directory");
  }
  // A shim that is named by its path is seen through like one on PATH.
  for await (const candidate of onPath(io, io.fs.path.directory(path), [io.fs.path.name(path)])) return candidate.path;
  return path;
}

const programNames = ({ system }: PythonIo): readonly string[] =>
  system.os === "windows" ? ["python.exe"] : ["python3", "python", "pypy3", "pypy"];

async function byCommand(
  io: PythonIo,
  request: Extract<PythonRequest, { kind: "command" }>,
  options: ChooseOptions,
): Promise<Interpreter> {
  const name = io.system.os === "windows" && !/\.exe$/i.test(request.name) ? `${request.name}.exe` : request.name;
  for (const directory of searchPath(io)) {
    for await (const { path } of onPath(io, directory, [name])) {
      const answer = await inspect(io, path, options);
      if ("reason" in answer) throw pythonBroken(path, answer.reason);
      return answer.ok;
    }
  }
  throw await notFound(io, request, options);
}
