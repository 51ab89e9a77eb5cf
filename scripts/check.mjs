// Runs every check in order, keeps going after a failure, and adds the counts up. `check.mjs NAME…` runs only those.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

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

function one(program, args) {
  return () => (run(program, args) === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 });
}

/** A suite that never ran, or that saw no test, has failed. */
function vitest(config) {
  return () => {
    const report = join(scratch, `${config}.json`);
    const status = run(bin("vitest"), [
      "run",
      "--config",
      config,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ]);
    try {
      const result = JSON.parse(readFileSync(report, "utf8"));
      const passed = result.numPassedTests;
      const failed = result.numFailedTests + (status !== 0 && result.numFailedTests === 0 ? 1 : 0);
      return {
        passed,
        failed: passed === 0 ? Math.max(failed, 1) : failed,
        skipped: result.numPendingTests + (result.numTodoTests ?? 0),
      };
    } catch {
      return { passed: 0, failed: 1, skipped: 0 };
    }
  };
}

function bunTests() {
  const report = join(scratch, "bun.xml");
  const status = run(process.execPath, ["scripts/test-bun.mjs", `--reporter=junit`, `--reporter-outfile=${report}`]);
  try {
    const head = /<testsuites[^>]*>/.exec(readFileSync(report, "utf8"))?.[0] ?? "";
    const count = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
    const failed = count("failures") + (status !== 0 && count("failures") === 0 ? 1 : 0);
    return {
      passed: count("tests") - count("failures") - count("skipped"),
      failed: count("tests") === 0 ? 1 : failed,
      skipped: count("skipped"),
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
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

const wanted = process.argv.slice(2);
for (const name of wanted)
  if (!(name in steps)) throw new Error(`no check is named ${name}; there are: ${Object.keys(steps).join(", ")}`);
const failedSteps = [];
for (const [name, step] of Object.entries(steps)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n== ${name}\n`);
  const startedMs = Date.now();
  const counts = step();
  for (const key of Object.keys(total)) total[key] += counts[key];
  if (counts.failed > 0) failedSteps.push(name);
  process.stdout.write(
    `-- ${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${((Date.now() - startedMs) / 1000).toFixed(1)} s\n`,
  );
}
spawnSync("chmod", ["-R", "u+rwX", scratch]);
rmSync(scratch, { recursive: true, force: true });
if (failedSteps.length > 0) process.stdout.write(`\nfailed: ${failedSteps.join(", ")}\n`);
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
