import { posixPaths, windowsPaths } from "../disk/index.ts";
import type { Fs } from "../ports/index.ts";
import { copyFiles } from "./copy.ts";
import { digests } from "./digest-files.ts";
import { openWriter } from "./file-writer.ts";
import { readSide } from "./fs-read.ts";
import { writeSide } from "./fs-write.ts";
import { Lanes } from "./lanes.ts";
import { linkTrees } from "./link-tree.ts";
import { lockFile } from "./lock.ts";
import { isWindows } from "./platform.ts";
import { removeRetrying } from "./remove.ts";
import { unpack } from "./unpack.ts";
import { writeArchive } from "./write-archive.ts";

/** The real file system, on Node and on Bun. */
export function nodeFs(): Fs {
  const lanes = new Lanes();
  return {
    path: isWindows ? windowsPaths : posixPaths,
    ...readSide,
    ...writeSide,
    openWriter: async (path, options) => openWriter(path, options?.append ?? false),
    remove: (path) => removeRetrying(path),
    expectLinks: () => lanes.warmUp(),
    linkTrees: linkTrees(lanes),
    copyFiles: copyFiles(lanes),
    unpack: unpack(lanes),
    writeArchive: writeArchive(lanes),
    digests: digests(lanes),
    lock: lockFile,
  };
}
