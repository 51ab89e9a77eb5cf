import { type AbsPath, hasCode } from "../base/index.ts";
import type { Fs, Ports } from "../ports/index.ts";
import {
  type Manifest,
  manifestFile,
  parseManifest,
  readStoredFiles,
  type Stamp,
  type StoredFile,
  sections,
} from "./artifact.ts";

/*
 * Why nothing of an artifact is fsynced, and a crash is safe all the same. Syncing 18,000 files one by one takes longer than
 * unpacking them. So the manifest, written last, names the boot of the machine during which the artifact was unpacked.
 * While that boot lasts, the page cache holds what was written, whatever the disk has of it. Every system writes dirty
 * pages back within seconds (Linux: 30); an artifact found older than `settledMs` in the same boot is on disk and is marked
 * durable. One that is found by a later boot without that mark may have lost bytes (empty or cut files, a cut manifest): it is
 * hashed once, and made again when it isn't whole. A rename that the crash lost leaves an absent artifact, which is fine.
 */
const settledMs = 2 * 60_000;
const durable = "durable";

/** Reads the manifest of an artifact whose bytes can be trusted; `undefined` when it must be made again. */
export async function readTrusted<M extends Stamp = Manifest>(
  io: Pick<Ports, "fs" | "clock" | "system">,
  root: AbsPath,
): Promise<M | undefined> {
  const manifest = await readManifest<M>(io.fs, root);
  if (manifest === undefined || manifest.boot === durable) return manifest;
  const isSameBoot = manifest.boot === io.system.boot;
  const isSettled = io.clock.now() - manifest.completedMs > settledMs;
  if (isSameBoot && !isSettled) return manifest;
  if (!isSameBoot && (await damagedFiles(io.fs, root)).length > 0) return undefined;
  await writeManifest(io.fs, root, { ...manifest, boot: durable }).catch(ignoreReadOnly);
  return manifest;
}

export async function readManifest<M extends Stamp = Manifest>(fs: Fs, root: AbsPath): Promise<M | undefined> {
  try {
    return parseManifest<M>(await fs.readText(fs.path.join(root, manifestFile)));
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/** Replaces the manifest in one step; a crash may leave the old one, which is right as well. */
export async function writeManifest<M extends Stamp = Manifest>(fs: Fs, root: AbsPath, manifest: M): Promise<void> {
  const staged = fs.path.join(root, `.${manifestFile}`);
  await fs.write(staged, `${JSON.stringify(manifest)}\n`);
  await fs.rename(staged, fs.path.join(root, manifestFile));
}

/** A store that belongs to somebody else is used as it is. Two that mark at once meet over the staged file. */
/** For marks that help others, where a store can't be written. */
export function ignoreReadOnly(error: unknown): void {
  if (!hasCode(error, "EACCES", "EPERM", "EROFS", "ENOENT", "ENOSPC", "EDQUOT")) throw error;
}

/** Files whose content differs from what was unpacked, or that are missing; `manifest.json` when even the list is lost. */
export async function damagedFiles(fs: Fs, root: AbsPath): Promise<string[]> {
  let files: readonly StoredFile[];
  try {
    files = await readStoredFiles(fs, root);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return [manifestFile];
    throw error;
  }
  const found = await fs.digests(files.map(({ path }) => fs.path.join(root, ...path.split("/"))));
  return files.filter((file, index) => hexOf(file.sha256) !== found[index]).map(({ path }) => path);
}

/** Files below the sections that are neither content nor bytecode. */
export async function extraFiles(fs: Fs, root: AbsPath): Promise<string[]> {
  const known = new Set((await readStoredFiles(fs, root).catch(() => [])).map(({ path }) => path));
  const extra: string[] = [];
  const walk = async (path: string): Promise<void> => {
    for (const { name, kind } of (await fs.list(fs.path.join(root, ...path.split("/")))) ?? []) {
      const child = `${path}/${name}`;
      if (kind === "directory") await walk(child);
      else if (!known.has(child) && !/\/__pycache__\/[^/]*$/.test(child)) extra.push(child);
    }
  };
  for (const section of sections) await walk(section);
  return extra;
}

function hexOf(base64url: string): string {
  return Buffer.from(base64url, "base64url").toString("hex");
}

/**
 * Files that were changed since they were unpacked, as far as size and time tell: cheap enough for every operation, and
 * what finds an edit that came through a hard link.
 */
export async function editedFiles(fs: Fs, root: AbsPath, completedMs: number): Promise<string[]> {
  const edited: string[] = [];
  for (const { path, sizeBytes } of await readStoredFiles(fs, root)) {
    const info = await fs.linkInfo(fs.path.join(root, ...path.split("/")));
    // Coarse clocks of file systems may lag behind or run ahead of ours by some milliseconds.
    if (info?.sizeBytes !== sizeBytes || info.modifiedMs > completedMs + 1_000) edited.push(path);
  }
  return edited;
}

/** Notes that an artifact has bytecode of the Python with this cache tag, and a whole list of it. */
export async function markCompiled(fs: Fs, { root }: { readonly root: AbsPath }, tag: string): Promise<void> {
  const manifest = await readManifest(fs, root);
  if (manifest === undefined || manifest.bytecode.includes(tag)) return;
  await writeManifest(fs, root, { ...manifest, bytecode: [...manifest.bytecode, tag].sort() });
}
