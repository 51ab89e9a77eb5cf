import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type TestContext, testContext } from "../kit/context.ts";
import { sourceProject } from "../kit/source-project.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";

const projects = {
  idna: { "3.6": {}, "3.7": {} },
  web: { "1.0": { requires: ["idna"] }, "2.0": { requires: ["idna"] } },
  ujson: { "5.0": {}, "5.1": {} },
  iniconfig: { "1.0": {}, "1.1": {} },
  colorama: { "0.4": {} },
};

const requires: Readonly<Record<string, readonly string[]>> = { web: ["idna"] };

function hash(name: string, version: string): string {
  const bytes = wheel(name, version, requires[name] === undefined ? {} : { requires: requires[name] });
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function file(name: string, version: string): string {
  return wheelFilename(name, version, {});
}

function urlOf(t: TestContext, name: string, version: string): string {
  return new URL(`/files/${name}/${file(name, version)}`, t.index.url.reveal()).href;
}

async function packagesOf(t: TestContext, name: string): Promise<string> {
  return (await t.venvoy("pip", "-n", name, "freeze")).out.trim().split("\n").join(" ");
}

const uvLock = (t: TestContext): string => `version = 1
revision = 2
requires-python = ">=3.8"

[[package]]
name = "demo"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "web", extra = ["fast"] },
    { name = "colorama", marker = "sys_platform == 'nowhere'" },
    { name = "idna", version = "3.6", source = { registry = "https://index.example/simple" }, marker = "python_full_version >= '3'" },
    { name = "idna", version = "3.7", source = { registry = "https://index.example/simple" }, marker = "python_full_version < '3'" },
]

[package.optional-dependencies]
more = [{ name = "colorama" }]

[package.dev-dependencies]
dev = [{ name = "iniconfig" }]

${[
  ["idna", "3.6"],
  ["idna", "3.7"],
  ["web", "1.0"],
  ["ujson", "5.0"],
  ["iniconfig", "1.0"],
  ["colorama", "0.4"],
]
  .map(
    ([name = "", version = ""]) => `[[package]]
name = "${name}"
version = "${version}"
source = { registry = "https://index.example/simple" }
${name === "web" ? 'dependencies = [{ name = "idna", version = "3.6", source = { registry = "https://index.example/simple" } }]' : ""}
wheels = [{ url = "${urlOf(t, name, version)}", hash = "${hash(name, version)}" }]
${name === "web" ? '\n[package.optional-dependencies]\nfast = [{ name = "ujson" }]\n' : ""}`,
  )
  .join("\n")}`;

test("uv.lock: what the project needs here, with the group that uv takes; others and extras by name", async () => {
  await using t = await testContext(projects);
  t.write("uv.lock", uvLock(t));
  expect(await t.venvoy("create", "demo", "-f", "uv.lock")).toMatchObject({ exit: 0, err: "" });
  expect(await packagesOf(t, "demo")).toBe("idna==3.6 iniconfig==1.0 ujson==5.0 web==1.0");
  expect(await t.venvoy("sync", "-n", "demo", "uv.lock", "--no-default-groups")).toMatchObject({ exit: 0, err: "" });
  expect(await packagesOf(t, "demo")).toBe("idna==3.6 ujson==5.0 web==1.0");
  const { askedFor } = await t.library.show({ name: "demo" });
  expect(askedFor.map((one) => one.text)).toEqual(["web[fast]==1.0"]);
  expect(await t.venvoy("sync", "-n", "demo", "uv.lock", "--group", "dev", "--extra", "more")).toMatchObject({
    exit: 0,
  });
  expect(await packagesOf(t, "demo")).toBe("colorama==0.4 idna==3.6 iniconfig==1.0 ujson==5.0 web==1.0");
  t.write("pyproject.toml", "[tool.uv]\ndefault-groups = []\n");
  await t.venvoy("sync", "-n", "demo", "uv.lock");
  expect(await packagesOf(t, "demo")).toBe("idna==3.6 ujson==5.0 web==1.0");
  t.write("pyproject.toml", '[tool.uv]\ndefault-groups = "all"\n');
  await t.venvoy("sync", "-n", "demo", "uv.lock");
  expect(await packagesOf(t, "demo")).toBe("idna==3.6 iniconfig==1.0 ujson==5.0 web==1.0");
  const unknown = await t.venvoy("sync", "-n", "demo", "uv.lock", "--group", "docs");
  expect(unknown.err).toBe("error: `uv.lock` has no group `docs`\nhint: it has dev\n");
});

test("a file that another tool's lock did not promise is refused, and the environment stays", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "colorama");
  for (const [name, text] of [
    ["uv.lock", uvLock(t).replace(hash("web", "1.0"), `sha256:${"0".repeat(64)}`)],
    ["poetry.lock", poetryLock().replace(hash("web", "1.0"), `sha256:${"0".repeat(64)}`)],
    ["Pipfile.lock", pipfileLock().replace(hash("web", "1.0"), `sha256:${"0".repeat(64)}`)],
  ] as const) {
    t.write(name, text);
    const said = await t.venvoy("sync", "-n", "demo", name);
    expect([name, said.exit]).toEqual([name, 1]);
    expect(said.err).toContain("web");
    expect(await packagesOf(t, "demo")).toBe("colorama==0.4");
  }
});

