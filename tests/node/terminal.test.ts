import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { wantsColour } from "../../src/node/index.ts";
import { bundleProgram, bunProgram, nodeProgram } from "../kit/runtimes.ts";
import { tempDir } from "../kit/temp.ts";

let program = "";
beforeAll(() => {
  program = bundleProgram("tests/node/programs/ask.ts", tempDir("terminal"));
});

const env = { PATH: process.env["PATH"] ?? "", TERM: "xterm" };

/** What a terminal shows of the program when `typed` answers its question. */
function inTerminal(runtime: string, typed: string): string {
  const wrapper = resolve(fileURLToPath(import.meta.url), "../programs/in-a-terminal.py");
  const answer = spawnSync("python3", [wrapper, typed, runtime, program], { encoding: "utf8", env, timeout: 240_000 });
  return answer.stdout + answer.stderr;
}

describe.each([
  ["Node", nodeProgram],
  ["Bun", bunProgram],
])("terminal on %s", (_name, runtime) => {
  test("a person is asked and answers", () => {
    const shown = inTerminal(runtime, "yes\\n");
    expect(shown).toContain('{"interactive":true,"draws":true,"columns":61,"colour":true}');
    expect(shown).toContain('answer: "yes"');
  });

  test.each([
    ["Ctrl-D", "\\x04"],
    ["Ctrl-C", "\\x03"],
  ])("%s is no answer, and an end", (_key, typed) => {
    expect(inTerminal(runtime, typed)).toContain("no answer: ABORTED");
  });

  test("without a terminal nobody is asked", () => {
    const answer = spawnSync(runtime, [program], { encoding: "utf8", env, input: "yes\n" });
    expect(answer.stderr).toBe('{"interactive":false,"draws":false,"columns":80,"colour":false}\n');
    expect(answer.stdout).toBe("no answer: INPUT_NEEDED\n");
  });

  test("a reader that goes away is no failure", () => {
    const answer = spawnSync("sh", ["-c", `${runtime} ${program} 2>/dev/null | true; echo end`], {
      encoding: "utf8",
      env,
    });
    expect(answer.stdout).toBe("end\n");
    expect(answer.stderr).toBe("");
  });
});

test("colour follows the terminal, NO_COLOR and the stronger FORCE_COLOR", () => {
  expect(wantsColour({}, true)).toBe(true);
  expect(wantsColour({}, false)).toBe(false);
  expect(wantsColour({ TERM: "dumb" }, true)).toBe(false);
  expect(wantsColour({ NO_COLOR: "1" }, true)).toBe(false);
  expect(wantsColour({ NO_COLOR: "" }, true)).toBe(true);
  expect(wantsColour({ FORCE_COLOR: "1" }, false)).toBe(true);
  expect(wantsColour({ FORCE_COLOR: "1", NO_COLOR: "1", TERM: "dumb" }, false)).toBe(true);
  expect(wantsColour({ FORCE_COLOR: "0" }, true)).toBe(false);
});
