import { type AbsPath, byCodePoint } from "../base/index.ts";
import { readExeLauncher } from "../codec/index.ts";
import type { Fs } from "../ports/index.ts";
import { type CondaFile, readCondaFiles } from "./conda-records.ts";
import { isAbsolutePath, isSamePath, lastPart, liesIn, parentOf, withoutTail } from "./path-forms.ts";
import type { TreeFile, Walk } from "./walk.ts";

export type TreeKind = "standalone" | "venv" | "virtualenv" | "old-virtualenv" | "conda" | "python" | "directory";

/** A path, and the file of the tree that says it. */
export interface Said {
  readonly path: string;
  readonly file: string;
}

/** What a tree says of itself. */
export interface TreeFacts {
  readonly kind: TreeKind;
  readonly pythonVersion: string | undefined;
  /** Where it says that it is, each place once; several when it was moved and then used. */
  readonly places: readonly Said[];
  /** The Pythons that it stands on: their directories. */
  readonly bases: readonly Said[];
  /** What conda's records say of files that it rewrote, by path. */
  readonly conda: ReadonlyMap<string, CondaFile>;
}

const largestFact = 1 << 20;

export async function readTreeFacts(fs: Fs, { files }: Walk): Promise<TreeFacts> {
  const byPath = new Map(files.map((one) => [one.path, one]));
  const read = async (path: string): Promise<string | undefined> => {
    const file = byPath.get(path);
    if (file?.kind !== "file" || file.sizeBytes > largestFact) return undefined;
    return textOf(fs, file);
  };
  const config = parseConfig((await read("pyvenv.cfg")) ?? "");
  const conda = await readCondaFiles(fs, files);
  const origin = files.find(({ path }) => /^[Ll]ib\/(?:python[^/]+\/)?orig-prefix\.txt$/.test(path));
  const bases = await basesOf(fs, files, { config, origin });
  const isBase = (path: string): boolean => bases.some((one) => isSamePath(one.path, path));
  const strong = [
    ...(await activationPlaces(read, byPath)),
    ...(await programPlaces(fs, files, byPath)),
    ...(await builtPlaces(read, byPath)),
  ].filter(({ path }) => !isBase(path) && !isTooWide(path) && !isSystemPath(path));
  const places = distinct(strong.length > 0 ? strong : commandPlace(config));
  return {
    kind: kindOf({ byPath, config, isOld: origin !== undefined }),
    pythonVersion:
      /^\d+(?:\.\d+)*/.exec(config.get("version_info") ?? config.get("version") ?? "")?.[0] ?? versionOf(byPath),
    places,
    bases: distinct(bases),
    conda,
  };
}

function kindOf({
  byPath,
  config,
  isOld,
}: {
  readonly byPath: ReadonlyMap<string, TreeFile>;
  readonly config: ReadonlyMap<string, string>;
  readonly isOld: boolean;
}): TreeKind {
  const paths = [...byPath.keys()];
  if (byPath.has(".venvoy/standalone.json")) return "standalone";
  if (paths.some((path) => /^conda-meta\/[^/]+\.json$/.test(path) || path === "conda-meta/history")) return "conda";
  if (isOld) return "old-virtualenv";
  if (byPath.has("pyvenv.cfg")) return config.has("virtualenv") ? "virtualenv" : "venv";
  const isPython = paths.some((path) => /^(?:lib\/python\d[^/]*\/os\.py|Lib\/os\.py)$/.test(path));
  return isPython ? "python" : "directory";
}

function versionOf(byPath: ReadonlyMap<string, TreeFile>): string | undefined {
  for (const path of byPath.keys()) {
    const version = /^lib\/python(\d+\.\d+)t?\//.exec(path)?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}

/** `pyvenv.cfg` (PEP 405): `name = value`, names in any case. */
export function parseConfig(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const cut = line.indexOf("=");
    if (cut > 0) values.set(line.slice(0, cut).trim().toLowerCase(), line.slice(cut + 1).trim());
  }
  return values;
}

const longestCommand = 4_096;

/** The last word of the command that made it, which may hold blanks. */
function commandPlace(config: ReadonlyMap<string, string>): readonly Said[] {
  const command = (config.get("command") ?? "").slice(0, longestCommand);
  const path = / -m (?:venv|virtualenv) (?:.* )?((?:\/|[A-Za-z]:[\\/]).*)$/.exec(command)?.[1];
  return path === undefined ? [] : [{ path: withoutTail(path), file: "pyvenv.cfg" }];
}

async function basesOf(
  fs: Fs,
  files: readonly TreeFile[],
  { config, origin }: { readonly config: ReadonlyMap<string, string>; readonly origin: TreeFile | undefined },
): Promise<readonly Said[]> {
  const bases: Said[] = [];
  const home = config.get("home");
  if (home !== undefined && isAbsolutePath(home)) {
    const directory = withoutTail(home);
    bases.push({ path: lastPart(directory) === "bin" ? parentOf(directory) : directory, file: "pyvenv.cfg" });
  }
  if (origin?.kind === "file" && origin.sizeBytes <= largestFact) {
    const path = withoutTail(((await textOf(fs, origin)) ?? "").trim());
    if (isAbsolutePath(path)) bases.push({ path, file: origin.path });
  }
  for (const { path, kind, at } of files) {
    if (kind !== "symlink" || !/^bin\/(?:python|pypy)[\d.]*$/.test(path)) continue;
    const target = await linkText(fs, at);
    if (target !== undefined && isAbsolutePath(target) && lastPart(parentOf(target)) === "bin") {
      bases.push({ path: parentOf(parentOf(target)), file: path });
    }
  }
  return bases;
}

const shellValue = /\bVIRTUAL_ENV(?:=|['"]? +|['"]?, *)("[^"\n]+"|'[^'\n]+'|[^\s"';|]+)/g;
/** Blanks belong to it, up to the end of the line. */
const batchValue = /^@?set +"?VIRTUAL_ENV=([^"\r\n]+)/gim;