const poetryLock =
  (): string => `# This file is automatically @generated by Poetry 2.1.3 and should not be changed by hand.

[[package]]
name = "web"
version = "1.0"
description = ""
optional = false
python-versions = ">=3.8"
groups = ["main"]
files = [
    {file = "${file("web", "1.0")}", hash = "${hash("web", "1.0")}"},
    {file = "web-1.0.tar.gz", hash = "sha256:${"1".repeat(64)}"},
]

[package.dependencies]
idna = ">=2"
colorama = {version = "*", markers = "sys_platform == \\"nowhere\\""}

[[package]]
name = "idna"
version = "3.6"
optional = false
python-versions = "*"
groups = ["main", "dev"]
files = [{file = "${file("idna", "3.6")}", hash = "${hash("idna", "3.6")}"}]

[[package]]
name = "colorama"
version = "0.4"
optional = false
python-versions = "*"
groups = ["main"]
markers = "sys_platform == \\"nowhere\\""
files = [{file = "${file("colorama", "0.4")}", hash = "${hash("colorama", "0.4")}"}]

[[package]]
name = "ujson"
version = "5.0"
optional = true
python-versions = "*"
groups = ["main"]
markers = "extra == \\"fast\\""
files = [{file = "${file("ujson", "5.0")}", hash = "${hash("ujson", "5.0")}"}]

[[package]]
name = "iniconfig"
version = "1.0"
optional = false
python-versions = "*"
groups = ["dev"]
files = [{file = "${file("iniconfig", "1.0")}", hash = "${hash("iniconfig", "1.0")}"}]

[extras]
fast = ["ujson"]

[metadata]
lock-version = "2.1"
python-versions = ">=3.8,<4"
content-hash = "${"0".repeat(64)}"
`;

test("poetry.lock: the addresses come from the index, the digests from the lock", async () => {
  await using t = await testContext(projects);
  t.write("poetry.lock", poetryLock());
  expect(await t.venvoy("create", "demo", "-f", "poetry.lock")).toMatchObject({ exit: 0, err: "" });
  expect(await packagesOf(t, "demo")).toBe("idna==3.6 iniconfig==1.0 web==1.0");
  t.write("pyproject.toml", "[tool.poetry.group.dev]\noptional = true\n");
  await t.venvoy("sync", "-n", "demo", "poetry.lock");
  expect(await packagesOf(t, "demo")).toBe("idna==3.6 web==1.0");
  expect((await t.library.show({ name: "demo" })).askedFor.map((one) => one.text)).toEqual(["web==1.0"]);
  await t.venvoy("sync", "-n", "demo", "poetry.lock", "--all-extras", "--all-groups");
  expect(await packagesOf(t, "demo")).toBe("idna==3.6 iniconfig==1.0 ujson==5.0 web==1.0");
  t.write("poetry.lock", poetryLock().replaceAll("3.6", "3.5"));
  const gone = await t.venvoy("sync", "-n", "demo", "poetry.lock");
  expect(gone.err).toContain("`poetry.lock` can't be installed: no index has `idna` 3.5");
});

