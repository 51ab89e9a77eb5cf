import { chmodSync, existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";

const projects = {
  idna: { "3.6": {}, "3.7": {} },
  attrs: { "24.1": {}, "25.1": {} },
  rich: { "13.0": {} },
  web: { "1.0": { requires: ["idna"] } },
};

test("every change is also written to the project's file, and nothing else in it changes", async () => {
  await using t = await testContext(projects);
  const file = t.write("requirements.txt", "# my list\r\nidna<3.7  # old servers\r\n-c limits.txt\r\n");
  t.write("limits.txt", "");
  chmodSync(file, 0o640);
  await t.venvoy("create", "demo", "-f", "requirements.txt", "rich");
  const tracked = await t.venvoy("track", "requirements.txt", "-n", "demo");
  expect(tracked).toMatchObject({ exit: 0, err: "", out: "  + rich\n✓ requirements.txt follows demo\n" });
  const text = () => readFileSync(file, "utf8");
  expect(text()).toBe("# my list\r\nidna<3.7  # old servers\r\nrich\r\n-c limits.txt\r\n");

  const dry = await t.venvoy("add", "-n", "demo", "attrs>=24", "--dry-run");
  expect(dry.err).toContain("would write requirements.txt: + attrs>=24");
  expect(text()).not.toContain("attrs");
  const added = await t.venvoy("add", "-n", "demo", "attrs>=24", "idna");
  expect(added.err).toContain("wrote requirements.txt: + attrs>=24, + idna");
  expect(text()).toBe("# my list\r\nattrs>=24\r\nidna  # old servers\r\nrich\r\n-c limits.txt\r\n");
  expect((await t.venvoy("remove", "-n", "demo", "rich")).err).toContain("wrote requirements.txt: - rich");
  expect(text()).toBe("# my list\r\nattrs>=24\r\nidna  # old servers\r\n-c limits.txt\r\n");
  expect(statSync(file).mode & 0o777).toBe(0o640);

  expect((await t.venvoy("show", "demo")).out).toContain("changes are also written to requirements.txt");
  expect((await t.venvoy("undo", "-n", "demo")).err).toContain("wrote requirements.txt: + rich");
  expect(text()).toContain("rich\r\n");

  const stopped = await t.venvoy("track", "--stop", "-n", "demo");
  expect(stopped.out).toBe("✓ requirements.txt follows demo no longer\n");
  const before = text();
  await t.venvoy("add", "-n", "demo", "web");
  expect(text()).toBe(before);
  expect((await t.venvoy("track", "-n", "demo")).out).toBe("no file follows demo\n");
});

test("what pip did by hand is written with the next change", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna");
  await t.venvoy("track", "requirements.txt", "-n", "demo");
  const file = join(t.cwd, "requirements.txt");
  expect(readFileSync(file, "utf8")).toBe("idna\n");
  await t.runs("run", "-n", "demo", "-m", "pip", "install", "-q", "--disable-pip-version-check", "rich");
  await t.runs("run", "-n", "demo", "-m", "pip", "uninstall", "-q", "-y", "idna");
  const said = await t.venvoy("add", "-n", "demo", "attrs");
  expect(said.err).toContain("wrote requirements.txt: ");
  expect(readFileSync(file, "utf8").split("\n").sort().join(" ").trim()).toBe("attrs rich");
});

test("a list of exact versions stays one: upgrades move them, new ones get theirs", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna==3.6");
  await t.venvoy("add", "-n", "demo", "attrs==24.1");
  await t.venvoy("track", "requirements.txt", "-n", "demo");
  const file = join(t.cwd, "requirements.txt");
  await t.venvoy("add", "-n", "demo", "attrs");
  expect(readFileSync(file, "utf8")).toBe("idna==3.6\nattrs==24.1\n");
  const said = await t.venvoy("upgrade", "-n", "demo");
  expect(said.err).toContain("wrote requirements.txt: + attrs==25.1");
  await t.venvoy("add", "-n", "demo", "rich");
  expect(readFileSync(file, "utf8")).toBe("idna==3.6\nattrs==25.1\nrich==13.0\n");
});

