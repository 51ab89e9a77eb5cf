import { createHash } from "node:crypto";
import { distName, recordHash } from "./wheel.ts";
import { type PlacedEntry, type RawEntry, type RawZip, writeZip } from "./zip-writer.ts";

/** One case of `../shared/data/badinput/cases.json` with kind "wheel"; README.md there says what the words mean. */
export interface BadWheelCase {
  readonly name: string;
  readonly kind: string;
  readonly safe: string;
  readonly why: string;
  readonly heavy?: boolean;
  readonly file?: string;
  readonly method?: RawEntry["method"];
  readonly metadata?: string;
  readonly metadata_b64?: string;
  readonly wheel?: string;
  readonly add?: readonly BadEntry[];
  readonly add_many?: BadEntry & { readonly count?: number; readonly pattern?: string };
  readonly duplicate?: readonly BadEntry[];
  readonly remove?: readonly string[];
  readonly rename_dist_info?: string;
  readonly record_patch?: Readonly<Record<string, readonly [string | null, string | null]>>;
  readonly record_append?: readonly string[];
  readonly record_append_b64?: readonly string[] | string;
  readonly record_text?: string;
  readonly record_algorithm?: "md5" | "none" | "sha384" | "sha512";
  readonly record_backslashes?: boolean;
  readonly patch?: readonly Patch[];
  readonly comment?: Fill | string;
  readonly comment_b64?: string;
  readonly concat_second?: Readonly<Record<string, string>>;
  readonly truncate?: "half" | number;
  readonly append?: Fill | string;
  readonly prepend?: Fill | string;
  readonly replace_all?: string;
  readonly replace_all_b64?: string;
}

interface Fill {
  readonly byte: number;
  readonly count: number;
}

interface BadEntry {
  readonly path?: string;
  readonly path_b64?: string;
  readonly utf8_flag?: boolean;
  readonly text?: string;
  readonly b64?: string;
  readonly fill?: Fill;
  readonly nested_zip?: Readonly<Record<string, string>>;
  readonly mode?: string;
  readonly method?: RawEntry["method"];
  readonly record?: "omit";
}

interface Patch {
  readonly op: string;
  readonly path?: string;
  readonly value?: number | string;
  readonly delta?: number;
  readonly new_name?: string;
}

const module = 'VALUE=1\ndef main():\n    print("demo")\n';
const wheelText = "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
const metadataText = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nSummary: demo\n";

export function badWheelFilename(item: BadWheelCase): string {
  return item.file ?? `${distName("demo")}-1.0-py3-none-any.whl`;
}

/** Forms the archive that a case describes. */
export function badWheel(item: BadWheelCase): Uint8Array {
  if (item.replace_all_b64 !== undefined) return Buffer.from(item.replace_all_b64, "base64");
  if (item.replace_all !== undefined) return Buffer.from(item.replace_all);
  const comment = item.comment_b64 === undefined ? fillOf(item.comment) : Buffer.from(item.comment_b64, "base64");
  const zip = writeZip(entriesOf(item), { comment });
  let bytes: Buffer = zip.bytes;
  for (const patch of item.patch ?? []) bytes = applyPatch(bytes, zip, patch);
  if (item.concat_second !== undefined) bytes = Buffer.concat([bytes, badWheel(secondOf(item))]);
  bytes = Buffer.concat([fillOf(item.prepend), bytes, fillOf(item.append)]);
  if (item.truncate === "half") return bytes.subarray(0, Math.floor(bytes.length / 2));
  if (item.truncate !== undefined) return bytes.subarray(0, item.truncate < 0 ? item.truncate : item.truncate);
  return bytes;
}

function secondOf({ concat_second: files = {}, ...item }: BadWheelCase): BadWheelCase {
  return { ...item, add: Object.entries(files).map(([path, text]) => ({ path, text })), remove: Object.keys(files) };
}

function fillOf(fill: Fill | string | undefined): Buffer {
  if (typeof fill === "string") return Buffer.from(fill);
  return fill === undefined ? Buffer.alloc(0) : Buffer.alloc(fill.count, fill.byte);
}

function entriesOf(item: BadWheelCase): RawEntry[] {
  const info = item.rename_dist_info ?? "demo-1.0.dist-info";
  const moved = (path: string): string => path.replace(/^demo-1\.0\.dist-info(?=\/|$)/, info);
  const metadata =
    item.metadata_b64 === undefined ? (item.metadata ?? metadataText) : Buffer.from(item.metadata_b64, "base64");
  const base: (RawEntry & { readonly omit?: boolean })[] = [
    { name: "demo/__init__.py", content: module },
    { name: `${info}/METADATA`, content: metadata },
    { name: `${info}/WHEEL`, content: item.wheel ?? wheelText },
  ];
  const removed = new Set((item.remove ?? []).map(moved));
  const kept = base.filter((entry) => !removed.has(String(entry.name)));
  const many = Array.from({ length: item.add_many?.count ?? 0 }, (_, index): BadEntry => {
    const { pattern = "demo/f{i}.py" } = item.add_many ?? {};
    return { ...item.add_many, path: pattern.replace(/\{i[^}]*\}|%d/, String(index)) };
  });
  const added = [...(item.add ?? []), ...many, ...(item.duplicate ?? [])].map((entry) => rawEntry(entry, moved));
  const all = [...kept, ...added];
  if (!removed.has(`${info}/RECORD`)) all.push({ name: `${info}/RECORD`, content: recordOf(item, all, info) });
  return all.map(({ omit: _omit, ...entry }) =>
    item.method === undefined ? entry : { ...entry, method: item.method },
  );
}

