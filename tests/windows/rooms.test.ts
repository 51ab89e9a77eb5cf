import { expect, test } from "vitest";
import { machine } from "./kit/machine.ts";
import { ourTests } from "./kit/our-tests.ts";

/*
 * Tests of the rooms, unchanged, with the runtime for Windows: what they say of paths, disks, locks and processes holds
 * where paths have drives and backslashes, open files can't be replaced, and names fold case.
 */
const files = [
  "./tests/contract/fs.test.ts",
  "./tests/contract/proc.test.ts",
  "./tests/contract/clock.test.ts",
  ...["base", "config", "disk", "exchange", "host", "launch", "profile", "resolve", "runtime"].map(
    (room) => `./tests/${room}/`,
  ),
  "./tests/store/store.test.ts",
];

/** What fails and isn't venvoy's: the beginning of a test's name, and why. Each of them has to fail. */
const beyond: Readonly<Record<string, string>> = {
  "real disk: reading and writing: what is missing or of the wrong kind":
    "Bun under wine writes to a directory without an error",
  "real processes: exit status and both outputs come back": "Bun under wine complains of wine on standard error",
  "unpacking sources: gives the one directory": "the test expects paths of Linux",
  "unpacking sources: reads long names in both manners": "the test expects modes of Linux",
  "a wheel becomes a tree that needs nothing but links": "the test expects programs of Linux",
  "eight processes want one wheel": "the test bundles its programs with Linux's Bun",
};

const windows = machine();
const results = windows === undefined ? [] : await ourTests(windows, files);

test.skipIf(windows === undefined)("the rooms' tests ran", () => {
  expect(results.length).toBeGreaterThan(300);
  const failing = results.filter(({ outcome }) => outcome === "failed").map(({ name }) => name);
  for (const name of Object.keys(beyond)) {
    expect(
      failing.some((one) => one.startsWith(name)),
      `${name} fails no more`,
    ).toBe(true);
  }
});

for (const { file, name, outcome, message } of results) {
  const why = Object.entries(beyond).find(([start]) => name.startsWith(start))?.[1];
  const title = `${file} ${name}`;
  if (outcome === "skipped") test.skip(title, () => {});
  else if (outcome === "failed" && why !== undefined) test.skip(`${title}: ${why}`, () => {});
  else test(title, () => expect({ outcome, message }).toEqual({ outcome: "passed", message: "" }));
}
