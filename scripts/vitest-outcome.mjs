// A reporter for check.mjs: the counts, each failure with its whole message, and how long each file took, as one JSON file.
// Vitest's own JSON keeps neither the words of a timeout nor what broke outside a test.
import { writeFileSync } from "node:fs";

const textOf = (error) => [error.message, error.diff].filter(Boolean).join("\n") || String(error.stack ?? error);

export default class Outcome {
  onTestRunEnd(modules, unhandled) {
    const outcome = { passed: 0, failed: 0, skipped: 0, failures: [], files: [] };
    for (const module of modules) {
      const file = module.relativeModuleId;
      const failed = (name, errors) => {
        outcome.failed += 1;
        outcome.failures.push({ file, name, message: errors.map(textOf).join("\n") });
      };
      for (const suite of [module, ...module.children.allSuites()])
        if (suite.errors().length > 0) failed(suite.fullName ?? "", suite.errors());
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        if (state === "failed") failed(test.fullName, errors);
        else outcome[state === "passed" ? "passed" : "skipped"] += 1;
      }
      const { duration, collectDuration, prepareDuration, setupDuration } = module.diagnostic();
      outcome.files.push({ file, seconds: (duration + collectDuration + prepareDuration + setupDuration) / 1000 });
    }
    for (const error of unhandled) {
      outcome.failed += 1;
      outcome.failures.push({ file: error.VITEST_TEST_PATH ?? "", name: "(outside any test)", message: textOf(error) });
    }
    writeFileSync(process.env.CHECK_OUTCOME, JSON.stringify(outcome));
  }
}
