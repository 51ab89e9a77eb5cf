import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const here = dirname(fileURLToPath(import.meta.url));

interface Result {
  readonly name: string;
  readonly outcome: "passed" | "skipped" | "failed";
  readonly reason?: string;
}

/** Every Python 3 from 3.7 on, as pyenv keeps them: hosts are older than what environments are made for. */
function pythonOf(minor: string): string | undefined {
  const versions = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const names = existsSync(versions) ? readdirSync(versions) : [];
  const name = names.find((one) => one.startsWith(`${minor}.`) && /^[0-9.]+$/.test(one));
  return name === undefined ? undefined : join(versions, name, "bin", `python${minor}`);
}

for (const minor of ["3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]) {
  const python = pythonOf(minor);
  if (python === undefined) {
    test.skipIf(true)(`the rules of the guard in Python ${minor}, which is not on this machine`, () => {});
    continue;
  }
  test(`the rules of the guard in Python ${minor}`, async () => {
    const root = mkdtempSync(join(tmpdir(), "venvoy-guard-"));
    try {
      const env = { PATH: process.env["PATH"], HOME: root, GUARD_ROOT: root, PYTHONDONTWRITEBYTECODE: "1" };
      const { stdout } = await promisify(execFile)(python, [join(here, "scenarios.py")], { env });
      const results = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Result);
      expect(results.length).toBeGreaterThan(60);
      expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
      for (const { name, reason } of results.filter(({ outcome }) => outcome === "skipped"))
        process.stderr.write(`skipped with Python ${minor}: ${name}: ${reason}\n`);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
}

const newest = ["3.13", "3.12", "3.11"].map(pythonOf).find((python) => python !== undefined);

test.skipIf(newest === undefined)(
  "never a mixed state: random packages, scripts and order",
  { timeout: 300_000 },
  async () => {
    if (newest === undefined) return;
    const root = mkdtempSync(join(tmpdir(), "venvoy-guard-"));
    const seed = Number(process.env["GUARD_SEED"] ?? Math.floor(Math.random() * 1e9));
    try {
      const env = { PATH: process.env["PATH"], HOME: root, GUARD_ROOT: root, PYTHONDONTWRITEBYTECODE: "1" };
      const { stdout } = await promisify(execFile)(newest, [join(here, "random_sets.py"), String(seed), "25"], { env });
      const lines = stdout.trim().split("\n");
      expect(lines.slice(0, -1), `GUARD_SEED=${seed}`).toEqual([]);
      const { total } = JSON.parse(lines.at(-1) ?? "{}");
      expect(total.seen).toBeGreaterThan(50);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
);
