import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { person } from "../kit/binary.ts";

/** Uses the registry. */
function write(dir: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
}

test("two versions of numpy need two processes, and each script then runs with its own", {
  timeout: 600_000,
}, async () => {
  using someone = person();
  write(join(someone.home, "scripts"), {
    "fit.py": "# r: numpy==1.26.*\nimport numpy; print(numpy.__version__)\n",
    "mesh.py": "# r: numpy>=2\nimport numpy; print(numpy.__version__)\n",
    "old.py": "# r: pandas==2.1.4\nimport pandas\n",
  });
  const told = await someone.venvoy("check", "scripts");
  expect(told.exit).toBe(3);
  expect(told.out).toContain("scripts/fit.py line 1 asks for numpy==1.26.* → numpy 1.26.4\n");
  // pandas 2.1 says numpy<2 of itself.
  expect(told.out).toContain("scripts/old.py line 1 asks for pandas==2.1.4 → pandas 2.1.4 needs numpy");
  expect(told.out).toContain("✗ 3 scripts need 2 processes");
  const written = await someone.venvoy("check", "scripts", "--write", "--prepare");
  expect(written.out).toContain("# venv: mesh");
  expect((await someone.venvoy("run", "scripts/fit.py")).out).toBe("1.26.4\n");
  expect((await someone.venvoy("run", "scripts/mesh.py")).out).toMatch(/^2\./);
});

test("a dozen scripts are checked from the cache in well under a second", async () => {
  using someone = person();
  const asks = [
    "numpy<2",
    "numpy>=2",
    "pandas<2.1",
    "pandas>=2.2",
    "scipy",
    "requests",
    "attrs<23",
    "attrs>=23",
    "rich",
    "httpx",
    "jinja2",
    "pydantic",
  ];
  write(join(someone.home, "scripts"), Object.fromEntries(asks.map((ask, index) => [`s${index}.py`, `# r: ${ask}\n`])));
  await someone.venvoy("check", "scripts");
  const timed = await someone.run("bash", [
    "-c",
    `TIMEFORMAT='%U %S'; time "$0" check scripts --json > report.json`,
    join(import.meta.dirname, "../../dist/venvoy"),
  ]);
  expect(timed.exit).toBe(3);
  const [user = 9, system = 9] = timed.err.trim().split(/\s+/).slice(-2).map(Number);
  // Processor time, as the machine may be busy; and loose, as a busy machine's processors do less in it.
  expect(user + system).toBeLessThan(2);
});
