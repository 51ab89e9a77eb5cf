import { type AbsPath, byCodePoint, mapLimit, parseSha256, type Sha256, VenvoyError } from "../../base/index.ts";
import { createHash, readElfRunPaths, runPathTag } from "../../codec/index.ts";
import type { Fs, LinkMode, Ports } from "../../ports/index.ts";
import { compileSources, type Interpreter } from "../../python/index.ts";
import { cacheTag, type PreparedTree, type PreparedTrees } from "../../store/index.ts";
import { makeMovable } from "../movable/tree.ts";
import { freeRunPath, sonameOf, sorted } from "./bring.ts";
import { systemLibraries } from "./libraries.ts";
import { isCarried } from "./select.ts";

/** Of what is done to a Python here: another number, and every prepared one is made anew. */
const procedure = 4;

export interface CarriedFacts {
  /** Libraries of this system that came along, by the names that they are asked for. */
  readonly libraries: readonly string[];
  /** What the Python still needs of the machine that it runs on, and could not be brought. */
  readonly missing: readonly string[];
  /** Files that look for libraries in the old place. */
  readonly stuck: readonly string[];
  /** The program's own search path counts for libraries that have none. */
  readonly leads: boolean;
}

/** A Python that runs anywhere with the same C library or a newer one, ready to be linked into trees. */
export type PreparedPython = PreparedTree<CarriedFacts>;

type Io = Pick<Ports, "fs" | "proc" | "system">;

/**
 * A Python as it lies in trees that carry it: itself, its standard library with bytecode, and the system's libraries that
 * they use; its installed packages stay behind. Made once for what it is made of, and kept in the store. Throws
 * `PYTHON_UNSUITED` for a Python that is not one directory (a system's own).
 */
export async function preparePython(
  io: Io,
  trees: PreparedTrees,
  interpreter: Interpreter,
  signal?: AbortSignal,
): Promise<PreparedPython> {
  const { fs } = io;
  const { prefix } = interpreter;
  if (interpreter.externallyManaged || !fs.path.isInside(prefix, interpreter.stdlib) || prefix === "/usr")
    throw unsuited(interpreter);
  const selected = await select(fs, interpreter);
  if (isForWindows(interpreter) && !selected.files.some((path) => /^python\.exe$/i.test(path)))
    throw incomplete(interpreter);
  return trees.ensure(await keyOf(io, prefix, selected), {
    label: `Python ${interpreter.version}`,
    signal,
    make: (root) => make(io, { interpreter, selected, root, signal }),
  });
}

/** Puts a prepared Python into a tree that is being built, without what a package brings in its place. */
export async function placePython(
  fs: Fs,
  { files, listing, links }: PreparedPython,
  root: AbsPath,
  { mode, except }: { readonly mode: LinkMode; readonly except: readonly string[] },
): Promise<void> {
  await fs.linkTrees([{ from: files, to: root, mode, listing: { ...listing, except } }]);
  for (const { path, text, kind } of links) await fs.symlink(text, fs.path.join(root, ...path.split("/")), kind);
}

function versionOf({ versionInfo, freeThreaded }: Interpreter): string {
  return `${versionInfo[0]}.${versionInfo[1]}${freeThreaded ? "t" : ""}`;
}

interface Selected {
  readonly directories: readonly string[];
  readonly files: readonly string[];
  readonly links: readonly string[];
}

function isForWindows({ platformTag }: Interpreter): boolean {
  return platformTag.startsWith("win");
}

async function select(fs: Fs, interpreter: Interpreter): Promise<Selected> {
  const rules = { version: versionOf(interpreter), isWindows: isForWindows(interpreter) };
  const [directories, files, links]: [string[], string[], string[]] = [[], [], []];
  await fs.scan(interpreter.prefix, ({ path, kind }) => {
    if (path === "" || !isCarried(path, rules)) return;
    if (kind === "directory") directories.push(path);
    else if (kind === "file") files.push(path);
    else if (kind === "symlink") links.push(path);
  });
  return { directories, files: files.sort(byCodePoint), links: links.sort(byCodePoint) };
}

/**
 * Stands for everything that the prepared files depend on: what lies in the installation, by what looking at it tells, and
 * the state of the system's libraries, by the list that every change of them writes anew.
 */
