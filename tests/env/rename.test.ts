import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { environments } from "../../src/env/index.ts";
import type { Fs } from "../../src/ports/index.ts";
import { tempDir } from "../kit/temp.ts";
import { anyPython, runIn, startPython, type Workbench, workbench } from "./workbench.ts";

const files = { "demo/__init__.py": "", "demo/late.py": "version = 1\n", "demo/later.py": "version = 1\n" };

async function withDemo(label: string): Promise<Workbench> {
  const bench = workbench(tempDir(label));
  const base = await bench.base(await anyPython(bench));
  const demo = await bench.artifact("demo", "1.0", { files });
  await bench.home.create("demo", bench.request(base, [demo], "create demo"));
  return bench;
}

const shown = (bench: Workbench): readonly string[] =>
  readdirSync(bench.layout.envs)
    .filter((name) => !name.startsWith("."))
    .sort();

test("a renamed environment is the same one, and its old paths lead to it", async () => {
  const bench = await withDemo("rename");
  const before = await bench.home.open("demo");
  const renamed = await bench.home.rename("demo", { to: "relephant" });
  expect([renamed.id, renamed.name, renamed.label]).toEqual([before.id, "relephant", "relephant"]);
  expect(shown(bench)).toEqual(["demo", `demo-${before.id}`, "relephant", `relephant-${before.id}`]);
  expect(readlinkSync(join(bench.layout.envs, `demo-${before.id}`))).toBe(`relephant-${before.id}`);
  expect(realpathSync(before.current.root)).toBe(renamed.current.root);
  expect(realpathSync(before.root)).toBe(renamed.current.root);
  for (const root of [renamed.root, before.root, before.current.root]) {
    expect(await runIn(bench, absPath(join(root, "bin", "python")), ["-c", "import demo.late; print(1)"])).toBe("1");
  }
  expect((await bench.home.list()).map((one) => one.label)).toEqual(["relephant"]);
  const found = await bench.home.find("demo");
  expect([found?.name, found?.formerly]).toEqual(["relephant", "demo"]);
  expect(bench.reporter.events).toContainEqual(
    expect.objectContaining({ type: "notice", code: "ENV_RENAMED", text: "`demo` is called `relephant` now" }),
  );
  expect((await bench.home.active({ VIRTUAL_ENV: before.root }))?.kind).toBe("ours");
  expect(await bench.home.active({ VIRTUAL_ENV: before.current.root })).toMatchObject({ place: { id: before.id } });
  for (const name of ["pyvenv.cfg", "bin/activate", "bin/activate.fish", "bin/activate.csh", "bin/Activate.ps1"]) {
    const text = readFileSync(join(renamed.root, name), "utf8");
    expect([name, text.includes(before.root), text.includes(before.id)]).toEqual([name, false, false]);
  }
});

test("a Python that runs goes on importing from its own version, by either path", async () => {
  const bench = await withDemo("rename-running");
  const base = await bench.base(await anyPython(bench));
  const before = await bench.home.open("demo");
  await using stable = await startPython(before.root);
  await using pinned = await startPython(before.current.root);
  await bench.home.rename("demo", { to: "relephant" });
  const newer = await bench.artifact("demo", "2.0", {
    files: { ...files, "demo/late.py": "version = 2\n", "demo/later.py": "version = 2\n" },
  });
  for (const python of [stable, pinned]) {
    expect(await python.ask("import demo.late; print(demo.late.version)")).toBe("1");
  }
  await bench.home.using("relephant", { purpose: "add" }, (held) => held.change(bench.request(base, [newer])));
  await bench.home.rename("relephant", { to: "third" });
  for (const python of [stable, pinned]) {
    expect(await python.ask("import demo.later, subprocess, sys; print(demo.later.version)")).toBe("1");
  }
  const child =
    "print(subprocess.run([sys.executable, '-c', 'import demo.late; print(demo.late.version)'], capture_output=True, text=True).stdout.strip())";
  expect(await pinned.ask(child)).toBe("1");
  expect(await stable.ask(child)).toMatch(/^[12]$/);
  await expect(bench.home.remove("third")).rejects.toMatchObject({
    code: "ENV_BUSY",
    data: { users: expect.arrayContaining([expect.objectContaining({ pid: stable.pid })]) },
  });
});

