import type { EnvIo } from "./env-io.ts";
import type { Environment } from "./environment.ts";
import { nothingUndone } from "./errors.ts";
import { readRecord } from "./history.ts";

/**
 * Where `redo` leads after going to another version: to the one where going back began. `undefined` when that one is
 * current again. A change forgets it, as in an editor.
 */
export function undoneAfter({ current, intent }: Environment, target: number): number | undefined {
  const began = intent.standing.undone ?? current.number;
  return began === target ? undefined : began;
}

/**
 * The next version on the way back to where undo began: undo twice and redo once is undo once. When the current version
 * is not on that way, the version where it began. Throws `HISTORY_END` when nothing was undone.
 */
export async function redoTarget(io: Pick<EnvIo, "fs">, environment: Environment): Promise<number> {
  const { undone } = environment.intent.standing;
  if (undone === undefined) throw nothingUndone(environment.label);
  const seen = new Set<number>();
  for (let number: number | undefined = undone; number !== undefined && !seen.has(number); ) {
    seen.add(number);
    const from: number | undefined = (await readRecord(io.fs, environment, number))?.from;
    if (from === environment.current.number) return number;
    number = from;
  }
  return undone;
}
