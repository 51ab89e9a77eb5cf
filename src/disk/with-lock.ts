import type { AbsPath } from "../base/index.ts";
import type { OpId, Ports, Reporter } from "../ports/index.ts";
import { diskError } from "./errors.ts";

export interface LockPurpose {
  /** What we do with it, for whoever has to wait: "add numpy to demo". */
  readonly purpose: string;
  readonly signal?: AbortSignal;
  readonly parent?: OpId;
}

/** Runs `body` while holding the lock; while somebody else holds it, a `wait` operation says who. */
export async function withLock<T>(
  io: Pick<Ports, "fs"> & { readonly reporter: Reporter },
  path: AbsPath,
  { purpose, signal, parent }: LockPurpose,
  body: () => Promise<T>,
): Promise<T> {
  let waiting: OpId | undefined;
  const onWait = (holder: { readonly pid: number; readonly host: string; readonly purpose: string }): void => {
    waiting = io.reporter.nextOp();
    const label = `${holder.purpose} (process ${holder.pid} on ${holder.host})`;
    io.reporter.emit({
      type: "op:start",
      id: waiting,
      kind: "wait",
      label,
      ...(parent === undefined ? {} : { parent }),
    });
  };
  let isHeld = false;
  try {
    await using _lock = await io.fs.lock(path, { purpose, onWait, ...(signal === undefined ? {} : { signal }) });
    isHeld = true;
    if (waiting !== undefined) io.reporter.emit({ type: "op:end", id: waiting, ok: true });
    return await body();
  } catch (error) {
    if (isHeld) throw error;
    if (waiting !== undefined) io.reporter.emit({ type: "op:end", id: waiting, ok: false });
    throw diskError(error, path);
  }
}
