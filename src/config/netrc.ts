import type { Credentials } from "../ports/index.ts";

/** What a netrc file says; passwords stay inside. */
export interface Netrc {
  find(host: string): Credentials | undefined;
  /** The `default` entry: for hosts that the person's settings name, not for any that a link or a redirect leads to. */
  readonly fallback: Credentials | undefined;
}

/**
 * Reads netrc as Python's module does: `machine NAME login … password …`, `default`, `macdef` (skipped up to an empty
 * line), `#` comments at the start of a word, quotes, backslashes. Broken text ends the reading; what came before it counts.
 */
export function parseNetrc(text: string): Netrc {
  const hosts = new Map<string, Credentials>();
  let fallback: Credentials | undefined;
  const words = wordsOf(text);
  for (let at = 0; at < words.length; ) {
    const keyword = words[at++];
    if (keyword !== "machine" && keyword !== "default") continue;
    const host = keyword === "machine" ? words[at++] : undefined;
    const fields = new Map<string, string>();
    while (at + 1 < words.length && isField(words[at] ?? "")) {
      fields.set(words[at] ?? "", words[at + 1] ?? "");
      at += 2;
    }
    const credentials = {
      username: fields.get("login") ?? fields.get("user") ?? "",
      password: fields.get("password") ?? "",
    };
    if (host === undefined) fallback ??= credentials;
    else if (!hosts.has(host.toLowerCase())) hosts.set(host.toLowerCase(), credentials);
  }
  return { find: (host) => hosts.get(host.toLowerCase()), fallback };
}

function isField(word: string): boolean {
  return word === "login" || word === "user" || word === "account" || word === "password";
}

function wordsOf(text: string): string[] {
  const words: string[] = [];
  let inMacro = false;
  for (const line of text.split(/\r?\n/)) {
    // A macro ends at an empty line.
    if (inMacro) inMacro = line.trim() !== "";
    else if (/^\s*macdef\b/.test(line)) inMacro = true;
    else addWords(line, words);
  }
  return words;
}

function addWords(line: string, words: string[]): void {
  for (const match of line.matchAll(/"((?:[^"\\]|\\.)*)"|((?:[^\s\\]|\\.)+)/g)) {
    const [, quoted, bare] = match;
    // A password may begin with `#`; a comment stands where a keyword could.
    if (bare?.startsWith("#") === true && !isField(words.at(-1) ?? "")) return;
    words.push((quoted ?? bare ?? "").replace(/\\(.)/g, "$1"));
  }
}
