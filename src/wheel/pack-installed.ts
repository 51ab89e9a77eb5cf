import { type AbsPath, parseSha256, type Sha256, VenvoyError } from "../base/index.ts";
import { crc32, createHash, type ZipMember, zipEnd, zipMemberHead } from "../codec/index.ts";
import { formatRecord, normalizeName, parseRecord, type RecordEntry } from "../pep/index.ts";
import type { Fs, Ports } from "../ports/index.ts";
import { parseEntryPoints } from "../store/index.ts";
import { asPortableScript, memberOf } from "./packed-paths.ts";
import type { TreePaths } from "./tree-paths.ts";

/** A distribution that another tool installed into a tree. */
export interface InstalledPlace {
  readonly tree: Pick<TreePaths, "root" | "sitePackages" | "bin" | "include">;
  /** Name of its `.dist-info` directory. */
  readonly distInfo: string;
  readonly name: string;
  readonly version: string;
}

export interface PackedWheel {
  readonly sha256: Sha256;
  readonly sizeBytes: number;
  /** Files of the distribution that lie outside the tree, as RECORD names them: no wheel can hold those. */
  readonly leftOut: readonly string[];
}

interface Member {
  readonly name: string;
  readonly from: AbsPath | Uint8Array;
  readonly executable: boolean;
  readonly sizeBytes: number;
  readonly crc32: number;
  readonly sha256: string;
}

/** Read and written at a time. */
const chunkBytes = 4 << 20;

/** The name of the wheel that an installed distribution makes, by the tags in its `WHEEL` file (PEP 427). */
export function packedWheelName(
  { name, version }: Pick<InstalledPlace, "name" | "version">,
  wheelText: string,
): string {
  const tags = [...wheelText.matchAll(/^Tag:\s*([^\s-]+)-([^\s-]+)-([^\s-]+)\s*$/gim)];
  const field = (index: number): string => [...new Set(tags.map((tag) => tag[index]))].join(".");
  const tag = tags.length === 0 ? "py3-none-any" : `${field(1)}-${field(2)}-${field(3)}`;
  return `${normalizeName(name).replaceAll("-", "_")}-${version.replaceAll("-", "_")}-${tag}.whl`;
}

/**
 * Makes a wheel of an installed distribution, from the files that its RECORD lists as they are now: what was built from
 * source, or came from a place that can't be asked again, becomes a package like every other. Programs of entry points,
 * bytecode and the marks of the installer are left out, because they are made anew. The same files make the same
 * wheel, in whatever tree they are. Throws `WHEEL_INVALID`.
 */
export async function packInstalled(io: Pick<Ports, "fs">, place: InstalledPlace, to: AbsPath): Promise<PackedWheel> {
  const { members, leftOut } = await membersOf(io.fs, place);
  const record = recordMember(members, place.distInfo);
  const written = await writeArchive(io.fs, [...members, record], to);
  return { ...written, leftOut };
}

async function membersOf(
  fs: Fs,
  place: InstalledPlace,
): Promise<{ readonly members: readonly Member[]; readonly leftOut: readonly string[] }> {
  const { tree, distInfo } = place;
  const info = fs.path.join(tree.sitePackages, distInfo);
  const text = (file: string): Promise<string | undefined> => readText(fs, fs.path.join(info, file));
  const record = await text("RECORD");
  if (record === undefined) throw unpackable(place, "it has no RECORD of its files");
  const generated = new Set(
    parseEntryPoints((await text("entry_points.txt")) ?? "", distInfo).map((entryPoint) => entryPoint.name),
  );
  const members: Member[] = [];
  const leftOut: string[] = [];
  const seen = new Set<string>();
  for (const { path } of parseRecord(record)) {
    const found = memberOf(fs.path, place, { path, generated });
    if (found === "made anew") continue;
    if (found === "outside") leftOut.push(path);
    else if (!seen.has(found.name)) {
      seen.add(found.name);
      const member = await readMember(fs, found, tree.bin);
      if (member !== undefined) members.push(member);
    }
  }
  if (!seen.has(`${distInfo}/WHEEL`)) members.push(inMemory(`${distInfo}/WHEEL`, plainWheelText));
  return { members: members.sort((a, b) => (a.name < b.name ? -1 : 1)), leftOut };
}

