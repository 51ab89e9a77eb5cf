import { basename } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** These take longest, so they begin first: a run ends with small ones, on both cores. */
const longest = ["sdists", "locks", "sets", "guard", "resolve-sets", "exchange", "for-life", "session-kills"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = longest.indexOf(basename(moduleId, ".test.ts"));
      return found === -1 ? longest.length : found;
    };
    return [...files].sort((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

/** The built binary, real Pythons and the real registry. Slow, and the only suite that uses the network. */
export default defineConfig({
  test: {
    include: ["tests/e2e/**/*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: "forks",
    // Each test has a home of its own. Half of the time they wait for the registry; more at once would only crowd it.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
