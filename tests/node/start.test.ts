import { spawn, spawnSync } from "node:child_process";
import { chmodSync, closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleProgram, bunProgram, nodeProgram } from "../kit/runtimes.ts";
import { tempDir } from "../kit/temp.ts";

let directory = "";
let program = "";
let extra = -1;
beforeAll(() => {
  directory = tempDir("start");
  program = bundleProgram("tests/node/programs/start.ts", directory);
  writeFileSync(join(directory, "handed-over"), "from a descriptor");
  extra = openSync(join(directory, "handed-over"), "r");
});
afterAll(() => closeSync(extra));

/** Runs the starter with `argv`; descriptor 3 is an open file, as a shell hands one over. */
function start(runtime: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const answer = spawnSync(runtime, [program, ...argv], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", ...env },
    input: "typed\n",
    stdio: ["pipe", "pipe", "pipe", extra],
  });
  const [first = "", ...lines] = answer.stdout.split("\n");
  return { pid: first.replace("pid ", ""), lines, status: answer.status, stderr: answer.stderr };
}

const shell = (script: string, ...args: string[]): string[] => ["sh", "-c", script, "sh", ...args];

describe.each([
  ["Node", nodeProgram],
  ["Bun", bunProgram],
])("start on %s", (_name, runtime) => {
  test("the program has our streams, arguments and exit status", () => {
    const { lines, status, stderr } = start(runtime, shell('read line; echo "$line $1"; echo oops >&2; exit 7', "a b"));
    expect(lines).toEqual(["typed a b", ""]);
    expect(stderr).toBe("oops\n");
    expect(status).toBe(7);
  });

  test("a program that a signal ends is told as shells do", () => {
    const { status } = start(runtime, [
      "sh",
      "-c",
      `${JSON.stringify(runtime)} ${program} sh -c 'kill -TERM $$'; exit $?`,
    ]);
    expect(status).toBe(143);
  });

  test("it starts in the directory that is asked for", () => {
    expect(start(runtime, ["pwd"], { START_IN: directory }).lines[0]).toBe(directory);
  });

  test("what can't be started comes back as an error, in the directory where we were", () => {
    const refused = join(directory, "refused");
    writeFileSync(refused, "#!/bin/sh\n");
    chmodSync(refused, 0o644);
    const here = process.cwd();
    expect(start(runtime, ["no-such-program"]).lines[0]).toBe(`can't start: ENOENT in ${here}`);
    expect(start(runtime, ["/no/such/program"], { START_IN: directory }).lines[0]).toBe(
      `can't start: ENOENT in ${here}`,
    );
    expect(start(runtime, [refused]).lines[0]).toBe(`can't start: EACCES in ${here}`);
    expect(start(runtime, [directory]).lines[0]).toBe(`can't start: EACCES in ${here}`);
  });

  test("SIGTERM reaches the program, which decides", async () => {
    const child = spawn(runtime, [
      program,
      ...shell("trap 'echo got it; exit 5' TERM; echo ready; while :; do sleep 0.01; done"),
    ]);
    let output = "";
    child.stdout.on("data", (piece) => {
      output += piece;
      if (String(piece).includes("ready")) child.kill("SIGTERM");
    });
    const status = await new Promise((resolve) => child.once("close", resolve));
    expect(output).toMatch(/^pid \d+\nready\ngot it\n$/);
    expect(status).toBe(5);
  });
});

test("on Bun the program takes the place of the process, with signals as we got them and no descriptor of ours", () => {
  const script = 'echo $$; grep -E "SigIgn|SigBlk" /proc/self/status; ls -l /proc/self/fd | grep -v /proc/; cat <&3';
  const { pid, lines } = start(bunProgram, shell(script));
  expect(lines[0]).toBe(pid);
  expect(lines.slice(1, 3).map((line) => line.replace(/\s+/g, " "))).toEqual([
    "SigBlk: 0000000000000000",
    "SigIgn: 0000000000000000",
  ]);
  expect(lines.filter((line) => line.includes("anon_inode") || line.includes("socket:[")).length).toBeLessThanOrEqual(
    3,
  );
  expect(lines.filter((line) => line.includes("anon_inode"))).toEqual([]);
  expect(lines.at(-1)).toBe("from a descriptor");
});

test("on Bun a signal that was ignored before us stays ignored", () => {
  const starter = `trap '' HUP; exec ${JSON.stringify(bunProgram)} ${program} grep SigIgn /proc/self/status`;
  const answer = spawnSync("sh", ["-c", starter], { encoding: "utf8" });
  expect(answer.stdout.split("\n")[1]?.replace(/\s+/g, " ")).toBe("SigIgn: 0000000000000001");
});

test("on Bun a text without a first line that names its program is refused; Node has the shell read it", () => {
  const text = join(directory, "text");
  writeFileSync(text, "exit 9\n", { mode: 0o755 });
  expect(start(bunProgram, [text])).toMatchObject({
    status: 125,
    lines: [`can't start: ENOEXEC in ${process.cwd()}`, ""],
  });
  expect(start(nodeProgram, [text]).status).toBe(9);
});

test.each([
  ["Node", nodeProgram],
  ["Bun", bunProgram],
])("Ctrl-C reaches the program once, and it decides (%s)", (_name, runtime) => {
  const python = [
    "import sys, time",
    "def ask():",
    "    try: print('Go on? ', end='', flush=True); time.sleep(200)",
    "    except KeyboardInterrupt: return 1",
    "    return 0",
    "times = ask()",
    "try: time.sleep(0.05)",
    "except KeyboardInterrupt: times += 1",
    "print('interrupted', times); sys.exit(4)",
  ].join("\n");
  const wrapper = join(import.meta.dirname, "programs", "in-a-terminal.py");
  const shown = spawnSync("python3", [wrapper, "\\x03", runtime, program, "python3", "-c", python], {
    encoding: "utf8",
  });
  expect(shown.stdout + shown.stderr).toContain("interrupted 1");
});
