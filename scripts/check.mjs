// Runs every check, keeps going after a failure, and adds the counts up. `check.mjs NAME…` runs only those.
// `check.mjs --windows` runs the suite under wine, which is no part of the others: it needs some hundred megabytes.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inTurn } from "./in-turn.mjs";
import { failureLines, fromJunit, slowestLine } from "./outcome.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bin = (name) => join(root, "node_modules", ".bin", name);
const scratch = mkdtempSync(join(tmpdir(), "venvoy-check-"));
// What a killed test leaves behind lies here too, and goes with the rest. Some tests run programs as another user.
chmodSync(scratch, 0o755);
process.env.TMPDIR = scratch;
const total = { passed: 0, failed: 0, skipped: 0 };

/** Answers with the status and with all that it said, which `say` heard meanwhile. */
function run(say, program, args, env = {}) {
  return new Promise((settle) => {
    let said = "";
    const heard = (piece) => {
      said += piece;
      say(piece);
    };
    const stdio = ["ignore", "pipe", "pipe"];
    const child = spawn(program, args, { cwd: root, stdio, env: { ...process.env, ...env } });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", heard);
    child.on("error", (error) => heard(`${error}\n`));
    child.on("close", (status) => settle({ status: status ?? 1, said }));
  });
}

const nothing = () => ({ passed: 0, failed: 0, skipped: 0, failures: [], files: [] });

function one(program, args) {
  return async (say) => {
    const { status, said } = await run(say, program, args);
    if (status === 0) return { ...nothing(), passed: 1 };
    const file = [basename(program), ...args.map((arg) => basename(arg))].join(" ");
    return { ...nothing(), failed: 1, failures: [{ file, name: "", message: said }] };
  };
}

/** A suite that never ran, that saw no test, or whose program failed with every test passed, has failed. */
function judged(status, read, maySkip = false) {
  let outcome = nothing();
  try {
    outcome = read();
  } catch {
    // No report: the program ended before it wrote one.
  }
  if (outcome.failed > 0 || (status === 0 && (outcome.passed > 0 || (maySkip && outcome.skipped > 0)))) {
    return outcome;
  }
  const message = `the program ended with status ${status} after ${outcome.passed} passed tests; its own words are above`;
  return { ...outcome, failed: 1, failures: [{ file: "(the whole suite)", name: "", message }] };
}

/** `maySkip`: what the whole suite runs on may be missing. */
function vitest(config, { maySkip = false } = {}) {
  return async (say) => {
    const report = join(scratch, `${config}.json`);
    const reporters = ["--reporter=default", `--reporter=${join(root, "scripts", "vitest-outcome.mjs")}`];
    const words = ["run", "--config", config, ...reporters];
    const { status } = await run(say, bin("vitest"), words, { CHECK_OUTCOME: report });
    return judged(status, () => JSON.parse(readFileSync(report, "utf8")), maySkip);
  };
}

async function bunTests(say) {
  const report = join(scratch, "bun.xml");
  const words = ["scripts/test-bun.mjs", `--reporter=junit`, `--reporter-outfile=${report}`];
  const { status } = await run(say, process.execPath, words);
  return judged(status, () => fromJunit(readFileSync(report, "utf8")));
}

const steps = {
  build: one(process.execPath, ["scripts/build.mjs", "npm"]),
  tests: vitest("vitest.config.ts"),
  types: one(bin("tsc"), ["--noEmit"]),
  lint: one(bin("biome"), ["check", "."]),
  generated: one(bin("bun"), ["scripts/generate.mjs", "--check"]),
  "tests on Bun": bunTests,
  "end to end": vitest("vitest.e2e.config.ts"),
};
/**
 * Rows of steps that run beside each other, once the first step is done: what is built is used by both. Tests end to end
 * wait for the registry half of their time, in which the others compute.
 */
const rows = [["tests"], ["types", "lint", "generated", "tests on Bun", "end to end"]];

const apart = { "--windows": vitest("vitest.windows.config.ts", { maySkip: true }) };

const wanted = process.argv.slice(2);
if (wanted.length === 1 && wanted[0] in apart) {
  for (const name of Object.keys(steps)) delete steps[name];
  steps[wanted[0]] = apart[wanted[0]];
}
for (const name of wanted)
  if (!(name in steps)) throw new Error(`no check is named ${name}; there are: ${Object.keys(steps).join(", ")}`);
const chosen = Object.keys(steps).filter((name) => wanted.length === 0 || wanted.includes(name));
const failedSteps = [];
const failures = [];
const slowest = [];
// Each tells its story whole, in the order of the steps, however they overlap.
const stories = inTurn(chosen, (text) => process.stdout.write(text));

async function take(name) {
  const story = stories.get(name);
  story.say(`\n== ${name}\n`);
  const startedMs = Date.now();
  const counts = await steps[name]((text) => story.say(text));
  for (const key of Object.keys(total)) total[key] += counts[key];
  if (counts.failed > 0) failedSteps.push(name);
  failures.push(...counts.failures.map((failure) => ({ suite: name, ...failure })));
  if (counts.files.length > 0) slowest.push(`  ${name}: ${slowestLine(counts.files)}`);
  story.say(
    `-- ${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${((Date.now() - startedMs) / 1000).toFixed(1)} s\n`,
  );
  story.end();
}

const inRows = new Set(rows.flat());
for (const name of chosen.filter((step) => !inRows.has(step))) await take(name);
await Promise.all(
  rows.map(async (row) => {
    for (const name of row.filter((step) => chosen.includes(step))) await take(name);
  }),
);
spawnSync("chmod", ["-R", "u+rwX", scratch]);
rmSync(scratch, { recursive: true, force: true });
if (slowest.length > 0) process.stdout.write(`\nslowest files, in seconds\n${slowest.join("\n")}\n`);
// Last, because a log that is cut keeps its end.
if (failures.length > 0) process.stdout.write(`\nfailed tests\n${failureLines(failures).join("\n")}\n`);
if (failedSteps.length > 0) process.stdout.write(`\nfailed: ${failedSteps.join(", ")}\n`);
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