test("a pyproject.toml follows in its own layout", async () => {
  await using t = await testContext(projects);
  const file = t.write(
    "pyproject.toml",
    "[project]\nname = 'x'\ndependencies = [\n  'idna', # names\n]\n\n[tool.other]\nkeep = true\n",
  );
  await t.venvoy("create", "demo", "-f", "pyproject.toml");
  expect((await t.venvoy("track", "pyproject.toml", "-n", "demo")).exit).toBe(0);
  await t.venvoy("add", "-n", "demo", "rich>=13");
  await t.venvoy("remove", "-n", "demo", "idna");
  expect(readFileSync(file, "utf8")).toBe(
    "[project]\nname = 'x'\ndependencies = [\n  'rich>=13',\n]\n\n[tool.other]\nkeep = true\n",
  );
});

test("what a person writes into the file meanwhile stays, and is told", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna", "rich");
  await t.venvoy("track", "requirements.txt", "-n", "demo");
  const file = join(t.cwd, "requirements.txt");
  writeFileSync(file, "# mine now\nidna\nweb  # by hand\n");
  const said = await t.venvoy("add", "-n", "demo", "attrs");
  expect(readFileSync(file, "utf8")).toBe("# mine now\nattrs\nidna\nweb  # by hand\n");
  expect(said.err).toContain("requirements.txt also asks for web: venvoy add -n demo web brings that in");
  expect(said.err).toContain("requirements.txt doesn't ask for rich: venvoy remove -n demo rich takes that out");
  rmSync(file);
  const gone = await t.venvoy("remove", "-n", "demo", "attrs");
  expect(gone.exit).toBe(0);
  expect(gone.err).toContain("requirements.txt is gone: nothing was written");
  expect(existsSync(file)).toBe(false);
  writeFileSync(file, "idna==3.6 --hash=sha256:00\n");
  const hashed = await t.venvoy("add", "-n", "demo", "attrs");
  expect(hashed.exit).toBe(0);
  expect(hashed.err).toContain("was not written: it has hashes");
});

test("a link stays a link; the file is known by its real place", async () => {
  await using t = await testContext(projects);
  const file = t.write("real/requirements.txt", "idna\n");
  symlinkSync(file, join(t.cwd, "requirements.txt"));
  await t.venvoy("create", "demo", "-f", "requirements.txt");
  expect((await t.venvoy("track", "requirements.txt", "-n", "demo")).out).toContain("real/requirements.txt follows");
  await t.venvoy("add", "-n", "demo", "rich");
  expect(readFileSync(file, "utf8")).toBe("idna\nrich\n");
  expect((await t.venvoy("track", "--stop", "requirements.txt", "-n", "demo")).exit).toBe(0);
});

test.each([
  ["pyproject.toml", undefined, "there is no such file"],
  ["pyproject.toml", "[tool.poetry]\nname = 'x'\n", "no `[project]` table"],
  ["pyproject.toml", "[project\n", "isn't TOML"],
  ["requirements.txt", "idna==3.6 \\\n  --hash=sha256:00\n", "it has hashes"],
  ["environment.yml", "name: x\n", "it is no list of requirements"],
  ["gone/requirements.txt", undefined, "its directory doesn't exist"],
])("`track %s` (%j) is refused, and nothing is written", async (path, text, why) => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna");
  if (text !== undefined) t.write(path, text);
  const said = await t.venvoy("track", path, "-n", "demo");
  expect(said.exit).toBe(1);
  expect(said.err).toContain(why);
  expect((await t.library.show({ name: "demo" })).tracked).toEqual([]);
  if (text !== undefined) expect(readFileSync(join(t.cwd, path), "utf8")).toBe(text);
});
