import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
  t.write("short.txt", `idna==3.6 --hash=sha512:${none}\n`);
  for (const [file, why] of [
    ["md5.txt", "`md5.txt` line 1: `md5` is too weak for a `--hash`"],
    ["both.txt", "`sha1` is too weak"],
    ["other.txt", "a `--hash` must be a sha256, sha384 or sha512"],
    ["short.txt", "a `--hash` must be a sha256, sha384 or sha512"],
  ] as const) {
    const said = await t.venvoy("sync", "-n", "demo", file);
    expect(said.exit).toBe(2);
    expect(said.err).toContain(why);
  }
});

test("of a version's files, the one that was hashed is taken", async () => {
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

test("an address may carry its hash, and a path may have one", async () => {
  await using t = await testContext(projects());
  await t.venvoy("create", "demo");
  const url = new URL("/files/idna/idna-3.6-py3-none-any.whl", t.index.url.reveal()).href;
  writeFileSync(join(t.cwd, wheelFilename("local", "1.0")), wheel("local", "1.0"));
  const local = `./${wheelFilename("local", "1.0")}`;
  const install = (text: string) => {
    t.write("r.txt", text);
    return t.venvoy("pip", "-n", "demo", "install", "-r", "r.txt");
  };
  const fits = `--hash=sha256:${digest(wheel("local", "1.0"))}`;
  for (const [text, why] of [
    [`--require-hashes\nidna @ ${url}\n`, "has no `--hash`"],
    [`${local} --hash=sha256:${none}\n`, "none of the hashes that r.txt line 1 allows"],
    [`${local} ${fits}\nidna @ ${url}#sha256=${none}\n`, "idna-3.6"],
    [`./demo-1.0.tar.gz ${fits}\n`, "the hash of sources at an address stands in it"],
    ["-r https://index.example/r.txt\n", "is an address; download the file"],
  ] as const) {
    const said = await install(text);
    expect([text, said.exit === 0]).toEqual([text, false]);
    expect(said.err).toContain(why);
  }
  expect((await install(`${local} ${fits}\nidna @ ${url}#sha256=${digest(idna)}\n`)).out).toBe(
    "Successfully installed idna-3.6 local-1.0\n",
  );
});

test("a requirements file may be what PowerShell writes", async () => {
  await using t = await testContext(projects());
  const file = t.write("r.txt", "");
  writeFileSync(file, Buffer.from("\ufeffidna==3.6\r\n", "utf16le"));
  expect(await t.venvoy("create", "demo", "-f", "r.txt")).toMatchObject({ exit: 0 });
  expect((await t.venvoy("pip", "-n", "demo", "freeze")).out).toBe("idna==3.6\n");
});

test("a project's hashes hold for the environment that run makes of it", async () => {
  await using t = await testContext(projects());
  t.write("a.py", "import idna\nprint('ran')\n");
  t.write("requirements.txt", `idna==3.6 --hash=sha256:${none}\n`);
  const refused = await t.runs("run", "--project", "a.py");
  expect(refused.exit).toBe(1);
  expect(refused.err).toContain("has none of the hashes that requirements.txt line 1 allows");
  t.write("requirements.txt", `idna==3.6 --hash=sha256:${digest(idna)}\n`);
  expect(await t.runs("run", "--project", "a.py")).toMatchObject({ exit: 0, out: "ran\n" });
});

test("sha384 and sha512 count like sha256: they are asked of the file itself", async () => {
  await using t = await testContext(projects());
  const strong = (algorithm: string, bytes: Uint8Array) =>
    `--hash=${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
  t.write("good.txt", `web==1.0 ${strong("sha512", web)}\nidna==3.6 ${strong("sha384", idna)}\n`);
  expect(await t.venvoy("create", "good", "-f", "good.txt")).toMatchObject({ exit: 0 });
  // Metadata are read in ranges.
  const whole = t.index.requests.filter(({ path, headers }) => path.endsWith(".whl") && headers.range === undefined);
  expect(whole).toHaveLength(2);
  expect(await t.venvoy("create", "again", "-f", "good.txt", "--offline")).toMatchObject({ exit: 0 });
  expect(await t.venvoy("lock", "good.txt", "-o", "pylock.toml")).toMatchObject({ exit: 0 });
  t.write("wrong.txt", `idna==3.6 ${strong("sha512", web)}\n`);
  const mismatch = "`idna-3.6-py3-none-any.whl` has none of the hashes that wrong.txt line 1 allows";
  for (const words of [
    ["create", "bad", "-f", "wrong.txt"],
    ["sync", "-n", "good", "wrong.txt"],
    ["lock", "wrong.txt", "-o", "pylock.wrong.toml"],
    ["pip", "-n", "good", "download", "-r", "wrong.txt"],
  ])
    expect(await t.venvoy(...words)).toMatchObject({ exit: 1, err: expect.stringContaining(mismatch) });
  // Nothing of a file that isn't the one that was meant is run.
  const code = `open(${JSON.stringify(join(t.home, "ran"))}, "w").close()`;
  const source = sdist("src", "1.0", { static: true, backendCode: code });
  t.index.packages["src"] = [{ filename: sdistFilename("src", "1.0"), content: source }];
  t.write("src.txt", `src==1.0 ${strong("sha512", web)}\n`);
  expect(await t.venvoy("create", "src", "-f", "src.txt", "--build-network")).toMatchObject({ exit: 1 });
  expect(existsSync(join(t.home, "ran"))).toBe(false);
  t.write("src.txt", `src==1.0 ${strong("sha512", source)}\n`);
  expect(await t.venvoy("create", "src", "-f", "src.txt", "--build-network")).toMatchObject({ exit: 0 });
  expect(existsSync(join(t.home, "ran"))).toBe(true);
});

test("--config-settings behind a requirement are for its build alone", async () => {
  await using t = await testContext({ one: { "1.0": { sdist: {} } }, two: { "1.0": { sdist: {} } } });
  writeFileSync(join(t.cwd, sdistFilename("three", "1.0")), sdist("three", "1.0"));
  t.write(
    "r.txt",
    `one==1.0 --config-settings="--opt=a b" -C kind=fast --config-setting kind=small\ntwo\n./three-1.0.tar.gz -Cx=y\n`,
  );
  expect(await t.venvoy("create", "demo", "-f", "r.txt")).toMatchObject({ exit: 0 });
  const code = "import one, two, three; print(one.settings, two.settings, three.settings)";
  expect((await t.runs("run", "-n", "demo", "-c", code)).out).toBe(
    "{'--opt': 'a b', 'kind': ['fast', 'small']} None {'x': 'y'}\n",
  );
  const other = await t.venvoy("create", "other", "one", "two", "--config-settings", "all=1");
  expect(other).toMatchObject({ exit: 0 });
  const settings = "import one, two; print(one.settings, two.settings)";
  expect((await t.runs("run", "-n", "other", "-c", settings)).out).toBe("{'all': '1'} {'all': '1'}\n");
  t.write("bad.txt", "one==1.0 --config-settings nothing\n");
  expect(await t.venvoy("create", "bad", "-f", "bad.txt")).toMatchObject({
    exit: 2,
    err: expect.stringContaining("`--config-settings` takes KEY=VALUE, not `nothing`"),
  });
});
