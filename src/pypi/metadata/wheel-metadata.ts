import type { AbsPath } from "../../base/index.ts";
import { readZipEntry, type ZipSource } from "../../codec/index.ts";
import { normalizeName, parseMetadata, tryParseVersion, type WheelName } from "../../pep/index.ts";
import type { Fs } from "../../ports/index.ts";
import { metadataMissing, metadataUnusable } from "../errors.ts";
import type { FileMetadata } from "../source.ts";
import { findMetadataEntries } from "./find-entry.ts";

/** Metadata that is longer than this is no metadata. */
export const maxMetadataBytes = 16 << 20;

/** Reads `METADATA` out of a wheel, wherever its bytes are. */
export async function metadataOfWheel(source: ZipSource, wheel: WheelName): Promise<FileMetadata> {
  const entries = await findMetadataEntries(source);
  const found = entries.filter((entry) => isMetadataOf(entry.name, wheel));
  const [entry] = found;
  if (entry === undefined || found.length > 1) throw metadataMissing(source.label);
  if (entry.end - entry.start > 2 * maxMetadataBytes) throw metadataUnusable(source.label, "it is far too long");
  const bytes = await readZipEntry(source, entry, maxMetadataBytes);
  return { ...checkedMetadata(bytes, wheel, source.label), sizeBytes: source.sizeBytes };
}

function isMetadataOf(path: string, wheel: WheelName): boolean {
  const match = /^([^/]+)\.dist-info\/METADATA$/.exec(path);
  const [name = ""] = match?.[1]?.split("-") ?? [];
  return match !== null && normalizeName(name) === wheel.name;
}

/** Parses metadata and proves that it is about the file that it was asked for. */
export function checkedMetadata(bytes: Uint8Array, wheel: WheelName, label: string): FileMetadata {
  const { name, version, requiresDist, requiresPython, providesExtra, dynamic } = parseNamed(bytes, label);
  if (name !== wheel.name) throw metadataUnusable(label, `it is about \`${name}\``);
  if (tryParseVersion(version)?.toString() !== wheel.version.toString()) {
    throw metadataUnusable(label, `it is about version \`${version}\``);
  }
  return {
    name,
    version,
    requiresDist,
    providesExtra,
    dynamic,
    ...(requiresPython === undefined ? {} : { requiresPython }),
  };
}

function parseNamed(bytes: Uint8Array, label: string): ReturnType<typeof parseMetadata> {
  try {
    return parseMetadata(bytes);
  } catch (cause) {
    throw metadataUnusable(label, cause instanceof Error ? cause.message : "it can't be read", cause);
  }
}

/** A wheel that lies on disk. */
export async function wheelOnDisk(fs: Fs, path: AbsPath, label: string): Promise<ZipSource> {
  const info = await fs.info(path);
  return {
    label,
    sizeBytes: info?.sizeBytes ?? 0,
    readAt: (offset, length) => fs.readRange(path, offset, length),
  };
}
