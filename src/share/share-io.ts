import { type AbsPath, isVenvoyError } from "../base/index.ts";
import { diskError } from "../disk/index.ts";
import type { Ports, Reporter } from "../ports/index.ts";
import { isGone, publicationGone, shareRefused } from "./errors.ts";

export type ShareIo = Pick<Ports, "fs" | "system" | "proc" | "clock"> & { readonly reporter: Reporter };

/** A name that nobody else takes. */
export function randomTag({ system }: Pick<ShareIo, "system">, bytes = 8): string {
  return [...system.random(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * What time the share has: that of a file written there just now. Machines that share a directory don't share a clock, and ages
 * of files there mean something by this one only. Where nothing can be written, this machine's clock must do.
 */
export async function shareNow(io: Pick<ShareIo, "fs" | "system" | "clock">, root: AbsPath): Promise<number> {
  const file = io.fs.path.join(root, `.tmp-${randomTag(io)}`);
  try {
    await io.fs.write(file, "");
    return (await io.fs.linkInfo(file))?.modifiedMs ?? io.clock.now();
  } finally {
    await io.fs.remove(file);
  }
}

/**
 * Runs `body`, which touches a share and what is sent there. What a place says that ended, or whose files are suddenly others, is told as
 * `PUBLICATION_GONE`; other failures of disks as usual.
 */
export async function onShare<T>(root: AbsPath, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (isGone(error)) throw publicationGone(root, error);
    const told = diskError(error, root);
    throw isVenvoyError(told) ? (shareRefused(root, told) ?? told) : told;
  }
}
