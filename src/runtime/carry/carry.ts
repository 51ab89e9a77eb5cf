import { type AbsPath, byCodePoint, VenvoyError } from "../../base/index.ts";
import { readElfRunPaths, runPathTag } from "../../codec/index.ts";
import type { Fs } from "../../ports/index.ts";
import type { Interpreter } from "../../python/index.ts";
import { makeMovable } from "../movable/tree.ts";
import { systemLibraries } from "./libraries.ts";
import { isCarried } from "./select.ts";

export interface CarriedPython {
  /** Libraries of this system that came along. */
  readonly libraries: readonly string[];
  /** What the tree still needs of the machine that it runs on, and could not be brought. */
  readonly missing: readonly string[];
  /** Files that look for libraries in the old place. */
  readonly stuck: readonly string[];
}

/**
 * Copies a Python into an empty directory so that it runs anywhere with the same C library or a newer one: itself, its
 * standard library, and the system's libraries that they use. Installed packages stay behind; `putPackages` puts in what
 * belongs there before libraries are looked for. Throws `PYTHON_UNSUITED` for a Python that is not one directory (a system's own).
 */
export async function carryPython(
  fs: Fs,
  interpreter: Interpreter,
  root: AbsPath,
  putPackages: () => Promise<void>,
): Promise<CarriedPython> {
  const { prefix, versionInfo, freeThreaded } = interpreter;
  const version = `${versionInfo[0]}.${versionInfo[1]}${freeThreaded ? "t" : ""}`;
  if (interpreter.externallyManaged || !fs.path.isInside(prefix, interpreter.stdlib) || prefix === "/usr")
    throw unsuited(interpreter);
  await copySelected(fs, prefix, root, (path) => isCarried(path, { version }));
  await nameProgram(fs, root, version);
  const { stuck } = await makeMovable(fs, root);
  await putPackages();
  const { found, missing } = await systemLibraries(fs, root);
  for (const { soname, path } of found) await fs.copyFile(path, fs.path.join(root, "lib", soname));
  const leads = found.length === 0 || (await leadLibraries(fs, fs.path.join(root, "bin", `python${version}`)));
  return {
    libraries: leads ? found.map(({ soname }) => soname) : [],
    missing: leads ? missing : found.map(({ soname }) => soname),
    stuck,
  };
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

async function copySelected(fs: Fs, from: AbsPath, to: AbsPath, takes: (path: string) => boolean): Promise<void> {
  const directories: string[] = [];
  const files: string[] = [];
  const links: string[] = [];
  await fs.scan(from, ({ path, kind }) => {
    if (path === "" || !takes(path)) return;
    if (kind === "directory") directories.push(path);
    else if (kind === "file") files.push(path);
    else if (kind === "symlink") links.push(path);
  });
  await fs.linkTrees([{ from, to, mode: "copy", directories, files }]);
  const taken = new Set([...directories, ...files, ...links]);
  for (const path of links.sort(byCodePoint)) await copyLink(fs, { from, to, path, taken });
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

/** `python` and `python3` lead to `python3.11`, whatever the installation called them. */
async function nameProgram(fs: Fs, root: AbsPath, version: string): Promise<void> {
  const bin = fs.path.join(root, "bin");
  for (const name of ["python3", "python"]) {
    const path = fs.path.join(bin, name);
    if ((await fs.linkInfo(path)) === undefined) await fs.symlink(`python${version}`, path, "file");
  }
}

function unsuited(interpreter: Interpreter): VenvoyError {
  const version = interpreter.versionInfo.slice(0, 2).join(".");
  return new VenvoyError(
    "PYTHON_UNSUITED",
    `Python ${interpreter.version} in \`${interpreter.prefix}\` belongs to the system and is spread over it, so it can't be taken along`,
    { hint: `bring one that can: venvoy python install ${version}`, data: { prefix: interpreter.prefix } },
  );
}