async function keyOf({ fs, system }: Io, prefix: AbsPath, { files, links }: Selected): Promise<Sha256> {
  const infos = await fs.linkInfos(files.map((path) => fs.path.join(prefix, ...path.split("/"))));
  const texts = await mapLimit(links, 16, (path) => fs.readLink(fs.path.join(prefix, ...path.split("/"))));
  const libraries = await fs.info("/etc/ld.so.cache" as AbsPath);
  const lines = [
    `${procedure} ${prefix} ${system.machine} ${libraries?.sizeBytes} ${libraries?.modifiedMs}`,
    ...files.map(
      (path, index) => `${path} ${infos[index]?.sizeBytes} ${infos[index]?.modifiedMs} ${infos[index]?.mode}`,
    ),
    ...links.map((path, index) => `${path} -> ${texts[index]}`),
  ];
  return parseSha256(createHash("sha256").update(lines.join("\n")).digest("hex"));
}

async function make(
  io: Io,
  {
    interpreter,
    selected,
    root,
    signal,
  }: {
    readonly interpreter: Interpreter;
    readonly selected: Selected;
    readonly root: AbsPath;
    readonly signal: AbortSignal | undefined;
  },
): Promise<CarriedFacts> {
  const { fs } = io;
  const { prefix } = interpreter;
  await copySelected(fs, prefix, root, selected);
  if (isForWindows(interpreter)) {
    // Its programs find everything from where they are, and what they need of the system every Windows has. A `pyvenv.cfg`
    // beside them would make `site` look for packages one level above.
    await placeInScripts(fs, root, selected);
    await compileLibrary(io, interpreter, root, signal);
    return { libraries: [], missing: [], stuck: [], leads: true };
  }
  const version = versionOf(interpreter);
  await nameProgram(fs, root, version);
  const moved = await makeMovable(fs, root);
  await fs.write(fs.path.join(root, "pyvenv.cfg"), ownPackagesOnly(interpreter));
  const { found, missing, bound } = await systemLibraries(fs, root);
  const leads = await leadLibraries(fs, fs.path.join(root, "bin", `python${version}`));
  if (leads) for (const { soname, path } of found) await fs.copyFile(path, fs.path.join(root, "lib", soname));
  const stuck = moved.stuck.filter((file) => !bound.includes(file));
  for (const file of bound) if (!(await freeRunPath(fs, { root, file, leads }))) stuck.push(file);
  await compileLibrary(io, interpreter, root, signal);
  return {
    libraries: leads ? found.map(sonameOf) : [],
    missing: leads ? missing : sorted([...missing, ...found.map(sonameOf)]),
    stuck,
    leads,
  };
}

/**
 * Packages that a person installed for their account (`pip install --user`) would come before those of the tree, on each
 * machine others. A `pyvenv.cfg` without `home` changes nothing but this: Python finds itself as it does without one, and
 * `site` leaves the account's packages out.
 */
function ownPackagesOnly({ version }: Interpreter): string {
  return `include-system-site-packages = false\nversion = ${version}\n`;
}

/**
 * Libraries of the system don't say where theirs are: the program's own path has to count for them, too. False where the
 * program has none that could.
 */
async function leadLibraries(fs: Fs, program: AbsPath): Promise<boolean> {
  const paths = await readElfRunPaths((offset, length) => fs.readRange(program, offset, length));
  const own = paths.find(({ text }) => text.split(":").includes("$ORIGIN/../lib"));
  if (own === undefined || own.tag === "RPATH") return own !== undefined;
  const bytes = Buffer.from(await fs.read(program));
  bytes.set(runPathTag("RPATH", bytes), own.entryOffset);
  await fs.writeAtomic(program, bytes, { mode: 0o755 });
  return true;
}

/** Always so many files in a process, each time in the same order: what one shares depends on the others. */
const filesAtOnce = 500;

/**
 * Bytecode that is believed without a look at its source: times don't survive a copy, and a tree that nobody may write can't
 * be mended. Its paths are relative, Python puts in the true ones when it loads them.
 */
