import type { AbsPath } from "../../base/index.ts";
import type { Ports } from "../../ports/index.ts";
import { type Candidate, type Source, supportedMinors } from "../interpreter.ts";
import { minorOf, type PythonRequest } from "../request.ts";
import { condaPrefixes } from "./conda-prefixes.ts";
import { look } from "./look.ts";
import { installationPrograms, type Place, placesOf, programName } from "./places.ts";
import { newestFirst, pyenvOfShims, pyenvSelection, throughPyenv } from "./pyenv.ts";
import { activeEnvironment } from "./see-through.ts";
import { shimRoots, throughShim } from "./tool-versions.ts";
import { searchPath } from "./variables.ts";
import { windowsInstallations } from "./windows.ts";

type Io = Pick<Ports, "fs" | "proc" | "system">;

/**
 * Every place where a Python may be, best first and as lazily as can be: a choice that is met by the first program on
 * PATH looks no further. Nothing is run, save Windows' `reg` and `py` when all else has been given out.
 */
export async function* candidates(
  io: Io,
  request: PythonRequest,
  {
    thorough = false,
  }: { /** List directories instead of asking for the usual names. */ readonly thorough?: boolean } = {},
): AsyncGenerator<Candidate, void, undefined> {
  const active = activeEnvironment(io);
  if (active !== undefined) yield* inInstallation(io, active, "active environment");
  const path = searchPath(io);
  const plain = plainNames(io, request);
  for (const directory of path) yield* onPath(io, directory, plain);
  const numbered = numberedNames(io, request);
  for (const directory of path) {
    if (thorough) yield* listedOnPath(io, directory, plain);
    else yield* onPath(io, directory, numbered);
  }
  for (const place of placesOf(io)) yield* inPlace(io, place, request);
  for (const prefix of await condaPrefixes(io)) yield* inInstallation(io, prefix, "conda");
  if (io.system.os === "windows") yield* windowsInstallations(io);
}

/** The names to look for first: `python3.12` when 3.12 is asked for, `pypy3` for a PyPy. */
function plainNames({ system }: Io, request: PythonRequest): readonly string[] {
  const suffix = system.os === "windows" ? ".exe" : "";
  const implementation = "implementation" in request ? request.implementation : undefined;
  const word = implementation === "pypy" || implementation === "graalpy" ? implementation : "python";
  const minor = minorOf(request);
  const abi = request.kind === "version" ? `${request.freeThreaded ? "t" : ""}${request.debug ? "d" : ""}` : "";
  const exact = minor === undefined ? [] : [`${word}${minor.join(".")}${abi}`];
  const major = request.kind === "version" && request.release[0] === 2 ? "2" : "3";
  return [...exact, `${word}${major}`, word].map((name) => `${name}${suffix}`);
}

/** `python3.14` to `python3.8`: a range may be met by one that is not the first `python3`. */
function numberedNames({ system }: Io, request: PythonRequest): readonly string[] {
  if (minorOf(request) !== undefined || request.kind === "version") return [];
  const suffix = system.os === "windows" ? ".exe" : "";
  const names: string[] = [];
  for (let minor = supportedMinors.newest; minor >= supportedMinors.oldest; minor--)
    names.push(`python3.${minor}${suffix}`);
  return names;
}

/** Programs of these names in one directory of PATH. A directory of shims gives what they would start. */
export async function* onPath(
  io: Pick<Io, "fs" | "system">,
  directory: AbsPath,
  names: readonly string[],
): AsyncGenerator<Candidate, void, undefined> {
  const shim = await shimsOf(io, directory);
  if (shim !== undefined) {
    for (const name of names) {
      const path = await shim.resolve(name);
      if (path !== undefined) yield { path, source: shim.source };
    }
    return;
  }
  if (names.length === 0) return;
  const paths = names.map((name) => io.fs.path.join(directory, name));
  const infos = await Promise.all(paths.map((path) => look(io.fs).linkInfo(path)));
  for (const [index, path] of paths.entries()) {
    if (await mayRun(io, path, infos[index])) yield { path, source: "path" };
  }
}