test("the old name is free at once, and who takes it has it", async () => {
  const bench = await withDemo("rename-taken");
  const base = await bench.base(await anyPython(bench));
  const old = await bench.home.rename("demo", { to: "relephant" });
  const fresh = await bench.home.create("DEMO", bench.request(base, []));
  expect((await bench.home.open("demo")).id).toBe(fresh.id);
  await bench.home.remove("demo");
  const again = await bench.home.create("demo", bench.request(base, []));
  expect(readlinkSync(join(bench.layout.envs, "demo"))).toBe(`demo-${again.id}/current`);
  await bench.home.using("relephant", { purpose: "look" }, async () => {});
  expect((await bench.home.open("demo")).id).toBe(again.id);
  expect(realpathSync(join(bench.layout.envs, `demo-${old.id}`))).toBe(old.dir);
  await expect(bench.home.rename("relephant", { to: "Demo" })).rejects.toMatchObject({
    code: "ENV_EXISTS",
    message: "`Demo` is the same name as the environment `demo`",
  });
  await expect(bench.home.rename("relephant", { to: "dеmo" })).rejects.toMatchObject({ code: "ENV_NAME_INVALID" });
  await expect(bench.home.rename("relephant", { to: "a/b" })).rejects.toMatchObject({ code: "ENV_NAME_INVALID" });
  expect((await bench.home.list()).map((one) => one.label)).toEqual(["demo", "relephant"]);
});

test("case alone can change, and names can be exchanged back and forth", async () => {
  const bench = await withDemo("rename-case");
  const { id } = await bench.home.open("demo");
  expect((await bench.home.rename("demo", { to: "Demo" })).label).toBe("Demo");
  expect((await bench.home.open("demo")).name).toBe("Demo");
  expect(bench.reporter.events.filter((event) => event.type === "notice")).toEqual([]);
  await bench.home.rename("Demo", { to: "other" });
  await bench.home.rename("other", { to: "demo" });
  expect(shown(bench)).toEqual(["Demo", `Demo-${id}`, "demo", `demo-${id}`, "other", `other-${id}`].sort());
  expect((await bench.home.open("demo")).formerly).toBeUndefined();
  for (const name of ["Demo", "demo", "other"]) {
    const root = absPath(join(bench.layout.envs, name));
    expect(await runIn(bench, absPath(join(root, "bin", "python")), ["-c", "print(1)"])).toBe("1");
  }
  expect((await bench.home.rename("demo", { to: "demo" })).label).toBe("demo");
});

test("an old name goes after 30 days, and with its environment", async () => {
  const bench = await withDemo("rename-sweep");
  const { id } = await bench.home.rename("demo", { to: "relephant" });
  const day = 24 * 3_600_000;
  const later = (days: number) =>
    environments({ ...bench.io, clock: { ...bench.io.clock, now: () => Date.now() + days * day } }, bench.context);
  expect((await later(29).sweep()).links).toBe(0);
  expect((await later(29).find("demo"))?.id).toBe(id);
  expect((await later(31).sweep()).links).toBe(2);
  expect(await bench.home.find("demo")).toBeUndefined();
  expect(shown(bench)).toEqual(["relephant", `relephant-${id}`]);
  await bench.home.rename("relephant", { to: "third" });
  await bench.home.remove("third");
  expect(shown(bench)).toEqual([]);
  await bench.home.restore("third");
  await bench.home.using("third", { purpose: "look" }, async () => {});
  expect((await bench.home.find("relephant"))?.id).toBe(id);
});

test("scripts that pip wrote name the new place, short and long ones, and are otherwise untouched", async () => {
  const bench = await withDemo("rename-scripts");
  const before = await bench.home.open("demo");
  const bin = (name: string) => join(before.current.root, "bin", name);
  const script = (head: string, name: string) => {
    writeFileSync(
      bin(name),
      `${head}\nimport sys\nprint("said", sys.prefix.rsplit("/", 1)[1])  # ${before.root}/bin\n`,
    );
    chmodSync(bin(name), 0o755);
  };
  script(`#!${before.root}/bin/python`, "short");
  script(`#!${before.current.root}/bin/python -sE`, "pinned");
  script(`#!/bin/sh\n'''exec' "${before.root}/bin/python" "$0" "$@"\n' '''`, "quoted");
  script(`#!/opt${before.root}/bin/python`, "foreign");
  script(`#!${before.root}-other/bin/python`, "neighbour");
  writeFileSync(bin("program"), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe, 0x00]));
  const foreign = readFileSync(bin("foreign"), "utf8") + readFileSync(bin("neighbour"), "utf8");
  const long = `a-name-that-is-long-enough-to-pass-the-length-of-a-first-line-${"x".repeat(38)}`;
  const renamed = await bench.home.rename("demo", { to: long });
  rmSync(join(bench.layout.envs, "demo"));
  rmSync(join(bench.layout.envs, `demo-${before.id}`));
  const now = (name: string) => readFileSync(join(renamed.root, "bin", name), "utf8");
  expect(now("short").split("\n").slice(0, 4)).toEqual([
    "#!/bin/sh",
    `'''exec' ${renamed.root}/bin/python "$0" "$@"`,
    "' '''",
    "import sys",
  ]);
  expect(now("pinned")).toContain(`'''exec' ${renamed.current.root}/bin/python -sE "$0" "$@"`);
  expect(now("quoted")).toContain(`'''exec' "${renamed.root}/bin/python" "$0" "$@"`);
  expect(now("foreign") + now("neighbour")).toBe(foreign);
  expect(now("short")).toContain(`# ${before.root}/bin`);
  expect(statSync(join(renamed.root, "bin", "short")).mode & 0o777).toBe(0o755);
  for (const name of ["short", "quoted", "pinned"]) {
    expect(await runIn(bench, absPath(join(renamed.root, "bin", name)), [])).toMatch(/^said /);
  }
});

