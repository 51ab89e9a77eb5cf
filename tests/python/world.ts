import { absPath } from "../../src/base/index.ts";
import { dataLayout } from "../../src/disk/index.ts";
import type { System } from "../../src/ports/index.ts";
import type { AskOptions } from "../../src/python/index.ts";
import { FakePythons } from "../kit/fake-python.ts";
import { type MemoryPorts, memoryPorts } from "../kit/memory-ports.ts";

export interface World {
  readonly io: MemoryPorts;
  readonly pythons: FakePythons;
  readonly options: AskOptions;
  /** Programs that were started so far. */
  started(): readonly string[];
  file(path: string, text: string): Promise<void>;
}

/** A memory machine with pretended Pythons on it. */
export function world(
  options: { readonly os?: System["os"]; readonly env?: System["env"]; readonly cwd?: string } = {},
): World {
  const pythons = new FakePythons();
  const { os = "linux", env = {}, cwd } = options;
  const io = memoryPorts({
    os,
    program: pythons.program,
    system: { env, ...(cwd === undefined ? {} : { cwd: absPath(cwd) }) },
  });
  return {
    io,
    pythons,
    options: { layout: dataLayout(io.system) },
    started: () => io.proc.ran.map((request) => request.argv[0]),
    file: async (path, text) => {
      await io.fs.makeDir(io.fs.path.directory(absPath(path)));
      await io.fs.write(absPath(path), text, { mode: 0o755 });
    },
  };
}
