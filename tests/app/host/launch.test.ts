import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestContext, testContext } from "../../kit/context.ts";
import { sharedObject } from "../../kit/elf.ts";
import { buildHost, pythonOf, whyNoHost } from "../../kit/embedding-host.ts";
import { pythonsOf } from "../../kit/real-pythons.ts";
import { tempDir } from "../../kit/temp.ts";

const minor = "3.11";
const why = whyNoHost(minor);
const python = pythonOf(minor);
const [older] = pythonsOf(["3.9", "3.10", "3.12"]);

const projects = {
  tool: { "1.0": { files: { "tool.py": "version = '1.0'\n" } }, "2.0": { files: { "tool.py": "version = '2.0'\n" } } },
};

let application = "";
let context: TestContext;

/** A person with an application that has a Python inside, and an environment for that Python. */
beforeAll(async () => {
  if (why !== undefined || python === undefined) return;
  application = buildHost(python, tempDir("launch"), "application");
  context = await testContext(projects);
  expect((await context.venvoy("create", "tools", "--python", minor, "tool==1.0")).exit).toBe(0);
  expect(await known("nuke")).toEqual([0, ""]);
});

afterAll(async () => context?.[Symbol.asyncDispose]());

async function known(kind: string): Promise<readonly [number, string]> {
  const words = ["--python", python?.program ?? "", "--program", application];
  const { exit, err } = await context.venvoy("host", "add", kind, ...words);
  return [exit, err];
}

/** Sets variables of the caller for a while. */
async function having(set: Record<string, string>, body: () => Promise<void>): Promise<void> {
  Object.assign(context.env, set);
  try {
    await body();
  } finally {
    for (const name of Object.keys(set)) delete context.env[name];
  }
}

const shows = "import os, sys, tool; print(tool.version, os.environ.get('DEMO'), sys.argv[1:]); sys.exit(7)";

test.skipIf(why !== undefined)("the command is shown for each shell, and the shell that starts it agrees", async () => {
  const print = (...words: string[]) => context.venvoy("host", "launch", "nuke", "-n", "tools", "--print", ...words);
  const lines = async (shell: string) => (await print("--shell", shell)).out.split("\n");
  await having({ PYTHONHOME: "/nowhere" }, async () => {
    const { out } = await print("--shell", "bash", "--", "-c", 'import tool; print("it\'s", tool.version)');
    expect(execFileSync("bash", ["-c", out], { env: { ...context.env } }).toString()).toBe("it's 1.0\n");
    expect(await lines("powershell")).toEqual([
      "Remove-Item -ErrorAction Ignore Env:PYTHONHOME",
      expect.stringMatching(/^\$env:PYTHONPATH = '.*site-packages'$/),
      expect.stringMatching(/^\$env:PATH = '.*' \+ \[System\.IO\.Path\]::PathSeparator \+ \$env:PATH$/),
      `& '${application}'`,
      "",
    ]);
    expect((await lines("cmd")).at(-2)).toBe(`"${application}"`);
    expect((await lines("fish"))[0]).toBe("set -e PYTHONHOME");
    expect((await lines("csh"))[0]).toBe("unsetenv PYTHONHOME");
    expect((await lines("nu")).at(-2)).toBe(`^"${application}"`);
  });
  const said = await print("--json");
  expect(JSON.parse(said.out)).toMatchObject({ host: "nuke", environment: { name: "tools" } });
});

test.skipIf(why !== undefined)("an application starts with an environment's packages and variables", async () => {
  const words = ["host", "launch", "nuke", "-n", "tools"] as const;
  await context.venvoy("set", "-n", "tools", "DEMO=a b");
  await having({ PYTHONHOME: "/nowhere", VIRTUAL_ENV: "/nowhere" }, async () => {
    const ran = await context.runs(...words, "--", "-c", shows, "--x", "a b");
    expect([ran.exit, ran.out]).toEqual([7, "1.0 a b ['--x', 'a b']\n"]);
    await context.venvoy(...words);
  });
  const env = context.started.at(-1)?.env ?? {};
  expect(env["PATH"]?.split(":")[0]).toMatch(/\/generations\/1\/bin$/);
  expect([env["VIRTUAL_ENV"], env["PYTHONHOME"]]).toEqual([undefined, undefined]);
  // A later version doesn't reach into a program that was started before.
  expect((await context.venvoy("add", "-n", "tools", "tool==2.0")).exit).toBe(0);
  expect(readFileSync(join(env["PYTHONPATH"] ?? "", "tool.py"), "utf8")).toContain("1.0");
  expect((await context.runs(...words, "--", "-c", shows)).out).toContain("2.0");
});

