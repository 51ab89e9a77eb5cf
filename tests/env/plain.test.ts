import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { environments, inspectFiles, inspectTree, isUntouched } from "../../src/env/index.ts";
import { bundleProgram, nodeProgram } from "../kit/runtimes.ts";
import { tempDir } from "../kit/temp.ts";
import { demoVersions, demoWheel } from "./programs/demo-wheel.ts";
import { anyPython, runIn, type Workbench, workbench } from "./workbench.ts";

const plain = { layout: "plain" as const };

async function bench0() {
  const home = tempDir("plain");
  const bench = workbench(home);
  const python = await anyPython(bench);
  return { home, bench, python, base: await bench.base(python) };
}

function visible(directory: string): string[] {
  return readdirSync(directory).sort();
}

test("a plain directory holds packages and nothing else, as real files", async () => {
  const { home, bench, base, python } = await bench0();
  const tool = await bench.artifact("tool", "1.0", {
    files: { "tool/__init__.py": "__version__ = '1.0'\n", "single.py": "x = 1\n" },
    entryPoints: "[console_scripts]\ntool = tool:main\n",
  });
  const made = await bench.home.create("./lib", bench.request(base, [tool], "create", plain));
  expect(visible(made.root)).toEqual([".venvoy", "single.py", "tool", "tool-1.0.dist-info"]);
  expect(made.current).toEqual({ number: 1, root: made.root });
  expect(visible(join(made.root, ".venvoy"))).toEqual([
    ".gitignore",
    "generations",
    "history",
    "intent.toml",
    "manifest",
    "receipt",
    "used",
  ]);
  const said = await runIn(
    bench,
    python.executable,
    [
      "-c",
      "import tool, single; from importlib.metadata import files; print(tool.__version__, len([f for f in files('tool') if not f.locate().exists()]))",
    ],
    { PYTHONPATH: made.root },
  );
  expect(said).toBe("1.0 0");
  const { edits, extra } = await inspectFiles(bench.io, bench.store, made.root);
  expect([edits, extra, isUntouched(await inspectTree(bench.io, made.root))]).toEqual([[], [], true]);
  expect((await bench.home.list()).map((one) => [one.label, one.version])).toEqual([[join(home, "lib"), 1]]);
});

test("a change replaces what is venvoy's and leaves what is not; undo and delete do so, too", async () => {
  const { bench, base } = await bench0();
  const [one, two] = [await bench.artifact("demo", "1.0"), await bench.artifact("demo", "2.0")];
  const other = await bench.artifact("other", "1.0");
  const made = await bench.home.create("./lib", bench.request(base, [one, other], "create", plain));
  mkdirSync(join(made.root, "mine"));
  writeFileSync(join(made.root, "mine", "tool.py"), "mine");
  writeFileSync(join(made.root, "notes.txt"), "mine");
  const untouched = join(made.root, "other", "__init__.py");
  const before = (await bench.io.fs.linkInfo(absPath(untouched)))?.inode;
  await bench.home.using("./lib", { purpose: "t" }, (held) =>
    held.change(bench.request(base, [two, other], "up", plain)),
  );
  expect(visible(made.root)).toEqual([
    ".venvoy",
    "demo",
    "demo-2.0.dist-info",
    "mine",
    "notes.txt",
    "other",
    "other-1.0.dist-info",
  ]);
  expect((await bench.io.fs.linkInfo(absPath(untouched)))?.inode).toBe(before);
  const back = await bench.home.using("./lib", { purpose: "t" }, (held) =>
    held.goTo({ build: async ({ lock }) => ({ lock, base, artifacts: [one, other] }) }),
  );
  expect(back.current).toEqual({ number: 1, root: made.root });
  expect(visible(made.root)).toContain("demo-1.0.dist-info");
  await bench.home.remove("./lib");
  expect(visible(made.root)).toEqual(["mine", "notes.txt"]);
  expect((await bench.home.restore("./lib")).current.number).toBe(1);
  expect(visible(made.root)).toEqual([
    ".venvoy",
    "demo",
    "demo-1.0.dist-info",
    "mine",
    "notes.txt",
    "other",
    "other-1.0.dist-info",
  ]);
});

test("a named plain environment is one path whose packages change in one step", async () => {
  const { bench, base, python } = await bench0();
  const [one, two] = [await bench.artifact("demo", "1.0"), await bench.artifact("demo", "2.0")];
  const made = await bench.home.create("lib", bench.request(base, [one], "create", plain));
  expect(visible(made.root)).toEqual([".venvoy", "demo", "demo-1.0.dist-info"]);
  const version = () =>
    runIn(bench, python.executable, ["-c", "import demo; print(demo.__version__)"], { PYTHONPATH: made.root });
  expect(await version()).toBe("1.0");
  await bench.home.using("lib", { purpose: "t" }, (held) => held.change(bench.request(base, [two], "up", plain)));
  expect(await version()).toBe("2.0");
});

