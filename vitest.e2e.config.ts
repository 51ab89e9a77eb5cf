import { defineConfig } from "vitest/config";
import { longestFirst } from "./tests/kit/longest-first.ts";

/** The built binary, real Pythons and the real registry. Slow, and the only suite that uses the network. */
export default defineConfig({
  test: {
    include: ["tests/e2e/**/*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: "forks",
    // Each test has a home of its own. Half of the time they wait for the registry; more at once would only crowd it.
    maxWorkers: 2,
    sequence: {
      sequencer: longestFirst([
        ...["resolve-sets", "locks", "sdists", "sets", "for-life", "trees"],
        ...["exchange", "standalone", "guard", "session-kills"],
      ]),
    },
  },
});
