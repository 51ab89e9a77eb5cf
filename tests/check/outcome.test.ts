import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { tempDir } from "../kit/temp.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const outcome = await import(`${root}/scripts/outcome.mjs`);

const broken = `import { beforeAll, describe, expect, test } from "vitest";
describe("a <group>", () => test("says & 'so'", () => expect({ a: 1 }).toEqual({ a: 2 })));
test("holds", () => {});
test.skip("later", () => {});
test("waits", () => new Promise(() => {}), 50);
describe("with a hook", () => {
  beforeAll(() => { throw new Error("the hook broke"); });
  test("in it", () => {});
});
`;

test("what broke in Vitest is told with its words, also a hook, a timeout and a file that can't be read", () => {
  const dir = tempDir("outcome");
  writeFileSync(join(dir, "broken.test.ts"), broken);
  writeFileSync(join(dir, "unread.test.ts"), 'import "./nowhere.ts";\n');
  const report = join(dir, "outcome.json");
  const reporter = join(root, "scripts/vitest-outcome.mjs");
  const program = join(root, "node_modules/vitest/vitest.mjs");
  const told = spawnSync("node", [program, "run", "--root", dir, `--reporter=${reporter}`], {
    encoding: "utf8",
    env: { ...process.env, CHECK_OUTCOME: report },
  });
  expect(told.status, told.stdout + told.stderr).toBe(1);
  const { passed, failed, skipped, failures, files } = JSON.parse(readFileSync(report, "utf8"));
  expect([passed, failed, skipped]).toEqual([1, 4, 2]);
  const lines: string[] = outcome.failureLines(failures.map((failure: object) => ({ suite: "tests", ...failure })));
  const all = lines.join("\n");
  expect(all).toContain(
    "  [tests] broken.test.ts > a <group> > says & 'so'\n      expected { a: 1 } to deeply equal { a: 2 }",
  );
  expect(all).toContain("  [tests] broken.test.ts > waits\n      Test timed out in 50ms.");
  expect(all).toContain("  [tests] broken.test.ts > with a hook\n      the hook broke");
  expect(all).toContain("  [tests] unread.test.ts\n      Cannot find module './nowhere.ts'");
  expect(files.map(({ file }: { file: string }) => file).sort()).toEqual(["broken.test.ts", "unread.test.ts"]);
});

test("Bun's JUnit: files are the outermost suites, texts are unescaped", () => {
  const junit = `<testsuites name="bun test" tests="4" failures="2" skipped="1" time="0.5">
  <testsuite name="tests/a.test.ts" file="tests/a.test.ts" tests="4" time="0.503">
    <testsuite name="a &lt;group&gt;" file="tests/a.test.ts" line="2" tests="1" time="0">
      <testcase name="says &quot;so&quot;" classname="a &lt;group&gt;" file="tests/a.test.ts">
        <failure type="AssertionError" message="one&#10;two">AssertionError: one</failure>
      </testcase>
    </testsuite>
    <testcase name="waits" classname="" file="tests/a.test.ts"><failure type="TimeoutError" message="test timed out" /></testcase>
    <testcase name="holds" classname="" file="tests/a.test.ts" />
    <testcase name="later" classname="" file="tests/a.test.ts"><skipped /></testcase>
  </testsuite>
  <testsuite name="tests/b.test.ts" file="tests/b.test.ts" tests="0" time="1.25" />
</testsuites>`;
  expect(outcome.fromJunit(junit)).toEqual({
    passed: 1,
    failed: 2,
    skipped: 1,
    failures: [
      { file: "tests/a.test.ts", name: 'a <group> > says "so"', message: "AssertionError: one\ntwo" },
      { file: "tests/a.test.ts", name: "waits", message: "TimeoutError: test timed out" },
    ],
    files: [
      { file: "tests/a.test.ts", seconds: 0.503 },
      { file: "tests/b.test.ts", seconds: 1.25 },
    ],
  });
});

test("many failures are named all, with fewer lines each, and never more than the limit", () => {
  const some = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ suite: "s", file: `f${at}`, name: "n", message: "1\n2\n3\n4\n5\n6" }));
  expect(outcome.failureLines(some(1))).toEqual(["  [s] f0 > n", ...[1, 2, 3, 4, 5, 6].map((at) => `      ${at}`)]);
  expect(outcome.failureLines(some(20))).toHaveLength(60);
  expect(outcome.failureLines(some(30)).filter((line: string) => line.includes("> n"))).toHaveLength(30);
  expect(outcome.failureLines(some(400))).toHaveLength(60);
  expect(outcome.failureLines(some(400)).at(-1)).toBe("  and more: 400 failed in all");
});

test("a message can't move the cursor of who reads the log", () => {
  const [, line] = outcome.failureLines([
    { suite: "s", file: "f", name: "", message: "\u001b[31mred\u001b[2Jgone\u0007" },
  ]);
  expect(line).toBe("      redgone");
});

test("the slowest files come first", () => {
  const files = [
    { file: "tests/a/b.test.ts", seconds: 1 },
    { file: "tests/c.test.ts", seconds: 20.04 },
  ];
  expect(outcome.slowestLine(files)).toBe("c 20.0, a/b 1.0");
  expect(outcome.slowestLine(files, 1)).toBe("c 20.0");
});
