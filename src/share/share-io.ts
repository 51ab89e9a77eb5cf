import type { AbsPath } from "../base/index.ts";
import { diskError } from "../disk/index.ts";
import type { Ports, Reporter } from "../ports/index.ts";
import { isGone, publicationGone } from "./errors.ts";

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

/** Runs `body`; a share that went away meanwhile is told as that, other failures of disks as usual. */
export async function onShare<T>(io: Pick<ShareIo, "fs">, root: AbsPath, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (isGone(error) && !(await isThere(io, root))) throw publicationGone(root, error);
    throw diskError(error, root);
  }
}

async function isThere({ fs }: Pick<ShareIo, "fs">, root: AbsPath): Promise<boolean> {
  try {
    return (await fs.info(fs.path.join(root, "publication.json"))) !== undefined;
  } catch {
    return false;
  }
}
