import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { absPath } from "../../../src/base/index.ts";
import { publishTree } from "../../../src/share/index.ts";
import { type TestContext, testContext } from "../../kit/context.ts";
import { realPythons } from "../../kit/real-pythons.ts";
import { until } from "../../kit/until.ts";
import { checkWhole, sealedAt, shareIo, wishFor } from "../../share/share-bench.ts";
import { client, setWord, slim } from "./client-loops.ts";

const real = realPythons().find(({ minor }) => minor === "3.11") ?? realPythons()[0];
const demo = (word: string, more: Record<string, string> = {}) => ({
  files: { "demo/__init__.py": `WORD = ${JSON.stringify(word)}\ndef main():\n    print(WORD)\n`, ...more },
  entryPoints: { demo: "demo:main" },
});
const shows =
  "import sys, os, demo, json; print(json.dumps([demo.WORD, sys.argv[1:], sys.prefix, sys.flags.no_user_site]))";

function started(program: string, words: readonly string[], env: Record<string, string> = {}, cwd = "/") {
  const said = spawnSync(program, words, { cwd, encoding: "utf8", env: { PATH: "/usr/bin:/bin", ...env } });
  return { exit: said.status, out: said.stdout?.trim(), err: said.stderr?.trim() };
}

function bytesIn(directory: string): number {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return entries.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

describe.skipIf(real === undefined || process.platform !== "linux")("an environment on a share", () => {
  let t: TestContext;
  let share: string;

  beforeAll(async () => {
    const others = Array.from({ length: 99 }, (_, index) => `p${index}`);
    const files = (name: string) => ({ [`${name}.py`]: `# ${name}\n${"x = 1\n".repeat(500)}` });
    t = await testContext({
      demo: { "1.0": demo("one") },
      ...Object.fromEntries(others.map((name) => [name, { "1.0": { files: files(name) } }])),
    });
    expect((await t.venvoy("create", "tools", "demo", ...others, "--python", real?.minor ?? "")).exit).toBe(0);
    share = join(t.home, "a share, with blanks", "tools");
    const said = await t.venvoy("publish", "tools", share, "--json");
    expect([said.exit, said.err]).toEqual([0, ""]);
    expect(JSON.parse(said.out)).toMatchObject({ release: 1, isNew: true, isFirst: true, current: 1, packages: 101 });
  });
  afterAll(() => t[Symbol.asyncDispose]());

  test("starts through its launchers: by path, link, relative path, with any words, away from a hostile Python", () => {
    const python = join(share, "bin", "python");
    const words = ["a b", "", "'\"$x`", "ü 日本"];
    const expected = JSON.stringify(["one", words, join(share, "releases", "1"), 1]);
    const asPython = (text: string): string => JSON.stringify(JSON.parse(text));
    expect(asPython(started(python, ["-c", shows, ...words]).out)).toBe(expected);
    const links = join(t.home, "links");
    mkdirSync(links);
    symlinkSync(python, join(links, "first"));
    symlinkSync("first", join(links, "second"));
    symlinkSync(join(share, "bin"), join(links, "bin"));
    for (const program of [join(links, "second"), join(links, "bin", "python")]) {
      expect(asPython(started(program, ["-c", shows, ...words]).out), program).toBe(expected);
    }
    expect(asPython(started("../bin/python", ["-c", shows, ...words], {}, join(share, "releases")).out)).toBe(expected);
    expect(started("demo", [], { PATH: `${join(share, "bin")}:/usr/bin:/bin` }).out).toBe("one");
    const hostile = join(t.home, "hostile");
    mkdirSync(hostile);
    for (const name of ["python", "python3"]) {
      writeFileSync(join(hostile, name), "#!/bin/sh\necho hostile\n", { mode: 0o755 });
    }
    writeFileSync(join(hostile, "demo.py"), "WORD = 'hostile'\n");
    const env = { PATH: `${hostile}:/usr/bin:/bin`, PYTHONPATH: hostile, PYTHONHOME: hostile, CDPATH: hostile };
    expect(asPython(started(python, ["-c", shows], env).out)).toBe(
      JSON.stringify(["one", [], join(share, "releases", "1"), 1]),
    );
    expect(started(join(share, "bin", "demo"), [], env)).toEqual({ exit: 0, out: "one", err: "" });
    expect(started(python, ["-c", "raise SystemExit(7)"]).exit).toBe(7);
  });

  test("is published once as long as nothing changes, sends what changed, and goes back and forth", {
    timeout: 300_000,
  }, async () => {
    const again = await t.venvoy("publish", "tools", share);
    expect([again.exit, again.out]).toEqual([0, expect.stringContaining("is release 1 in")]);
    t.serve("demo", { "1.0": demo("one"), "2.0": demo("two", { "demo/more.py": "WORD = 'two'\n" }) });
    expect((await t.venvoy("upgrade", "demo", "-n", "tools")).exit).toBe(0);
    const before = bytesIn(join(share, "objects"));
    const dry = JSON.parse((await t.venvoy("publish", "tools", share, "--dry-run", "--json")).out);
    expect(dry).toMatchObject({
      release: 2,
      isNew: true,
      dryRun: true,
      changes: [{ name: "demo", from: "1.0", to: "2.0" }],
    });
    expect(existsSync(join(share, "releases", "2"))).toBe(false);
    const said = await t.venvoy("publish", "tools", share, "--note", "two is out", "--no-switch", "--json");
    const report = JSON.parse(said.out);
    expect(report).toMatchObject({ release: 2, current: 1, pushed: dry.pushed });
    // One of 100 packages: counted on the disk, and without the Python's own share, too.
    expect(bytesIn(join(share, "objects")) - before).toBe(report.pushed.bytes);
    expect(report.pushed.bytes).toBeLessThan(report.bytes * 0.05);
    const site = bytesIn(join(share, "releases", "2", "lib", `python${real?.minor}`, "site-packages"));
    const listed = statSync(join(share, "releases", "2", ".venvoy", "files")).size;
    expect(report.pushed.bytes - listed).toBeLessThan(site * 0.05);
    expect(started(join(share, "bin", "demo"), []).out).toBe("one");
    expect((await t.venvoy("rollback", share, "2")).exit).toBe(0);
    expect(started(join(share, "bin", "demo"), []).out).toBe("two");
    const back = await t.venvoy("rollback", share);
    expect([back.exit, back.out]).toEqual([0, expect.stringContaining("release 1 of tools is current")]);
    // Through the link, too, a Python stays in the release that it was started in.
    const later = "import sys, os, demo; os.replace(sys.argv[1] + '/to', sys.argv[1] + '/current'); import demo.more";
    symlinkSync("releases/1", join(share, "to"));
    const through = join(share, "current", "bin", "python");
    expect((await t.venvoy("rollback", share, "2")).exit).toBe(0);
    expect(started(through, ["-c", `${later}; print(demo.WORD, demo.more.WORD, sys.prefix)`, share])).toMatchObject({
      out: `two two ${join(share, "releases", "2")}`,
    });
    expect((await t.venvoy("rollback", share)).exit).toBe(0);
    expect(started(through, ["-c", "import demo; print(demo.WORD)"]).out).toBe("one");
    const list = await t.venvoy("releases", share, "--diff", "--verify");
    expect([list.exit, list.out]).toEqual([
      0,
      expect.stringMatching(/2 {2}Python .* two is out\n {2}~ demo 1\.0 → 2\.0/),
    ]);
    expect(list.out).toContain("every file is what was published");
    // One file, two releases.
    const in1 = statSync(join(share, "releases", "1", "bin", "python3"));
    expect(statSync(join(share, "releases", "2", "bin", "python3")).ino).toBe(in1.ino);
    expect(readFileSync(join(share, "current.txt"), "utf8")).toBe("1\n");
    const none = await t.venvoy("rollback", share, "9");
    expect([none.exit, none.err]).toEqual([2, expect.stringContaining("has no release 9; it has 1, 2")]);
  });

  test("that can't be built leaves nothing where it would have been", async () => {
    expect((await t.venvoy("create", "edited", "demo", "--python", real?.minor ?? "")).exit).toBe(0);
    const packages = join(t.home, "venvoy", "envs", "edited", `lib/python${real?.minor}/site-packages`);
    for (const name of readdirSync(packages).filter((one) => one.startsWith("demo")))
      rmSync(join(packages, name), { recursive: true });
    const place = join(t.home, "not there", "yet");
    const refused = await t.venvoy("publish", "edited", place);
    expect([refused.exit, refused.err]).toEqual([1, expect.stringContaining("changed by hand")]);
    expect(existsSync(join(t.home, "not there"))).toBe(false);
    expect(readdirSync(t.home).filter((name) => name.startsWith(".tmp"))).toEqual([]);
  });

  test("isn't put where something else is", async () => {
    const other = join(t.home, "other");
    mkdirSync(other);
    writeFileSync(join(other, "thesis.txt"), "");
    const full = await t.venvoy("publish", "tools", other);
    expect([full.exit, full.err]).toEqual([2, expect.stringContaining("it holds other things (`thesis.txt`)")]);
    expect((await t.venvoy("create", "else", "--python", real?.minor ?? "")).exit).toBe(0);
    const taken = await t.venvoy("publish", "else", share);
    expect([taken.exit, taken.err]).toEqual([2, expect.stringContaining("it holds the releases of `tools`")]);
    const nothing = await t.venvoy("releases", other);
    expect([nothing.exit, nothing.err]).toEqual([2, expect.stringContaining("holds no publication")]);
    rmSync(other, { recursive: true });
  });

  const [clients, publishes, limitMs] = [20, 50, 300_000];
  test(`${clients} clients import in a loop during ${publishes} publishes: no error, and then all see the last release`, {
    timeout: 2 * limitMs,
  }, async () => {
    const minor = real?.minor ?? "";
    const tree = join(t.home, "tree");
    expect((await t.venvoy("pack", "tools", "-o", tree)).exit).toBe(0);
    slim(tree, minor);
    const busy = absPath(join(t.home, "a busy share"));
    const io = shareIo();
    const publish = async (release: number) => {
      setWord(tree, minor, release);
      return publishTree(io, busy, wishFor(sealedAt(tree), { keep: 3 }));
    };
    await publish(1);
    const loops = Array.from({ length: clients }, (_, index) => client(busy, join(t.home, `client-${index}`)));
    await until(() => loops.every(({ log }) => existsSync(log) && readFileSync(log, "utf8") !== ""), limitMs);
    for (let release = 2; release <= publishes; release++) {
      expect(await publish(release)).toMatchObject({ release, current: release, isNew: true });
    }
    writeFileSync(join(t.home, "stop"), "");
    let starts = 0;
    for (const { ended, log, errors } of loops) {
      await ended;
      expect(readFileSync(errors, "utf8")).toBe("");
      const seen = readFileSync(log, "utf8").trim().split("\n").map(Number);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(seen.at(-1)).toBe(publishes);
      starts += seen.length;
    }
    console.log(`${starts} starts during ${publishes} publishes`);
    expect(starts).toBeGreaterThanOrEqual(2 * clients);
    expect((await checkWhole(io, busy)).current).toBe(publishes);
  });
});
