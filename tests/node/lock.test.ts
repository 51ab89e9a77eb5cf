import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { nodeFs } from "../../src/node/index.ts";
import { bundleProgram, bunProgram, nodeProgram } from "../kit/runtimes.ts";
import { tempDir } from "../kit/temp.ts";

const fs = nodeFs();

/** Runs `workers` processes of both runtimes that count under one lock; `onHeld` sees every worker that got it. */
async function countTogether(options: {
  readonly directory: string;
  readonly workers: number;
  readonly rounds: number;
  readonly onHeld?: (worker: ChildProcess, killed: number) => void;
  /** So many are killed before the work may end. */
  readonly leastKilled?: number;
}): Promise<{ readonly killed: number; readonly values: number[] }> {
  const { directory, workers, rounds, onHeld, leastKilled = 0 } = options;
  writeFileSync(`${directory}/counter`, "0");
  writeFileSync(`${directory}/log`, "");
  const program = bundleProgram("tests/node/programs/count-under-lock.ts", directory);
  let killed = 0;
  const work = async (runtime: string): Promise<void> => {
    for (;;) {
      const worker = spawn(runtime, [program, directory, String(rounds)], { stdio: ["ignore", "pipe", "inherit"] });
      worker.stdout.on("data", () => onHeld?.(worker, killed));
      const signal = await new Promise((resolve, reject) => {
        worker.once("error", reject);
        worker.once("exit", (exit, by) =>
          exit === 0 || by !== null ? resolve(by) : reject(new Error(`exit ${exit}`)),
        );
      });
      if (signal !== null) killed++;
      else if (killed >= leastKilled) return;
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, index) => work(index % 2 === 0 ? nodeProgram : bunProgram)));
  const values = readFileSync(`${directory}/log`, "utf8").trim().split("\n").map(Number);
  return { killed, values };
}

function expectNoValueTwice(values: readonly number[]): void {
  for (const [index, value] of values.entries()) {
    if (index > 0) expect(value).toBeGreaterThan(values[index - 1] ?? 0);
  }
}

test("eight processes of both runtimes never hold the lock together", async () => {
  const directory = tempDir("lock");
  const { values } = await countTogether({ directory, workers: 8, rounds: 25 });
  expect(values).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  expect(readdirSync(directory).filter((name) => name.startsWith("lock"))).toEqual([]);
});

test("holders killed at any instant are replaced by exactly one other", async () => {
  const directory = tempDir("lock");
  const { killed, values } = await countTogether({
    directory,
    workers: 8,
    rounds: 10,
    leastKilled: 6,
    onHeld: (worker, killed) => {
      if (killed < 20 && Math.random() < 0.25) worker.kill("SIGKILL");
    },
  });
  expect(killed).toBeGreaterThan(5);
  expect(values.length).toBeGreaterThanOrEqual(8 * 10);
  expectNoValueTwice(values);
  // A kill between counting and noting leaves a gap, never more than one for each.
  expect(values.at(-1)).toBeLessThanOrEqual(values.length + killed);
  expect(readdirSync(directory).filter((name) => name.startsWith("lock"))).toEqual([]);
});

/** A lock file as another process would have left it. */
function leaveLock(path: string, record: Readonly<Record<string, unknown>>): void {
  const blank = { host: hostname(), space: "", pid: 1, started: "", nonce: "abcdefgh12345678", purpose: "left behind" };
  symlinkSync(JSON.stringify({ ...blank, ...record }), path);
}

/** What this process writes about itself. */
async function ownRecord(directory: string): Promise<{ readonly space: string; readonly started: string }> {
  await using lock = await fs.lock(absPath(`${directory}/own`), { purpose: "look" });
  return JSON.parse(await fs.readLink(lock.path));
}

async function isTaken(path: string): Promise<boolean> {
  const waiting = new AbortController();
  const lock = fs.lock(absPath(path), { purpose: "try", signal: waiting.signal, onWait: () => waiting.abort() });
  return lock.then(
    async (held) => {
      await held[Symbol.asyncDispose]();
      return false;
    },
    () => true,
  );
}

test("a process with a dead holder's number is not taken for it", async () => {
  const directory = tempDir("lock");
  const { space } = await ownRecord(directory);
  leaveLock(`${directory}/a`, { space, pid: process.pid, started: "1" });
  expect(await isTaken(`${directory}/a`)).toBe(false);
});

test("the holder itself, and anybody who lives, is waited for", async () => {
  const directory = tempDir("lock");
  const { space, started } = await ownRecord(directory);
  leaveLock(`${directory}/a`, { space, pid: process.pid, started });
  expect(await isTaken(`${directory}/a`)).toBe(true);
});

test("another host is trusted while its heart beats, and given up when it was still for long", async () => {
  const directory = tempDir("lock");
  leaveLock(`${directory}/fresh`, { host: "elsewhere", space: "x" });
  expect(await isTaken(`${directory}/fresh`)).toBe(true);
  leaveLock(`${directory}/old`, { host: "elsewhere", space: "x" });
  const { lutimesSync } = await import("node:fs");
  lutimesSync(`${directory}/old`, 1_000_000_000, 1_000_000_000);
  expect(await isTaken(`${directory}/old`)).toBe(false);
});

test("what this machine left before its last start is taken over", async () => {
  const directory = tempDir("lock");
  const { lutimesSync } = await import("node:fs");
  leaveLock(`${directory}/a`, { space: "an earlier boot" });
  const twoMinutesAgo = Date.now() / 1000 - 120;
  lutimesSync(`${directory}/a`, twoMinutesAgo, twoMinutesAgo);
  expect(await isTaken(`${directory}/a`)).toBe(false);
});

test("a taker that died after its claim is overtaken, and its litter removed", async () => {
  const directory = tempDir("lock");
  const { space } = await ownRecord(directory);
  leaveLock(`${directory}/a`, { space, pid: process.pid, started: "1", nonce: "aaaaaaaaaaaaaaaa" });
  leaveLock(`${directory}/a.aaaaaaaaaaaaaaaa`, { space, pid: process.pid, started: "2", nonce: "bbbbbbbbbbbbbbbb" });
  leaveLock(`${directory}/a.bbbbbbbbbbbbbbbb`, { space, pid: process.pid, started: "3", nonce: "cccccccccccccccc" });
  leaveLock(`${directory}/a.dddddddddddddddd`, { space, pid: process.pid, started: "4", nonce: "eeeeeeeeeeeeeeee" });
  expect(await isTaken(`${directory}/a`)).toBe(false);
  expect(readdirSync(directory)).toEqual([]);
});

test("an ordinary file as a lock is read too, and a half-written one is waited for", async () => {
  const directory = tempDir("lock");
  const { space } = await ownRecord(directory);
  const record = { host: hostname(), space, pid: process.pid, started: "1", nonce: "aaaaaaaaaaaaaaaa", purpose: "" };
  writeFileSync(`${directory}/whole`, JSON.stringify(record));
  expect(await isTaken(`${directory}/whole`)).toBe(false);
  writeFileSync(`${directory}/half`, '{"host":"x');
  const waiting = new AbortController();
  const lock = fs.lock(absPath(`${directory}/half`), { purpose: "try", signal: waiting.signal });
  queueMicrotask(() => waiting.abort(new Error("still waiting")));
  await expect(lock).rejects.toThrow("still waiting");
});