const activationScripts = ["activate", "activate.csh", "activate.fish", "activate.bat", "activate.nu", "Activate.ps1"];

async function activationPlaces(
  read: (path: string) => Promise<string | undefined>,
  byPath: ReadonlyMap<string, TreeFile>,
): Promise<readonly Said[]> {
  const places: Said[] = [];
  for (const directory of ["bin", "Scripts"]) {
    for (const name of activationScripts) {
      const file = `${directory}/${name}`;
      const text = byPath.has(file) ? ((await read(file)) ?? "") : "";
      for (const [, value = ""] of text.matchAll(name.endsWith(".bat") ? batchValue : shellValue)) {
        const path = withoutTail(value.replace(/^["']|["']$/g, "").trim());
        if (isAbsolutePath(path) && !/[$%`]/.test(path)) places.push({ path, file });
      }
    }
  }
  return places;
}

const mostPrograms = 2_000;
const headBytes = 1_024;

/** Programs in `bin` and `Scripts` that name a Python which lies beside them. */
async function programPlaces(
  fs: Fs,
  files: readonly TreeFile[],
  byPath: ReadonlyMap<string, TreeFile>,
): Promise<readonly Said[]> {
  const places: Said[] = [];
  const programs = files.filter(({ path, kind }) => kind === "file" && /^(?:bin|Scripts)\/[^/]+$/.test(path));
  for (const { path, at, sizeBytes } of programs.slice(0, mostPrograms)) {
    const python = path.endsWith(".exe")
      ? sizeBytes <= largestFact
        ? readExeLauncher(await fs.read(at))?.python
        : undefined
      : namedPython(await headOf(fs, at, sizeBytes));
    if (python === undefined || !isAbsolutePath(python)) continue;
    const directory = parentOf(python);
    const isBeside = byPath.has(`${lastPart(directory)}/${lastPart(python)}`);
    if (isBeside && /^(?:bin|Scripts)$/i.test(lastPart(directory)))
      places.push({ path: parentOf(directory), file: path });
    else if (isBeside || byPath.has(lastPart(python))) places.push({ path: directory, file: path });
  }
  return places;
}

async function headOf(fs: Fs, at: AbsPath, sizeBytes: number): Promise<string> {
  try {
    return Buffer.from(await fs.readRange(at, 0, Math.min(headBytes, sizeBytes))).toString("utf8");
  } catch {
    // What can't be read is told where all files are read.
    return "";
  }
}

/** The Python of a script's first lines: of the first, or of the second where the first is too short for its path. */
export function namedPython(head: string): string | undefined {
  if (!head.startsWith("#!")) return undefined;
  const long = /^#![^\n]*\/sh\r?\n'''exec' (?:"([^"\n]+)"|'([^'\n]+)'|(\S+)) /.exec(head);
  if (long !== null) return long[1] ?? long[2] ?? long[3];
  const line = /^#! *("[^"\n]+"|\S+)/.exec(head)?.[1]?.replace(/^"|"$/g, "");
  return line !== undefined && /^(?:python|pypy)[\w.]*$/.test(lastPart(line)) ? line : undefined;
}

/** An installed Python says in its build variables where it was installed. */
async function builtPlaces(
  read: (path: string) => Promise<string | undefined>,
  byPath: ReadonlyMap<string, TreeFile>,
): Promise<readonly Said[]> {
  const places: Said[] = [];
  for (const file of [...byPath.keys()].filter((path) => /^lib\/python[^/]+\/_sysconfigdata_[^/]*\.py$/.test(path))) {
    const path = /['"]prefix['"]: *['"](\/[^'"\n]+)['"]/.exec((await read(file)) ?? "")?.[1];
    if (path !== undefined) places.push({ path: withoutTail(path), file });
  }
  return places;
}

function distinct(all: readonly Said[]): readonly Said[] {
  const kept: Said[] = [];
  for (const one of all) if (!kept.some(({ path }) => isSamePath(path, one.path))) kept.push(one);
  return kept.sort((a, b) => byCodePoint(a.path, b.path));
}

async function textOf(fs: Fs, { at }: TreeFile): Promise<string | undefined> {
  try {
    return await fs.readText(at);
  } catch {
    // Told where all files are read.
    return undefined;
  }
}

async function linkText(fs: Fs, at: AbsPath): Promise<string | undefined> {
  try {
    return await fs.readLink(at);
  } catch {
    return undefined;
  }
}

/** Directories that hold half a system: a path in one of them says nothing of a tree. */
export function isTooWide(path: string): boolean {
  return /^(?:\/|\/(?:usr|usr\/local|bin|sbin|lib|lib64|etc|opt|home|root|tmp|var|mnt|srv|Users|Library)|[A-Za-z]:[\\/]?(?:Windows|Users|Program Files)?)$/i.test(
    path,
  );
}

/** A place of the operating system itself, which is there on every machine of its kind. */
export function isSystemPath(path: string): boolean {
  const roots = ["/bin", "/sbin", "/usr", "/lib", "/lib64", "/proc", "/dev", "/sys", "/etc", "/System", "/Library"];
  return roots.some((root) => liesIn(root, path)) || /^[A-Za-z]:[\\/]windows[\\/]/i.test(path);
}
