import { VenvoyError } from "../../base/index.ts";

/**
 * Text as a literal of each language that a startup file can be written in. All of it is plain ASCII, so that it doesn't
 * matter in which encoding a program reads the file.
 */
export function quotePython(text: string): string {
  let literal = "";
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (char === "\\" || char === '"') literal += `\\${char}`;
    else if (code > 0xffff) literal += `\\U${code.toString(16).padStart(8, "0")}`;
    else if (code < 0x20 || code > 0x7e) literal += `\\u${code.toString(16).padStart(4, "0")}`;
    else literal += char;
  }
  return `"${literal}"`;
}

/** A string of MaxScript, where `\` begins an escape. Takes ASCII and line ends. */
export function quoteMaxscript(text: string): string {
  return `"${escaped(text)}"`;
}

/** A string of MEL, where `\` begins an escape and no line may end inside. Takes ASCII and line ends. */
export function quoteMel(text: string): string {
  return `"${escaped(text)}"`;
}

function escaped(text: string): string {
  return text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}

/**
 * A value of `houdini.env`: between quotes, where `$` and `\` are taken for more than themselves, so a path has `/`. Throws
 * `ARGUMENT_INVALID` for what such a file can't hold.
 */
export function quoteHoudiniEnv(path: string): string {
  const text = /^[A-Za-z]:\\|^\\\\/.test(path) ? path.replaceAll("\\", "/") : path;
  refuse(text, /["\\\p{Cc};:]/u, "houdini.env", { butDrive: true });
  return text.replaceAll("$", "\\$");
}

/** Text between the quotes of `set "NAME=TEXT"` in a batch file. Throws `ARGUMENT_INVALID` for a quote or a line end. */
export function quoteBatch(text: string): string {
  refuse(text, /["\p{Cc}]/u, "a batch file");
  return text.replaceAll("%", "%%");
}

/** Throws `ARGUMENT_INVALID` for a path that a file of paths, one a line, can't hold. */
export function plainLine(path: string): string {
  refuse(path, /\p{Cc}/u, "a path file");
  return path;
}

function refuse(text: string, what: RegExp, where: string, { butDrive = false } = {}): void {
  const match = what.exec(butDrive ? text.replace(/^[A-Za-z]:/, "") : text);
  if (match === null) return;
  throw new VenvoyError("ARGUMENT_INVALID", `${JSON.stringify(text)} can't be written into ${where}`, {
    hint: "use the Python form of the lines (--lang python), or another path to the same place (--seen-as PATH)",
    data: { text },
  });
}
