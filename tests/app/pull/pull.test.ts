import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type TestContext, testContext } from "../../kit/context.ts";
import { WrittenPublication } from "../../kit/publication.ts";
import { realPythons } from "../../kit/real-pythons.ts";

const isHere = realPythons().length > 0 && process.platform === "linux";

const which = "import demo; print(demo.VERSION)";

async function artist(): Promise<{
  readonly context: TestContext;
  readonly share: WrittenPublication;
  readonly run: (name?: string) => Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const context = await testContext();
  const share = new WrittenPublication(join(context.home, "mnt", "tools"));
  const run = async (name = "tools"): Promise<string> => {
    const said = await context.runs("run", "-n", name, "-c", which);
    return said.exit === 0 ? said.out.trim() : `${said.exit}: ${said.err}`;
  };
  return { context, share, run, [Symbol.asyncDispose]: async () => context[Symbol.asyncDispose]() };
}

const pulled = (out: string) => JSON.parse(out) as { environments: Record<string, unknown>[] };

describe.skipIf(!isHere)("a copy of what is published", () => {
  test("is an environment like any, follows the pointer, and works while the share is away", {
    timeout: 300_000,
  }, async () => {
    await using it = await artist();
    const { context, share, run } = it;
    share.release(1, { packages: { demo: "1.0" } });
    const first = await context.venvoy("pull", share.root);
    expect([first.exit, first.err]).toEqual([0, ""]);
    expect(first.out).toContain(`tools is release 1 from ${share.root}`);
    expect(await run()).toBe("1.0");
    const listed = await context.venvoy("list");
    expect(listed.out).toContain(`from ${share.root}, release 1`);
    const shown = await context.venvoy("show", "tools");
    expect(shown.out).toContain(`from ${share.root}, release 1`);
    expect(shown.out).not.toContain("by hand");

    share.release(2, { packages: { demo: "2.0" } });
    expect(await run()).toBe("1.0");
    const second = await context.venvoy("pull", "tools", "--json");
    const [report] = pulled(second.out).environments;
    expect(report).toMatchObject({
      state: "updated",
      release: 2,
      previousRelease: 1,
      version: 2,
      changes: [{ name: "demo", from: "1.0", to: "2.0" }],
    });
    // Of a release, only what differs travels: the module, its metadata, the lock.
    expect(report).toMatchObject({ files: 3 });
    expect(report?.["bytes"]).toBeLessThan(report?.["totalBytes"] as number);
    expect(await run()).toBe("2.0");
    expect((await context.venvoy("pull", "tools")).out).toContain("is at release 2");

    renameSync(share.root, `${share.root}.away`);
    for (const words of [["tools"], ["--all"], [share.root]]) {
      const away = await context.venvoy("pull", ...words);
      expect([away.exit, away.err]).toEqual([0, `\`${share.root}\` isn't there: tools stays at release 2\n`]);
    }
    expect(await run()).toBe("2.0");
    const fresh = await context.venvoy("pull", share.root, "other");
    expect([fresh.exit, fresh.err]).toEqual([2, expect.stringContaining("holds no publication")]);
    expect((await context.venvoy("undo", "-n", "tools")).exit).toBe(0);
    expect(await run()).toBe("1.0");
    renameSync(`${share.root}.away`, share.root);
    const stays = await context.venvoy("pull", "--all");
    expect([stays.exit, stays.err]).toEqual([0, "tools stays at release 1: 2 was undone here\n"]);
    expect((await context.venvoy("list")).out).toContain("release 1; 2 is current there");
    share.release(3, { packages: { demo: "3.0" } });
    expect((await context.venvoy("pull", "--all", "--quiet")).exit).toBe(0);
    expect(await run()).toBe("3.0");
    expect((await context.venvoy("history", "-n", "tools")).out).toContain("venvoy pull --all");
  });

  test("is renamed, deleted, brought back, protected and cloned, and its packages are not changed", {
    timeout: 300_000,
  }, async () => {
    await using it = await artist();
    const { context, share, run } = it;
    share.release(1, { packages: { demo: "1.0" } });
    expect((await context.venvoy("pull", share.root, "mine")).exit).toBe(0);
    for (const words of [
      ["add", "-n", "mine", "demo"],
      ["remove", "-n", "mine", "demo"],
      ["upgrade", "-n", "mine"],
      ["rebuild", "mine"],
      ["kernel", "mine"],
    ]) {
      const refused = await context.venvoy(...words);
      expect([refused.exit, refused.err]).toEqual([
        1,
        expect.stringContaining(`\`mine\` is a copy of what is published in \`${share.root}\`, and isn't changed here`),
      ]);
      expect(refused.err).toContain("venvoy clone mine NAME");
    }
    expect((await context.venvoy("rename", "mine", "yours")).exit).toBe(0);
    expect(await run("yours")).toBe("1.0");
    share.release(2, { packages: { demo: "2.0" } });
    // The one that is a copy of it already, whatever it is called now.
    expect((await context.venvoy("pull", share.root)).out).toContain("yours is release 2");
    expect((await context.venvoy("protect", "yours")).exit).toBe(0);
    share.release(3, { packages: { demo: "3.0" } });
    expect((await context.venvoy("pull", "--all")).err).toContain("yours stays at release 2: it is protected");
    expect((await context.venvoy("pull", "yours")).err).toContain("`yours` is protected");
    expect((await context.venvoy("unprotect", "yours")).exit).toBe(0);
    expect((await context.venvoy("delete", "yours")).exit).toBe(0);
    expect((await context.venvoy("restore", "yours")).exit).toBe(0);
    expect(await run("yours")).toBe("2.0");
    context.write("fits.py", "# /// script\n# ///\nimport demo\nprint(demo.VERSION)\n");
    context.write("named.py", "# venv: yours\n# r: demo>=2\nimport demo\nprint(demo.VERSION)\n");
    expect((await context.runs("run", "named.py")).out).toBe("2.0\n");
    context.write("named.py", "# venv: yours\n# r: demo>=5\nimport demo\n");
    const unmet = await context.venvoy("run", "named.py");
    expect(unmet.err).toContain("named.py line 2 asks for demo>=5, and it has demo 2.0");
  });

  test("keeps to a release that somebody asked for, and follows again when it is pulled by name", {
    timeout: 300_000,
  }, async () => {
    await using it = await artist();
    const { context, share, run } = it;
    for (const number of [1, 2, 3]) share.release(number, { packages: { demo: `${number}.0` } });
    expect((await context.venvoy("pull", `${share.root}@2`)).out).toContain("tools is release 2");
    expect((await context.venvoy("list")).out).toContain("release 2 for good; 3 is current there");
    expect((await context.venvoy("pull", "--all")).err).toBe(
      "tools stays at release 2: somebody asked for it, and 3 is current\n",
    );
    expect(await run()).toBe("2.0");
    expect((await context.venvoy("pull", "tools@1")).exit).toBe(0);
    expect(await run()).toBe("1.0");
    const none = await context.venvoy("pull", "tools", "--release", "9");
    expect([none.exit, none.err]).toEqual([2, expect.stringContaining("has no release 9; it has 1, 2, 3")]);
    expect((await context.venvoy("pull", "tools")).exit).toBe(0);
    expect(await run()).toBe("3.0");
    // What publishes goes back: so do its readers.
    share.point(2);
    expect((await context.venvoy("pull", "--all")).exit).toBe(0);
    expect(await run()).toBe("2.0");
  });

  test("a version whose tree was collected is made again from the store, and from the share when that was cleaned", {
    timeout: 300_000,
  }, async () => {
    await using it = await artist();
    const { context, share, run } = it;
    share.release(1, { packages: { demo: "1.0" } });
    expect((await context.venvoy("pull", share.root)).exit).toBe(0);
    share.release(2, { packages: { demo: "2.0" } });
    expect((await context.venvoy("pull", "tools")).exit).toBe(0);
    expect((await context.venvoy("clean")).exit).toBe(0);
    const { dir } = {
      dir: readlinkSync(join(context.env["VENVOY_HOME"] as string, "envs", "tools")).replace("/current", ""),
    };
    const generations = join(context.env["VENVOY_HOME"] as string, "envs", dir, "generations");
    expect(statSync(join(generations, "2")).isDirectory()).toBe(true);
    renameSync(share.root, `${share.root}.away`);
    expect((await context.venvoy("undo", "-n", "tools")).exit).toBe(0);
    expect(await run()).toBe("1.0");
    // The current tree, too.
    rmSync(join(generations, "1"), { recursive: true });
    expect(await run()).toBe("1.0");
    rmSync(join(generations, "1"), { recursive: true });
    rmSync(join(context.env["VENVOY_HOME"] as string, "store", "object"), { recursive: true });
    expect(await run()).toContain("holds no publication");
    renameSync(`${share.root}.away`, share.root);
    expect(await run()).toBe("1.0");
  });
});

