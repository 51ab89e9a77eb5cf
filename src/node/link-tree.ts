import type { Fs, LinkTreePlan } from "../ports/index.ts";
import type { Lanes } from "./lanes.ts";
import { type LinkPart, linkFiles } from "./link-files.ts";

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
    const parts = plans.flatMap(partsOf);
    if (parts.reduce((sum, part) => sum + weightOf(part), 0) < worthThreads) {
      for (const part of parts) {
        signal?.throwIfAborted();
        await linkFiles(part);
        tell(part);
      }
      return;
    }
    // The longest first, so that none of them ends alone.
    parts.sort((a, b) => weightOf(b) - weightOf(a));
    const works = parts.map((part) => ({ kind: "link", part }) as const);
    await lanes.runAll(works, { here: true, ...(signal && { signal }), onDone: ({ part }) => tell(part) });
  };
}

/** A directory costs what some links cost. */
function weightOf({ directories, files }: LinkPart): number {
  return files.length + 2 * directories.length;
}

function partsOf({ from, to, directories, files, mode }: LinkTreePlan): LinkPart[] {
  const whole = { from, to, directories, files, mode };
  if (weightOf(whole) <= 2 * partWeight) return [whole];
  const parts: LinkPart[] = [];
  for (let at = 0; at < files.length; at += partWeight) {
    const some = files.slice(at, at + partWeight);
    parts.push({ from, to, directories: parentsOf(some), files: some, mode });
  }
  // Directories that hold no file.
  parts.push({ from, to, directories, files: [], mode });
  return parts;
}

/** The directories of these files; whoever comes first makes what lies above them. */
function parentsOf(files: readonly string[]): string[] {
  const parents = new Set<string>();
  for (const file of files) {
    const slash = file.lastIndexOf("/");
    if (slash > 0) parents.add(file.slice(0, slash));
  }
  return [...parents];
}
