import type { Transform } from "node:stream";
import type { AbsPath } from "../../base/index.ts";
import { archiveInvalid, readTar, type TarLimits } from "../../codec/index.ts";
import type { Fs } from "../../ports/index.ts";
import { TarTree, type TarTreeRules } from "./tar-tree.ts";

/** How the tar archive inside a file is packed, by the file's first bytes. */
export type TarPacking = "gzip" | "zstd" | "bzip2" | "xz" | "none";

export interface UnpackTarOptions {
  readonly limits?: TarLimits;
  /** What messages call the archive; else its file name. */
  readonly label?: string;
  readonly rules?: TarTreeRules;
  readonly signal?: AbortSignal;
}

/**
 * Unpacks a tar archive into an empty directory, and answers the one directory that holds all of it, or the whole
 * when the archive has several. Throws `ARCHIVE_INVALID`; what was written by then stays, for the caller's stage.
 */
export async function unpackTar(
  fs: Fs,
  archive: AbsPath,
  into: AbsPath,
  { limits, label = fs.path.name(archive), rules = {}, signal }: UnpackTarOptions = {},
): Promise<AbsPath> {
  const packing = packingOf(await fs.readRange(archive, 0, 8));
  if (packing === "bzip2" || packing === "xz") throw archiveInvalid(label, `is packed with ${packing}`);
  const bytes = plainBytes(fs, archive, { packing, label });
  const tree = new TarTree(fs, { label, root: into, rules });
  for await (const entry of readTar(label, bytes, limits)) {
    signal?.throwIfAborted();
    await tree.add(entry);
  }
  tree.checkLinks();
  const [only, ...others] = tree.topLevel;
  if (only === undefined) throw archiveInvalid(label, "is empty");
  const top = fs.path.join(into, only);
  return others.length === 0 && (await fs.linkInfo(top))?.kind === "directory" ? top : into;
}

function plainBytes(
  fs: Fs,
  archive: AbsPath,
  { packing, label }: { readonly packing: TarPacking; readonly label: string },
): AsyncIterable<Uint8Array> {
  switch (packing) {
    case "gzip":
      return gunzip(fs, archive, label);
    case "zstd":
      return unzstd(fs, archive, label);
    default:
      return readFile(fs, archive);
  }
}

export function packingOf(head: Uint8Array): TarPacking {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return "zstd";
  if (head[0] === 0x42 && head[1] === 0x5a && head[2] === 0x68) return "bzip2";
  if (head[0] === 0xfd && head[1] === 0x37 && head[2] === 0x7a && head[3] === 0x58) return "xz";
  return "none";
}

const chunkBytes = 1 << 20;

async function* readFile(fs: Fs, file: AbsPath): AsyncGenerator<Uint8Array> {
  for (let offset = 0; ; ) {
    const chunk = await fs.readRange(file, offset, chunkBytes);
    if (chunk.length === 0) return;
    offset += chunk.length;
    yield chunk;
  }
}

async function* gunzip(fs: Fs, file: AbsPath, label: string): AsyncGenerator<Uint8Array> {
  // Loaded here, and streams below: they take as long to load as all of venvoy, and few archives are tars.
  const { createGunzip } = await import("node:zlib");
  yield* through(createGunzip(), { fs, file, label });
}

async function* through(
  stream: Transform & { readonly bytesWritten: number },
  { fs, file, label }: { readonly fs: Fs; readonly file: AbsPath; readonly label: string },
): AsyncGenerator<Uint8Array> {
  const size = (await fs.info(file))?.sizeBytes ?? 0;
  const { Readable } = await import("node:stream");
  const source = Readable.from(readFile(fs, file));
  source.on("error", (error) => stream.destroy(error));
  source.pipe(stream);
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    throw archiveInvalid(label, "is damaged", error);
  }
  if (stream.bytesWritten !== size) throw archiveInvalid(label, "has more after its end");
}

async function* unzstd(fs: Fs, file: AbsPath, label: string): AsyncGenerator<Uint8Array> {
  const { createZstdDecompress } = (await import("node:zlib")) as {
    readonly createZstdDecompress?: () => Transform & { readonly bytesWritten: number };
  };
  if (createZstdDecompress !== undefined) {
    yield* through(createZstdDecompress(), { fs, file, label });
    return;
  }
  // An older Node. Loaded here: few archives are packed so.
  const { Decompress } = await import("fzstd");
  let ready: Uint8Array[] = [];
  let isWhole = false;
  const stream = new Decompress((chunk, isLast) => {
    // Its buffer is used again for what comes next.
    if (chunk.length > 0) ready.push(chunk.slice());
    isWhole ||= isLast === true;
  });
  const feed = (chunk: Uint8Array, isLast: boolean): readonly Uint8Array[] => {
    try {
      stream.push(chunk, isLast);
    } catch (error) {
      throw archiveInvalid(label, "is damaged", error);
    }
    const out = ready;
    ready = [];
    return out;
  };
  for await (const chunk of readFile(fs, file)) yield* feed(chunk, false);
  yield* feed(new Uint8Array(0), true);
  if (!isWhole) throw archiveInvalid(label, "is cut off");
}
