import type { Transform } from "node:stream";
import { type AbsPath, VenvoyError } from "../../base/index.ts";
import { type TarMember, tarEnd, tarMemberHead, tarPadding } from "../../codec/index.ts";
import type { Fs } from "../../ports/index.ts";

/** How an archive is packed, by its file's name; `undefined` for a directory. */
export type Packing = "gzip" | "zstd";

export function packingOfName(name: string): Packing | undefined {
  if (/\.(?:tar\.gz|tgz)$/i.test(name)) return "gzip";
  if (/\.(?:tar\.zst|tzst)$/i.test(name)) return "zstd";
  if (/\.(?:zip|tar|tar\.\w+|7z|rar)$/i.test(name)) {
    throw new VenvoyError("ARGUMENT_INVALID", `\`${name}\` is a kind of archive that venvoy doesn't write`, {
      hint: "name a file that ends with .tar.gz or .tar.zst, or a directory",
    });
  }
  return undefined;
}

const chunkBytes = 1 << 20;

/** Writes a tar archive of a tree. The same tree makes the same bytes. */
export async function writeArchive(
  fs: Fs,
  {
    root,
    members,
    top,
    file,
    packing,
    signal,
  }: {
    readonly root: AbsPath;
    readonly members: readonly TarMember[];
    /** The one directory that the archive holds, so that unpacking it by hand doesn't strew files. */
    readonly top: string;
    readonly file: AbsPath;
    readonly packing: Packing;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const packer = await packerFor(packing);
  await using writer = await fs.openWriter(file);
  const written = (async () => {
    for await (const chunk of packer) await writer.write(chunk as Uint8Array);
  })();
  // Told where it is awaited below; until then it must not count as nobody's.
  written.catch(() => {});
  const put = async (bytes: Uint8Array): Promise<void> => {
    signal.throwIfAborted();
    if (bytes.length > 0 && !packer.write(bytes)) {
      await Promise.race([new Promise((resolve) => packer.once("drain", resolve)), written]);
    }
  };
  await put(tarMemberHead({ path: top, kind: "directory", sizeBytes: 0, executable: false, link: "" }));
  for (const member of members) {
    await put(tarMemberHead({ ...member, path: `${top}/${member.path}` }));
    if (member.kind !== "file") continue;
    const path = fs.path.join(root, ...member.path.split("/"));
    for (let offset = 0; offset < member.sizeBytes; offset += chunkBytes) {
      await put(await fs.readRange(path, offset, Math.min(chunkBytes, member.sizeBytes - offset)));
    }
    await put(new Uint8Array(tarPadding(member.sizeBytes)));
  }
  packer.end(tarEnd());
  await written;
  await writer.close();
}

async function packerFor(packing: Packing): Promise<Transform> {
  // Loaded here: it takes as long to load as all of venvoy.
  const library = await import("node:zlib");
  if (packing === "gzip") return library.createGzip({ level: 6 });
  const create = (library as { readonly createZstdCompress?: () => Transform }).createZstdCompress;
  if (create === undefined) {
    throw new VenvoyError("ARGUMENT_INVALID", "This Node has no zstd, so `.tar.zst` can't be written", {
      hint: "write a .tar.gz, use the standalone binary, or Node 22.15 or newer",
    });
  }
  return create();
}
