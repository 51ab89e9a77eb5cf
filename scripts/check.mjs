// Runs every check in order, keeps going after a failure, and adds the counts up. `check.mjs NAME…` runs only those.
// `check.mjs --windows` runs the suite under wine, which is no part of the others: it needs some hundred megabytes.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { failureLines, fromJunit, slowestLine } from "./outcome.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bin = (name) => join(root, "node_modules", ".bin", name);
const scratch = mkdtempSync(join(tmpdir(), "venvoy-check-"));
// What a killed test leaves behind lies here too, and goes with the rest. Some tests run programs as another user.
chmodSync(scratch, 0o755);
process.env.TMPDIR = scratch;
const total = { passed: 0, failed: 0, skipped: 0 };

function run(program, args, env = {}) {
  return (
    spawnSync(program, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...env } })
      .status ?? 1
  );
}

const nothing = () => ({ passed: 0, failed: 0, skipped: 0, failures: [], files: [] });

function one(program, args) {
  return () => {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1 << 28,
    });
    process.stdout.write(`${stdout}${stderr}`);
    if (status === 0) return { ...nothing(), passed: 1 };
    const file = [basename(program), ...args.map((arg) => basename(arg))].join(" ");
    return { ...nothing(), failed: 1, failures: [{ file, name: "", message: `${stdout}${stderr}` }] };
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
  return () => {
    const report = join(scratch, `${config}.json`);
    const reporters = ["--reporter=default", `--reporter=${join(root, "scripts", "vitest-outcome.mjs")}`];
    const status = run(bin("vitest"), ["run", "--config", config, ...reporters], { CHECK_OUTCOME: report });
    return judged(status, () => JSON.parse(readFileSync(report, "utf8")), maySkip);
  };
}

function bunTests() {
  const report = join(scratch, "bun.xml");
  const status = run(process.execPath, ["scripts/test-bun.mjs", `--reporter=junit`, `--reporter-outfile=${report}`]);
  return judged(status, () => fromJunit(readFileSync(report, "utf8")));
}

const steps = {
  types: one(bin("tsc"), ["--noEmit"]),
  lint: one(bin("biome"), ["check", "."]),
  build: one(process.execPath, ["scripts/build.mjs", "npm"]),
  generated: one(bin("bun"), ["scripts/generate.mjs", "--check"]),
  tests: vitest("vitest.config.ts"),
  "tests on Bun": bunTests,
  "end to end": vitest("vitest.e2e.config.ts"),
};

const apart = { "--windows": vitest("vitest.windows.config.ts", { maySkip: true }) };

const wanted = process.argv.slice(2);
if (wanted.length === 1 && wanted[0] in apart) {
  for (const name of Object.keys(steps)) delete steps[name];
  steps[wanted[0]] = apart[wanted[0]];
}
for (const name of wanted)
  if (!(name in steps)) throw new Error(`no check is named ${name}; there are: ${Object.keys(steps).join(", ")}`);
const failedSteps = [];
const failures = [];
const slowest = [];
for (const [name, step] of Object.entries(steps)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n== ${name}\n`);
  const startedMs = Date.now();
  const counts = step();
  for (const key of Object.keys(total)) total[key] += counts[key];
  if (counts.failed > 0) failedSteps.push(name);
  failures.push(...counts.failures.map((failure) => ({ suite: name, ...failure })));
  if (counts.files.length > 0) slowest.push(`  ${name}: ${slowestLine(counts.files)}`);
  process.stdout.write(
    `-- ${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${((Date.now() - startedMs) / 1000).toFixed(1)} s\n`,
  );
}
spawnSync("chmod", ["-R", "u+rwX", scratch]);
rmSync(scratch, { recursive: true, force: true });
if (slowest.length > 0) process.stdout.write(`\nslowest files, in seconds\n${slowest.join("\n")}\n`);
// Last, because a log that is cut keeps its end.
if (failures.length > 0) process.stdout.write(`\nfailed tests\n${failureLines(failures).join("\n")}\n`);
if (failedSteps.length > 0) process.stdout.write(`\nfailed: ${failedSteps.join(", ")}\n`);
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
