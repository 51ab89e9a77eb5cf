import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/e2e/**", "**/node_modules/**"],
    // No test is about speed: these end what hangs, on a machine that does much else as well.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: "forks",
    // Many tests wait for programs that they started: as many files at a time as there are cores, not one less.
    maxWorkers: availableParallelism(),
  },
});
