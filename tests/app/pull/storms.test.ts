/** Pulls that are killed, raced, cut off from their share, or on a full disk. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { openVenvoy, type Venvoy } from "../../../src/app/index.ts";
import type { AbsPath } from "../../../src/base/index.ts";
import { nodePorts } from "../../../src/node/index.ts";
import type { Ports } from "../../../src/ports/index.ts";
import { silentReporter } from "../../../src/ports/index.ts";
import { WrittenPublication } from "../../kit/publication.ts";
import { realPythons } from "../../kit/real-pythons.ts";
import { bundleProgram, nodeProgram } from "../../kit/runtimes.ts";
import { tempDir } from "../../kit/temp.ts";

const isHere = realPythons().length > 0 && process.platform === "linux";
const kills = Number(process.env["VENVOY_KILLS"] ?? 6);
const firstSeed = Number(process.env["VENVOY_KILL_SEED"] ?? Date.now() % 1_000_000);

const homes: string[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

function desk(): { readonly home: AbsPath; readonly share: WrittenPublication } {
  const home = tempDir("storm");
  homes.push(home);
  return { home, share: new WrittenPublication(join(home, "mnt", "tools")) };
}

/** Two releases that have half of their files in common. */
function fill(share: WrittenPublication, number: number, files: number): void {
  const data: Record<string, string> = {};
  for (let index = 0; index < files; index++) {
    const text = index % 2 === 0 ? `same ${index}\n` : `${number} ${index}\n`;
    data[`lib/data/d${index % 7}/f${index}.txt`] = text.repeat(1 + (index % 50));
  }
  share.release(number, { packages: { demo: `${number}.0` }, files: data });
}

type Change = (ports: Ports) => Partial<Ports["fs"]>;

function library(home: AbsPath, change: Change = () => ({}), machine: Partial<Ports["system"]> = {}): Venvoy {
  const ports = nodePorts();
  const env = { ...ports.system.env, HOME: home, VENVOY_HOME: join(home, "venvoy"), VENVOY_TIDY: "never" };
  const system = { ...ports.system, env, home, cwd: home, ...machine };
  const fs = { ...ports.fs, ...change(ports) };
  return openVenvoy({ ...ports, system, fs }, { offline: false, reporter: silentReporter() });
}

/** Every file of the current version is what its list promises. */
function checkTree(home: AbsPath, name: string, note: string): string {
  const root = join(home, "venvoy", "envs", name);
  const list = readFileSync(join(root, ".venvoy", "files"), "utf8");
  let files = 0;
  for (const line of list.split("\n")) {
    const [, digest, path] = /^([0-9a-f]{64}) [-x] (".*")$/.exec(line) ?? [];
    if (digest === undefined || path === undefined) continue;
    const bytes = readFileSync(join(root, JSON.parse(path)));
    expect(createHash("sha256").update(bytes).digest("hex"), `${note}: ${path}`).toBe(digest);
    files++;
  }
  expect(files, note).toBeGreaterThan(100);
  const minor = readdirSync(join(root, "lib")).find((entry) => entry.startsWith("python")) ?? "";
  return readFileSync(join(root, "lib", minor, "site-packages", "demo", "__init__.py"), "utf8");
}

async function ready(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error("no output");
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => Promise.reject(new Error("the program ended by itself"))),
  ]);
}