const pdmLock = (): string => `[metadata]
groups = ["default", "dev", "fast"]
strategy = ["inherit_metadata"]
lock_version = "4.5.0"
content_hash = "sha256:0"

[[metadata.targets]]
requires_python = ">=3.8"

[[package]]
name = "web"
version = "1.0"
requires_python = ">=3.8"
summary = ""
groups = ["default"]
dependencies = ["idna>=2", "colorama; sys_platform == \\"nowhere\\""]
files = [{file = "${file("web", "1.0")}", hash = "${hash("web", "1.0")}"}]

[[package]]
name = "web"
version = "1.0"
extras = ["json"]
groups = ["default"]
dependencies = ["ujson", "web==1.0"]
files = [{file = "${file("web", "1.0")}", hash = "${hash("web", "1.0")}"}]

[[package]]
name = "idna"
version = "3.6"
groups = ["default"]
marker = "python_version >= \\"3\\""
files = [{file = "${file("idna", "3.6")}", hash = "${hash("idna", "3.6")}"}]

[[package]]
name = "ujson"
version = "5.0"
groups = ["default", "fast"]
files = [{file = "${file("ujson", "5.0")}", hash = "${hash("ujson", "5.0")}"}]

[[package]]
name = "colorama"
version = "0.4"
groups = ["default"]
marker = "sys_platform == \\"nowhere\\""
files = [{file = "${file("colorama", "0.4")}", hash = "${hash("colorama", "0.4")}"}]

[[package]]
name = "iniconfig"
version = "1.0"
groups = ["dev"]
files = [{file = "${file("iniconfig", "1.0")}", hash = "${hash("iniconfig", "1.0")}"}]
`;

test("pdm.lock: a package with extras stands there twice and is installed once", async () => {
  await using t = await testContext(projects);
  t.write("pdm.lock", pdmLock());
  expect(await t.venvoy("create", "demo", "-f", "pdm.lock")).toMatchObject({ exit: 0, err: "" });
  expect(await packagesOf(t, "demo")).toBe("idna==3.6 iniconfig==1.0 ujson==5.0 web==1.0");
  await t.venvoy("sync", "-n", "demo", "pdm.lock", "--no-default-groups");
  expect(await packagesOf(t, "demo")).toBe("idna==3.6 ujson==5.0 web==1.0");
  await t.venvoy("sync", "-n", "demo", "pdm.lock", "--no-default-groups", "--group", "dev");
  expect(await packagesOf(t, "demo")).toBe("idna==3.6 iniconfig==1.0 ujson==5.0 web==1.0");
});

const pipfileLock = (): string =>
  JSON.stringify({
    _meta: {
      hash: { sha256: "0" },
      "pipfile-spec": 6,
      requires: {},
      sources: [{ name: "pypi", url: "https://index.example/simple", verify_ssl: true }],
    },
    default: {
      web: { hashes: [`sha256:${"1".repeat(64)}`, hash("web", "1.0")], index: "pypi", version: "==1.0" },
      idna: { hashes: [hash("idna", "3.6")], markers: "python_version >= '3.5'", version: "==3.6" },
      colorama: { hashes: [hash("colorama", "0.4")], markers: "sys_platform == 'nowhere'", version: "==0.4" },
    },
    develop: { iniconfig: { hashes: [hash("iniconfig", "1.0")], version: "==1.0" } },
  });

test("Pipfile.lock: the index says which files have the digests", async () => {
  await using t = await testContext(projects);
  t.write("Pipfile.lock", pipfileLock());
  expect(await t.venvoy("create", "demo", "-f", "Pipfile.lock")).toMatchObject({ exit: 0, err: "" });
  expect(await packagesOf(t, "demo")).toBe("idna==3.6 web==1.0");
  await t.venvoy("sync", "-n", "demo", "Pipfile.lock", "--group", "dev");
  expect(await packagesOf(t, "demo")).toBe("idna==3.6 iniconfig==1.0 web==1.0");
});

