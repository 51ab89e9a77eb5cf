/** Which engine a script is for, as its `#!` line says (Rhino's language specification). */
export interface ScriptLanguage {
  /** `python`, `csharp`. */
  readonly family: string;
  readonly implementation?: string;
  readonly developer?: string;
  /** `3`, `3.9`, `3.10.*`; absent when any will do. */
  readonly version?: string;
  /** Family and version in one word: `python3`. */
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/**
 * `[developer.][implementation.]family`, one separator of `: @ -` or blanks (or none), `major[.minor[.patch]]` with `*`
 * from the right. What follows the version after `_`, `-` or a blank is ignored, unless it holds a second `@` or `:`.
 */
const specification =
  /^((?:(?:\*|[a-z][a-z0-9]+)\.){0,2})([a-z]{2,}|\*)(?:(?:[:@-][ \t]*|[ \t]+)?(\*|\d+(?:\.(?:\*|\d+)){0,2}))?(?:[_ \t-][^@:]*)?$/i;

/** Parses the text after `#!`; undefined for a path (`/usr/bin/env python3`) and other things that name no engine. */
export function parseLanguage(text: string): Omit<ScriptLanguage, "line" | "column"> | undefined {
  const match = specification.exec(text.trim());
  if (match === null) return undefined;
  const [, left = "", family = "", version] = match;
  const parts = left.split(".").filter((part) => part !== "");
  const [implementation, developer] = parts.reverse();
  if (!isOrdered([developer, implementation, family]) || !starsAtEnd(version)) return undefined;
  const lower = family.toLowerCase();
  const kept = version?.replace(/(?:\.?\*)+$/, "") ?? "";
  return {
    family: lower,
    ...(implementation === undefined || implementation === "*" ? {} : { implementation: implementation.toLowerCase() }),
    ...(developer === undefined || developer === "*" ? {} : { developer: developer.toLowerCase() }),
    ...(kept === "" ? {} : { version: kept }),
    name: `${lower}${kept}`,
  };
}

/** The first line, anywhere in the script, whose `#!` (after `//` in C#) names an engine. */
export function findLanguage(text: string): ScriptLanguage | undefined {
  for (let at = text.indexOf("#!"); at >= 0; at = text.indexOf("#!", at + 2)) {
    // What stands before it on the line is short, or it is no directive.
    const near = at <= 40 ? `\n${text.slice(0, at)}` : text.slice(at - 40, at);
    const before = /[\r\n](\ufeff?[ \t]*(?:\/\/[ \t]*)?)$/.exec(near)?.[1];
    if (before === undefined) continue;
    const after = /^[^\r\n]*/.exec(text.slice(at + 2, at + 202))?.[0] ?? "";
    const language = after.length < 200 ? parseLanguage(after) : undefined;
    if (language === undefined) continue;
    return { ...language, line: text.slice(0, at).split(/\r\n|\n|\r/).length, column: before.length + 1 };
  }
  return undefined;
}

/** A part that is named needs every part to its right to be named. */
function isOrdered(parts: readonly (string | undefined)[]): boolean {
  let isNamed = false;
  for (const part of parts) {
    if (part === "*" && isNamed) return false;
    if (part !== undefined && part !== "*") isNamed = true;
  }
  return parts.at(-1) !== "*";
}

function starsAtEnd(version: string | undefined): boolean {
  return version === undefined || !/\*\.\d/.test(version);
}