test.skipIf(why !== undefined || older === undefined)(
  "what doesn't fit is told before the start, with the next command",
  async () => {
    const { minor: other = "" } = older ?? {};
    await context.venvoy("create", "others", "--python", other, "tool<2");
    const refused = await context.venvoy("host", "launch", "nuke", "-n", "others");
    expect(refused.exit).toBe(1);
    expect(refused.err).toContain(`\`others\` is for Python ${other}, and Nuke has ${minor}`);
    expect(refused.err).toContain("venvoy create others-nuke --host nuke 'tool<2'");
    expect((await context.venvoy("create", "others-nuke", "--host", "nuke", "tool<2")).exit).toBe(0);
    const ran = await context.runs("host", "launch", "nuke", "-n", "others-nuke", "--", "-c", shows);
    expect([ran.exit, ran.out]).toEqual([7, "1.0 None []\n"]);
    expect((await context.venvoy("host", "launch", "nuke", "-n", "others", "--force")).err).toContain("is for Python");
    // A compiled module of another Python in a tree that says it is for this one.
    const site = join((await context.library.show({ name: "tools" })).path, "lib", `python${minor}`, "site-packages");
    const foreignFile = join(site, "fast.cpython-38-x86_64-linux-gnu.so");
    writeFileSync(foreignFile, "");
    const foreign = await context.venvoy("host", "launch", "nuke", "-n", "tools");
    rmSync(foreignFile);
    expect([foreign.exit, foreign.err]).toEqual([
      1,
      expect.stringContaining("is for another Python than that of Nuke"),
    ]);
  },
);

test.skipIf(why !== undefined)(
  "a compiled module that needs a newer system is told by its file, wherever it lies",
  async () => {
    const tree = join(context.home, "unpacked");
    const site = join(tree, "lib", `python${minor}`, "site-packages", "pkg");
    mkdirSync(site, { recursive: true });
    writeFileSync(join(tree, "pyvenv.cfg"), `version = ${minor}.7\n`);
    const library = (versions: readonly string[]) =>
      writeFileSync(
        join(site, "fast.abi3.so"),
        sharedObject({ needed: ["libc.so.6"], versions: { "libc.so.6": versions } }),
      );
    library(["GLIBC_2.2.5"]);
    expect((await context.venvoy("host", "launch", "nuke", "-n", tree, "--dry-run")).exit).toBe(0);
    library(["GLIBC_2.99"]);
    const refused = await context.venvoy("host", "launch", "nuke", "-n", tree);
    expect([refused.exit, refused.err]).toEqual([
      1,
      expect.stringContaining("`pkg/fast.abi3.so` of `unpacked` needs GLIBC_2.99, and this machine has"),
    ]);
  },
);

test.skipIf(why !== undefined)("two versions of what the program brings are told", async () => {
  const { file } = await context.library.showHost("nuke");
  const before = readFileSync(file, "utf8");
  writeFileSync(file, `${before}\n[[bundled]]\nname = "tool"\nversion = "0.5"\n`);
  const said = await context.venvoy("host", "launch", "nuke", "-n", "tools", "--dry-run");
  expect(said.err).toContain("Nuke brings tool 0.5, and tools has 2.0, which comes first");
  writeFileSync(file, before);
});

test.skipIf(why !== undefined)(
  "each program gets the variable and the arguments that its maker documents",
  async () => {
    for (const kind of ["blender", "unreal", "3dsmax"]) expect(await known(kind)).toEqual([0, ""]);
    const start = async (kind: string) => {
      await context.venvoy("host", "launch", kind, "-n", "tools", "--", "scene");
      return context.started.at(-1);
    };
    const blender = await start("blender");
    expect(blender?.argv).toEqual([application, "--python-use-system-env", "scene"]);
    expect([blender?.env["PYTHONNOUSERSITE"], blender?.env["PYTHONPATH"]]).toEqual([
      "1",
      expect.stringContaining("lib"),
    ]);
    const unreal = await start("unreal");
    expect([unreal?.env["PYTHONPATH"], unreal?.env["UE_PYTHONPATH"]]).toEqual([
      undefined,
      expect.stringContaining("site-packages"),
    ]);
    let max: Awaited<ReturnType<typeof start>>;
    await having({ ADSK_3DSMAX_STARTUPSCRIPTS_ADDON_DIR: "C:\\mine" }, async () => {
      max = await start("3dsmax");
    });
    const directory = max?.env["ADSK_3DSMAX_STARTUPSCRIPTS_ADDON_DIR"]?.split(":")[0] ?? "";
    expect(max?.env["ADSK_3DSMAX_STARTUPSCRIPTS_ADDON_DIR"]).toBe(`${directory}:C:\\mine`);
    expect(readFileSync(join(directory, "venvoy.ms"), "utf8")).toContain("python.Execute");
  },
);

