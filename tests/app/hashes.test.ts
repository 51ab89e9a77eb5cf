import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";
import { sdist, sdistFilename } from "../kit/sdist.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";

const digest = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");
const idna = wheel("idna", "3.6");
const web = wheel("web", "1.0", { requires: ["idna"] });
const none = "0".repeat(64);

function projects() {
  return { idna: { "3.6": {}, "3.7": {} }, web: { "1.0": { requires: ["idna"] } } };
}

test("--require-hashes is all or nothing", async () => {
  await using t = await testContext(projects());
  await t.venvoy("create", "demo");
  const add = (...words: readonly string[]) => t.venvoy("pip", "-n", "demo", "install", ...words);
  t.write("half.txt", `web==1.0 --hash=sha256:${digest(web)}\n`);
  for (const said of [
    await add("-r", "half.txt"),
    await t.venvoy("add", "-n", "demo", "-f", "half.txt"),
    await t.venvoy("create", "other", "-f", "half.txt"),
  ]) {
    expect(said.exit).toBe(1);
    expect(said.err).toMatch(/`idna` 3\.\d is needed, too, and has no `--hash`/);
  }
  t.write("bare.txt", "--require-hashes\nweb==1.0\n");
  expect((await add("-r", "bare.txt")).err).toContain("has no `--hash`, like 1 more");
  expect((await add("--require-hashes", "web")).err).toContain("has no `--hash`");
  t.write("open.txt", `idna>=3 --hash=sha256:${digest(idna)}\n`);
  expect((await add("-r", "open.txt")).err).toContain("`idna` has a `--hash`, which fits one version: pin it with ==");
  t.write("wrong.txt", `idna==3.6 --hash=sha256:${none}\n`);
  expect((await add("-r", "wrong.txt")).err).toContain("has none of the hashes that wrong.txt line 1 allows");
  t.write(
    "all.txt",
    `web==1.0 \\\n  --hash=sha256:${none} \\\n  --hash=sha256:${digest(web)}\nidna==3.6 --hash=sha256:${digest(idna)}\n`,
  );
  expect((await add("-r", "all.txt")).out).toBe("Successfully installed idna-3.6 web-1.0\n");
  // What is there already needs none.
  t.serve("late", { "1.0": { requires: ["idna"] } });
  const late = wheel("late", "1.0", { requires: ["idna"] });
  t.write("late.txt", `late==1.0 --hash=sha256:${digest(late)}\n`);
  expect((await add("-r", "late.txt")).out).toBe("Successfully installed late-1.0\n");
});

test("weak digests are refused, also beside a strong one", async () => {
  await using t = await testContext(projects());
  await t.venvoy("create", "demo");
  t.write("md5.txt", `idna==3.6 --hash=md5:${"0".repeat(32)}\n`);
  t.write("both.txt", `idna==3.6 --hash=sha256:${digest(idna)} --hash=sha1:${"0".repeat(40)}\n`);
  t.write("other.txt", `idna==3.6 --hash=blake:00\n`);
  for (const [file, why] of [
    ["md5.txt", "`md5.txt` line 1: `md5` is too weak for a `--hash`"],
    ["both.txt", "`sha1` is too weak"],
    ["other.txt", "a `--hash` must be a sha256"],
  ] as const) {
    const said = await t.venvoy("sync", "-n", "demo", file);
    expect(said.exit).toBe(2);
    expect(said.err).toContain(why);
  }
});

test("of a version's files, the one that was hashed is taken", { timeout: 60_000 }, async () => {
  await using t = await testContext(projects());
  const source = sdist("twin", "1.0", { files: { "twin.py": "" } });
  t.index.packages["twin"] = [
    { filename: wheelFilename("twin", "1.0"), content: wheel("twin", "1.0") },
    { filename: sdistFilename("twin", "1.0"), content: source },
  ];
  t.write("r.txt", `twin==1.0 --hash=sha256:${digest(source)}\n`);
  await t.venvoy("create", "demo");
  const said = await t.venvoy("pip", "-n", "demo", "download", "-r", "r.txt");
  expect(said).toMatchObject({ exit: 0 });
  expect(said.out).toContain("twin-1.0.tar.gz");
});
