import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { type AbsPath, hasCode, parseSha256, type Sha256 } from "../base/index.ts";
import type { Fs, UnpackFile, UnpackPlan } from "../ports/index.ts";
import { unpackFiles } from "./unpack-files.ts";

/** Small enough that a big archive doesn't keep the others waiting, large enough that a hand-over costs nothing. */
const partBytes = 24 << 20;
const partFiles = 1_000;

export const unpack: Fs["unpack"] = async (plan) => {
  for (const directory of plan.directories) mkdirSync(`${plan.to}/${directory}`, { recursive: true });
  const digests: string[] = [];
  for (const files of partsOf(plan)) {
    plan.signal?.throwIfAborted();
    digests.push(...(await unpackFiles({ archive: plan.archive, label: plan.label, to: plan.to, files })));
    plan.onProgress?.(digests.length);
  }
  return digests;
};

function* partsOf({ files }: UnpackPlan): Generator<readonly UnpackFile[]> {
  let from = 0;
  let bytes = 0;
  for (const [index, { entry }] of files.entries()) {
    bytes += entry.sizeBytes;
    if (bytes < partBytes && index - from + 1 < partFiles) continue;
    yield files.slice(from, index + 1);
    from = index + 1;
    bytes = 0;
  }
  if (from < files.length) yield files.slice(from);
}

export const digests: Fs["digests"] = async (paths) => {
  const found: (Sha256 | undefined)[] = [];
  for (const path of paths) {
    found.push(digestOf(path));
    if (found.length % 64 === 0) await setImmediate();
  }
  return found;
};

function digestOf(path: AbsPath): Sha256 | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const hash = createHash("sha256");
    const chunk = Buffer.allocUnsafe(1 << 20);
    for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk)) {
      hash.update(chunk.subarray(0, count));
    }
    return parseSha256(hash.digest("hex"));
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EISDIR")) return undefined;
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