function rawEntry(entry: BadEntry, moved: (path: string) => string): RawEntry & { readonly omit: boolean } {
  return {
    name: entry.path_b64 === undefined ? moved(entry.path ?? "") : Buffer.from(entry.path_b64, "base64"),
    content: contentOf(entry),
    omit: entry.record === "omit",
    ...(entry.mode === undefined ? {} : { mode: Number(entry.mode) }),
    ...(entry.method === undefined ? {} : { method: entry.method }),
    ...(entry.utf8_flag === undefined ? {} : { utf8Flag: entry.utf8_flag }),
  };
}

function contentOf(entry: BadEntry): string | Uint8Array {
  if (entry.b64 !== undefined) return Buffer.from(entry.b64, "base64");
  if (entry.fill !== undefined) return fillOf(entry.fill);
  if (entry.nested_zip === undefined) return entry.text ?? "";
  return writeZip(Object.entries(entry.nested_zip).map(([name, content]) => ({ name, content }))).bytes;
}

function recordOf(
  item: BadWheelCase,
  entries: readonly (RawEntry & { readonly omit?: boolean })[],
  info: string,
): string | Uint8Array {
  if (item.record_text !== undefined) return item.record_text;
  const lines = entries.filter((entry) => entry.omit !== true).map((entry) => recordLine(item, entry));
  lines.push(`${info}/RECORD,,`, ...(item.record_append ?? []));
  const text = Buffer.from(`${lines.join("\n")}\n`);
  const extra = [item.record_append_b64 ?? []].flat().map((line) => Buffer.from(line, "base64"));
  return Buffer.concat([text, ...extra]);
}

function recordLine(item: BadWheelCase, entry: RawEntry): string {
  const path = Buffer.from(entry.name).toString("utf8");
  const content = Buffer.from(entry.content);
  const [hash, size] = item.record_patch?.[path] ?? [null, null];
  const shown = item.record_backslashes === true ? path.replaceAll("/", "\\") : path;
  const quoted = /[",\r\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
  return `${quoted},${hash ?? hashOf(item, content)},${size ?? content.length}`;
}

function hashOf(item: BadWheelCase, content: Uint8Array): string {
  const algorithm = item.record_algorithm ?? "sha256";
  if (algorithm === "none") return "";
  if (algorithm === "sha256") return recordHash(content);
  return `${algorithm}=${createHash(algorithm).update(content).digest("base64url")}`;
}

function applyPatch(bytes: Buffer, zip: RawZip, patch: Patch): Buffer {
  const number = Number(patch.value);
  if (patch.op === "set-eocd-count") {
    bytes.writeUInt16LE(bytes.readUInt16LE(zip.eocdAt + 8) + (patch.delta ?? 0), zip.eocdAt + 8);
    bytes.writeUInt16LE(bytes.readUInt16LE(zip.eocdAt + 10) + (patch.delta ?? 0), zip.eocdAt + 10);
    return bytes;
  }
  if (patch.op === "set-eocd-offset") {
    bytes.writeUInt32LE(bytes.readUInt32LE(zip.eocdAt + 16) + (patch.delta ?? 0), zip.eocdAt + 16);
    return bytes;
  }
  const entry = entryNamed(zip, patch.path ?? "");
  const both = (local: number, write: (at: number) => void): void => {
    write(entry.localAt + local);
    write(entry.centralAt + local + 2);
  };
  switch (patch.op) {
    case "set-usize":
      both(22, (at) => bytes.writeUInt32LE(number >>> 0, at));
      return bytes;
    case "set-crc":
      both(14, (at) => bytes.writeUInt32LE(number >>> 0, at));
      return bytes;
    case "set-method":
      both(8, (at) => bytes.writeUInt16LE(number, at));
      return bytes;
    case "set-flag":
      both(6, (at) => bytes.writeUInt16LE(bytes.readUInt16LE(at) | number, at));
      return bytes;
    case "set-local-name":
      // The name keeps its length, whatever the description says.
      bytes.fill(
        Buffer.from(String(patch.value)).subarray(0, entry.name.length),
        entry.localAt + 30,
        entry.localAt + 30 + entry.name.length,
      );
      return bytes;
    case "drop-central":
      return changeDirectory(bytes, zip, entry, { keep: false });
    case "overlap":
      return changeDirectory(bytes, zip, entry, { keep: true, again: patch.new_name ?? "demo/overlap.py" });
    default:
      throw new Error(`unknown patch ${patch.op}`);
  }
}

function entryNamed(zip: RawZip, path: string): PlacedEntry {
  const found = zip.entries.find((entry) => entry.name === path);
  if (found === undefined) throw new Error(`no entry ${path}`);
  return found;
}

/** Takes an entry out of the directory, or adds one of another name with the same place; counts and sizes are put right. */
function changeDirectory(
  bytes: Buffer,
  zip: RawZip,
  entry: PlacedEntry,
  { keep, again }: { readonly keep: boolean; readonly again?: string },
): Buffer {
  const header = bytes.subarray(entry.centralAt, entry.centralEnd);
  const second = again === undefined ? Buffer.alloc(0) : Buffer.concat([header.subarray(0, 46), Buffer.from(again)]);
  if (again !== undefined) second.writeUInt16LE(Buffer.byteLength(again), 28);
  const changed = Buffer.concat([
    bytes.subarray(0, entry.centralAt),
    keep ? header : Buffer.alloc(0),
    bytes.subarray(entry.centralEnd, zip.eocdAt),
    second,
    bytes.subarray(zip.eocdAt),
  ]);
  const end = zip.eocdAt + changed.length - bytes.length;
  const count = changed.readUInt16LE(end + 10) + (keep ? 1 : -1);
  changed.writeUInt16LE(count, end + 8);
  changed.writeUInt16LE(count, end + 10);
  changed.writeUInt32LE(changed.readUInt32LE(end + 12) + changed.length - bytes.length, end + 12);
  return changed;
}
