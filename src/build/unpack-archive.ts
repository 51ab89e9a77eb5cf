import type { AbsPath } from "../base/index.ts";
import { archiveInvalid } from "../codec/index.ts";
import { packingOf, unpackTar, unpackZip } from "../disk/index.ts";
import type { Ports } from "../ports/index.ts";

/** Bytes that a packed archive may become; no release of sources comes near. */
const mostExpandedBytes = 8 * 2 ** 30;

/**
 * Unpacks an archive of sources by what it is, not by its name: zip, or tar (plain, gzip, bzip2, xz). bzip2 and xz are
 * expanded by `python`, whose standard library has them. Throws `ARCHIVE_INVALID`.
 */
export async function unpackArchive(
  io: Pick<Ports, "fs" | "proc" | "system">,
  archive: AbsPath,
  { into, python }: { readonly into: AbsPath; readonly python: AbsPath },
): Promise<AbsPath> {
  const head = await io.fs.readRange(archive, 0, 8);
  if (head[0] === 0x50 && head[1] === 0x4b) return unpackZip(io, archive, into);
  const packing = packingOf(head);
  if (packing !== "bzip2" && packing !== "xz") return unpackTar(io.fs, archive, into);
  const plain = io.fs.path.join(io.fs.path.directory(into), `${io.fs.path.name(archive)}.tar`);
  const result = await io.proc.run({
    argv: [python, "-I", "-c", expandProgram, packing, archive, plain, String(mostExpandedBytes)],
    env: io.system.env,
  });
  if (result.exit !== 0) throw archiveInvalid(io.fs.path.name(archive), "is damaged, or larger than sources are");
  try {
    return await unpackTar(io.fs, plain, into, { label: io.fs.path.name(archive) });
  } finally {
    await io.fs.remove(plain);
  }
}

const expandProgram = `import sys
packing, archive, plain, most = sys.argv[1:]
module = __import__("bz2" if packing == "bzip2" else "lzma")
left = int(most)
with module.open(archive) as source, open(plain, "wb") as sink:
    while True:
        chunk = source.read(1 << 20)
        if not chunk: break
        left -= len(chunk)
        if left < 0: sys.exit(2)
        sink.write(chunk)
`;
