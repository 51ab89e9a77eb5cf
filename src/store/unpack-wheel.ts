import { type AbsPath, byCodePoint, isVenvoyError, type Sha256 } from "../base/index.ts";
import { createHash, shownName, type ZipSource } from "../codec/index.ts";
import { nativeNeeds } from "../native/index.ts";
import type { RecordEntry } from "../pep/index.ts";
import { formatRecord } from "../pep/index.ts";
import type { Fs, OpId, Ports, Reporter, UnpackFile } from "../ports/index.ts";
import {
  type ArtifactTree,
  type Manifest,
  manifestFile,
  type Section,
  type SectionFiles,
  type StoredFile,
  writeArtifactTree,
  writeStoredFiles,
} from "./artifact.ts";
import { checkRecord } from "./check-record.ts";
import { wheelInvalid } from "./errors.ts";
import { topLevelOf } from "./foldable.ts";
import { entryPointScripts, rewriteScript, type ScriptFile } from "./launcher.ts";
import { nativeFiles, readBinaries } from "./native-files.ts";
import { nameArchive, type Placement, placeEntries, treeOf } from "./place-entries.ts";
import { type ReadWheel, readWheel } from "./read-wheel.ts";

export type StoreIo = Pick<Ports, "fs" | "clock" | "system"> & { readonly reporter: Reporter };

export interface WheelFile {
  readonly path: AbsPath;
  readonly filename: string;
  readonly sha256: Sha256;
}

const installerText = "venvoy\n";

/** The wheel as it lies on disk, for reading its directory. */
function sourceOf(fs: Fs, file: AbsPath, { label, sizeBytes }: Pick<ZipSource, "label" | "sizeBytes">): ZipSource {
  return { label, sizeBytes, readAt: (offset, length) => fs.readRange(file, offset, length) };
}

/**
 * Unpacks a wheel into `root`, an empty directory that nobody sees yet, in the form of an artifact. The manifest goes
 * last: a directory with a manifest is complete. Throws `WHEEL_INVALID`, `ARCHIVE_INVALID`, `DIGEST_MISMATCH`.
 */
export async function unpackWheel(
  io: StoreIo,
  wheelFile: WheelFile,
  {
    root,
    boot,
    op,
    signal,
  }: { readonly root: AbsPath; readonly boot: string; readonly op: OpId; readonly signal?: AbortSignal },
): Promise<Manifest> {
  const { fs } = io;
  const { filename } = wheelFile;
  const sizeBytes = (await fs.info(wheelFile.path))?.sizeBytes ?? 0;
  const wheel = await readWheel(sourceOf(fs, wheelFile.path, { label: filename, sizeBytes }), filename);
  const placement = placeEntries(wheel, { windows: io.system.os === "windows", foldsCase: io.system.os === "macos" });
  for (const text of wheel.warnings) io.reporter.emit({ type: "notice", level: "warn", code: "WHEEL_NEWER", text });
  const progress = (done: number) => io.reporter.emit({ type: "op:progress", id: op, done });
  const unpacked = await unpackFiles(fs, wheelFile, { wheel, placement, root, progress, ...(signal && { signal }) });
  const made = await makeScripts(io, root, wheel, placement);
  const stored = await describeFiles(fs, root, { wheel, placement, unpacked, made });
  const tree = treeOf(placement);
  await writeArtifactTree(fs, root, tree);
  await writeStoredFiles(fs, root, stored);
  const facts = await describeBinaries(fs, root, { wheel, placement, site: tree.site });
  const manifest = manifestOf(wheel, wheelFile, { tree, stored, ...facts, boot, completedMs: io.clock.now() });
  await fs.write(fs.path.join(root, manifestFile), `${JSON.stringify(manifest)}\n`);
  return manifest;
}

