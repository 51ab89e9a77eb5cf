import type { AbsPath } from "../../base/index.ts";
import type { Ports } from "../../ports/index.ts";
import { look } from "./look.ts";
import { variable } from "./variables.ts";

type Io = Pick<Ports, "fs" | "system">;

/** The program behind a path: real, and not inside a virtual environment. */
export type Behind =
  | {
      readonly program: AbsPath /** The environment that was seen through. */;
      readonly environment: AbsPath | undefined;
    }
  | { readonly reason: string };

/** How deep environments of environments are followed. */
const maxDepth = 8;

/**
 * Follows links, and virtual environments (PEP 405) to the Python that they stand on, by their files alone: nothing is
 * run, so a choice that was made before costs no process.
 */
export async function seeThrough(io: Io, path: AbsPath): Promise<Behind> {
  let at = path;
  let environment: AbsPath | undefined;
  for (let depth = 0; depth < maxDepth; depth++) {
    const real = await look(io.fs).real(at);
    if (real === undefined) return { reason: "it is a link to nothing: the Python behind it is gone" };
    const own = (await environmentOf(io, at)) ?? (real === at ? undefined : await environmentOf(io, real));
    if (own === undefined || isItsOwn(io, own, real)) return { program: realName(io, at, real), environment };
    environment ??= own.root;
    if (!io.fs.path.isInside(own.root, real) && real !== at && (await environmentOf(io, real)) === undefined) {
      return { program: realName(io, at, real), environment };
    }
    const base = await baseOf(io, own, at);
    if (base === undefined) return { reason: `the Python that \`${own.root}\` was made from is gone` };
    at = base;
  }
  return { reason: "its environments lead in a circle" };
}

/** A tree that carries its Python says in `pyvenv.cfg` how it is to be used, but no other Python that it stands on. */
function isItsOwn({ fs }: Io, { root, keys }: EnvironmentFile, real: AbsPath): boolean {
  return !keys.has("home") && !keys.has("base-executable") && !keys.has("executable") && fs.path.isInside(root, real);
}

/** A link to a program of another name (a multi-call tool) does something else when it is called by that name. */
function realName({ fs }: Io, path: AbsPath, real: AbsPath): AbsPath {
  return /python|pypy|graalpy/i.test(fs.path.name(real)) ? real : path;
}

interface EnvironmentFile {
  readonly root: AbsPath;
  readonly keys: ReadonlyMap<string, string>;
}

/** The environment whose program lies at `path`: `pyvenv.cfg` beside it or one directory up. */
async function environmentOf(io: Io, path: AbsPath): Promise<EnvironmentFile | undefined> {
  const directory = io.fs.path.directory(path);
  for (const root of [io.fs.path.directory(directory), directory]) {
    const text = await look(io.fs).text(io.fs.path.join(root, "pyvenv.cfg"));
    if (text !== undefined) return { root, keys: parsePyvenvCfg(text) };
  }
  return undefined;
}

/** Reads `pyvenv.cfg` as Python does: keys in lower case, everything after the first `=` is the value. */
export function parsePyvenvCfg(text: string): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const at = line.indexOf("=");
    if (at > 0) keys.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
  }
  return keys;
}

/** Environments that hold a copy of the program (or Windows' launcher) name their base in the file. */
async function baseOf(io: Io, { keys }: EnvironmentFile, path: AbsPath): Promise<AbsPath | undefined> {
  const { fs, system } = io;
  const named = [keys.get("base-executable"), keys.get("executable")];
  const home = keys.get("home");
  const version = /^\d+\.\d+/.exec(keys.get("version_info") ?? keys.get("version") ?? "")?.[0];
  const names =
    system.os === "windows"
      ? ["python.exe"]
      : [fs.path.name(path), ...(version === undefined ? [] : [`python${version}`]), "python3", "python"];
  const candidates = [
    ...named,
    ...(home === undefined ? [] : names.map((name) => `${home}${fs.path.separator}${name}`)),
  ];
  for (const candidate of candidates) {
    if (candidate === undefined || !fs.path.isAbsolute(candidate)) continue;
    const resolved = fs.path.resolve(system.cwd, candidate);
    if (resolved !== path && (await look(fs).info(resolved))?.kind === "file") return resolved;
  }
  return undefined;
}

/**
 * Programs that must not be started to find out: they open a shop or an installer window instead of answering.
 * Returns the reason.
 */
export async function refusesToAnswer(io: Io, path: AbsPath): Promise<string | undefined> {
  const { fs, system } = io;
  if (system.os === "macos" && fs.path.directory(path) === "/usr/bin") {
    const tools = ["/Library/Developer/CommandLineTools/usr/bin/python3", "/Applications/Xcode.app"];
    for (const tool of tools) if ((await look(fs).info(tool as AbsPath)) !== undefined) return undefined;
    return "it only offers to install Apple's command line tools";
  }
  if (system.os === "windows" && /\\WindowsApps\\python3?\.exe$/i.test(path)) {
    // A Python from the Store brings `python3.12.exe` too; the place-holder does not.
    const beside = await look(fs).list(fs.path.directory(path));
    if (beside.some((entry) => /^python3\.\d+\.exe$/i.test(entry.name))) return undefined;
    return "it only opens the Microsoft Store";
  }
  return undefined;
}

/** The root of the environment that the shell has active. */
export function activeEnvironment({ fs, system }: Io): AbsPath | undefined {
  const root = variable(system, "VIRTUAL_ENV");
  return root !== undefined && fs.path.isAbsolute(root) ? fs.path.resolve(system.cwd, root) : undefined;
}
