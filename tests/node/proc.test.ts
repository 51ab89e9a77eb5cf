import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { nodeProc } from "../../src/node/index.ts";
import { tempDir } from "../kit/temp.ts";

const proc = nodeProc();
const env = { PATH: "/usr/bin:/bin" };

test("a run that takes too long is ended, and what it said is kept", async () => {
  // On a machine that is busy it may be ended before it could say anything.
  for (let [timeoutMs, said] = [250, ""]; said === ""; timeoutMs *= 2) {
    const result = await proc.run({ argv: ["sh", "-c", "echo before; exec sleep 600"], env, timeoutMs });
    expect(result).toMatchObject({ exit: undefined, timedOut: true });
    expect(result.killedBy).toMatch(/^SIG(TERM|KILL)$/);
    said = new TextDecoder().decode(result.stdout);
    expect(["", "before\n"]).toContain(said);
  }
});

test("a run that is called off is ended", async () => {
  const controller = new AbortController();
  const running = proc.run({ argv: ["sleep", "600"], env, signal: controller.signal });
  setImmediate(() => controller.abort(new Error("called off")));
  await expect(running).rejects.toThrow("called off");
});

test("much output on both sides, and input that nobody reads, stop nothing", async () => {
  const script = "yes out | head -c 3000000; yes err | head -c 3000000 >&2";
  const input = new Uint8Array(1 << 20);
  const { exit, stdout, stderr } = await proc.run({ argv: ["sh", "-c", script], env, input });
  expect([exit, stdout.byteLength, stderr.byteLength]).toEqual([0, 3_000_000, 3_000_000]);
});

test("a detached program runs on with low priority and no terminal", async () => {
  const directory = tempDir("detached");
  const answer = join(directory, "answer");
  spawnSync("mkfifo", [answer]);
  const script = `echo "$(ps -o nice=,tty= -p $$ | tr -s ' ') $(pwd)" > answer`;
  proc.startDetached({ argv: ["sh", "-c", script], env, cwd: absPath(directory) });
  // Reading a pipe waits for its writer.
  expect((await readFile(answer, "utf8")).trim()).toMatch(new RegExp(`^\\d+ \\? ${directory}$`));
});
