import type { Fs, LinkTreePlan } from "../ports/index.ts";
import type { Lanes } from "./lanes.ts";
import { type LinkPart, linkParts, Turns } from "./link-files.ts";

/** Below this a second thread costs more than it brings. */
const worthThreads = 1_500;
/** Small enough that the threads end together. */
const partFiles = 500;

/** Links whole directories, several at a time where there is much. */
export function linkTrees(lanes: Lanes): Fs["linkTrees"] {
  return async (plans, { signal, onProgress } = {}) => {
    signal?.throwIfAborted();
    const parts = plans.flatMap(partsOf).sort((a, b) => b.weight - a.weight);
    const turns = new Turns();
    const stop = (): void => turns.end(parts.length);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      const isLarge = parts.reduce((sum, { weight }) => sum + weight, 0) >= worthThreads;
      if (isLarge || lanes.isStarted) await linkTogether(lanes, parts, turns, onProgress);
      else await linkParts(parts, turns, onProgress);
      signal?.throwIfAborted();
    } finally {
      signal?.removeEventListener("abort", stop);
    }
    onProgress?.(turns.done);
  };
}

/** This thread and the others take parts of one list, each the next as soon as it has done one. */
async function linkTogether(
  lanes: Lanes,
  parts: readonly LinkPart[],
  turns: Turns,
  onProgress: ((done: number) => void) | undefined,
): Promise<void> {
  lanes.warmUp();
  const others = lanes.runAll(Array.from({ length: lanes.count }, () => ({ kind: "link", parts, turns }) as const));
  // Whatever they meet is told below; until somebody waits for them it must not count as unheard.
  others.catch(() => {});
  let failure: unknown;
  await linkParts(parts, turns, onProgress).catch((error: unknown) => {
    failure = error;
  });
  // One that is still coming up will find nothing left; nobody has to wait for that.
  if (turns.begun > 1) await others;
  if (failure !== undefined) throw failure;
}

function partsOf(plan: LinkTreePlan): LinkPart[] {
  const files = "listing" in plan ? plan.listing.files : plan.files.length;
  const parts: LinkPart[] = [];
  for (let first = 0; first === 0 || first < files; first += partFiles) parts.push(partOf(plan, first, files));
  return parts;
}

function partOf(plan: LinkTreePlan, first: number, files: number): LinkPart {
  const weight = Math.min(partFiles, files - first);
  if ("listing" in plan)
    return { plan, first, last: first + partFiles < files ? first + partFiles : undefined, weight };
  const { directories, sources } = plan;
  const slice = plan.files.slice(first, first + partFiles);
  const from = sources === undefined ? {} : { sources: sources.slice(first, first + partFiles) };
  return {
    plan: { ...plan, ...from, directories: first === 0 ? directories : [], files: slice },
    first: 0,
    last: undefined,
    weight,
  };
}