const plainWheelText = "Wheel-Version: 1.0\nGenerator: venvoy\nRoot-Is-Purelib: true\nTag: py3-none-any\n";

async function readMember(
  fs: Fs,
  { name, file, isScript }: { readonly name: string; readonly file: AbsPath; readonly isScript: boolean },
  bin: AbsPath,
): Promise<Member | undefined> {
  const info = await fs.info(file);
  // Deleted by hand since: the package goes on without it.
  if (info === undefined || info.kind !== "file") return undefined;
  const executable = (info.mode & 0o111) !== 0;
  const script = isScript ? asPortableScript(await fs.read(file), bin) : undefined;
  if (script !== undefined) return { ...inMemory(name, script), executable };
  const hash = createHash("sha256");
  let sum = 0;
  for await (const chunk of chunksOf(fs, file, info.sizeBytes)) {
    hash.update(chunk);
    sum = crc32(chunk, sum);
  }
  return { name, from: file, executable, sizeBytes: info.sizeBytes, crc32: sum, sha256: hash.digest("base64url") };
}

function inMemory(name: string, content: string | Uint8Array): Member {
  const bytes = Buffer.from(content);
  const sha256 = createHash("sha256").update(bytes).digest("base64url");
  return { name, from: bytes, executable: false, sizeBytes: bytes.length, crc32: crc32(bytes), sha256 };
}

function recordMember(members: readonly Member[], distInfo: string): Member {
  const entries = members.map(
    ({ name, sizeBytes, sha256 }): RecordEntry => ({
      path: name,
      hash: { algorithm: "sha256", digest: sha256 },
      sizeBytes,
    }),
  );
  return inMemory(`${distInfo}/RECORD`, formatRecord([...entries, { path: `${distInfo}/RECORD` }]));
}

async function writeArchive(
  fs: Fs,
  members: readonly Member[],
  to: AbsPath,
): Promise<Pick<PackedWheel, "sha256" | "sizeBytes">> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  await using writer = await fs.openWriter(to);
  const write = async (bytes: Uint8Array): Promise<void> => {
    hash.update(bytes);
    sizeBytes += bytes.length;
    await writer.write(bytes);
  };
  for (const member of members) {
    await write(zipMemberHead(asStored(member)));
    if (typeof member.from !== "string") await write(member.from);
    else for await (const chunk of chunksOf(fs, member.from, member.sizeBytes)) await write(chunk);
  }
  await write(zipEnd(members.map(asStored)));
  await writer.close();
  return { sha256: parseSha256(hash.digest("hex")), sizeBytes };
}

function asStored({ name, executable, sizeBytes, crc32: sum }: Member): ZipMember {
  return { name, kind: "file", method: "stored", sizeBytes, compressedBytes: sizeBytes, crc32: sum, executable };
}

async function* chunksOf(fs: Fs, file: AbsPath, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < sizeBytes; at += chunkBytes) {
    const chunk = await fs.readRange(file, at, Math.min(chunkBytes, sizeBytes - at));
    yield chunk;
    if (chunk.length === 0) return;
  }
}

async function readText(fs: Fs, file: AbsPath): Promise<string | undefined> {
  return (await fs.info(file))?.kind === "file" ? fs.readText(file) : undefined;
}

function unpackable({ name, version }: InstalledPlace, why: string): VenvoyError {
  return new VenvoyError("WHEEL_INVALID", `\`${name}\` ${version} can't be made into a package again: ${why}`, {
    hint: `venvoy add ${name} installs it from an index`,
    data: { name, version, why },
  });
}
