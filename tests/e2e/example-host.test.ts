/** `npm run example:host`, as it stands: three scripts, two versions of NumPy, two Pythons, one array. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { person, repository } from "../kit/binary.ts";
import { realPythons } from "../kit/real-pythons.ts";

beforeAll(() => {
  execFileSync("sh", [join(repository, "scripts/setup.sh"), "library"], { stdio: "ignore" });
});

const minors = realPythons().map(({ minor }) => Number(minor.split(".")[1]));

test.skipIf(!minors.some((minor) => minor < 11) || !minors.some((minor) => minor >= 11))(
  "the example host runs its scripts in one session and lets two of them look at the same array",
  async () => {
    using ann = person();
    const cwd = join(ann.home, "project");
    mkdirSync(join(cwd, "node_modules"), { recursive: true });
    symlinkSync(repository, join(cwd, "node_modules", "venvoy"));
    writeFileSync(join(cwd, "package.json"), '{"type": "module"}\n');
    cpSync(join(repository, "examples", "host"), cwd, { recursive: true });
    const said = await ann.run(process.execPath, ["main.mjs"], { cwd });
    expect([said.exit, said.err]).toEqual([0, ""]);
    expect(said.out).toMatch(/^old\.py: NumPy 1\.\S+, Python 3\.\d+\.\d+$/m);
    expect(said.out).toMatch(/^new\.py: NumPy 2\.\S+, Python 3\.\d+\.\d+$/m);
    expect(said.out).toMatch(/^report\.py: Python 3\.(8|9|10)\.\d+$/m);
    expect(said.out).toMatch(
      /new\.py looked at the points of old\.py with NumPy 2\.\S+: mean 0\.\d+,\n {2}100000000 bytes, .* not copied/,
    );
    const pids = new Set([...said.out.matchAll(/is process (\d+)/g)].map(([, pid]) => pid));
    expect(pids.size).toBe(3);
  },
);
