import type { AbsPath } from "../../base/index.ts";
import { archiveInvalid, readZipDirectory, shownName, type ZipSource } from "../../codec/index.ts";
import type { Fs, System } from "../../ports/index.ts";
import { ArchiveTree } from "../archive-tree.ts";

/**
 * Unpacks a zip archive into an empty directory, and answers the one directory that holds all of it, or the whole
 * when the archive has several. Links and special files are refused. Throws `ARCHIVE_INVALID`.
 */
export async function unpackZip(
  { fs, system }: { readonly fs: Fs; readonly system: Pick<System, "os"> },
  archive: AbsPath,
  into: AbsPath,
): Promise<AbsPath> {
  const label = fs.path.name(archive);
  const source: ZipSource = {
    label,
    sizeBytes: (await fs.info(archive))?.sizeBytes ?? 0,
    readAt: (offset, length) => fs.readRange(archive, offset, length),
  };
  const { entries } = await readZipDirectory(source);
  const tree = new ArchiveTree({ windows: system.os === "windows", foldsCase: system.os === "macos" });
  const files = entries.flatMap((entry) => {
    if (entry.kind === "symlink" || entry.kind === "other") {
      throw archiveInvalid(label, `has a member \`${shownName(entry.name)}\` that is a link or a device`);
    }
    const path = tree.add(entry.kind === "directory" && !entry.name.endsWith("/") ? `${entry.name}/` : entry.name);
    if (entry.kind === "directory") return [];
    return [{ path, executable: ((entry.mode ?? 0) & 0o100) !== 0, hash: undefined, entry }];
  });
  await fs.unpack({ archive, label, to: into, directories: tree.directories, files });
  const tops = new Set([...tree.directories, ...tree.files].map((path) => path.split("/")[0]));
  const [only, ...others] = tops;
  if (only === undefined) throw archiveInvalid(label, "is empty");
  return others.length === 0 && tree.directories.includes(only) ? fs.path.join(into, only) : into;
}
