import { defineConfig } from "vitest/config";

/** The binary for Windows and real Windows programs under wine; uses the registry. `./check --windows` runs it. */
export default defineConfig({
  test: {
    include: ["tests/windows/**/*.test.ts"],
    globalSetup: ["tests/windows/kit/global-setup.ts"],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    pool: "forks",
    fileParallelism: false,
  },
});
