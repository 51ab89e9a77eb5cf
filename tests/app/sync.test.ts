import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";

const projects = {
  idna: { "3.6": {}, "3.7": {} },
  attrs: { "24.1": {} },
  web: { "1.0": { requires: ["idna<3.7"] }, "2.0": { requires: ["idna>=3.7"] } },
};

type Context = Awaited<ReturnType<typeof testContext>>;

function sha256(name: string, version: string, requires: readonly string[] = []): string {
  return createHash("sha256")
    .update(wheel(name, version, { requires }))
    .digest("hex");
}

function locked(
  t: Context,
  name: string,
  version: string,
  more: { requires?: readonly string[]; digest?: string } = {},
): string {
  const filename = wheelFilename(name, version, {});
  const url = new URL(`/files/${name}/${filename}`, t.index.url.reveal()).href;
  const digest = more.digest ?? sha256(name, version, more.requires);
  return [
    "[[packages]]",
    `name = "${name}"`,
    `version = "${version}"`,
    ...(more.requires === undefined
      ? []
      : [`dependencies = [${more.requires.map((one) => `{name = "${one.split("<")[0]}"}`)}]`]),
    `wheels = [{name = "${filename}", url = "${url}", hashes = {sha256 = "${digest}"}}]`,
    "",
  ].join("\n");
}

const head = 'lock-version = "1.0"\ncreated-by = "test"\n\n';

async function packagesOf(t: Context, name: string): Promise<string[]> {
  const { installed } = await t.library.show({ name });
  return installed.filter((one) => one.name !== "pip").map((one) => `${one.name} ${one.version}`);
}

test("sync takes exactly what a lock file says, whatever is newer, and nothing else stays", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "attrs");
  t.write("pylock.toml", head + locked(t, "idna", "3.6") + locked(t, "web", "1.0", { requires: ["idna<3.7"] }));
  const said = await t.venvoy("sync", "-n", "demo", "pylock.toml");
  expect(said).toMatchObject({ exit: 0, err: "" });
  expect(await packagesOf(t, "demo")).toEqual(["idna 3.6", "web 1.0"]);
  const { askedFor } = await t.library.show({ name: "demo" });
  expect(askedFor).toEqual([{ text: "web==1.0", origin: "pylock.toml line 9" }]);
  expect((await t.venvoy("sync", "-n", "demo", "pylock.toml", "--dry-run")).out).toContain("nothing to do");
  expect((await t.venvoy("sync", "-n", "demo", "pylock.toml")).out).toContain("nothing to do");
});

test("an environment can be made from a lock file", async () => {
  await using t = await testContext(projects);
  t.write("pylock.toml", head + locked(t, "idna", "3.6"));
  expect(await t.venvoy("create", "demo", "-f", "pylock.toml")).toMatchObject({ exit: 0, err: "" });
  expect(await packagesOf(t, "demo")).toEqual(["idna 3.6"]);
});

test("a file that is not what the lock promised is refused, and the environment stays", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "attrs");
  t.write("pylock.toml", head + locked(t, "idna", "3.6", { digest: "0".repeat(64) }));
  const said = await t.venvoy("sync", "-n", "demo", "pylock.toml");
  expect(said.exit).toBe(1);
  expect(said.err).toContain("idna-3.6");
  expect(await packagesOf(t, "demo")).toEqual(["attrs 24.1"]);
});

test("a lock that breaks a script's claim is refused with the script's line", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# venv: demo\n# r: idna>=3.7\n");
  await t.runs("run", "a.py");
  t.write("pylock.toml", head + locked(t, "idna", "3.6"));
  const said = await t.venvoy("sync", "-n", "demo", "pylock.toml");
  expect(said.exit).toBe(1);
  expect(said.err).toContain("a.py line 2 wants `idna>=3.7`, and the lock file has `idna` 3.6");
});

test("a broken lock file is one sentence", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  t.write("pylock.toml", 'lock-version = "9.0"\n');
  const said = await t.venvoy("sync", "-n", "demo", "pylock.toml");
  expect(said.exit).toBe(1);
  expect(said.err).toMatch(/^error: .*lock/);
  t.write("requirements.txt", "idna\n");
  expect((await t.venvoy("sync", "-n", "demo", "pylock.toml", "requirements.txt")).exit).toBe(2);
});

test("sync takes requirements files with --hash lines, and refuses what no line allows", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "attrs");
  const web = `web==1.0 --hash=sha256:${sha256("web", "1.0", ["idna<3.7"])}\n`;
  t.write(
    "good.txt",
    `${web}idna==3.6 \\\n    --hash=sha256:${sha256("idna", "3.6")} --hash=sha256:${"1".repeat(64)}\n`,
  );
  expect(await t.venvoy("sync", "-n", "demo", "good.txt")).toMatchObject({ exit: 0, err: "" });
  expect(await packagesOf(t, "demo")).toEqual(["idna 3.6", "web 1.0"]);
  t.write("bad.txt", `idna==3.7 --hash=sha256:${"1".repeat(64)}\n`);
  const bad = await t.venvoy("sync", "-n", "demo", "bad.txt");
  expect(bad.exit).toBe(1);
  expect(bad.err).toContain("none of the hashes that bad.txt line 1 allows");
  t.write("half.txt", web);
  expect((await t.venvoy("sync", "-n", "demo", "half.txt")).err).toContain(
    "`idna` 3.6 is needed, too, and has no `--hash`",
  );
  expect(await packagesOf(t, "demo")).toEqual(["idna 3.6", "web 1.0"]);
});
