import { VenvoyError } from "../base/index.ts";
import { type Environment, readLock, readRecord } from "../env/index.ts";
import type { Base } from "../python/index.ts";
import { livingBase, minorOfBase } from "./bases.ts";
import type { Context } from "./context.ts";
import { diffLocks } from "./diff.ts";
import { heldPackages } from "./held-packages.ts";
import { buildAgain } from "./materialise.ts";
import { noCost } from "./obtain.ts";
import type { ChangeReport } from "./outcomes.ts";
import { lockOptions } from "./packages.ts";
import type { UndoRequest } from "./requests.ts";
import { targetPlace } from "./targets.ts";
import { writeTracked } from "./tracked.ts";

/** Makes an earlier version current (or a later one again). Its tree is there, or is built again from its lock. */
export function undo(context: Context, request: UndoRequest): Promise<ChangeReport> {
  return goTo(context, "undo", request);
}

/** Takes back what `undo` did, step by step, while nothing was changed since. Throws `HISTORY_END`. */
export function redo(context: Context, request: RedoRequest): Promise<ChangeReport> {
  return goTo(context, "redo", request);
}

async function goTo(context: Context, word: "undo" | "redo", request: UndoRequest): Promise<ChangeReport> {
  const startedMs = context.clock.elapsed();
  const place = await targetPlace(context, request.name);
  return context.home.using(place, lockOptions(word, request.signal), async (held) => {
    held.checkUnprotected();
    const { environment } = held;
    const from = environment.current.number;
    const chosen = word === "redo" ? await held.redoTarget() : request.version;
    const target = chosen ?? (await readRecord(context.fs, environment, from))?.from;
    const before = await readLock(context.fs, environment, from);
    const after = target === undefined ? undefined : await readLock(context.fs, environment, target);
    const here = await heldPackages(context, environment, from, before);
    const there = target === undefined ? undefined : await heldPackages(context, environment, target, after);
    const report = (version: number, patch: Partial<ChangeReport>): ChangeReport => ({
      environment: { name: environment.label, id: environment.id, path: environment.root },
      version,
      previousVersion: from,
      changed: version !== from,
      dryRun: request.dryRun ?? false,
      python: environment.intent.standing.pythonVersion,
      changes: there === undefined ? [] : diffLocks(here, there),
      packageCount: there?.packages.length ?? 0,
      cost: { ...noCost, reused: after?.packages.length ?? 0 },
      elapsedMs: context.clock.elapsed() - startedMs,
      notes: [],
      ...patch,
    });
    const base = target === undefined ? undefined : await baseOfVersion(context, environment, target, request.signal);
    if (request.dryRun && target !== undefined && after !== undefined) return report(target, {});
    const moved = await held.goTo({
      ...(chosen === undefined ? {} : { number: chosen }),
      build: buildAgain(context, request, environment),
    });
    if (base !== undefined) await held.follow(base);
    return report(moved.current.number, {
      python: held.environment.intent.standing.pythonVersion,
      notes: after === undefined ? [] : await writeTracked(context, environment, { wanted: moved.intent, lock: after }),
    });
  });
}

export type RedoRequest = Omit<UndoRequest, "version">;

/** A version whose Python is gone can't be gone back to before that Python is there again. */
async function baseOfVersion(
  context: Context,
  environment: Environment,
  number: number,
  signal: AbortSignal | undefined,
): Promise<Base | undefined> {
  const record = await readRecord(context.fs, environment, number);
  // One that carries its Python needs no other.
  if (record === undefined || record.wanted.layout === "standalone") return undefined;
  const base = await livingBase(context, record.base, signal);
  if (base !== undefined) return base;
  const minor = minorOfBase(record.base);
  throw new VenvoyError(
    "PYTHON_GONE",
    `Version ${number} of \`${environment.label}\` stands on Python ${minor}, which is gone`,
    { hint: `Install Python ${minor} again, then type the same`, data: { version: number, base: record.base } },
  );
}
