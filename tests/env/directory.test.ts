import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { tempDir } from "../kit/temp.ts";
import { anyPython, runIn, startPython, workbench } from "./workbench.ts";

async function project() {
  const home = tempDir("dir");
  const cwd = absPath(join(home, "project"));
  mkdirSync(cwd);
  const bench = workbench(home, cwd);
  const base = await bench.base(await anyPython(bench));
  const [one, two] = [await bench.artifact("demo", "1.0"), await bench.artifact("demo", "2.0")];
  return { bench, base, cwd, one, two };
}

test("an environment in a directory looks like one, changes in one step, and is known to the list", async () => {
  const { bench, base, cwd, one, two } = await project();
  const made = await bench.home.create("./env", bench.request(base, [one]));
  expect(made).toMatchObject({ kind: "directory", root: join(cwd, "env"), label: join(cwd, "env") });
  expect(readdirSync(made.root).sort()).toEqual([".gitignore", ".venvoy", "bin", "lib", "lib64", "pyvenv.cfg"]);
  expect(readlinkSync(join(made.root, "bin"))).toBe(".venvoy/current/bin");
  expect(readdirSync(cwd)).toEqual(["env"]);
  const python = bench.io.fs.path.join(made.root, "bin", "python");
  const demo = () => runIn(bench, python, ["-c", "import demo, sys; print(demo.__version__, sys.prefix)"]);
  expect(await demo()).toMatch(/^1\.0 /);
  expect(await runIn(bench, python, ["-m", "pip", "list"])).toContain("demo");
  await bench.home.using("./env", { purpose: "change" }, (held) => held.change(bench.request(base, [two])));
  expect(await demo()).toMatch(/^2\.0 /);
  expect((await bench.home.list()).map((item) => [item.label, item.version])).toEqual([[join(cwd, "env"), 2]]);
  expect((await bench.home.open(join(cwd, "env"))).id).toBe(made.id);
  await expect(bench.home.create("./env", bench.request(base, []))).rejects.toMatchObject({ code: "ENV_EXISTS" });
});

test("a directory with other things in it is not taken", async () => {
  const { bench, base, cwd } = await project();
  mkdirSync(join(cwd, "src"));
  writeFileSync(join(cwd, "src", "a.py"), "");
  await expect(bench.home.create("./src", bench.request(base, []))).rejects.toMatchObject({ code: "ENV_EXISTS" });
  await expect(bench.home.create(".", bench.request(base, []))).rejects.toMatchObject({ code: "ENV_EXISTS" });
  expect(readdirSync(join(cwd, "src"))).toEqual(["a.py"]);
  mkdirSync(join(cwd, "empty"));
  expect((await bench.home.create("./empty", bench.request(base, []))).current.number).toBe(1);
});

test("the directory can be moved and is known again; removed by hand it leaves the list", async () => {
  const { bench, base, cwd, one } = await project();
  const made = await bench.home.create("./env", bench.request(base, [one]));
  renameSync(made.root, join(cwd, "moved"));
  expect(await bench.home.list()).toEqual([]);
  const python = absPath(join(cwd, "moved", "bin", "python"));
  expect(await runIn(bench, python, ["-c", "import demo; print(demo.__version__)"])).toBe("1.0");
  await bench.home.using("./moved", { purpose: "look" }, async () => {});
  expect((await bench.home.list()).map((item) => item.label)).toEqual([join(cwd, "moved")]);
});

test("a deletion that was killed halfway blocks neither a new environment nor the old one", async () => {
  const { bench, base, cwd, one } = await project();
  const made = await bench.home.create("./env", bench.request(base, [one]));
  const links = readdirSync(made.root).filter((name) => name !== ".venvoy");
  await bench.home.remove("./env");
  mkdirSync(made.root);
  for (const name of links.filter((item) => item !== ".gitignore"))
    symlinkSync(`.venvoy/current/${name}`, join(made.root, name));
  expect((await bench.home.restore("./env")).id).toBe(made.id);
  await bench.home.remove("./env");
  mkdirSync(made.root);
  symlinkSync(".venvoy/current/bin", join(made.root, "bin"));
  expect((await bench.home.create("./env", bench.request(base, []))).id).not.toBe(made.id);
  expect(readdirSync(cwd)).toEqual(["env"]);
});

test("deleting leaves what others put there, and restoring brings it back", async () => {
  const { bench, base, cwd, one } = await project();
  const made = await bench.home.create("./env", bench.request(base, [one]));
  writeFileSync(join(made.root, "notes.txt"), "mine");
  await bench.home.remove("./env");
  expect(readdirSync(made.root)).toEqual(["notes.txt"]);
  expect(await bench.home.list()).toEqual([]);
  await expect(bench.home.restore("./env")).rejects.toMatchObject({ code: "ENV_EXISTS" });
  renameSync(join(made.root, "notes.txt"), join(cwd, "notes.txt"));
  const restored = await bench.home.restore("./env");
  expect(restored.id).toBe(made.id);
  const python = bench.io.fs.path.join(restored.root, "bin", "python");
  expect(await runIn(bench, python, ["-c", "import demo; print(demo.__version__)"])).toBe("1.0");
  await bench.home.remove("./env");
  expect(existsSync(made.root)).toBe(false);
});

test("a running Python of a directory stays in its version, and what only the new one has is there", async () => {
  const { bench, base, one } = await project();
  const two = await bench.artifact("demo", "2.0", {
    files: { "demo/__init__.py": "", "demo-2.0.data/data/share/demo/a.txt": "a" },
  });
  const late = (version: string) => ({
    files: { "other/__init__.py": "", "other/late.py": `version = "${version}"\n` },
  });
  const [before, after] = [
    await bench.artifact("other", "1.0", late("1.0")),
    await bench.artifact("other", "2.0", late("2.0")),
  ];
  const made = await bench.home.create("./env", bench.request(base, [one, before]));
  await using running = await startPython(made.root);
  expect(await running.ask("import other; print('imported')")).toBe("imported");
  await bench.home.using("./env", { purpose: "change" }, (held) => held.change(bench.request(base, [two, after])));
  expect(await running.ask("import other.late; print(other.late.version)")).toBe("1.0");
  expect(readFileSync(join(made.root, "share", "demo", "a.txt"), "utf8")).toBe("a");
});
