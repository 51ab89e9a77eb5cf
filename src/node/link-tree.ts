import type { Fs, LinkTreePlan } from "../ports/index.ts";
import type { Lanes } from "./lanes.ts";
import { type LinkPart, linkFiles, makeDirectories } from "./link-files.ts";

/** Below this a second thread costs more than it brings. */
const worthThreads = 1_500;
/** Large enough to hand over, small enough that the threads end together. */
const partWeight = 700;

/** Links whole directories, several at a time where there is much. */
export function linkTrees(lanes: Lanes): Fs["linkTrees"] {
  return async (plans, { signal, onProgress } = {}) => {
    let done = 0;
    const tell = (part: LinkPart): void => {
      done += part.files.length;
      onProgress?.(done);
    };
    const weight = plans.reduce((sum, plan) => sum + weightOf(plan), 0);
    if (weight < worthThreads) {
      const made = new Set<string>();
      for (const part of plans) {
        signal?.throwIfAborted();
        await linkFiles(part, made);
        tell(part);
      }
      return;
    }
    lanes.warmUp();
    const large = plans.filter((plan) => weightOf(plan) > 2 * partWeight);
    const small = plans.filter((plan) => !large.includes(plan)).sort((a, b) => weightOf(b) - weightOf(a));
    // The directories of large plans are made here, by one thread, while the others begin with the small ones.
    const run = (): void => {
      for (const { to, directories } of large) makeDirectories(to, directories);
    };
    const works = [...small, ...large.flatMap(partsOf)].map((part) => ({ kind: "link", part }) as const);
    await lanes.runAll(works, {
      here: true,
      ...(signal && { signal }),
      onDone: ({ part }) => tell(part),
      prepare: { first: small.length, run },
    });
  };
}

/** A directory costs what some links cost. */
function weightOf({ directories, files }: LinkPart): number {
  return files.length + 2 * directories.length;
}

/** Cuts a long list; its directories are there when the parts begin, because two threads would get in each other's way. */
function partsOf(plan: LinkTreePlan): LinkPart[] {
  const { from, to, files, mode } = plan;
  const parts: LinkPart[] = [];
  for (let at = 0; at < files.length; at += partWeight) {
    parts.push({ from, to, directories: [], files: files.slice(at, at + partWeight), mode });
  }
  return parts;
}
