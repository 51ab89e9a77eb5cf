import type { Wanted } from "../env/index.ts";
import type { Base } from "../python/index.ts";
import type { Lock } from "../resolve/index.ts";
import { askedOf } from "./asked.ts";
import { hiddenNotes } from "./base-packages.ts";
import { plannedBuilds } from "./building/source.ts";
import type { CarriedOver } from "./by-hand.ts";
import type { HandFiles } from "./by-hand-files.ts";
import type { Change } from "./change.ts";
import type { Keep } from "./choices.ts";
import type { Context } from "./context.ts";
import { diffLocks } from "./diff.ts";
import { checkHashes } from "./hashes.ts";
import { broughtNotes, limitsOf, withoutBrought } from "./host/limits.ts";
import type { HostTruth } from "./host-truth.ts";
import { costOf } from "./obtain.ts";
import type { ChangeReport } from "./outcomes.ts";
import type { OwnPackages } from "./own-packages.ts";
import { withRemembered } from "./remembered.ts";
import type { ChangeOptions } from "./requests.ts";
import { baseFor, type Solved, solve } from "./solve.ts";

/** A first version, for an environment that does not exist yet. */
export interface FirstVersion {
  readonly base: Base;
  readonly solved: Solved;
  readonly carried: HandFiles["carried"];
  readonly report: Pick<ChangeReport, "python" | "changes" | "packageCount" | "cost" | "notes" | "askedBy">;
}

/** What may be known before the first version of an environment is planned. */
export interface FirstOptions extends Pick<Change, "constraints" | "hashes" | "lock"> {
  /** The Python; else the one that is asked for. */
  readonly base?: Base;
  readonly keep?: Keep;
  /** Packages that no index need know. */
  readonly own?: OwnPackages;
  /** Digests of wheels that are in use elsewhere already. */
  readonly trusted?: ReadonlySet<string>;
  /** What to tell of them, once it is known what stays. */
  readonly notesFor?: CarriedOver["notesFor"];
  /** Files that hands made what they are, and what to tell of them. */
  readonly hand?: (after: Lock) => Pick<HandFiles, "carried" | "notes">;
}

export async function planFirst(
  context: Context,
  wanted: Wanted,
  options: ChangeOptions & FirstOptions & { readonly truth: HostTruth },
): Promise<FirstVersion> {
  const base = options.base ?? (await baseFor(context, options.python ?? wanted.python, options.signal));
  const choices = withRemembered(options, wanted);
  const limits = await limitsOf(context, wanted);
  const whole = await solve(context, base.interpreter, {
    asked: askedOf(context, wanted),
    choices,
    hashes: options.hashes,
    truth: options.truth,
    ...(options.keep === undefined ? {} : { keep: options.keep }),
    own: new Map([...limits.own, ...(options.own ?? [])]),
    ...(options.trusted === undefined || options.forHost !== undefined ? {} : { trusted: options.trusted }),
    constraints: [...limits.constraints, ...(options.constraints ?? [])],
    ...(options.lock === undefined ? {} : { lock: options.lock }),
    proposing: options.proposes === false ? undefined : "pythons",
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const solved = { ...whole, lock: withoutBrought(whole.lock, limits) };
  checkHashes(solved.lock, options.hashes, { required: options.requireHashes, isPlan: true });
  const hand = options.hand?.(solved.lock);
  return {
    base,
    solved,
    carried: hand?.carried ?? [],
    report: {
      python: base.interpreter.version,
      changes: diffLocks(undefined, solved.lock),
      packageCount: solved.lock.packages.length,
      cost: await costOf(context, solved.lock, { links: options.dryRun !== true }),
      ...(options.askedBy === undefined ? {} : { askedBy: options.askedBy }),
      notes: [
        ...(options.notesFor?.(solved.lock) ?? []),
        ...(hand?.notes ?? []),
        ...(await hiddenNotes(context, base, solved.lock, wanted)),
        ...(await plannedBuilds(context, solved, options)),
        ...broughtNotes(whole.lock, limits),
        ...solved.notes,
      ],
    },
  };
}