test("sources in a lock are built from where it names them", async () => {
  await using t = await testContext(projects);
  sourceProject(t.cwd, "mylib", { version: "1.5" });
  t.write(
    "uv.lock",
    `version = 1
requires-python = ">=3.8"
[[package]]
name = "demo"
version = "0.1.0"
source = { editable = "." }
dependencies = [{ name = "mylib" }]
[[package]]
name = "mylib"
version = "1.5"
source = { directory = "mylib" }
`,
  );
  const said = await t.venvoy("create", "demo", "-f", "uv.lock");
  expect([said.exit, said.err]).toEqual([0, ""]);
  expect(await packagesOf(t, "demo")).toContain("mylib @ file://");
  expect((await t.runs("run", "-n", "demo", "-c", "import mylib; print(mylib.v)")).out).toBe("1.5\n");
});

test("a lock that isn't one is told by name", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  for (const [name, text, why] of [
    ["uv.lock", "version = 9\n", "`uv.lock`: version 9 of the format is not known"],
    ["poetry.lock", "a = [", "`poetry.lock` line 1 isn't TOML"],
    ["pdm.lock", "", "`pdm.lock`: version ? of the format is not known"],
    ["Pipfile.lock", "[]", "`Pipfile.lock`: version ? of the format is not known"],
  ] as const) {
    t.write(name, text);
    const said = await t.venvoy("sync", "-n", "demo", name);
    expect(said.exit).toBe(1);
    expect(said.err).toContain(why);
  }
});

test("pyproject.toml: extras in brackets or by flag, groups, and extras that name the project itself", async () => {
  await using t = await testContext(projects);
  t.write(
    "pyproject.toml",
    `[project]
name = "Demo"
dependencies = ["idna<3.7"]
[project.optional-dependencies]
fast = ["ujson<5.1"]
all = ["demo[fast]", "colorama"]
[dependency-groups]
base = ["iniconfig<1.1"]
dev = [{ include-group = "base" }]
`,
  );
  await t.venvoy("create", "demo");
  const after = async (...words: readonly string[]) => {
    expect(await t.venvoy("sync", "-n", "demo", ...words)).toMatchObject({ exit: 0 });
    return packagesOf(t, "demo");
  };
  expect(await after("pyproject.toml")).toBe("idna==3.6");
  expect(await after("pyproject.toml[fast]")).toBe("idna==3.6 ujson==5.0");
  expect(await after("pyproject.toml", "--extra", "all")).toBe("colorama==0.4 idna==3.6 ujson==5.0");
  expect(await after("pyproject.toml", "--group", "dev")).toBe("idna==3.6 iniconfig==1.0");
  expect(await after("pyproject.toml", "--all-extras", "--all-groups")).toBe(
    "colorama==0.4 idna==3.6 iniconfig==1.0 ujson==5.0",
  );
  expect((await t.venvoy("sync", "-n", "demo", "pyproject.toml[nope]")).err).toContain("has no extra `nope`");
  await t.venvoy("create", "other");
  // As with pip, a group alone is the group and nothing else of the project.
  await t.venvoy("pip", "-n", "other", "install", "--group", "dev");
  expect(await packagesOf(t, "other")).toBe("iniconfig==1.0");
});

test("what only a build can tell is asked of the build", async () => {
  await using t = await testContext(projects);
  const root = sourceProject(t.cwd, "mylib", {
    requires: ["idna<3.7", 'ujson; extra == "fast"', 'colorama; extra == "fast" and sys_platform == "nowhere"'],
  });
  writeFileSync(join(root, "setup.py"), "");
  const project = readFileSync(join(root, "pyproject.toml"), "utf8");
  writeFileSync(join(root, "pyproject.toml"), `${project}dynamic = ["dependencies", "optional-dependencies"]\n`);
  await t.venvoy("create", "demo", "-f", "mylib/setup.py");
  expect(await packagesOf(t, "demo")).toBe("idna==3.6");
  expect(await t.venvoy("sync", "-n", "demo", "mylib/pyproject.toml[fast]")).toMatchObject({ exit: 0 });
  expect(await packagesOf(t, "demo")).toBe("idna==3.6 ujson==5.1");
});
