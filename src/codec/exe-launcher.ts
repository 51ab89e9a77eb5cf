import { u16, u32 } from "./little-endian.ts";
import { type PeResource, readPeResource, writePeResource } from "./pe-resource.ts";

/** A Windows program that starts Python on a script, and says which Python. */
export interface ExeLauncher {
  /** `appended`: distlib's, pip's and pyzzer's, with `#!` between program and archive. The others are uv's. */
  readonly kind: "appended" | "uv-trailer" | "uv-resource";
  readonly python: string;
  /** Where in the file the path begins. */
  readonly offset: number;
}

interface Found extends ExeLauncher {
  /** What is written anew, and where it ends. */
  readonly from: number;
  readonly to: number;
  readonly rest: string;
  readonly resource?: PeResource;
}

const uvPathResource = "UV_PYTHON_PATH";
const longestLine = 8_192;

export function readExeLauncher(bytes: Uint8Array): ExeLauncher | undefined {
  const found = find(bytes);
  return found === undefined ? undefined : { kind: found.kind, python: found.python, offset: found.offset };
}

/**
 * The same launcher for another Python; `undefined` when its format has no room for that path. What comes after the path
 * moves, so archives that count from the beginning of the file are told so.
 */
export function withLauncherPython(bytes: Uint8Array, python: string): Uint8Array | undefined {
  const found = find(bytes);
  if (found === undefined) return undefined;
  if (found.resource !== undefined) return writePeResource(bytes, found.resource, Buffer.from(python, "utf8"));
  const text = Buffer.from(python, "utf8");
  if (found.kind === "uv-trailer") {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.length);
    return Buffer.concat([bytes.subarray(0, found.from), text, length, bytes.subarray(found.to + 4)]);
  }
  const line = Buffer.from(`#!${/\s/.test(python) ? `"${python}"` : python}${found.rest}`, "utf8");
  const out = Buffer.concat([bytes.subarray(0, found.from), line, bytes.subarray(found.to)]);
  moveOffsets(out, { at: found.from + line.length, by: line.length - (found.to - found.from) });
  return out;
}

function find(bytes: Uint8Array): Found | undefined {
  if (bytes[0] !== 0x4d || bytes[1] !== 0x5a) return undefined;
  return uvTrailer(bytes) ?? appended(bytes) ?? uvResource(bytes);
}

/** `… path, its length in 4 bytes, UVSC or UVPY` at the very end. */
function uvTrailer(bytes: Uint8Array): Found | undefined {
  const magic = Buffer.from(bytes.subarray(-4)).toString("latin1");
  if (magic !== "UVSC" && magic !== "UVPY") return undefined;
  const to = bytes.length - 8;
  const length = to < 0 ? 0 : u32(bytes, to);
  if (length === 0 || length > longestLine || length > to) return undefined;
  const from = to - length;
  const python = Buffer.from(bytes.subarray(from, to)).toString("utf8");
  return { kind: "uv-trailer", python, offset: from, from, to, rest: "" };
}

function uvResource(bytes: Uint8Array): Found | undefined {
  const resource = readPeResource(bytes, uvPathResource);
  if (resource === undefined || resource.length === 0 || resource.length > longestLine) return undefined;
  const { offset, length } = resource;
  const python = Buffer.from(bytes.subarray(offset, offset + length)).toString("utf8");
  return { kind: "uv-resource", python, offset, from: offset, to: offset + length, rest: "", resource };
}

function appended(bytes: Uint8Array): Found | undefined {
  const archive = archiveIn(bytes);
  if (archive === undefined) return undefined;
  const from = Math.max(0, archive.begins - longestLine);
  const before = Buffer.from(bytes.subarray(from, archive.begins)).toString("latin1");
  const mark = before.lastIndexOf("#!");
  if (mark < 0) return undefined;
  const line = Buffer.from(before.slice(mark), "latin1").toString("utf8");
  const parts = /^#![ \t]*(?:"([^"\r\n]+)"|((?:[A-Za-z]:[\\/]|\\\\)[^"\r\n]*?\.exe|[^\s"]+))([^\r\n]*[\r\n]+)$/i.exec(
    line,
  );
  const python = parts?.[1] ?? parts?.[2];
  if (parts === null || python === undefined) return undefined;
  const at = from + mark;
  const offset = at + Buffer.byteLength(line.slice(0, line.indexOf(python)));
  return { kind: "appended", python, offset, from: at, to: archive.begins, rest: parts[3] ?? "" };
}

interface Archive {
  /** Where its first byte lies in the file. */
  readonly begins: number;
  /** Of its end record. */
  readonly end: number;
  /** Of its directory. */
  readonly directory: number;
  readonly entries: number;
  /** Its offsets count from the beginning of the file, not of the archive. */
  readonly isAbsolute: boolean;
}

function archiveIn(bytes: Uint8Array): Archive | undefined {
  const lowest = Math.max(0, bytes.length - 65_557);
  for (let end = bytes.length - 22; end >= lowest; end--) {
    if (u32(bytes, end) !== 0x0605_4b50) continue;
    const directory = end - u32(bytes, end + 12);
    const told = u32(bytes, end + 16);
    if (directory < 0 || u32(bytes, directory) !== 0x0201_4b50) return undefined;
    const entries = u16(bytes, end + 10);
    const isAbsolute = told === directory;
    const begins = isAbsolute ? Math.min(...localOffsets(bytes, directory, entries)) : directory - told;
    if (begins <= 0 || u32(bytes, begins) !== 0x0403_4b50) return undefined;
    return { begins, end, directory, entries, isAbsolute };
  }
  return undefined;
}

function directoryEntries(bytes: Uint8Array, directory: number, entries: number): number[] {
  const found: number[] = [];
  let at = directory;
  for (let index = 0; index < entries && u32(bytes, at) === 0x0201_4b50; index++) {
    found.push(at);
    at += 46 + u16(bytes, at + 28) + u16(bytes, at + 30) + u16(bytes, at + 32);
  }
  return found;
}

function localOffsets(bytes: Uint8Array, directory: number, entries: number): number[] {
  return directoryEntries(bytes, directory, entries).map((at) => u32(bytes, at + 42));
}

/** An archive that now begins at `at` lay `by` bytes before that. */
function moveOffsets(out: Buffer, { at, by }: { readonly at: number; readonly by: number }): void {
  if (by === 0) return;
  const end = out.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  const directory = end - u32(out, end + 12);
  if (u32(out, end + 16) !== directory - by || at - by <= 0) return;
  const entries = directoryEntries(out, directory, u16(out, end + 10));
  // Counted from the archive's own beginning, the first entry lies at 0.
  if (Math.min(...entries.map((entry) => u32(out, entry + 42))) !== at - by) return;
  for (const entry of entries) out.writeUInt32LE(u32(out, entry + 42) + by, entry + 42);
  out.writeUInt32LE(directory, end + 16);
}
