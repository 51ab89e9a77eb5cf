import { closeSync, openSync, readSync, statSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { hasCode, parseSha256 } from "../base/index.ts";
import { createHash } from "../codec/index.ts";
import type { Fs } from "../ports/index.ts";
import type { Lanes } from "./lanes.ts";

/** Bytes for one thread at a time; below it a thread costs more than it brings. */
const partBytes = 32 << 20;

/** Hashes files, several at a time where there is much. */
export function digests(lanes: Lanes): Fs["digests"] {
  return async (paths) => {
    const parts: { paths: string[]; bytes: number }[] = [];
    for (const path of paths) {
      const last = parts.at(-1);
      const bytes = 16_384 + (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
      if (last === undefined || last.bytes + bytes > partBytes) parts.push({ paths: [path], bytes });
      else {
        last.paths.push(path);
        last.bytes += bytes;
      }
    }
    const [only, second] = parts;
    const isSmall = only === undefined || (second === undefined && (!lanes.isStarted || only.bytes < 1 << 20));
    const hex = isSmall ? await digestFiles(paths) : await inThreads(lanes, parts);
    return hex.map((digest) => (digest === "" ? undefined : parseSha256(digest)));
  };
}

async function inThreads(lanes: Lanes, parts: readonly { readonly paths: readonly string[] }[]): Promise<string[]> {
  const found = new Map<readonly string[], readonly string[]>();
  const works = parts.map(({ paths }) => ({ kind: "digest", paths }) as const);
  await lanes.runAll(works, { onDone: (work, hex) => found.set(work.paths, hex) });
  return parts.flatMap(({ paths }) => found.get(paths) ?? []);
}

/** The sha256 of each file in hexadecimal; an empty text for what is absent or not a file. */
export async function digestFiles(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const chunk = Buffer.allocUnsafe(1 << 20);
  for (const path of paths) {
    found.push(digestOf(path, chunk));
    if (found.length % 64 === 0) await setImmediate();
  }
  return found;
}

function digestOf(path: string, chunk: Buffer): string {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const hash = createHash("sha256");
    for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk)) {
      hash.update(chunk.subarray(0, count));
    }
    return hash.digest("hex");
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EISDIR")) return "";
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
