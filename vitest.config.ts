import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { longestFirst } from "./tests/kit/longest-first.ts";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    // Suites of their own: one needs the network, one a Windows.
    exclude: ["tests/e2e/**", "tests/windows/**", "**/node_modules/**"],
    // No test is about speed: these end what hangs, on a machine that does much else as well.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: "forks",
    // To load the sources anew took as long as many a file's tests. No test changes this process: no mocks, no variables
    // of it, no current directory; and the sources keep nothing between calls.
    isolate: false,
    setupFiles: ["tests/kit/each-file.ts"],
    // Many tests wait for programs that they started: as many files at a time as there are cores, not one less.
    maxWorkers: availableParallelism(),
    sequence: {
      sequencer: longestFirst([
        ...["guard/scenarios", "standalone/pack", "app/by-hand", "pip-inside", "publish/publish", "app/doctor"],
        ...["env/environments", "app/import", "cli/pip", "standalone/layout"],
      ]),
    },
  },
});
