import { Buffer } from "node:buffer";

/** One line of a text that a person keeps. */
export interface SourceLine {
  /** Without the line end. */
  readonly text: string;
  /** Offset of the first character in the whole text. */
  readonly start: number;
  /** `\n`, `\r\n`, `\r`, or empty at the end of the text. */
  readonly lineEnd: string;
}

/** A file of a person as text that can be turned back into exactly its bytes: scripts, requirements, project files. */
export interface SourceText {
  readonly text: string;
  /**
   * How the bytes were read. A file that is not UTF-8 is read byte by byte as Latin-1, whatever it declares: all that is
   * edited there is ASCII, and every byte survives an edit.
   */
  readonly encoding: "utf-8" | "latin-1" | "utf-16";
  /** True when a byte order mark stands before the first line; `text` keeps it. */
  readonly hasMark: boolean;
}

/** Decodes without loss (`encodeSource` gives the same bytes back); never throws. */
export function decodeSource(source: string | Uint8Array): SourceText {
  if (typeof source === "string") return { text: source, encoding: "utf-8", hasMark: source.startsWith("\ufeff") };
  const isWide = (source[0] === 0xff && source[1] === 0xfe) || (source[0] === 0xfe && source[1] === 0xff);
  if (!isWide) {
    try {
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(source);
      return { text, encoding: "utf-8", hasMark: text.startsWith("\ufeff") };
    } catch {
      // Not UTF-8: read as bytes below.
    }
  }
  return { text: Buffer.from(source).toString("latin1"), encoding: isWide ? "utf-16" : "latin-1", hasMark: false };
}

/** The bytes of `text` in the encoding that `decodeSource` found; undefined when the encoding lacks a character. */
export function encodeSource(text: string, encoding: SourceText["encoding"]): Uint8Array | undefined {
  if (encoding === "utf-8") return new TextEncoder().encode(text);
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0xff) return undefined;
  return new Uint8Array(Buffer.from(text, "latin1"));
}

const lineEnds = /\r\n|\n|\r/g;

/** Splits as Python's universal newlines do; a text that ends with a line end has no empty last line. */
export function splitLines(text: string): SourceLine[] {
  const lines: SourceLine[] = [];
  let start = 0;
  for (const match of text.matchAll(lineEnds)) {
    lines.push({ text: text.slice(start, match.index), start, lineEnd: match[0] });
    start = match.index + match[0].length;
  }
  if (start < text.length) lines.push({ text: text.slice(start), start, lineEnd: "" });
  return lines;
}