test.skipIf(why !== undefined)("a share is settled once; its release is what the program gets", async () => {
  const share = join(context.home, "my share");
  for (const release of ["7", "8"]) {
    const site = join(share, "releases", release, "lib", `python${minor}`, "site-packages");
    mkdirSync(site, { recursive: true });
    mkdirSync(join(share, "releases", release, ".venvoy"));
    writeFileSync(join(site, "tool.py"), `version = ${release}\n`);
    writeFileSync(join(share, "releases", release, ".venvoy", "standalone.json"), `{"python": "${minor}.7"}`);
  }
  writeFileSync(
    join(share, "publication.json"),
    '{"format":1,"form":"share","name":"pipeline","id":"00112233445566778899aabbccddeeff"}',
  );
  writeFileSync(join(share, "current.txt"), "7\n");
  symlinkSync("releases/7", join(share, "current"));
  const words = ["host", "launch", "nuke", "-n", share] as const;
  expect((await context.runs(...words, "--", "-c", shows)).out).toBe("7 None []\n");
  expect((await context.venvoy(...words, "--dry-run")).out).toContain("/releases/7/");
  writeFileSync(join(share, "current.new"), "8\n");
  renameSync(join(share, "current.new"), join(share, "current.txt"));
  expect((await context.runs(...words, "--", "-c", shows)).out).toBe("8 None []\n");
  // What holds paths alone names the link.
  const path = await context.venvoy("host", "snippet", "-n", share, "--for", "rhino8");
  expect(path.out).toBe(`${share}/current/lib/python${minor}/site-packages\n`);
  rmSync(join(share, "current"));
  const houdini = ["host", "snippet", "-n", share, "--for", "houdini", "--lang", "env"] as const;
  expect((await context.venvoy(...houdini)).err).toContain("has no link `current`");
  // The same by a click: the lines in the startup file look for themselves, without venvoy.
  const wrote = await context.venvoy("host", "snippet", "-n", share, "--for", "nuke", "--write");
  expect([wrote.exit, wrote.err]).toEqual([0, ""]);
  const init = join(context.home, ".nuke", "init.py");
  expect(existsSync(init)).toBe(true);
  const click = () => spawnSync(application, ["-c", shows], { env: { HOME: context.home, PATH: "/usr/bin:/bin" } });
  expect([click().status, click().stdout.toString()]).toEqual([7, "8 None []\n"]);
  writeFileSync(join(share, "current.txt"), "7\n");
  expect(click().stdout.toString()).toBe("7 None []\n");
  renameSync(share, `${share}.gone`);
  const without = spawnSync(application, ["-c", "print('starts')"], { env: { HOME: context.home } });
  expect([without.status, without.stdout.toString(), without.stderr.toString()]).toEqual([
    0,
    "starts\n",
    `venvoy: pipeline is not there (${share}); its packages are missing here\n`,
  ]);
});

test.skipIf(why !== undefined)("a share that no program can look into is refused, with what to do", async () => {
  const share = join(context.home, "archives");
  mkdirSync(share);
  const facts = { format: 1, form: "vcs", name: "pipeline", id: "00112233445566778899aabbccddeeff" };
  writeFileSync(join(share, "publication.json"), JSON.stringify(facts));
  const archives = await context.venvoy("host", "launch", "nuke", "-n", share);
  expect([archives.exit, archives.err]).toEqual([2, expect.stringContaining(`venvoy pull ${share} pipeline`)]);
  writeFileSync(join(share, "publication.json"), JSON.stringify({ ...facts, form: "share", name: "a\u001b[2Jb" }));
  expect((await context.venvoy("host", "launch", "nuke", "-n", share)).err).toContain("has no release yet");
  const other = join(share, "releases", "1", "lib", "python3.6", "site-packages");
  mkdirSync(other, { recursive: true });
  writeFileSync(join(share, "releases", "1", "pyvenv.cfg"), "version = 3.6.15\n");
  writeFileSync(join(share, "current.txt"), "1\n");
  const hostile = await context.venvoy("host", "launch", "nuke", "-n", share);
  expect(hostile.err).toContain("is for Python 3.6, and Nuke has");
  expect(hostile.err).not.toContain("\u001b");
});

test.skipIf(why !== undefined)("a program that is nowhere, or that no variable reaches, is refused", async () => {
  expect((await context.venvoy("host", "launch", "nuke", "-n", "tools", "--program", "./no")).err).toContain(
    "is no program",
  );
  await known("rhino8");
  const rhino = await context.venvoy("host", "launch", "rhino8", "-n", "tools");
  expect(rhino.err).toContain("No variable reaches the Python of Rhino 8");
  expect(rhino.err).toContain("venvoy host snippet --for rhino8 -n tools --write");
  await context.venvoy("host", "add", "mine", "--python", python?.program ?? "");
  expect((await context.venvoy("host", "launch", "mine", "-n", "tools")).err).toContain("isn't known");
  expect((await context.venvoy("host", "launch", "nuke", "-n", "nothing")).err).toContain("nothing");
});
