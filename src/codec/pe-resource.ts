import { u16, u32 } from "./little-endian.ts";

/** A named piece of raw data (`RT_RCDATA`) in a Windows program. */
export interface PeResource {
  /** Where in the file its data begins. */
  readonly offset: number;
  readonly length: number;
  /** Of the entry that says where the data is: address and size. */
  readonly entry: number;
  readonly section: Section;
}

interface Section {
  /** Of its header. */
  readonly header: number;
  readonly virtualSize: number;
  readonly address: number;
  readonly rawBytes: number;
  readonly rawOffset: number;
}

const rawData = 10;
const mostEntries = 4_096;

/** Finds a resource by name; `undefined` where there is none (Microsoft's PE format, "The .rsrc section"). */
export function readPeResource(bytes: Uint8Array, name: string): PeResource | undefined {
  const root = resourceSection(bytes);
  if (root === undefined) return undefined;
  const { base, section } = root;
  const isRawData = (word: number): boolean => word === rawData;
  const types = entryOf(bytes, base, base, isRawData);
  const names =
    types === undefined ? undefined : entryOf(bytes, base, types, (word) => nameAt(bytes, base, word) === name);
  const entry = names === undefined ? undefined : entryOf(bytes, base, names, () => true);
  if (entry === undefined || entry + 16 > bytes.length) return undefined;
  const offset = u32(bytes, entry) - section.address + section.rawOffset;
  const length = u32(bytes, entry + 4);
  if (offset < section.rawOffset || offset + length > bytes.length) return undefined;
  return { offset, length, entry, section };
}

/**
 * The program with other data in a resource: in its place where it fits, else in the section's unused tail. `undefined` when
 * there is no room.
 */
export function writePeResource(bytes: Uint8Array, resource: PeResource, data: Uint8Array): Uint8Array | undefined {
  const { offset, length, entry, section } = resource;
  const out = Buffer.from(bytes);
  if (data.length <= length) {
    out.fill(0, offset, offset + length);
    out.set(data, offset);
    out.writeUInt32LE(data.length, entry + 4);
    return out;
  }
  const used = Math.ceil(section.virtualSize / 8) * 8;
  const at = section.rawOffset + used;
  if (used + data.length > section.rawBytes || at + data.length > out.length) return undefined;
  if (out.subarray(at, at + data.length).some((byte) => byte !== 0)) return undefined;
  out.set(data, at);
  out.writeUInt32LE(section.address + used, entry);
  out.writeUInt32LE(data.length, entry + 4);
  out.writeUInt32LE(used + data.length, section.header + 8);
  return out;
}

function resourceSection(bytes: Uint8Array): { readonly base: number; readonly section: Section } | undefined {
  if (bytes.length < 0x40 || bytes[0] !== 0x4d || bytes[1] !== 0x5a) return undefined;
  const pe = u32(bytes, 0x3c);
  if (pe + 24 > bytes.length || u32(bytes, pe) !== 0x0000_4550) return undefined;
  const optional = pe + 24;
  const isWide = u16(bytes, optional) === 0x20b;
  const resources = u32(bytes, optional + (isWide ? 112 : 96) + 2 * 8);
  if (resources === 0) return undefined;
  const first = optional + u16(bytes, pe + 20);
  for (let index = 0; index < u16(bytes, pe + 6); index++) {
    const header = first + index * 40;
    if (header + 40 > bytes.length) return undefined;
    const section = {
      header,
      virtualSize: u32(bytes, header + 8),
      address: u32(bytes, header + 12),
      rawBytes: u32(bytes, header + 16),
      rawOffset: u32(bytes, header + 20),
    };
    const inside = resources - section.address;
    if (inside >= 0 && inside < Math.max(section.virtualSize, section.rawBytes)) {
      return { base: section.rawOffset + inside, section };
    }
  }
  return undefined;
}

/** Where the first fitting entry of a directory leads: to another directory, or to a data entry. */
function entryOf(
  bytes: Uint8Array,
  base: number,
  directory: number,
  fits: (word: number) => boolean,
): number | undefined {
  const count = Math.min(u16(bytes, directory + 12) + u16(bytes, directory + 14), mostEntries);
  for (let index = 0; index < count; index++) {
    const at = directory + 16 + index * 8;
    if (at + 8 > bytes.length) return undefined;
    if (fits(u32(bytes, at))) return base + (u32(bytes, at + 4) & 0x7fff_ffff);
  }
  return undefined;
}

/** The name of an entry: 16-bit length, then UTF-16; the highest bit of its word says that it has one. */
function nameAt(bytes: Uint8Array, base: number, word: number): string | undefined {
  if (word < 0x8000_0000) return undefined;
  const at = base + (word & 0x7fff_ffff);
  return Buffer.from(bytes.subarray(at + 2, at + 2 + 2 * u16(bytes, at))).toString("utf16le");
}
