// What a host sees of a session, measured inside the host: `first FILE` is the time from the click to the script's result in a
// session that is warm; `exchange` that of 100 MB from one process to another. Prints seconds and peak memory as JSON.
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { createVenvoy } from "../dist/npm/index.js";

const [what = "", home = "", cwd = "", file = ""] = process.argv.slice(2);
const venvoy = createVenvoy({ home, cwd });
const session = await venvoy.host.open({ cwd });
const peakOf = (pid) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;

async function first() {
  await session.prepare([file]);
  // A person clicks some time after the host has started.
  await wait(300);
  const begun = performance.now();
  const { exit } = await session.run(file);
  const wall = performance.now() - begun;
  if (exit !== 0) throw new Error(`${file} ended with ${exit}`);
  return wall;
}

async function exchange() {
  await session.call("gives:ready");
  await session.call("takes:ready");
  const begun = performance.now();
  const array = await session.call("gives:give");
  await session.call("takes:take", [array]);
  return performance.now() - begun;
}

const wall = await (what === "first" ? first() : exchange());
const peak = session.lanes().reduce((sum, { pid }) => sum + peakOf(pid), peakOf("self"));
await session.close();
process.stdout.write(`${JSON.stringify({ wall: wall / 1000, peak })}\n`);