/** A link is given out even when it dangles: a person wants to know that it does. */
async function mayRun(
  { fs, system }: Pick<Io, "fs" | "system">,
  path: AbsPath,
  linkInfo: Awaited<ReturnType<Io["fs"]["linkInfo"]>>,
): Promise<boolean> {
  if (linkInfo === undefined || linkInfo.kind === "directory") return false;
  const info = linkInfo.kind === "symlink" ? await look(fs).info(path) : linkInfo;
  if (info === undefined) return true;
  return info.kind === "file" && (system.os === "windows" || (info.mode & 0o111) !== 0);
}

interface Shims {
  readonly source: Source;
  resolve(command: string): Promise<AbsPath | undefined>;
}

async function shimsOf(io: Pick<Io, "fs" | "system">, directory: AbsPath): Promise<Shims | undefined> {
  if (io.fs.path.name(directory) !== "shims") return undefined;
  const tool = shimRoots(io).find((root) => root.shims === directory);
  if (tool !== undefined) return { source: tool.source, resolve: (command) => throughShim(io, tool, command) };
  const root = await pyenvOfShims(io, directory);
  if (root === undefined) return undefined;
  const selection = await pyenvSelection(io, root);
  return { source: "pyenv", resolve: (command) => throughPyenv(io, root, { command, selection }) };
}

async function* listedOnPath(
  io: Io,
  directory: AbsPath,
  known: readonly string[],
): AsyncGenerator<Candidate, void, undefined> {
  // What else is installed under a directory of shims is met among the installations.
  if ((await shimsOf(io, directory)) !== undefined) return;
  for (const name of await programsIn(io, directory)) {
    if (known.includes(name)) continue;
    yield* onPath(io, directory, [name]);
  }
}

async function programsIn({ fs }: Io, directory: AbsPath): Promise<readonly string[]> {
  const entries = await look(fs).list(directory);
  return newestFirst(entries.map((entry) => entry.name).filter((name) => programName.test(name)));
}

async function* inPlace(io: Io, place: Place, request: PythonRequest): AsyncGenerator<Candidate, void, undefined> {
  if (place.kind === "installation") {
    yield* inInstallation(io, place.directory, place.source);
    return;
  }
  if (place.kind === "programs") {
    for (const name of await programsIn(io, place.directory)) {
      for await (const { path } of onPath(io, place.directory, [name])) yield { path, source: place.source };
    }
    return;
  }
  const entries = (await look(io.fs).list(place.directory))
    .filter(
      (entry) => entry.kind !== "file" && !entry.name.startsWith(".") && place.entries?.test(entry.name) !== false,
    )
    .map((entry) => entry.name);
  for (const name of likelyFirst(newestFirst(entries), request)) {
    yield* inInstallation(io, io.fs.path.join(place.directory, name), place.source);
  }
}

/** A directory's name often says which version it holds. It is believed for the order only. */
function likelyFirst(names: readonly string[], request: PythonRequest): readonly string[] {
  const minor = minorOf(request);
  if (minor === undefined) return names;
  const [major, second] = minor;
  const likely = new RegExp(`(^|[^0-9.])(${major}\\.${second}|${major}${second})([^0-9]|$)`);
  return [...names.filter((name) => likely.test(name)), ...names.filter((name) => !likely.test(name))];
}

/**
 * The program of an installation, or of an environment, with that root. On Windows a free-threaded build lies in the
 * same directory as the ordinary one.
 */
export async function* inInstallation(
  io: Pick<Io, "fs" | "system">,
  root: AbsPath,
  source: Source,
): AsyncGenerator<Candidate, void, undefined> {
  const { fs, system } = io;
  for (const name of installationPrograms[system.os]) {
    const path = fs.path.join(root, ...name.split("/"));
    if (!(await mayRun(io, path, await look(fs).linkInfo(path)))) continue;
    yield { path, source };
    break;
  }
  if (system.os !== "windows") return;
  for (const { name } of await look(fs).list(root)) {
    if (/^python\d+\.\d+t\.exe$/i.test(name)) yield { path: fs.path.join(root, name), source };
  }
}
