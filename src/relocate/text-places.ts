import { type Kind, kindOfText } from "./kinds.ts";
import { isAbsolutePath, lastPart } from "./path-forms.ts";
import { isSystemPath, namedPython } from "./tree-facts.ts";

/** A path that stands where a path is meant, whatever the path is. */
export interface Place {
  readonly path: string;
  readonly kind: Kind;
  readonly where: string;
  /** Bytes of the file that belong to it. */
  readonly from: number;
  readonly to: number;
}

/** What a text file says in the places where its format has paths: first lines, settings, import paths. */
export function placesInText(
  file: string,
  text: Buffer,
  { isProgram }: { readonly isProgram: boolean },
): readonly Place[] {
  const places: Place[] = [];
  if (text[0] === 0x23 && text[1] === 0x21 && isProgram) places.push(...firstLines(text));
  const name = lastPart(file);
  if (name === "pyvenv.cfg") places.push(...settings(text));
  else if (name === "orig-prefix.txt") places.push(...lines(text, "config"));
  else if (name.endsWith(".egg-link")) places.push(...lines(text, "import").slice(0, 1));
  else if (name.endsWith(".pth")) places.push(...lines(text, "import"));
  else if (name === "direct_url.json") places.push(...urls(text));
  else if (kindOfText(file) === "import") places.push(...quoted(text));
  return places;
}

function firstLines(text: Buffer): readonly Place[] {
  const head = text.toString("utf8", 0, 4_096);
  const python = namedPython(head);
  const path = python ?? /^#! *(\S+)/.exec(head)?.[1];
  if (path === undefined || !isAbsolutePath(path) || isSystemPath(path)) return [];
  const from = text.indexOf(path);
  const where = from > head.indexOf("\n") ? "line 2" : "line 1";
  return [{ path, kind: "program", where, from, to: from + Buffer.byteLength(path) }];
}

/** `home` decides where Python looks for its library; the rest is written down for people. */
function settings(text: Buffer): readonly Place[] {
  return lines(text, "note").flatMap((line): Place[] => {
    const cut = line.path.indexOf("=");
    const key = line.path.slice(0, Math.max(cut, 0)).trim().toLowerCase();
    const value = line.path.slice(cut + 1).trim();
    if (key === "command" || !isAbsolutePath(value)) return [];
    return [{ ...line, path: value, kind: key === "home" ? "config" : "note", where: key }];
  });
}

function lines(text: Buffer, kind: Kind): Place[] {
  const found: Place[] = [];
  let from = 0;
  for (let number = 1; from < text.length && number < 10_000; number++) {
    const next = text.indexOf(10, from);
    const end = next < 0 ? text.length : next;
    const line = text.toString("utf8", from, end).trim();
    if (kind === "note" || isAbsolutePath(line))
      found.push({ path: line, kind, where: `line ${number}`, from, to: end });
    from = end + 1;
  }
  return found;
}

function urls(text: Buffer): readonly Place[] {
  const found = /"url": *"file:\/\/(?:localhost)?(\/[^"]*)"/.exec(text.toString("utf8"));
  const url = found?.[1];
  if (url === undefined) return [];
  const from = text.indexOf(url);
  const path = decoded(url).replace(/^\/(?=[A-Za-z]:\/)/, "");
  return [{ path, kind: "note", where: "url", from, to: from + Buffer.byteLength(url) }];
}

/** Of a `file:` URL, without its percent signs. */
export function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

/** Strings of a finder that setuptools wrote: names to directories. */
function quoted(text: Buffer): readonly Place[] {
  const all = text.toString("latin1");
  const lines = new Lines(text);
  return [...all.matchAll(/(['"])((?:\/|[A-Za-z]:\\\\)[^'"\n]+)\1/g)].map((match) => {
    const from = match.index + 1;
    const written = match[2] ?? "";
    const path = Buffer.from(written, "latin1").toString("utf8").replaceAll("\\\\", "\\");
    return { path, kind: "import" as const, where: `line ${lines.of(from)}`, from, to: from + written.length };
  });
}

/** Numbers of lines, for places that are asked in their order: each byte is looked at once. */
export class Lines {
  readonly #text: Buffer;
  #at = 0;
  #line = 1;

  constructor(text: Buffer) {
    this.#text = text;
  }

  of(at: number): number {
    if (at < this.#at) {
      this.#at = 0;
      this.#line = 1;
    }
    for (let next = this.#text.indexOf(10, this.#at); next >= 0 && next < at; next = this.#text.indexOf(10, next + 1)) {
      this.#line += 1;
      this.#at = next + 1;
    }
    return this.#line;
  }
}
