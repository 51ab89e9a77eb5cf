import { createHash } from "node:crypto";
import { closeSync, fchmodSync, fstatSync, futimesSync, openSync, readSync, writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { printable, VenvoyError } from "../base/index.ts";
import type { CopiedFile, CopyPlan } from "../ports/index.ts";
import { DiskSync } from "./durable.ts";
import { isWindows } from "./platform.ts";
import { renameRetrying } from "./rename.ts";

/** Some files of a plan. Plain data. */
export interface CopyPart extends CopyPlan {
  /** The number of the first, which its name in the stage is made of. */
  readonly first: number;
}

const chunkBytes = 1 << 20;

/** Copies files one after the other, each with a handful of calls; names are given when the part is durable, or each at once. */
export async function copyPart({ files, stage, first, modifiedMs, durable }: CopyPart): Promise<void> {
  const writer = new Writer(modifiedMs);
  using disk = durable === true ? new DiskSync(stage) : undefined;
  const staged = files.map((_, index) => `${stage}/${first + index}`);
  for (const [index, file] of files.entries()) {
    const at = staged[index] as string;
    writer.copy(file, at);
    if (disk === undefined) await renameRetrying(at, file.to);
    // A breath, so that heart-beats and progress are not held up.
    if (index % 64 === 63) await setImmediate();
  }
  if (disk === undefined) return;
  await disk.files(staged);
  for (const [index, { to }] of files.entries()) await renameRetrying(staged[index] as string, to);
}

class Writer {
  readonly #chunk = Buffer.allocUnsafe(chunkBytes);
  /** Whether a new file has its mode already: it is the same answer for all, whatever umask and lists of rights say. */
  readonly #isRight = new Map<number, boolean>();
  readonly #seconds: number | undefined;

  constructor(modifiedMs: number | undefined) {
    this.#seconds = modifiedMs === undefined ? undefined : modifiedMs / 1_000;
  }

  copy(file: CopiedFile, to: string): void {
    const source = openSync(file.from, "r");
    try {
      const target = openSync(to, "wx", file.mode);
      try {
        this.#fill(file, source, target);
        this.#finish(file, target);
      } finally {
        closeSync(target);
      }
    } finally {
      closeSync(source);
    }
  }

  #fill({ from, sizeBytes, sha256 }: CopiedFile, source: number, target: number): void {
    const hash = sha256 === undefined ? undefined : createHash("sha256");
    for (let left = sizeBytes; left > 0; ) {
      const count = readSync(source, this.#chunk, 0, Math.min(left, chunkBytes), null);
      if (count === 0) throw changed(from);
      const bytes = this.#chunk.subarray(0, count);
      hash?.update(bytes);
      for (let done = 0; done < count; ) done += writeSync(target, bytes, done);
      left -= count;
    }
    if (hash !== undefined && hash.digest("hex") !== sha256) throw changed(from);
  }

  #finish({ mode }: CopiedFile, target: number): void {
    const isRight = isWindows || (this.#isRight.get(mode) ?? (fstatSync(target).mode & 0o777) === mode);
    this.#isRight.set(mode, isRight);
    if (!isRight) fchmodSync(target, mode);
    if (this.#seconds !== undefined) futimesSync(target, this.#seconds, this.#seconds);
  }
}

function changed(path: string): VenvoyError {
  return new VenvoyError("DIGEST_MISMATCH", `\`${printable(path, { newlines: false })}\` isn't what it has to be`, {
    hint: "run the command again; if it stays so, somebody or the disk has changed the file",
    data: { path },
  });
}
