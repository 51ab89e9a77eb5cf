/** The built package, as a program that embeds it sees it: the example runs, and the types hold for a consumer. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type Person, person, repository } from "../kit/binary.ts";

beforeAll(() => {
  execFileSync("sh", [join(repository, "scripts/setup.sh"), "library"], { stdio: "ignore" });
});

/** A project of a person's own in which `venvoy` is installed. */
function project(owner: Person): string {
  const directory = join(owner.home, "project");
  mkdirSync(join(directory, "node_modules"), { recursive: true });
  symlinkSync(repository, join(directory, "node_modules", "venvoy"));
  writeFileSync(join(directory, "package.json"), '{"type": "module"}\n');
  return directory;
}

test("the example program makes an environment, runs Python in it, and ends by itself", async () => {
  using ann = person();
  const cwd = project(ann);
  copyFileSync(join(repository, "examples/embed.mjs"), join(cwd, "embed.mjs"));
  const env = { EMBED_HOME: join(ann.home, "library") };
  const first = await ann.run(process.execPath, ["embed.mjs", "idna"], { cwd, env });
  expect(first.exit).toBe(0);
  expect(first.out).toMatch(/^idna: - -> (\S+)\nidna \1\n$/);
  expect(first.err).toContain("resolve packages\n");
  const second = await ann.run(process.execPath, ["embed.mjs", "attrs"], { cwd, env });
  expect(second.out).toMatch(/^attrs: - -> (\S+)\nattrs \1\n$/);
  const refused = await ann.run(process.execPath, ["embed.mjs", "reqeusts"], { cwd, env });
  expect(refused).toMatchObject({ exit: 1, out: "" });
  expect(refused.err).toMatch(/^PACKAGE_UNKNOWN: /m);
});

const consumer = `
import { type ChangeReport, createVenvoy, errorCodes, type Event, isVenvoyError, type Venvoy } from "venvoy";
const emit = (event: Event): void => { if (event.type === "op:start") event.label.trim(); };
const venvoy: Venvoy = createVenvoy({ offline: true, reporter: { nextOp: () => 1, emit } });
const report: ChangeReport = await venvoy.create({ name: "x", requirements: ["idna"], dryRun: true });
const plan = await venvoy.run({ target: { kind: "file", path: "a.py" } });
export const argv: readonly [string, ...string[]] = plan.argv;
export const names: readonly string[] = report.changes.map((change) => change.name);
try {
  await venvoy.add({ requirements: [] });
} catch (error) {
  if (isVenvoyError(error, "ENV_UNKNOWN")) errorCodes[error.code].meaning.trim();
}
// @ts-expect-error a name is a text
await venvoy.show({ name: 3 });
`;

test("the types hold for a strict consumer that checks libraries, too", async () => {
  using ann = person();
  const cwd = project(ann);
  writeFileSync(join(cwd, "use.ts"), consumer);
  const compilerOptions = {
    strict: true,
    module: "NodeNext",
    target: "ES2022",
    lib: ["ES2022", "ESNext.Disposable", "DOM"],
    noEmit: true,
    types: [],
  };
  writeFileSync(join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  expect(await ann.run(process.execPath, [tsc, "-p", cwd], { cwd })).toMatchObject({ exit: 0, out: "" });
});
