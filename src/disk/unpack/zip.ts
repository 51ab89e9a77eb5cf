import type { AbsPath } from "../../base/index.ts";
import {
  archiveInvalid,
  readZipDirectory,
  readZipEntry,
  shownName,
  type ZipEntry,
  type ZipSource,
} from "../../codec/index.ts";
import type { Fs, System } from "../../ports/index.ts";
import { ArchiveTree } from "../archive-tree.ts";
import { type ArchiveNode, linkReason, placeInArchive } from "./link-places.ts";

export interface UnpackZipOptions {
  /** Make the archive's links, where they lead to places inside; else they are refused. */
  readonly links?: boolean;
  /** Of all contents together. */
  readonly mostBytes?: number;
  readonly signal?: AbortSignal;
}

/** The longest target of a link. */
const longestLinkBytes = 4_096;

/**
 * Unpacks a zip archive into an empty directory, and answers the one directory that holds all of it, or the whole
 * when the archive has several. Special files are refused. Throws `ARCHIVE_INVALID`.
 */
export async function unpackZip(
  { fs, system }: { readonly fs: Fs; readonly system: Pick<System, "os"> },
  archive: AbsPath,
  into: AbsPath,
  { links = false, mostBytes, signal }: UnpackZipOptions = {},
): Promise<AbsPath> {
  const label = fs.path.name(archive);
  const source: ZipSource = {
    label,
    sizeBytes: (await fs.info(archive))?.sizeBytes ?? 0,
    readAt: (offset, length) => fs.readRange(archive, offset, length),
  };
  const { entries } = await readZipDirectory(source);
  const total = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (mostBytes !== undefined && total > mostBytes) throw archiveInvalid(label, `holds more than ${mostBytes} bytes`);
  const tree = new ArchiveTree({ windows: system.os === "windows", foldsCase: system.os === "macos" });
  const linked: { readonly path: string; readonly entry: ZipEntry }[] = [];
  const files = entries.flatMap((entry) => {
    if (entry.kind === "other" || (entry.kind === "symlink" && !links)) {
      throw archiveInvalid(label, `has a member \`${shownName(entry.name)}\` that is a link or a device`);
    }
    const path = tree.add(entry.kind === "directory" && !entry.name.endsWith("/") ? `${entry.name}/` : entry.name);
    if (entry.kind === "symlink") linked.push({ path, entry });
    if (entry.kind !== "file") return [];
    return [{ path, executable: ((entry.mode ?? 0) & 0o100) !== 0, hash: undefined, entry }];
  });
  const targets = await linksOf(source, linked, tree);
  await fs.unpack({ archive, label, to: into, directories: tree.directories, files, ...(signal && { signal }) });
  // Last, so that nothing is written through one.
  for (const { path, link, kind } of targets) await fs.symlink(link, fs.path.join(into, ...path.split("/")), kind);
  const tops = new Set([...tree.directories, ...tree.files].map((path) => path.split("/")[0]));
  const [only, ...others] = tops;
  if (only === undefined) throw archiveInvalid(label, "is empty");
  return others.length === 0 && tree.directories.includes(only) ? fs.path.join(into, only) : into;
}

interface Link {
  readonly path: string;
  readonly link: string;
  readonly kind: "file" | "directory";
}

/** Where links lead, proven to be inside by the archive's own names, before the disk is touched. */
async function linksOf(
  source: ZipSource,
  linked: readonly { readonly path: string; readonly entry: ZipEntry }[],
  tree: ArchiveTree,
): Promise<readonly Link[]> {
  const nodes = new Map<string, ArchiveNode>();
  for (const path of tree.directories) nodes.set(path, { kind: "directory" });
  for (const path of tree.files) nodes.set(path, { kind: "file" });
  const refuse = (path: string, why: string): Error =>
    archiveInvalid(source.label, `has a member \`${shownName(path)}\` that ${why}`);
  for (const { path, entry } of linked) {
    const link = Buffer.from(await readZipEntry(source, entry, longestLinkBytes)).toString();
    const reason = linkReason(link);
    if (reason !== undefined) throw refuse(path, `${reason}: \`${shownName(link)}\``);
    nodes.set(path, { kind: "symlink", link });
  }
  return linked.map(({ path }) => {
    const target = placeInArchive(nodes, path, (why) => refuse(path, why));
    const node = nodes.get(path);
    return {
      path,
      link: node?.kind === "symlink" ? node.link : "",
      kind: target === "" || nodes.get(target)?.kind === "directory" ? "directory" : "file",
    };
  });
}
