/*
 * How one line gets into a file of somebody else's and out again. Files are bytes here, told apart as UTF-16 (older
 * PowerShell writes that) and everything else, which is read byte by byte, so that no other byte ever changes.
 */

/** Ends every line that setup writes, so that it is found again wherever the person has moved it. */
export const marker = "# venvoy setup";

interface Text {
  readonly text: string;
  readonly wide: boolean;
  /** The byte order mark that goes before the text, in the file's characters. */
  readonly bom: string;
}

/** What is in the file, and whether it holds the line. `present`: as it is; `by-hand`: the person wrote one. */
export type LineState = "absent" | "other" | "present" | "by-hand";

/** `hook` is the file name that the line loads; other lines with the marker belong to other shells. */
export interface OwnLine {
  readonly line: string;
  readonly hook: string;
}

export function lineState(bytes: Uint8Array, own: OwnLine): LineState {
  const { text, wide } = decode(bytes);
  const lines = text.split(/\r?\n/);
  const ours = lines.filter((line) => isOurs(line, own));
  const wanted = inFile(own.line, wide);
  if (ours.length === 1 && ours[0] === wanted) return "present";
  if (ours.length > 0) return "other";
  return lines.some((line) => !/^\s*#/.test(line) && line.includes(hookPart(own))) ? "by-hand" : "absent";
}

/**
 * With the line: in place of an older one, else at the end. A file that ends without a line break still does so, which is
 * how removing finds out what was there before.
 */
export function withLine(bytes: Uint8Array, own: OwnLine): Uint8Array {
  const { text, wide, bom } = decode(bytes);
  const line = inFile(own.line, wide);
  const lines = pieces(text);
  const first = lines.findIndex((piece) => isOurs(piece, own));
  if (first === -1) {
    const newline = newlineOf(text);
    const isWhole = text === "" || text.endsWith("\n");
    return encode({ wide, bom, text: isWhole ? `${text}${line}${newline}` : `${text}${newline}${line}` });
  }
  const kept = lines.filter((piece, index) => index === first || !isOurs(piece, own));
  const changed = kept.map((piece) => (isOurs(piece, own) ? piece.replace(/^[^\r\n]*/, () => line) : piece));
  return encode({ wide, bom, text: changed.join("") });
}

/** Without the lines that load any of `hooks`. */
export function withoutLines(bytes: Uint8Array, hooks: readonly string[]): Uint8Array {
  const { text, wide, bom } = decode(bytes);
  const isAny = (piece: string): boolean => hooks.some((hook) => isOurs(piece, { hook }));
  const lines = pieces(text);
  const last = lines.at(-1);
  const wasAdded = last !== undefined && isAny(last) && !last.endsWith("\n");
  const kept = lines.filter((piece) => !isAny(piece)).join("");
  return encode({ wide, bom, text: wasAdded ? kept.replace(/\r?\n$/, "") : kept });
}

function hookPart({ hook }: Pick<OwnLine, "hook">): string {
  return `shell/${hook}`;
}

function isOurs(line: string, own: Pick<OwnLine, "hook">): boolean {
  return line.trimEnd().endsWith(marker) && new RegExp(`[/\\\\]${literally(own.hook)}(?![\\w.])`).test(line);
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Lines with their line breaks. */
function pieces(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** As most lines of the file end. */
function newlineOf(text: string): "\n" | "\r\n" {
  const all = text.match(/\n/g)?.length ?? 0;
  const windows = text.match(/\r\n/g)?.length ?? 0;
  return windows * 2 > all ? "\r\n" : "\n";
}

/** The line in the file's characters: one for each byte unless the file is UTF-16. */
function inFile(line: string, wide: boolean): string {
  return wide ? line : latin1(new TextEncoder().encode(line));
}

function decode(bytes: Uint8Array): Text {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe && bytes.length % 2 === 0;
  const all = wide ? utf16(bytes) : latin1(bytes);
  const bom = ["\ufeff", "\u00ef\u00bb\u00bf"].find((mark) => all.startsWith(mark)) ?? "";
  return { text: all.slice(bom.length), wide, bom };
}

function encode({ text, wide, bom }: Text): Uint8Array {
  const all = `${bom}${text}`;
  if (!wide) return Uint8Array.from(all, (char) => char.charCodeAt(0));
  const bytes = new Uint8Array(all.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < all.length; index++) view.setUint16(index * 2, all.charCodeAt(index), true);
  return bytes;
}

/** Unit by unit, since a decoder would replace halves of pairs. */
function utf16(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) text += String.fromCharCode(view.getUint16(at, true));
  return text;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