test("files of others inside a shared directory stay; those of a package that pip put there are replaced", async () => {
  const { bench, base } = await bench0();
  const part = await bench.artifact("part", "1.0", { files: { "space/part/__init__.py": "" } });
  const root = join(bench.io.system.cwd, "lib");
  mkdirSync(join(root, "space", "other"), { recursive: true });
  writeFileSync(join(root, "space", "other", "__init__.py"), "mine");
  mkdirSync(join(root, "part-0.9.dist-info"));
  writeFileSync(join(root, "part-0.9.dist-info", "METADATA"), "Metadata-Version: 2.1\nName: part\nVersion: 0.9\n");
  writeFileSync(
    join(root, "part-0.9.dist-info", "RECORD"),
    "space/part/old.py,,\npart-0.9.dist-info/METADATA,,\npart-0.9.dist-info/RECORD,,\n../../bin/x,,\n",
  );
  mkdirSync(join(root, "space", "part"));
  writeFileSync(join(root, "space", "part", "old.py"), "old");
  await bench.home.adopt(absPath(root), bench.request(base, [], "adopt", plain));
  expect(visible(root)).toEqual([".venvoy", "part-0.9.dist-info", "space"]);
  await bench.home.using("./lib", { purpose: "t" }, (held) => held.change(bench.request(base, [part], "add", plain)));
  expect(visible(root)).toEqual([".venvoy", "part-1.0.dist-info", "space"]);
  expect(visible(join(root, "space"))).toEqual(["other", "part"]);
  expect(visible(join(root, "space", "part"))).toEqual(["__init__.py"]);
});

/** What is written from the given step on fails, as nothing is written any more after a kill. */
function stoppedAfter(bench: Workbench, steps: number): ReturnType<typeof environments> {
  let left = steps;
  const fs = new Proxy(bench.io.fs, {
    get: (target, name) => {
      const member = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (!/^(rename|write|writeAtomic|remove|makeDir|symlink|replaceLink|copyFile)$/.test(String(name)))
        return member.bind(target);
      return (...args: unknown[]) => {
        if (left-- <= 0) throw new Error("stopped");
        return member.apply(target, args);
      };
    },
  });
  return environments({ ...bench.io, fs }, bench.context);
}

test("a deletion that stops between any two steps leaves it whole or deleted, and so does bringing it back", async () => {
  const { bench, base } = await bench0();
  const tool = await bench.artifact("tool", "1.0", { files: { "tool/__init__.py": "", "single.py": "x = 1\n" } });
  const { root } = await bench.home.create("./lib", bench.request(base, [tool], "create", plain));
  writeFileSync(join(root, "mine.txt"), "mine");
  const packages = ["single.py", "tool", "tool-1.0.dist-info"];
  const settled = async (note: string): Promise<"here" | "deleted"> => {
    if ((await bench.home.find("./lib")) === undefined) {
      expect(visible(root), note).toEqual(["mine.txt"]);
      return "deleted";
    }
    await bench.home.using("./lib", { purpose: "look" }, async () => {});
    expect(visible(root), note).toEqual([".venvoy", "mine.txt", ...packages]);
    return "here";
  };
  const isDone = (work: Promise<unknown>): Promise<boolean> =>
    work.then(
      () => true,
      () => false,
    );
  let ends = 0;
  for (let steps = 1; ends < 2; steps++) {
    const removed = await isDone(stoppedAfter(bench, steps).remove("./lib"));
    if ((await settled(`deleting, ${steps} steps`)) === "here") await bench.home.remove("./lib");
    const restored = await isDone(stoppedAfter(bench, steps).restore("./lib"));
    if ((await settled(`bringing back, ${steps} steps`)) === "deleted") await bench.home.restore("./lib");
    expect(await settled("brought back")).toBe("here");
    ends = Number(removed) + Number(restored);
    expect(steps).toBeLessThan(100);
  }
});

const kills = Number(process.env["VENVOY_KILLS"] ?? 20);
const firstSeed = Number(process.env["VENVOY_KILL_SEED"] ?? Date.now() % 1_000_000);

