/** Clone and rename by the binary: kills, waiting for each other, and what runs meanwhile. The index is local. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { binary, type Person, person } from "../kit/binary.ts";
import { IndexServer } from "../kit/index-server.ts";
import { type WheelParts, wheel, wheelFilename } from "../kit/wheel.ts";

const modules = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`big/m${i}.py`, `VALUE = ${i}\n`]));
const parts: Readonly<Record<string, WheelParts>> = {
  big: { files: { "big/__init__.py": "", ...modules } },
  idna: { files: { "idna/__init__.py": "" } },
  say: {
    files: { "say/__init__.py": "def main():\n    print('said')\n" },
    entryPoints: { "say-it": "say:main" },
  },
};

async function withIndex(body: (ann: Person, index: IndexServer) => Promise<void>): Promise<void> {
  await using index = await IndexServer.start(
    Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [
        name,
        [{ filename: wheelFilename(name, "1.0", part), content: wheel(name, "1.0", part) }],
      ]),
    ),
  );
  using ann = person({ PIP_CONFIG_FILE: "/dev/null", PIP_INDEX_URL: index.url.reveal(), PIP_FIND_LINKS: "" });
  await body(ann, index);
}

const labels = async (ann: Person): Promise<readonly string[]> =>
  (JSON.parse((await ann.venvoy("list", "--json")).out) as { name: string; problem?: string }[]).map((one) =>
    one.problem === undefined ? one.name : `${one.name}: ${one.problem}`,
  );

test("clone and rename wait for a change that is under way, and say for whom", async () => {
  await withIndex(async (ann, index) => {
    await ann.venvoy("create", "demo");
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let reached = (): void => {};
    const downloading = new Promise<void>((resolve) => {
      reached = resolve;
    });
    index.on(`/files/big/${wheelFilename("big", "1.0", {})}`, (request, response) => {
      if (request.headers.range !== undefined) return index.serve(request, response);
      reached();
      void held.then(() => index.serve(request, response));
    });
    const adding = ann.venvoy("add", "-n", "demo", "big");
    await downloading;
    const waiting = new Set<string>();
    const whenWaits = (who: string) => ({
      onErr: (all: string) => {
        if (all.includes("waiting for")) waiting.add(who);
        if (waiting.size === 2) release();
      },
    });
    const cloning = ann.run(binary, ["clone", "demo", "copy"], whenWaits("clone"));
    const renaming = ann.run(binary, ["rename", "demo", "other"], whenWaits("rename"));
    const [added, cloned, renamed] = await Promise.all([adding, cloning, renaming]);
    expect([added.exit, cloned.exit, renamed.exit]).toEqual([0, 0, 0]);
    expect(cloned.err).toMatch(/waiting for .*add big/);
    expect(renamed.err).toMatch(/waiting for .*(add big|clone demo to copy)/);
    expect(await labels(ann)).toEqual(["copy", "other"]);
    for (const name of ["copy", "other", "demo"]) {
      const python = join(ann.home, "venvoy", "envs", name, "bin", "python");
      expect((await ann.run(python, ["-c", "import big.m7; print(big.m7.VALUE)"])).out).toBe("7\n");
    }
  });
});

const kills = Number(process.env["VENVOY_KILLS"] ?? 24);

test(`kill -9 at ${kills} instants of clone and rename leaves the old or the new`, async () => {
  const seed = Number(process.env["VENVOY_KILL_SEED"] ?? Date.now() % 1_000_000);
  console.log(`first seed ${seed} (VENVOY_KILL_SEED repeats it)`);
  await withIndex(async (ann) => {
    await ann.venvoy("create", "a", "big");
    const python = (name: string) => join(ann.home, "venvoy", "envs", name, "bin", "python");
    const whole = "import big, glob, os; print(len(glob.glob(os.path.dirname(big.__file__) + '/m*.py')))";
    for (let round = 0; round < kills; round++) {
      const note = `seed ${seed}, round ${round}`;
      const before = await labels(ann);
      const current = before.find((name) => name !== "copy") ?? "";
      const next = current === "a" ? "b" : "a";
      const words = round % 2 === 0 ? ["clone", current, "copy"] : ["rename", current, next];
      const child = spawn(binary, words, { env: ann.env, stdio: "ignore" });
      const ended = once(child, "exit");
      const delayMs = (((seed + round) * 7919) % 1_000) / (round % 2 === 0 ? 5 : 12);
      await new Promise((done) => setTimeout(done, delayMs));
      child.kill("SIGKILL");
      await ended;
      const after = await labels(ann);
      const name = after.find((one) => one !== "copy") ?? "";
      expect([current, next], note).toContain(name);
      expect(
        after.filter((one) => one !== "copy"),
        note,
      ).toEqual([name]);
      for (const one of after) expect((await ann.run(python(one), ["-c", whole])).out, note).toBe("120\n");
      if (after.includes("copy")) expect((await ann.venvoy("delete", "copy")).exit, note).toBe(0);
      expect((await ann.venvoy("protect", name)).exit, note).toBe(0);
      expect((await ann.venvoy("unprotect", name)).exit, note).toBe(0);
      expect(readdirSync(join(ann.home, "venvoy", "stage")), note).toEqual([]);
      // By its own name and by the old one, once the next operation has looked.
      expect((await ann.run(python(name), ["-c", whole])).out, note).toBe("120\n");
      if (name !== current) expect((await ann.run(python(current), ["-c", whole])).out, note).toBe("120\n");
    }
  });
});

test("a rename under a running Python and an activated shell: all goes on, and pip's scripts work without the old name", async () => {
  await withIndex(async (ann) => {
    await ann.venvoy("create", "demo", "big");
    const root = (name: string) => join(ann.home, "venvoy", "envs", name);
    expect((await ann.run(join(root("demo"), "bin", "pip"), ["install", "-q", "say"])).exit).toBe(0);
    const script = join(root("demo"), "bin", "say-it");
    expect(readFileSync(script, "utf8").split("\n")[0]).toContain("/envs/demo");
    const program = `. bin/activate; "${binary}" rename demo demo2 >/dev/null; python -c "import say, big.m3; print(big.m3.VALUE)"; say-it; cd /; pip --version >/dev/null && echo pip; "${binary}" show | head -1; "${binary}" delete demo2`;
    const shell = await ann.run("bash", ["--norc", "-c", program], { cwd: root("demo") });
    expect(shell.out.split("\n").slice(0, 3)).toEqual(["3", "said", "pip"]);
    expect(shell.out.split("\n")[3]).toMatch(/^demo2 · /);
    expect(shell.err).toContain("The environment `demo2` is active in this shell");
    for (const name of readdirSync(join(ann.home, "venvoy", "envs")))
      if (/^demo(-|$)/.test(name)) rmSync(join(ann.home, "venvoy", "envs", name));
    expect(existsSync(script)).toBe(false);
    expect(await ann.run(join(root("demo2"), "bin", "say-it"), [])).toMatchObject({ exit: 0, out: "said\n" });
    expect((await ann.venvoy("add", "-n", "demo2", "idna")).err).toContain("kept what was installed by hand: say 1.0");
    expect(await ann.run(join(root("demo2"), "bin", "say-it"), [])).toMatchObject({ exit: 0, out: "said\n" });
  });
});