describe.skipIf(!isHere)("a publication that isn't what it should be", () => {
  test("a flipped byte is told with its path, and nothing appears", { timeout: 300_000 }, async () => {
    await using it = await artist();
    const { context, share, run } = it;
    const files = { "data/a.txt": "one", "data/b.txt": "two" };
    share.release(1, { packages: { demo: "1.0" }, files });
    writeFileSync(share.objectFile("two"), "twO");
    const bad = await context.venvoy("pull", share.root);
    expect([bad.exit, bad.err]).toEqual([1, expect.stringContaining(`\`${share.objectFile("two")}\` is damaged`)]);
    expect((await context.venvoy("list", "--json")).out).not.toContain("tools");
    writeFileSync(share.objectFile("two"), "two");
    expect((await context.venvoy("pull", share.root)).exit).toBe(0);
    share.release(2, { packages: { demo: "2.0" }, files: { ...files, "data/c.txt": "three" } });
    rmSync(share.objectFile("three"));
    const hole = await context.venvoy("pull", "tools");
    expect([hole.exit, hole.err]).toEqual([1, expect.stringContaining("can't be read")]);
    expect(await run()).toBe("1.0");
    // One that fails keeps none from the others, and is told at login, too.
    const other = new WrittenPublication(join(context.home, "mnt", "second"), "second");
    other.release(1, { packages: { demo: "1.0" } });
    expect((await context.venvoy("pull", other.root)).exit).toBe(0);
    other.release(2, { packages: { demo: "2.0" } });
    const all = await context.venvoy("pull", "--all", "--quiet");
    expect([all.exit, all.out]).toEqual([
      1,
      expect.stringMatching(/second is release 2(?:.*\n)*.*tools: .*can't be read/),
    ]);
    expect([await run("second"), await run()]).toEqual(["2.0", "1.0"]);
  });

  test("lists that are cut, lead out of the tree, or name a file twice are refused", { timeout: 300_000 }, async () => {
    await using it = await artist();
    const { context, share } = it;
    const digest = "ab".repeat(32);
    share.release(1, { packages: { demo: "1.0" } });
    const whole = readFileSync(join(share.root, "releases", "1", ".venvoy", "files"), "utf8");
    const line = (path: string) => `${digest} - ${JSON.stringify(path)}`;
    let number = 1;
    for (const list of [
      `${whole}${line("../out")}\n`,
      `${whole}${line("/etc/passwd")}\n`,
      `${whole}${line("a/../../out")}\n`,
      `${whole}${line("a")}\n${line("a")}\n`,
      `${whole}${line("a")}\n${line("a/b")}\n`,
      `${whole}-> "/etc" "etc"\n`,
      `${whole}-> "../.." "up"\n`,
      `${whole}-> "lib/../../.." "up"\n`,
      `${whole}-> "lib" "link"\n${line("link/b")}\n`,
      `${whole}abc`,
      `${line("lib/x.py")}\n`,
    ]) {
      number += 1;
      share.release(number, { packages: { demo: "1.0" }, list });
      const refused = await context.venvoy("pull", share.root);
      expect([list.slice(whole.length), refused.exit]).toEqual([list.slice(whole.length), 1]);
      expect(refused.err).not.toContain("internal");
    }
    // Cut: it isn't the list whose digest was promised.
    share.release(99, { packages: { demo: "1.0" } });
    const cut = join(share.root, "releases", "99", ".venvoy", "files");
    const object = share.objectFile(whole, false);
    for (const file of [cut, object]) writeFileSync(file, whole.slice(0, 40));
    const refused = await context.venvoy("pull", share.root);
    expect([refused.exit, refused.err]).toEqual([1, expect.stringContaining("is damaged, or gone")]);
    expect((await context.venvoy("list", "--json")).out).not.toContain("tools");
    expect(existsSync(join(context.home, "out"))).toBe(false);
  });

  test("another kind of machine, another publication, nothing published yet, a name that is taken", {
    timeout: 300_000,
  }, async () => {
    await using it = await artist();
    const { context, share, run } = it;
    const nothing = await context.venvoy("pull", share.root);
    expect([nothing.exit, nothing.err]).toEqual([2, expect.stringContaining("has no release")]);
    for (const platform of [
      "windows-amd64",
      "linux-riscv64-glibc2.36",
      "linux-x86_64-glibc9.99",
      "linux-x86_64-musl1.2",
    ]) {
      share.release(1, { packages: { demo: "1.0" }, platform });
      const other = await context.venvoy("pull", share.root);
      expect([other.exit, other.err]).toEqual([
        1,
        expect.stringContaining(`is made for ${platform}, and this machine is`),
      ]);
    }
    share.release(1, { packages: { demo: "1.0" }, python: "3.11.7\u001b[2J" });
    const odd = await context.venvoy("pull", share.root);
    expect([odd.exit, odd.err]).toEqual([1, expect.stringContaining("names no version of Python")]);
    const strange = new WrittenPublication(join(context.home, "mnt", "strange"), "../../out");
    strange.release(1, { packages: { demo: "1.0" } });
    const named = await context.venvoy("pull", strange.root);
    expect([named.exit, named.err]).toEqual([2, expect.stringContaining(`venvoy pull ${strange.root} NAME`)]);
    expect((await context.venvoy("pull", strange.root, "fine")).exit).toBe(0);
    expect((await context.venvoy("delete", "fine")).exit).toBe(0);
    expect((await context.venvoy("create", "tools")).exit).toBe(0);
    share.release(2, { packages: { demo: "2.0" } });
    const taken = await context.venvoy("pull", share.root);
    expect([taken.exit, taken.err]).toEqual([2, expect.stringContaining("`tools` is another environment")]);
    expect((await context.venvoy("pull", "tools")).err).toContain("was not pulled from anywhere");
    expect((await context.venvoy("pull", share.root, "copy")).exit).toBe(0);
    rmSync(share.root, { recursive: true });
    new WrittenPublication(share.root, "tools", "ff".repeat(16)).release(9, { packages: { demo: "9.0" } });
    const other = await context.venvoy("pull", "copy");
    expect([other.exit, other.err]).toEqual([
      0,
      expect.stringContaining("another publication now: copy stays at release 2"),
    ]);
    expect(await run("copy")).toBe("2.0");
  });
});

describe.skipIf(!isHere)("the space of copies", () => {
  test("two copies share their files; what nothing needs is collected; what was edited is mended", {
    timeout: 300_000,
  }, async () => {
    await using it = await artist();
    const { context, share, run } = it;
    const big = "x".repeat(400_000);
    share.release(1, { packages: { demo: "1.0" }, files: { "data/big.txt": big } });
    expect((await context.venvoy("pull", share.root, "one")).exit).toBe(0);
    const second = pulled((await context.venvoy("pull", share.root, "two", "--json")).out);
    expect(second.environments[0]).toMatchObject({ state: "made", files: 0, bytes: 0 });
    const size = JSON.parse((await context.venvoy("size", "--json")).out) as {
      environments: { name: string; freedBytes: number; sharedBytes: number; sharedWith: string[] }[];
      storeBytes: number;
      unusedBytes: number;
    };
    const [one] = size.environments;
    expect(one?.sharedWith).toEqual(["two"]);
    expect(one?.sharedBytes).toBeGreaterThan(400_000);
    expect(size.unusedBytes).toBe(0);
    const objects = join(context.env["VENVOY_HOME"] as string, "store", "object");
    const edited = join(context.env["VENVOY_HOME"] as string, "envs", "one", "data", "big.txt");
    writeFileSync(edited, "mine");
    const verified = await context.venvoy("store", "verify");
    expect(verified.out).toContain("set right");
    for (const name of ["one", "two"])
      expect(readFileSync(join(context.env["VENVOY_HOME"] as string, "envs", name, "data", "big.txt"), "utf8")).toBe(
        big,
      );
    expect((await context.venvoy("store", "verify")).out).toContain("every file is as it was");
    expect((await context.venvoy("delete", "one")).exit).toBe(0);
    expect((await context.venvoy("clean", "--json")).exit).toBe(0);
    expect(await run("two")).toBe("1.0");
    expect(readdirSync(objects).length).toBeGreaterThan(3);
    chmodSync(edited.replace("/one/", "/two/"), 0o644);
  });
});
