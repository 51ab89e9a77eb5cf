/*
 * How one line gets into a file of somebody else's and out again. Files are bytes here, told apart as UTF-16 (older
 * PowerShell writes that) and everything else, which is read byte by byte, so that no other byte ever changes.
 */

/** Ends every line that setup writes, so that it is found again wherever the person has moved it. */
export const marker = "# venvoy setup";

interface Text {
  readonly text: string;
  readonly wide: boolean;
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
  const { text, wide } = decode(bytes);
  const line = inFile(own.line, wide);
  const lines = pieces(text);
  const first = lines.findIndex((piece) => isOurs(piece, own));
  if (first !== -1) {
    const kept = lines.filter((piece, index) => index === first || !isOurs(piece, own));
    return encode({
      wide,
      text: kept.map((piece) => (isOurs(piece, own) ? piece.replace(/^[^\r\n]*/, () => line) : piece)).join(""),
    });
  }
  const newline = newlineOf(text);
  const isWhole = text === "" || text === "\ufeff" || text.endsWith("\n");
  return encode({ wide, text: isWhole ? `${text}${line}${newline}` : `${text}${newline}${line}` });
}

export function withoutLine(bytes: Uint8Array, own: Pick<OwnLine, "hook">): Uint8Array {
  const { text, wide } = decode(bytes);
  const lines = pieces(text);
  const kept = lines.filter((piece) => !isOurs(piece, own));
  const last = lines.at(-1);
  const wasAdded = last !== undefined && isOurs(last, own) && !last.endsWith("\n");
  return encode({ wide, text: wasAdded ? kept.join("").replace(/\r?\n$/, "") : kept.join("") });
}

function hookPart({ hook }: Pick<OwnLine, "hook">): string {
  return `shell/${hook}`;
}

function isOurs(line: string, own: Pick<OwnLine, "hook">): boolean {
  return line.trimEnd().endsWith(marker) && new RegExp(`[/\\\\]${escape(own.hook)}(?![\\w.])`).test(line);
}

function escape(text: string): string {
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
  return { wide, text: wide ? new TextDecoder("utf-16le", { ignoreBOM: true }).decode(bytes) : latin1(bytes) };
}

function encode({ text, wide }: Text): Uint8Array {
  if (!wide) return Uint8Array.from(text, (char) => char.charCodeAt(0));
  const units = Uint16Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  const bytes = new Uint8Array(units.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [index, unit] of units.entries()) view.setUint16(index * 2, unit, true);
  return bytes;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