test(`kill -9 at ${kills} instants leaves the old packages or the new ones (first seed ${firstSeed})`, async () => {
  console.log(`kill -9 at ${kills} instants, first seed ${firstSeed} (VENVOY_KILL_SEED repeats it)`);
  const { home, bench, base } = await bench0();
  const program = bundleProgram("tests/env/programs/change-loop.ts", home);
  const first = await bench.artifact("demo", "1.0", demoWheel("1.0"));
  const wanted = { ...plain, requirements: [{ text: "demo==1.0", source: { kind: "typed" as const } }] };
  await bench.home.create("./plain", bench.request(base, [first], "create", wanted));
  writeFileSync(join(home, "plain", "mine.txt"), "mine");
  for (let round = 0; round < kills; round++) {
    const seed = firstSeed + round;
    const child = spawn(nodeProgram, [program, home, String(seed), "./plain"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await ready(child);
    await killSoon(child, ((seed * 7919) % 1_000) / 4);
    expect(readFileSync(join(home, "plain", "mine.txt"), "utf8"), `seed ${seed}`).toBe("mine");
    if ((await bench.home.find("./plain")) === undefined) {
      expect(
        visible(join(home, "plain")).filter((name) => name.startsWith("demo")),
        `seed ${seed}`,
      ).toEqual([]);
      // A machine that is too slow for a whole step before the kill would never bring it back.
      await bench.home.restore("./plain");
    }
    await whole(bench, join(home, "plain"), seed);
  }
}, 600_000);

async function whole(bench: Workbench, root: string, seed: number): Promise<void> {
  const { intent, current } = await bench.home.using("./plain", { purpose: "look" }, async (held) => held.environment);
  const [version] = intent.requirements.map(({ text }) => text.split("==")[1] ?? "");
  expect(demoVersions, `seed ${seed}`).toContain(version);
  expect(visible(root), `seed ${seed}`).toEqual([".venvoy", "demo", `demo-${version}.dist-info`, "mine.txt"]);
  const { installed } = await inspectTree(bench.io, current.root);
  expect(
    installed.map((one) => one.version),
    `seed ${seed}`,
  ).toEqual([version]);
  const { edits } = await inspectFiles(bench.io, bench.store, current.root);
  expect(edits, `seed ${seed}`).toEqual([]);
  expect(
    existsSync(join(root, ".venvoy", "swap.json")) || existsSync(join(root, ".venvoy", "trash")),
    `seed ${seed}`,
  ).toBe(false);
}

async function ready(child: ChildProcess): Promise<void> {
  const { stdout } = child;
  if (stdout === null) throw new Error("no output");
  const ended = once(child, "exit").then(() => Promise.reject(new Error("the program ended by itself")));
  await Promise.race([once(stdout, "data"), ended]);
}

async function killSoon(child: ChildProcess, delayMs: number): Promise<void> {
  const ended = once(child, "exit");
  await new Promise((done) => setTimeout(done, delayMs));
  child.kill("SIGKILL");
  await ended;
}

test("a file of somebody's own is not replaced: the change is refused, and nothing moved", async () => {
  const { bench, base } = await bench0();
  const demo = await bench.artifact("demo", "1.0");
  const made = await bench.home.create("./lib", bench.request(base, [], "create", plain));
  mkdirSync(join(made.root, "demo"));
  writeFileSync(join(made.root, "demo", "__init__.py"), "mine");
  const change = bench.home.using("./lib", { purpose: "t" }, (held) =>
    held.change(bench.request(base, [demo], "up", plain)),
  );
  await expect(change).rejects.toMatchObject({ code: "ENV_EXISTS", data: { path: "demo/__init__.py" } });
  expect(visible(made.root)).toEqual([".venvoy", "demo"]);
  expect(readFileSync(join(made.root, "demo", "__init__.py"), "utf8")).toBe("mine");
});

test("editable projects are links to their packages, as no path file is read in a plain directory", async () => {
  const { home, bench, base, python } = await bench0();
  for (const place of ["one/src/alpha", "two/beta", "two/tests", "one/src/alpha.egg-info"]) {
    mkdirSync(join(home, place), { recursive: true });
    if (!place.endsWith("info")) writeFileSync(join(home, place, "__init__.py"), "x = 1\n");
  }
  writeFileSync(join(home, "two", "gamma.py"), "x = 1\n");
  const table = `{'beta': '${join(home, "two", "beta")}', 'gamma': '${join(home, "two", "gamma")}'}`;
  const byPath = await bench.artifact("alpha", "1.0", {
    files: { "__editable__.alpha-1.0.pth": `${join(home, "one", "src")}\n` },
  });
  const byTable = await bench.artifact("beta", "1.0", {
    files: {
      "__editable__.beta-1.0.pth": "import __editable___beta_1_0_finder; __editable___beta_1_0_finder.install()\n",
      "__editable___beta_1_0_finder.py": `from __future__ import annotations\nMAPPING: dict[str, str] = ${table}\nNAMESPACES: dict = {}\n`,
    },
  });
  const made = await bench.home.create("./lib", bench.request(base, [byPath, byTable], "create", plain));
  const look = () =>
    runIn(bench, python.executable, ["-c", "import alpha, beta, gamma; print(alpha.x, beta.x, gamma.x)"], {
      PYTHONPATH: made.root,
    });
  expect(await look()).toBe("1 1 1");
  writeFileSync(join(home, "one", "src", "alpha", "__init__.py"), "x = 'edited'\n");
  expect(await look()).toBe("edited 1 1");
  await bench.home.using("./lib", { purpose: "t" }, (held) =>
    held.change(bench.request(base, [byTable], "remove", plain)),
  );
  expect(existsSync(join(made.root, "alpha"))).toBe(false);
  expect(existsSync(join(home, "one", "src", "alpha", "__init__.py"))).toBe(true);
});