test("one that is protected, in a directory, or unknown is not renamed", async () => {
  const bench = await withDemo("rename-refused");
  const base = await bench.base(await anyPython(bench));
  await bench.home.using("demo", { purpose: "protect" }, (held) => held.edit({ protected: true }));
  await expect(bench.home.rename("demo", { to: "other" })).rejects.toMatchObject({ code: "ENV_PROTECTED" });
  await bench.home.create("./env", bench.request(base, []));
  await expect(bench.home.rename("./env", { to: "other" })).rejects.toMatchObject({
    code: "ARGUMENT_INVALID",
    hint: expect.stringMatching(/^mv .*\/env NEW/),
  });
  await expect(bench.home.rename("nothing", { to: "other" })).rejects.toMatchObject({ code: "ENV_UNKNOWN" });
  expect((await bench.home.list()).map((one) => one.label)).toEqual(["demo", join(bench.io.system.home, "env")]);
});

test("what a kill left between the rename and the links is finished by the next operation", async () => {
  const bench = await withDemo("rename-killed");
  const before = await bench.home.open("demo");
  const { id } = await bench.home.rename("demo", { to: "relephant" });
  for (const name of ["demo", `demo-${id}`, "relephant"]) rmSync(join(bench.layout.envs, name));
  symlinkSync("gone-abcdefgh/current", join(bench.layout.envs, "relephant"));
  expect((await bench.home.open("relephant")).id).toBe(id);
  await bench.home.using("relephant", { purpose: "look" }, async () => {});
  expect(realpathSync(before.root)).toBe(realpathSync(join(bench.layout.envs, "relephant")));
  expect(existsSync(before.current.root)).toBe(true);
  mkdirSync(join(bench.layout.envs, "unrelated"));
  expect(await bench.home.find("unrelated")).toBeUndefined();
});

test("when the disk refuses a step in the middle of a rename, the environment keeps its name", async () => {
  const bench = await withDemo("rename-disk-full");
  const before = await bench.home.open("demo");
  for (const call of ["rename", "replaceLink", "symlink", "syncDir", "writeAtomic"] as const) {
    let refused = 0;
    const full = () => {
      refused++;
      return Promise.reject(Object.assign(new Error("ENOSPC"), { code: "ENOSPC" }));
    };
    const fs: Fs = new Proxy(bench.io.fs, {
      get: (real, key) => (key === call && refused === 0 ? full : Reflect.get(real, key)),
    });
    const home = environments({ ...bench.io, fs }, bench.context);
    await expect(home.rename("demo", { to: "relephant" }), call).rejects.toMatchObject({ code: "DISK_FULL" });
    expect([call, refused]).toEqual([call, 1]);
    const after = await bench.home.open("demo");
    expect([after.dir, after.name, after.formerly]).toEqual([before.dir, "demo", undefined]);
    expect((await bench.home.list()).map((one) => [one.label, one.problem])).toEqual([["demo", undefined]]);
    expect(await bench.home.find("relephant"), call).toBeUndefined();
    const python = absPath(join(before.root, "bin", "python"));
    expect(await runIn(bench, python, ["-c", "import demo.late; print(1)"])).toBe("1");
  }
  expect((await bench.home.rename("demo", { to: "relephant" })).name).toBe("relephant");
});

test("at no instant is an environment listed under a path that doesn't lead to it yet", async () => {
  const bench = await withDemo("rename-instants");
  const base = await bench.base(await anyPython(bench));
  let looks = 0;
  const seen = new Set<string>();
  const lost: string[] = [];
  const fs: Fs = new Proxy(bench.io.fs, {
    get: (real, key) => {
      const member: unknown = Reflect.get(real, key);
      if (typeof member !== "function") return member;
      if (!/^(rename|symlink|replaceLink|remove|writeAtomic)$/.test(String(key))) return member.bind(real);
      return async (...words: unknown[]) => {
        await member.apply(real, words);
        looks++;
        for (const { label, root } of await bench.home.list()) {
          seen.add(label);
          if (!existsSync(join(root, "bin", "python"))) lost.push(`${label} after ${String(key)} ${String(words)}`);
        }
      };
    },
  });
  const home = environments({ ...bench.io, fs }, bench.context);
  await home.create("other", bench.request(base, []));
  await home.rename("other", { to: "third" });
  await home.remove("third");
  await home.restore("third", { as: "fourth" });
  expect(lost).toEqual([]);
  expect([...seen].sort()).toEqual(["demo", "fourth", "other", "third"]);
  expect(looks).toBeGreaterThan(10);
});
