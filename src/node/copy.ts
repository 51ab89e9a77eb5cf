import { dirname } from "node:path";
import type { CopiedFile, Fs } from "../ports/index.ts";
import { type CopyPart, copyPart } from "./copy-files.ts";
import { DiskSync } from "./durable.ts";
import type { Lanes } from "./lanes.ts";

/** Files and bytes for one thread at a time; what is synced together, too. */
const partFiles = 1_000;
const partBytes = 48 << 20;
/** Below this a thread costs more than it brings. */
const worthThreads = 300;

/** Copies files, several at a time where there are many. */
export function copyFiles(lanes: Lanes): Fs["copyFiles"] {
  return async (plan, { signal, onProgress } = {}) => {
    signal?.throwIfAborted();
    const { files, stage, durable } = plan;
    using disk = durable === true ? new DiskSync(stage) : undefined;
    const parts = [...partsOf(files)].map(([first, some]): CopyPart => ({ ...plan, files: some, first }));
    if (files.length < worthThreads && parts.length < 2) for (const part of parts) await copyPart(part);
    else {
      const done = { files: 0, bytes: 0 };
      await lanes.runAll(
        parts.map((part) => ({ kind: "copy", part }) as const),
        {
          ...(signal && { signal }),
          onDone: ({ part }) => {
            done.files += part.files.length;
            done.bytes += part.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
            onProgress?.(done.files, done.bytes);
          },
        },
      );
    }
    await disk?.names([...new Set(files.map(({ to }) => dirname(to)))]);
  };
}

function* partsOf(files: readonly CopiedFile[]): Generator<readonly [number, readonly CopiedFile[]]> {
  let first = 0;
  let bytes = 0;
  for (const [index, { sizeBytes }] of files.entries()) {
    bytes += sizeBytes;
    if (bytes < partBytes && index - first + 1 < partFiles) continue;
    yield [first, files.slice(first, index + 1)];
    first = index + 1;
    bytes = 0;
  }
  if (first < files.length) yield [first, files.slice(first)];
}
