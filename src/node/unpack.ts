import type { Fs, UnpackFile, UnpackPlan } from "../ports/index.ts";
import type { Lanes } from "./lanes.ts";
import { type UnpackPart, unpackFiles } from "./unpack-files.ts";

/** Small enough that a big archive doesn't keep the others waiting, large enough that a hand-over costs nothing. */
const partBytes = 24 << 20;
const partFiles = 1_000;
/** Below this a thread costs more than it brings. */
const worthThreads = 4 << 20;

export function unpack(lanes: Lanes): Fs["unpack"] {
  return async (plan) => {
    const { archive, label, to, signal, onProgress } = plan;
    const parts = [...partsOf(plan)].map((files, index) => {
      return { archive, label, to, directories: index === 0 ? plan.directories : [], files };
    });
    const [only, second] = parts;
    if (only === undefined) return unpackFiles({ archive, label, to, directories: plan.directories, files: [] });
    if (second === undefined && !lanes.isStarted && weightOf(only) < worthThreads) return unpackFiles(only);
    const digests = new Map<object, readonly string[]>();
    let done = 0;
    // The largest first: begun last, it would keep one thread busy alone.
    const works = [...parts]
      .sort((a, b) => weightOf(b) - weightOf(a))
      .map((part) => ({ kind: "unpack", part }) as const);
    await lanes.runAll(works, {
      ...(signal && { signal }),
      onDone: ({ part }, found) => {
        digests.set(part, found);
        done += part.files.length;
        onProgress?.(done);
      },
    });
    return parts.flatMap((part) => digests.get(part) ?? []);
  };
}

function weightOf({ files }: UnpackPart): number {
  return files.reduce((sum, { entry }) => sum + entry.sizeBytes + 16_384, 0);
}

/** Neighbours stay together, to be read in one call; a file that is a part by itself can be begun first. */
function* partsOf({ files }: UnpackPlan): Generator<readonly UnpackFile[]> {
  let from = 0;
  let bytes = 0;
  for (const [index, { entry }] of files.entries()) {
    if (bytes > 0 && bytes + entry.sizeBytes > partBytes) {
      yield files.slice(from, index);
      from = index;
      bytes = 0;
    }
    bytes += entry.sizeBytes + 1;
    if (bytes < partBytes && index - from + 1 < partFiles) continue;
    yield files.slice(from, index + 1);
    from = index + 1;
    bytes = 0;
  }
  if (from < files.length) yield files.slice(from);
}
