import type { AbsPath } from "../../base/index.ts";
import { dataLayout, unpackTar, withStage } from "../../disk/index.ts";
import type { Fs } from "../../ports/index.ts";
import { objectFile, objectName } from "../directory/objects.ts";
import { publicationInvalid } from "../errors.ts";
import { listPath, parseFileList } from "../file-list.ts";
import type { Publication } from "../publication.ts";
import type { ReleaseRecord } from "../records.ts";
import type { ShareIo } from "../share-io.ts";

/** No tree of programs is squeezed better than this. */
const mostSqueezed = 100;

/** Unpacks a release's archive on this machine, and lays its files out by their digests. */
export function withUnpacked<T>(
  io: ShareIo,
  { root }: Publication,
  { archive, digest }: ReleaseRecord,
  use: (objects: AbsPath) => Promise<T>,
): Promise<T> {
  const { fs } = io;
  const { stage: stages } = dataLayout(io.system);
  return withStage(io, stages, "unpack", async (stage) => {
    const file = fs.path.join(root, archive?.file ?? "no archive");
    const [found] = await fs.digests([file]);
    if (archive === undefined || found !== archive.sha256) throw publicationInvalid(file, "is damaged, or gone");
    const mostBytes = Math.max(1 << 30, archive.bytes * mostSqueezed);
    const into = fs.path.join(stage, "tree");
    await fs.makeDir(into);
    const top = await unpackTar(fs, file, into, {
      limits: { mostBytes, mostEntries: 1_000_000 },
      rules: { once: true },
    });
    const objects = fs.path.join(stage, "objects");
    const list = { path: listPath, digest, executable: false };
    const { files } = parseFileList(await fs.readText(fs.path.join(top, ...listPath.split("/"))), file);
    const made = new Set<string>();
    for (const listed of [...files, list]) {
      const name = objectName(listed);
      if (made.has(name)) continue;
      made.add(name);
      await moveTo(fs, fs.path.join(top, ...listed.path.split("/")), objectFile(io, objects, name));
    }
    return use(objects);
  });
}

async function moveTo(fs: Fs, from: AbsPath, to: AbsPath): Promise<void> {
  if ((await fs.linkInfo(from))?.kind !== "file") return;
  await fs.makeDir(fs.path.directory(to));
  await fs.rename(from, to);
}
