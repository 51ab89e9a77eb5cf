import { parseSha256, type Sha256 } from "../base/index.ts";

/**
 * Reads `SHA256SUMS` or a single `.sha256` file: lines of a digest and a name, as coreutils write them. A file that holds
 * a digest alone speaks of `alone`. Lines that are neither are left out.
 */
export function readChecksums(text: string, alone?: string): ReadonlyMap<string, Sha256> {
  const sums = new Map<string, Sha256>();
  for (const line of text.split("\n")) {
    const [, digest, name] = /^\\?([0-9a-fA-F]{64})(?:[ \t]+\*?(.+?))?\s*$/.exec(line) ?? [];
    if (digest === undefined) continue;
    const file = name ?? alone;
    // A name with a directory in it would be another file than the one of the same name beside the list.
    if (file !== undefined && !/[/\\]/.test(file)) sums.set(file, parseSha256(digest.toLowerCase()));
  }
  return sums;
}
