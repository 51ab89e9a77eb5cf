/**
 * Real sets of packages, made into environments from the registry as it was on the recorded day: the versions that were
 * asked for agree with the record, everything imports, and pip, Jupyter and editors find an ordinary environment.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { person, repository } from "../kit/binary.ts";

interface RecordedLock {
  readonly id: string;
  readonly input_file: string;
  readonly packages: readonly { readonly name: string; readonly version: string; readonly via: readonly string[] }[];
}

const data = join(repository, "..", "shared", "data");
const recordedDay = "2026-10-01";

/** Which modules of a set prove that it works; the rest is imported by them. */
const sets = {
  black: ["black", "click", "pathspec"],
  boto3: ["boto3", "botocore", "s3transfer"],
  trio: ["sphinx", "attr", "outcome", "OpenSSL", "immutables", "towncrier"],
  jupyter: ["notebook", "jupyterlab", "nbconvert", "ipykernel", "jupyter_console"],
} as const;

function recorded(set: string): RecordedLock {
  const { cases } = JSON.parse(readFileSync(join(data, "resolve", "locks.json"), "utf8")) as { cases: RecordedLock[] };
  const found = cases.find((one) => one.id === `${set}.py311.nobuild`);
  if (found === undefined) throw new Error(`no record of ${set}`);
  return found;
}

for (const [set, modules] of Object.entries(sets)) {
  test(`${set}: recorded versions, imports, pip, discovery`, async ({ skip }) => {
    if (!existsSync(join(data, "resolve", "locks.json"))) skip("../shared/data is not here");
    using ann = person();
    const lock = recorded(set);
    const words = [
      "create",
      set,
      "--python",
      "3.11",
      "-f",
      join(data, lock.input_file),
      "--exclude-newer",
      recordedDay,
      "--json",
    ];
    const made = await ann.venvoy(...words);
    expect(made).toMatchObject({ exit: 0, err: "" });
    const at = JSON.parse(made.out).environment.path as string;
    const python = join(at, "bin", "python");
    const listed = await ann.run(python, ["-m", "pip", "list", "--format=json", "--disable-pip-version-check"]);
    const installed = new Map(
      (JSON.parse(listed.out) as { name: string; version: string }[]).map(({ name, version }) => [
        name.toLowerCase().replaceAll(/[-_.]+/g, "-"),
        version,
      ]),
    );
    for (const { name, version, via } of lock.packages) {
      if (via.some((one) => one.startsWith("-r "))) expect(`${name} ${installed.get(name)}`).toBe(`${name} ${version}`);
    }
    const imported = await ann.run(python, ["-W", "ignore", "-c", `import ${modules.join(", ")}; print("ok")`]);
    expect(imported).toMatchObject({ exit: 0, out: "ok\n" });
    expect((await ann.run(python, ["-m", "pip", "check"])).out).toContain("No broken requirements found");
    const config = readFileSync(join(at, "pyvenv.cfg"), "utf8");
    const home = /^home = (.+)$/m.exec(config)?.[1] ?? "";
    expect(existsSync(join(home, "python3.11"))).toBe(true);
    expect(config).toMatch(/^version(_info)? = 3\.11\./m);
    if (set === "jupyter") await checkJupyter(ann, at);
  });
}

/** A notebook is run for real, by the environment's own Jupyter. */
async function checkJupyter(ann: ReturnType<typeof person>, at: string): Promise<void> {
  const cell = {
    cell_type: "code",
    execution_count: null,
    id: "one",
    metadata: {},
    outputs: [],
    source: ["import sys\n", "print(6 * 7, sys.prefix)"],
  };
  const kernelspec = { name: "python3", display_name: "Python 3", language: "python" };
  writeFileSync(
    join(ann.home, "a.ipynb"),
    JSON.stringify({ cells: [cell], metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }),
  );
  const run = await ann.run(join(at, "bin", "jupyter"), [
    "nbconvert",
    "--to",
    "notebook",
    "--execute",
    "--output",
    "b.ipynb",
    "a.ipynb",
  ]);
  expect(run.exit).toBe(0);
  const text = readFileSync(join(ann.home, "b.ipynb"), "utf8");
  expect(text).toContain("42 ");
  expect((await ann.run(join(at, "bin", "jupyter"), ["--version"])).out).toContain("jupyterlab");
}
