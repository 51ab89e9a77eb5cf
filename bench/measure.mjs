import { execFileSync, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { python } from "./places.mjs";

const helper = join(dirname(fileURLToPath(import.meta.url)), "measure.py");

/** Seconds of wall clock and bytes of peak memory of one command; a command that fails ends the run. */
export function measure(argv, { env, cwd } = {}) {
  const result = spawnSync(python, ["-I", helper, ...argv], { env, cwd, encoding: "utf8", maxBuffer: 1 << 26 });
  const line = result.stdout.trim().split("\n").at(-1) ?? "";
  const figure = JSON.parse(line);
  if (figure.exit !== 0) throw new Error(`${argv.join(" ")} ended with ${figure.exit}\n${result.stderr}`);
  return figure;
}

/** Waits until no background process of `program` is left. */
export function settle(program) {
  const isBusy = () => execFileSync("ps", ["-A", "-o", "args="], { encoding: "utf8" }).includes(`${program} internal `);
  while (isBusy()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
}

/** Several commands as one figure: times add up, the peak is the largest. */
export function sequence(...figures) {
  return { wall: figures.reduce((sum, one) => sum + one.wall, 0), peak: Math.max(...figures.map((one) => one.peak)) };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
