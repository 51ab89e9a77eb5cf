import { isVenvoyError, VenvoyError } from "../base/index.ts";
import { findInterpreters, type Interpreter, isSupported, targetOf } from "../python/index.ts";
import {
  type OtherPython,
  type Proposal,
  type ProposedChange,
  proposalSentence,
  propose,
  type ResolveRequest,
} from "../resolve/index.ts";
import type { Context } from "./context.ts";
import { askOptions } from "./solve.ts";

/** What may be changed to get out of a conflict; the Python only where the environment does not exist yet. */
export type Proposing = "requirements" | "pythons";

/** A way out of a conflict, as errors carry it in `data.proposals`. */
export interface ProposalData {
  readonly sentence: string;
  readonly changes: readonly { readonly change: string; readonly from?: string; readonly to?: string }[];
}

/** A person waits for a failure: longer than this is not worth it, */
const longestSearchMs = 5_000;
/** unless a slow machine or index has hardly been able to look at anything by then. */
const leastSolves = 16;
const longestSlowSearchMs = 30_000;
const mostPythons = 4;

/**
 * The failure of a request with ways out of it, when there are some: without anything that would have to be built. Each was solved; the search ends after a few
 * seconds with what it has found.
 */
export async function withProposals(
  context: Context,
  failure: unknown,
  request: ResolveRequest,
  { proposing, interpreter, libc, signal }: WayOut,
): Promise<unknown> {
  const isOfBuild = isVenvoyError(failure, "BUILD_FAILED");
  if (!isOfBuild && !isVenvoyError(failure, "RESOLUTION_IMPOSSIBLE")) return failure;
  const startedMs = context.clock.elapsed();
  let solves = 0;
  try {
    const pythons = proposing === "pythons" ? await otherPythons(context, interpreter, { libc, signal }) : [];
    const proposals = await propose(request, {
      pythons,
      goOn: () => {
        solves += 1;
        const spentMs = context.clock.elapsed() - startedMs;
        return spentMs < longestSearchMs || (solves <= leastSolves && spentMs < longestSlowSearchMs);
      },
      ...(signal === undefined ? {} : { signal }),
    });
    if (proposals.length === 0) return failure;
    return new VenvoyError(failure.code, failure.message, {
      // Where wheels don't run here, no other version may be the way; and a build can perhaps be made to work.
      ...((failure.data["unfit"] === undefined && !isOfBuild) || failure.hint === undefined
        ? {}
        : { hint: failure.hint }),
      data: { ...failure.data, proposals: proposals.map(dataOf) },
      cause: failure.cause,
    });
  } catch (error) {
    // The search asks the index for more than the request did; what fails there is no news.
    if (isVenvoyError(error) && error.code !== "ABORTED") return failure;
    throw error;
  }
}

export interface WayOut {
  readonly proposing: Proposing;
  readonly interpreter: Interpreter;
  /** Of the machine that it is for, when that is not this one. */
  readonly libc?: Interpreter["libc"];
  readonly signal?: AbortSignal;
}

function dataOf(proposal: Proposal): ProposalData {
  return { sentence: proposalSentence(proposal), changes: proposal.changes.map(changeData) };
}

function changeData(change: ProposedChange): ProposalData["changes"][number] {
  switch (change.kind) {
    case "python":
      return { change: "python", to: change.label };
    case "drop":
      return { change: "drop", from: change.asked.requirement.shown };
    case "loosen":
      return { change: "loosen", from: change.asked.requirement.shown, to: change.to };
  }
}

/** One Python of each other minor version, the nearest first. */
async function otherPythons(
  context: Context,
  { version, implementation }: Interpreter,
  { libc, signal }: Pick<WayOut, "libc"> & { readonly signal: AbortSignal | undefined },
): Promise<readonly OtherPython[]> {
  const own = minorOf(version);
  const byMinor = new Map<number, OtherPython>();
  for (const found of await findInterpreters(context, askOptions(context, signal))) {
    if (!("ok" in found) || !isSupported(found.ok) || found.ok.implementation !== implementation) continue;
    const minor = minorOf(found.ok.version);
    if (minor === own || byMinor.has(minor)) continue;
    const label = found.ok.version.split(".").slice(0, 2).join(".");
    byMinor.set(minor, {
      label: `Python ${found.ok.version} (\`--python ${label}\`)`,
      target: targetOf(found.ok, libc ?? found.ok.libc),
    });
  }
  return [...byMinor]
    .sort(([a], [b]) => Math.abs(a - own) - Math.abs(b - own) || b - a)
    .slice(0, mostPythons)
    .map(([, python]) => python);
}

function minorOf(version: string): number {
  return Number(version.split(".")[1] ?? 0);
}