describe.skipIf(!isHere)("a pull in a storm", () => {
  test(`kill -9 at ${kills} instants leaves one release or the other, whole (first seed ${firstSeed})`, {
    timeout: 600_000,
  }, async () => {
    console.log(`kill -9 at ${kills} instants, first seed ${firstSeed} (VENVOY_KILL_SEED repeats it)`);
    const { home, share } = desk();
    const program = bundleProgram("tests/app/pull/programs/pull-loop.ts", home);
    for (const number of [1, 2]) fill(share, number, 200);
    const venvoy = library(home);
    for (let round = 0; round < kills; round++) {
      const seed = firstSeed + round;
      const note = `seed ${seed}`;
      // Every fourth one from nothing, which is made by one rename.
      if (round % 4 === 0) rmSync(join(home, "venvoy"), { recursive: true, force: true });
      const words = [program, home, share.root, "tools", String(seed)];
      const child = spawn(nodeProgram, words, { stdio: ["ignore", "pipe", "inherit"] });
      const ended = once(child, "exit");
      await ready(child);
      await new Promise((done) => setTimeout(done, (seed * 7919) % 400));
      child.kill("SIGKILL");
      await ended;
      const [found, ...others] = await venvoy.list();
      expect(others, note).toEqual([]);
      if (found === undefined) continue;
      expect([found.name, found.problem], note).toEqual(["tools", undefined]);
      expect(checkTree(home, "tools", note), note).toBe(`VERSION = "${found.publication?.release}.0"\n`);
      const verified = await venvoy.verifyStore();
      expect(verified.damaged, note).toEqual([]);
    }
    const { environments } = await venvoy.pull({ source: share.root, name: "tools" });
    expect(environments[0]).toMatchObject({ release: 2 });
    expect(checkTree(home, "tools", "in the end")).toBe('VERSION = "2.0"\n');
    expect(readdirSync(join(home, "venvoy", "stage"))).toEqual([]);
  });

  test("several at once make one environment, and each file travels once", { timeout: 300_000 }, async () => {
    const { home, share } = desk();
    const program = bundleProgram("tests/app/pull/programs/pull-loop.ts", home);
    const atOnce = async (): Promise<readonly { state: string; files: number }[]> =>
      Promise.all(
        [1, 2, 3].map(async () => {
          const child = spawn(nodeProgram, [program, home, share.root, "tools", "once"], {
            stdio: ["ignore", "pipe", "inherit"],
          });
          let out = "";
          child.stdout.on("data", (piece: Buffer) => {
            out += piece;
          });
          await once(child, "close");
          return JSON.parse(out.split("\n")[1] ?? "") as { state: string; files: number };
        }),
      );
    for (const number of [1, 2]) {
      fill(share, number, 200);
      const told = await atOnce();
      const states = told.map(({ state }) => state);
      expect(states.filter((state) => !["made", "updated", "current"].includes(state))).toEqual([]);
      expect(told.filter(({ files }) => files > 0)).toHaveLength(1);
      const [only, ...others] = await library(home).list();
      expect([only?.publication?.release, others]).toEqual([number, []]);
      expect(checkTree(home, "tools", `release ${number}`)).toBe(`VERSION = "${number}.0"\n`);
    }
  });

  test("a share that goes in the middle leaves what is there; what travelled needn't again", {
    timeout: 300_000,
  }, async () => {
    const { home, share } = desk();
    fill(share, 1, 900);
    const leaves: Change = ({ fs }) => ({
      copyFiles: async (plan, options) => {
        await fs.copyFiles({ ...plan, files: plan.files.slice(0, 400) }, options);
        renameSync(share.root, `${share.root}.away`);
        return fs.copyFiles({ ...plan, files: plan.files.slice(400) }, options);
      },
    });
    await expect(library(home, leaves).pull({ source: share.root })).rejects.toMatchObject({
      code: "PUBLICATION_GONE",
    });
    expect(await library(home).list()).toEqual([]);
    renameSync(`${share.root}.away`, share.root);
    const [made] = (await library(home).pull({ source: share.root })).environments;
    expect(made).toMatchObject({ state: "made" });
    // The first 400 stayed.
    expect(made?.files).toBeLessThan((made?.totalFiles ?? 0) - 350);
    fill(share, 2, 900);
    const [away] = (await library(home, leaves).pull({ source: "tools" })).environments;
    expect(away).toMatchObject({ state: "unreachable", release: 1 });
    expect(checkTree(home, "tools", "away")).toBe('VERSION = "1.0"\n');
  });

  test("a release that is collected while it is read gives way to the one that is current then", {
    timeout: 300_000,
  }, async () => {
    const { home, share } = desk();
    fill(share, 1, 500);
    let isFirst = true;
    const collects: Change = ({ fs }) => ({
      copyFiles: async (...words) => {
        if (isFirst) {
          isFirst = false;
          fill(share, 2, 500);
          share.collect(1);
          for (let index = 1; index < 500; index += 2)
            rmSync(share.objectFile(`1 ${index}\n`.repeat(1 + (index % 50))), { force: true });
        }
        return fs.copyFiles(...words);
      },
    });
    const [made] = (await library(home, collects).pull({ source: share.root })).environments;
    expect(made).toMatchObject({ state: "made", release: 2 });
    expect(checkTree(home, "tools", "then")).toBe('VERSION = "2.0"\n');
    fill(share, 3, 500);
    isFirst = true;
    share.point(2);
    const asked = library(home, ({ fs }) => ({
      copyFiles: async (...words) => {
        if (isFirst) share.collect(3);
        isFirst = false;
        rmSync(share.objectFile("3 1\n".repeat(2)), { force: true });
        return fs.copyFiles(...words);
      },
    }));
    await expect(asked.pull({ source: "tools", release: 3 })).rejects.toMatchObject({ code: "RELEASE_UNKNOWN" });
    expect(checkTree(home, "tools", "asked")).toBe('VERSION = "2.0"\n');
  });

  test("a full disk shows no trace of it, wherever it was met", { timeout: 300_000 }, async () => {
    const { home, share } = desk();
    fill(share, 1, 150);
    const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    for (const [name, first] of [
      ["copyFiles", 0],
      ["linkTrees", 0],
      ["symlink", 0],
      ["makeDir", 6],
      ["write", 0],
    ] as const) {
      let left = first;
      const fails: Change = ({ fs }) => ({
        [name]: async (...words: never[]) => {
          left -= 1;
          if (left < 0) throw full;
          return (fs[name] as (...given: never[]) => unknown)(...words);
        },
      });
      const venvoy = library(home, fails);
      await expect(venvoy.pull({ source: share.root }), name).rejects.toMatchObject({ code: "DISK_FULL" });
      expect(await library(home).list(), name).toEqual([]);
      mkdirSync(join(home, "venvoy", "stage"), { recursive: true });
      expect(readdirSync(join(home, "venvoy", "stage")), name).toEqual([]);
    }
    expect((await library(home).pull({ source: share.root })).environments[0]).toMatchObject({ state: "made" });
    expect(checkTree(home, "tools", "room again")).toBe('VERSION = "1.0"\n');
  });

  test("names that one disk would take for one, or that a system can't hold, are refused there", async () => {
    const { home, share } = desk();
    const { machine } = nodePorts().system;
    const cases = [
      ["macos", "lib/data/A.txt", "only by case"],
      ["windows", "lib/data/aux.txt", "Windows device"],
    ] as const;
    for (const [index, [os, path, why]] of cases.entries()) {
      const files = { "lib/data/a.txt": "1", [path]: "2" };
      share.release(index + 1, { packages: { demo: "1.0" }, files, platform: `${os}-${machine}` });
      const there = library(home, () => ({}), { os, libc: undefined });
      await expect(there.pull({ source: share.root }), os).rejects.toMatchObject({
        code: "ARCHIVE_INVALID",
        message: expect.stringContaining(why),
      });
    }
    expect(await library(home).list()).toEqual([]);
  });
});