/** What compiled files ask: of the tree that they stand in, and of the machine. */
async function describeBinaries(
  fs: Fs,
  root: AbsPath,
  { wheel, placement, site }: { readonly wheel: ReadWheel; readonly placement: Placement; readonly site: SectionFiles },
): Promise<Pick<Manifest, "topLevel" | "native">> {
  const found = await readBinaries(fs, root, placement.files);
  const inSite = found.filter(({ file }) => file.section === "site");
  const native = nativeNeeds(nativeFiles(found));
  return {
    topLevel: topLevelOf({
      name: wheel.metadata.name,
      tree: site,
      binaries: new Map(inSite.map(({ file, elf }) => [file.path, elf])),
    }),
    ...(native.length === 0 ? {} : { native }),
  };
}

function isExecutable(mode: number | undefined): boolean {
  return ((mode ?? 0) & 0o111) !== 0;
}

async function unpackFiles(
  fs: Fs,
  { path: archive, filename }: WheelFile,
  {
    wheel,
    placement,
    root,
    progress,
    signal,
  }: {
    readonly wheel: ReadWheel;
    readonly placement: Placement;
    readonly root: AbsPath;
    readonly progress: (done: number) => void;
    readonly signal?: AbortSignal;
  },
): Promise<StoredFile[]> {
  const hashes = checkRecord(wheel);
  const files = placement.files.map(
    ({ entry, section, path }): UnpackFile => ({
      path: `${section}/${path}`,
      // Programs of the scripts directory are programs whatever the archive says (pip does the same).
      executable: section === "scripts" || isExecutable(entry.mode),
      hash: hashes.get(entry.name),
      entry,
    }),
  );
  const directories = (["site", "scripts", "data", "headers"] as const).flatMap((section) => {
    const { directories: inside, files: own } = placement.trees[section];
    return own.length === 0 && section !== "site" ? [] : [section, ...inside.map((path) => `${section}/${path}`)];
  });
  try {
    const digests = await fs.unpack({
      archive,
      label: filename,
      to: root,
      directories,
      files,
      onProgress: progress,
      ...(signal && { signal }),
    });
    return files.map(({ path, entry }, index) => ({ path, sizeBytes: entry.sizeBytes, sha256: digests[index] ?? "" }));
  } catch (error) {
    if (!isVenvoyError(error, "DIGEST_MISMATCH")) throw error;
    const path = String(error.data["path"]).replace(/^[a-z]+\//, "");
    throw wheelInvalid(filename, `holds a \`${shownName(path)}\` that differs from its hash in RECORD`, error);
  }
}

/** Writes the programs of entry points, and `#!python` scripts in a form that works in any tree. */
async function makeScripts(
  io: StoreIo,
  root: AbsPath,
  wheel: ReadWheel,
  placement: Placement,
): Promise<ReadonlyMap<string, StoredFile | undefined>> {
  const { fs } = io;
  const shape = { windows: io.system.os === "windows" };
  const directory = fs.path.join(root, "scripts");
  const made = new Map<string, StoredFile | undefined>();
  const put = async ({ name, content }: ScriptFile): Promise<void> => {
    if (!placement.trees.scripts.files.includes(name)) {
      nameArchive(wheel.filename, () => placement.trees.scripts.add(name));
      await fs.makeDir(directory);
    }
    // Removed first: `write` into an existing file keeps that file's mode.
    await fs.remove(fs.path.join(directory, name));
    await fs.write(fs.path.join(directory, name), content, { mode: 0o777 });
    made.set(`scripts/${name}`, { path: `scripts/${name}`, ...digestOf(content) });
  };
  for (const { section, path } of placement.files) {
    if (section !== "scripts") continue;
    const content = await fs.read(fs.path.join(directory, path));
    for (const file of rewriteScript(path, content, shape) ?? []) await put(file);
  }
  for (const entryPoint of wheel.entryPoints) {
    for (const file of entryPointScripts(entryPoint, shape)) await put(file);
  }
  return made;
}

function digestOf(content: string | Uint8Array): { readonly sizeBytes: number; readonly sha256: string } {
  const sha256 = createHash("sha256").update(content).digest("base64url");
  return { sizeBytes: Buffer.byteLength(content), sha256 };
}

/** Writes INSTALLER and the final RECORD, and lists every file of the artifact. */
async function describeFiles(
  fs: Fs,
  root: AbsPath,
  {
    wheel,
    placement,
    unpacked,
    made,
  }: {
    readonly wheel: ReadWheel;
    readonly placement: Placement;
    readonly unpacked: readonly StoredFile[];
    readonly made: ReadonlyMap<string, StoredFile | undefined>;
  },
): Promise<StoredFile[]> {
  const { distInfo } = wheel;
  const write = async (name: string, text: string): Promise<StoredFile> => {
    await fs.write(fs.path.join(root, "site", distInfo, name), text);
    const path = `${distInfo}/${name}`;
    if (!placement.trees.site.files.includes(path)) placement.trees.site.add(path);
    return { path: `site/${path}`, ...digestOf(text) };
  };
  const own = new Set([`site/${distInfo}/RECORD`, `site/${distInfo}/INSTALLER`]);
  const files = unpacked.filter(({ path }) => !own.has(path) && !made.has(path));
  for (const file of made.values()) if (file !== undefined) files.push(file);
  files.push(await write("INSTALLER", installerText));
  files.sort((a, b) => byCodePoint(a.path, b.path));
  const record = recordOf(files, { distInfo, scheme: standardScheme(wheel) });
  files.push(await write("RECORD", record));
  return files;
}

/** Ways from site-packages to the other directories of a tree, with `/` at the end. */
export type RecordScheme = Readonly<Record<Exclude<Section, "site">, string>>;

/** The way in every virtual environment of a Unix; only headers depend on the Python's version and are filled in later. */
function standardScheme({ metadata }: Pick<ReadWheel, "metadata">): RecordScheme {
  return { scripts: "../../../bin/", data: "../../../", headers: `../../../include/site/${metadata.displayName}/` };
}

/** RECORD of a tree (PEP 376): `files` of the store, as seen from site-packages. */
export function recordOf(
  files: readonly StoredFile[],
  {
    distInfo,
    scheme,
    more = [],
  }: { readonly distInfo: string; readonly scheme: RecordScheme; readonly more?: readonly RecordEntry[] },
): string {
  const entries = files
    .filter(({ path }) => path !== `site/${distInfo}/RECORD`)
    .map(({ path, sizeBytes, sha256 }): RecordEntry => {
      const slash = path.indexOf("/");
      const section = path.slice(0, slash) as Section;
      const inside = path.slice(slash + 1);
      const shown = section === "site" ? inside : scheme[section] + inside;
      return { path: shown, hash: { algorithm: "sha256", digest: sha256 }, sizeBytes };
    });
  return formatRecord([...entries, ...more, { path: `${distInfo}/RECORD` }]);
}

function manifestOf(
  { metadata, distInfo, entryPoints }: ReadWheel,
  { sha256, filename }: WheelFile,
  {
    tree,
    stored,
    ...rest
  }: {
    readonly tree: ArtifactTree;
    readonly stored: readonly StoredFile[];
    readonly topLevel: Manifest["topLevel"];
    readonly native?: NonNullable<Manifest["native"]>;
    readonly boot: string;
    readonly completedMs: number;
  },
): Manifest {
  const isUsed = ({ files }: SectionFiles): boolean => files.length > 0;
  return {
    format: 1,
    sha256,
    filename,
    name: metadata.name,
    displayName: metadata.displayName,
    version: metadata.version,
    distInfo,
    requiresDist: metadata.requiresDist,
    requiresPython: metadata.requiresPython,
    providesExtra: metadata.providesExtra,
    entryPoints,
    sections: (["scripts", "data", "headers"] as const).filter((section) => isUsed(tree[section])),
    sizeBytes: stored.reduce((sum, file) => sum + file.sizeBytes, 0),
    fileCount: stored.length,
    bytecode: [],
    ...rest,
  };
}
