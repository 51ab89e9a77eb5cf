import type { ArchiveMember } from "../ports/index.ts";
import { blockBytes } from "./tar-header.ts";

/** Seconds since 1970 at which everything is said to be made: 1980-01-01, the first day that every format knows. */
const made = 315_532_800;

/**
 * The bytes before a member's content (POSIX ustar, with a pax header where a name doesn't fit). Owner, time and all modes but
 * the right to run are the same for everybody, so that the same files make the same archive.
 */
export function tarMemberHead(member: ArchiveMember): Uint8Array {
  const path = member.kind === "directory" ? `${member.path}/` : member.path;
  const records = [...tooLong("path", path, 100), ...tooLong("linkpath", member.link, 100)];
  const sizeFits = member.sizeBytes < 8 ** 11;
  if (!sizeFits) records.push(paxRecord("size", String(member.sizeBytes)));
  const head = header({
    name: path,
    link: member.link,
    mode: member.kind === "symlink" ? 0o777 : member.executable || member.kind === "directory" ? 0o755 : 0o644,
    size: member.kind === "file" && sizeFits ? member.sizeBytes : 0,
    type: member.kind === "file" ? "0" : member.kind === "symlink" ? "2" : "5",
  });
  if (records.length === 0) return head;
  const body = Buffer.concat(records);
  const extension = header({ name: "PaxHeader", link: "", mode: 0o644, size: body.length, type: "x" });
  return Buffer.concat([extension, body, Buffer.alloc(tarPadding(body.length)), head]);
}

/** How many zero bytes follow a content of that length. */
export function tarPadding(sizeBytes: number): number {
  return (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
}

/** What ends an archive. */
export function tarEnd(): Uint8Array {
  return Buffer.alloc(2 * blockBytes);
}

function tooLong(key: string, value: string, most: number): Buffer[] {
  return Buffer.byteLength(value) > most ? [paxRecord(key, value)] : [];
}

/** `LENGTH KEY=VALUE\n`, where LENGTH counts its own digits. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function header(of: {
  readonly name: string;
  readonly link: string;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
}): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write(cut(of.name), 0);
  block.write(`${octal(of.mode, 7)}\0`, 100);
  block.write(`${octal(0, 7)}\0`, 108);
  block.write(`${octal(0, 7)}\0`, 116);
  block.write(`${octal(of.size, 11)}\0`, 124);
  block.write(`${octal(made, 11)}\0`, 136);
  block.write(" ".repeat(8), 148);
  block.write(of.type, 156);
  block.write(cut(of.link), 157);
  block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

/** What a reader without pax would see of a name that doesn't fit; whole characters only. */
function cut(name: string): string {
  let text = name;
  while (Buffer.byteLength(text) > 100) text = text.slice(0, -1);
  return text;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}
