import { type ListedFile, listPath, parseFileList } from "../file-list.ts";
import { type Publication, releaseDir } from "../publication.ts";
import type { ReleaseRecord } from "../records.ts";
import type { ShareIo } from "../share-io.ts";
import { objectFile, objectName } from "./objects.ts";
import { readList } from "./read-list.ts";

/**
 * Compares the files of a release with what was published, and the objects that the next release would take. A file that is another
 * name of an object is read once; `known` remembers that between releases.
 */
export async function verify(
  io: ShareIo,
  publication: Publication,
  record: ReleaseRecord,
  known: Map<string, boolean>,
): Promise<readonly string[]> {
  const { fs } = io;
  const { places } = publication;
  const tree = releaseDir(fs, places, record.release);
  const list = parseFileList(await readList(io, publication, record), places.objects);
  const own: ListedFile = { path: listPath, digest: record.digest, executable: false };
  const files = [...list.files, own];
  const damaged: string[] = [];
  for (const [paths, label] of [
    [
      files.map((file) => objectFile(io, places.objects, objectName(file))),
      (file: ListedFile) => `objects/${objectName(file)}`,
    ],
    [files.map(({ path }) => fs.path.join(tree, ...path.split("/"))), (file: ListedFile) => file.path],
  ] as const) {
    const infos = await fs.linkInfos(paths);
    const keys = infos.map(
      (info, index) => `${info?.device} ${info?.inode} ${info?.sizeBytes} ${files[index]?.digest}`,
    );
    const unread = paths.flatMap((path, index) => (known.has(keys[index] as string) ? [] : [{ path, index }]));
    const digests = await fs.digests(unread.map(({ path }) => path));
    for (const [order, { index }] of unread.entries()) {
      known.set(keys[index] as string, infos[index]?.kind === "file" && digests[order] === files[index]?.digest);
    }
    for (const [index, file] of files.entries())
      if (known.get(keys[index] as string) !== true) damaged.push(label(file));
  }
  for (const { path, target } of list.links) {
    const at = fs.path.join(tree, ...path.split("/"));
    const info = await fs.linkInfo(at);
    // On a share without links a file stands in its place, or nothing.
    if (info?.kind === "symlink" && (await fs.readLink(at)) !== target) damaged.push(path);
  }
  return [...new Set(damaged)];
}
