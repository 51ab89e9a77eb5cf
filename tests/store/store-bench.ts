import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AbsPath } from "../../src/base/index.ts";
import { absPath, parseSha256, type Sha256 } from "../../src/base/index.ts";
import { nodeClock, nodeFs, nodeProc, nodeSystem } from "../../src/node/index.ts";
import type { Ports } from "../../src/ports/index.ts";
import { type Artifact, openStore, type Store, type StoreIo } from "../../src/store/index.ts";
import { RecordingReporter } from "../kit/memory-ports.ts";
import { tempDir } from "../kit/temp.ts";
import { type WheelParts, wheel, wheelFilename } from "../kit/wheel.ts";

export interface StoreBench {
  readonly io: StoreIo & Pick<Ports, "proc"> & { readonly reporter: RecordingReporter };
  readonly root: AbsPath;
  readonly store: Store;
  /** Writes bytes as a wheel file and adds it. */
  add(filename: string, bytes: Uint8Array): Promise<Artifact>;
  /** Builds a wheel from literals and adds it. */
  artifact(name: string, version: string, parts?: WheelParts): Promise<Artifact>;
}

/** A real store in a fresh directory. */
export function storeBench(): StoreBench {
  const root = tempDir("store");
  const io = {
    fs: nodeFs(),
    clock: nodeClock(),
    system: nodeSystem(),
    proc: nodeProc(),
    reporter: new RecordingReporter(),
  };
  const store = openStore(io, { wheels: absPath(join(root, "store", "wheel")) });
  const add = (filename: string, bytes: Uint8Array): Promise<Artifact> => {
    const file = absPath(join(root, filename));
    writeFileSync(file, bytes);
    return store.add(file, { filename, sha256: sha256Of(bytes) });
  };
  return {
    io,
    root,
    store,
    add,
    artifact: (name, version, parts = {}) => add(wheelFilename(name, version, parts), wheel(name, version, parts)),
  };
}

export function sha256Of(bytes: Uint8Array): Sha256 {
  return parseSha256(createHash("sha256").update(bytes).digest("hex"));
}
