import { defineConfig } from "vitest/config";

/** The built binary, real Pythons and the real registry. Slow, and the only suite that uses the network. */
export default defineConfig({
  test: {
    include: ["tests/e2e/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: "forks",
    fileParallelism: false,
  },
});