async function compileLibrary(
  io: Io,
  interpreter: Interpreter,
  root: AbsPath,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { version, implementation, executable } = interpreter;
  if (implementation !== "cpython") return;
  const library = isForWindows(interpreter) ? /^lib\/.*\.py$/i : /^lib\/python[^/]+\/.*\.py$/;
  const { fs, system } = io;
  const sources: string[] = [];
  await fs.scan(root, ({ path, kind }) => {
    if (kind === "file" && library.test(path)) sources.push(path);
  });
  const tag = cacheTag(version);
  const items = sources.sort(byCodePoint).map((path) => {
    const source = fs.path.join(root, ...path.split("/"));
    const name = `${fs.path.name(source).slice(0, -".py".length)}.${tag}.pyc`;
    return { source, target: fs.path.join(fs.path.directory(source), "__pycache__", name), shownAs: path };
  });
  const parts: (typeof items)[] = [];
  for (let at = 0; at < items.length; at += filesAtOnce) parts.push(items.slice(at, at + filesAtOnce));
  await mapLimit(parts, Math.max(1, system.cores), (part) =>
    compileSources(io, executable, part, { form: "unchecked", signal }),
  );
}

async function copySelected(
  fs: Fs,
  from: AbsPath,
  to: AbsPath,
  { directories, files, links }: Selected,
): Promise<void> {
  await fs.linkTrees([{ from, to, mode: "copy", directories, files }]);
  const taken = new Set([...directories, ...files, ...links]);
  for (const path of links) await copyLink(fs, { from, to, path, taken });
}

/** A link inside stays one; what leads out of the installation is taken as it is. */
async function copyLink(
  fs: Fs,
  {
    from,
    to,
    path,
    taken,
  }: { readonly from: AbsPath; readonly to: AbsPath; readonly path: string; readonly taken: ReadonlySet<string> },
): Promise<void> {
  const source = fs.path.join(from, ...path.split("/"));
  const target = fs.path.join(to, ...path.split("/"));
  const text = await fs.readLink(source);
  const leads = fs.path.resolve(fs.path.directory(source), text);
  const inside = fs.path.isInside(from, leads)
    ? fs.path.relative(from, leads).split(fs.path.separator).join("/")
    : undefined;
  const info = await fs.info(source);
  if (info === undefined) return;
  const kind = info.kind === "directory" ? "directory" : "file";
  if (inside !== undefined && taken.has(inside)) {
    await fs.symlink(fs.path.relative(fs.path.directory(source), leads), target, kind);
  } else if (kind === "file") {
    await fs.copyFile(await fs.realPath(source), target);
  }
}

/**
 * In an environment of Windows everybody looks for Python in `Scripts`. There it finds the tree above it by its standard library, and
 * needs its own libraries beside it.
 */
async function placeInScripts(fs: Fs, root: AbsPath, { files }: Selected): Promise<void> {
  if (!files.some((path) => /^lib\/os\.py$/i.test(path))) return;
  const scripts = fs.path.join(root, "Scripts");
  await fs.makeDir(scripts);
  for (const name of files.filter((path) =>
    /^(?:pythonw?\.exe|(?:python\d+t?|vcruntime\d+(?:_\d)?)\.dll)$/i.test(path),
  )) {
    await fs.copyFile(fs.path.join(root, name), fs.path.join(scripts, name));
  }
}

/** `python` and `python3` lead to `python3.11`, whatever the installation called them. */
async function nameProgram(fs: Fs, root: AbsPath, version: string): Promise<void> {
  const bin = fs.path.join(root, "bin");
  for (const name of ["python3", "python"]) {
    const path = fs.path.join(bin, name);
    if ((await fs.linkInfo(path)) === undefined) await fs.symlink(`python${version}`, path, "file");
  }
}

function incomplete({ prefix, version }: Interpreter): VenvoyError {
  return new VenvoyError(
    "PYTHON_UNSUITED",
    `Python ${version} has no \`python.exe\` in \`${prefix}\`, so it can't be taken along`,
    {
      hint: `bring one that can: venvoy python install ${version.split(".").slice(0, 2).join(".")}`,
      data: { prefix },
    },
  );
}

function unsuited(interpreter: Interpreter): VenvoyError {
  const version = interpreter.versionInfo.slice(0, 2).join(".");
  return new VenvoyError(
    "PYTHON_UNSUITED",
    `Python ${interpreter.version} in \`${interpreter.prefix}\` belongs to the system and is spread over it, so it can't be taken along`,
    { hint: `bring one that can: venvoy python install ${version}`, data: { prefix: interpreter.prefix } },
  );
}
