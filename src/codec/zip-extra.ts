import { archiveInvalid } from "./errors.ts";
import { u16, u64 } from "./little-endian.ts";

interface Sizes {
  readonly sizeBytes: number;
  readonly compressedBytes: number;
}

interface Extras {
  /** Takes the 64-bit form of every value that its 32-bit field has no room for. */
  widen<T extends Sizes & { readonly start?: number }>(narrow: T): T;
}

const saturated = 0xffffffff;

/**
 * Reads the extra fields of a local or central header: zip64 sizes, and a second name (0x7075) that would make
 * readers disagree about which file this is. Throws `ARCHIVE_INVALID`.
 */
export function readExtras(label: string, extras: Uint8Array, rawName: Uint8Array): Extras {
  let zip64: Uint8Array | undefined;
  for (let at = 0; at < extras.length; ) {
    const end = at + 4 + u16(extras, at + 2);
    // Zero bytes at the end are padding that aligning tools leave.
    if (at + 4 > extras.length && extras.subarray(at).every((byte) => byte === 0)) break;
    if (at + 4 > extras.length || end > extras.length) throw archiveInvalid(label, "has a damaged extra field");
    const id = u16(extras, at);
    if (id === 0x0001) {
      if (zip64 !== undefined) throw archiveInvalid(label, "has two zip64 fields in one entry");
      zip64 = extras.subarray(at + 4, end);
    } else if (id === 0x7075 && !Buffer.from(rawName).equals(extras.subarray(at + 9, end))) {
      throw archiveInvalid(label, "has an entry with two names");
    }
    at = end;
  }
  return { widen: (narrow) => widen(label, zip64, narrow) };
}

function widen<T extends Sizes & { readonly start?: number }>(label: string, zip64: Uint8Array | undefined, narrow: T) {
  if (zip64 === undefined) return narrow;
  let at = 0;
  const next = (value: number): number => {
    if (value !== saturated) return value;
    if (at + 8 > zip64.length) throw archiveInvalid(label, "has a zip64 field that is cut off");
    at += 8;
    return u64(zip64, at - 8);
  };
  // The order is fixed: size, compressed size, place.
  const sizeBytes = next(narrow.sizeBytes);
  const compressedBytes = next(narrow.compressedBytes);
  const start = narrow.start === undefined ? {} : { start: next(narrow.start) };
  return { ...narrow, sizeBytes, compressedBytes, ...start };
}
