import { archiveInvalid, shownName } from "./errors.ts";

export const blockBytes = 512;

export interface TarHeader {
  readonly name: string;
  readonly link: string;
  readonly mode: number;
  readonly sizeBytes: number;
  /** The type flag: `0` file, `5` directory, `x` pax header, `L` GNU long name, … */
  readonly type: string;
}

export type PaxFields = ReadonlyMap<string, string>;

/** Reads one header block. Throws `ARCHIVE_INVALID` for a wrong checksum, or a number or name that can't be read. */
export function readHeader(label: string, block: Uint8Array): TarHeader {
  const stated = octal(label, block.subarray(148, 156), "checksum");
  if (stated !== checksum(block)) throw archiveInvalid(label, "has a header whose checksum is wrong");
  const magic = latin(block.subarray(257, 263));
  const prefix = magic === "ustar\0" ? text(label, block.subarray(345, 500)) : "";
  const name = text(label, block.subarray(0, 100));
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    link: text(label, block.subarray(157, 257)),
    mode: octal(label, block.subarray(100, 108), "mode") & 0o7777,
    sizeBytes: sizeOf(label, block.subarray(124, 136)),
    type: String.fromCharCode(block[156] ?? 0),
  };
}

/** `LENGTH KEY=VALUE\n` records (POSIX pax). */
export function parsePax(label: string, bytes: Uint8Array): PaxFields {
  const fields = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(0x20, at);
    const digits = blank < 0 ? "" : latin(bytes.subarray(at, blank));
    const length = Number(digits);
    const end = at + length;
    if (!/^[1-9]\d{0,8}$/.test(digits) || end > bytes.length || bytes[end - 1] !== 0x0a || end <= blank + 1) {
      throw archiveInvalid(label, "has an extended header that can't be read");
    }
    const record = bytes.subarray(blank + 1, end - 1);
    const equals = record.indexOf(0x3d);
    if (equals <= 0) throw archiveInvalid(label, "has an extended header that can't be read");
    const key = latin(record.subarray(0, equals));
    const isName = key === "path" || key === "linkpath";
    const value = record.subarray(equals + 1);
    if (isName && value.includes(0)) throw archiveInvalid(label, "has a name with a zero byte");
    fields.set(key, isName ? utf8(label, value) : latin(value));
    at = end;
  }
  return fields;
}

/** The sum of all bytes, those of the checksum itself counted as blanks. */
function checksum(block: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < blockBytes; at++) sum += at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0);
  return sum;
}

/** Octal digits, or (GNU, for 8 GiB and more) a big-endian number behind a first byte of 0x80. */
function sizeOf(label: string, field: Uint8Array): number {
  if (((field[0] ?? 0) & 0x80) === 0) return octal(label, field, "size");
  if (field[0] !== 0x80) throw archiveInvalid(label, "has a member of negative size");
  let size = 0;
  for (const byte of field.subarray(1)) size = size * 256 + byte;
  if (!Number.isSafeInteger(size)) throw archiveInvalid(label, "has a member that is too large");
  return size;
}

function octal(label: string, field: Uint8Array, what: string): number {
  const digits = latin(field)
    .replace(/[\0 ]+$/, "")
    .replace(/^[ ]+/, "");
  if (digits === "") return 0;
  if (!/^[0-7]+$/.test(digits))
    throw archiveInvalid(label, `has a ${what} that is no number: \`${shownName(digits)}\``);
  return Number.parseInt(digits, 8);
}

function text(label: string, field: Uint8Array): string {
  const end = field.indexOf(0);
  return utf8(label, end < 0 ? field : field.subarray(0, end));
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** Throws `ARCHIVE_INVALID` for bytes that are no UTF-8. */
export function utf8(label: string, bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (error) {
    throw archiveInvalid(label, "has a name that is not UTF-8", error);
  }
}
