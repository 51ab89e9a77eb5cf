import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { nodeFs } from "../../src/node/index.ts";
import { codeOf } from "../contract/fs.ts";
import { bundleProgram, bunProgram, nodeProgram } from "../kit/runtimes.ts";
import { tempDir } from "../kit/temp.ts";

const fs = nodeFs();
const nobody = 65_534;

describe("removing", () => {
  let directory = "";
  let program = "";
  beforeAll(() => {
    directory = tempDir("remove");
    chmodSync(directory, 0o755);
    program = bundleProgram("tests/node/programs/remove-tree.ts", directory);
  });

  test.each([
    ["Node", nodeProgram],
    ["Bun", bunProgram],
  ])("read-only directories of ours go, others' are refused (%s)", (name, runtime) => {
    const asRoot = process.getuid?.() === 0;
    const mine = join(directory, name);
    const foreign = join(directory, `foreign-${name}`);
    mkdirSync(mine);
    chmodSync(mine, 0o777);
    mkdirSync(foreign);
    writeFileSync(join(foreign, "f"), "");
    const answer = spawnSync(runtime, [program, mine, asRoot ? join(foreign, "f") : "/etc/passwd"], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"] ?? "", HOME: mine },
      ...(asRoot ? { uid: nobody, gid: nobody } : {}),
    });
    expect(answer.stdout + answer.stderr).toMatch(/^left: 0\nrefused: (EACCES|EPERM)\n$/);
    expect(existsSync(join(foreign, "f"))).toBe(true);
  });
});

describe("links", () => {
  test("a reader of a link that is replaced never misses it", async () => {
    const root = tempDir("links");
    for (const generation of ["1", "2"]) {
      mkdirSync(join(root, generation));
      writeFileSync(join(root, generation, "which"), generation);
    }
    const link = fs.path.join(root, "current");
    await fs.replaceLink("1", link, "directory");
    const reader = `for i in $(seq 100); do cat "${link}/which" || exit 1; done`;
    const reading = new Promise<{ readonly status: unknown; readonly output: string }>((resolve) => {
      import("node:child_process").then(({ execFile }) => {
        execFile("sh", ["-c", reader], (error, output) => resolve({ status: error?.code ?? 0, output }));
      });
    });
    let isReading = true;
    const done = reading.then((result) => {
      isReading = false;
      return result;
    });
    for (let turn = 0; isReading; turn++) {
      await fs.replaceLink(turn % 2 === 0 ? "2" : "1", link, "directory");
      if (turn % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const { status, output } = await done;
    expect(status).toBe(0);
    expect(output).toMatch(/^[12]{100}$/);
  });

  test("a link out of a written tree is replaced, not followed", async () => {
    const root = tempDir("links");
    writeFileSync(join(root, "victim"), "before");
    symlinkSync("victim", join(root, "settings"));
    await fs.writeAtomic(fs.path.join(root, "settings"), "after");
    expect(readFileSync(join(root, "victim"), "utf8")).toBe("before");
    expect(lstatSync(join(root, "settings")).isFile()).toBe(true);
  });

  test("linkTree refuses to write through what is there already", async () => {
    const root = tempDir("links");
    const [from, to] = [fs.path.join(root, "from"), fs.path.join(root, "to")];
    for (const path of [from, to]) mkdirSync(path);
    writeFileSync(join(from, "f"), "new");
    writeFileSync(join(root, "victim"), "before");
    symlinkSync("../victim", join(to, "f"));
    for (const mode of ["hardlink", "copy"] as const) {
      expect(await codeOf(fs.linkTrees([{ from, to, directories: [], files: ["f"], mode }]))).toBe("EEXIST");
    }
    expect(readFileSync(join(root, "victim"), "utf8")).toBe("before");
  });
});

describe("writing", () => {
  test("a download that breaks off leaves what came, for the next try", async () => {
    const file = fs.path.join(tempDir("writer"), "download");
    const broken = async (): Promise<void> => {
      await using writer = await fs.openWriter(file);
      await writer.write(Buffer.from("first half, "));
      throw new Error("connection lost");
    };
    await expect(broken()).rejects.toThrow("connection lost");
    const more = await fs.openWriter(file, { append: true });
    await more.write(Buffer.from("second half"));
    await more.close();
    expect(readFileSync(file, "utf8")).toBe("first half, second half");
    await expect(more.write(Buffer.from("late"))).rejects.toThrow("closed");
  });

  test("many and large pieces arrive in order", async () => {
    const file = fs.path.join(tempDir("writer"), "download");
    const pieces = Array.from({ length: 5_000 }, (_, index) => Buffer.alloc((index * 37) % 1_500, index % 251));
    pieces.push(Buffer.alloc(3 << 20, 7));
    {
      await using writer = await fs.openWriter(file);
      for (const piece of pieces) await writer.write(piece);
      await writer.close();
    }
    expect(Buffer.compare(readFileSync(file), Buffer.concat(pieces))).toBe(0);
  });

  test("modes follow the umask where they are not told", async () => {
    const root = tempDir("modes");
    const before = process.umask(0o027);
    try {
      await fs.write(fs.path.join(root, "plain"), "");
      await fs.write(fs.path.join(root, "program"), "", { mode: 0o777 });
      await fs.writeAtomic(fs.path.join(root, "atomic"), "");
      const stage = await fs.makeStage(root, "s");
      const modes = ["plain", "program", "atomic", fs.path.name(stage)].map((name) => lstatSync(join(root, name)).mode);
      expect(modes.map((mode) => mode & 0o777)).toEqual([0o640, 0o750, 0o640, 0o750]);
    } finally {
      process.umask(before);
    }
  });
});

test("more links than a file can have become copies", async () => {
  const root = tempDir("many");
  const [from, to] = [fs.path.join(root, "from"), fs.path.join(root, "to")];
  mkdirSync(from);
  mkdirSync(join(root, "crowd"));
  writeFileSync(join(from, "empty.py"), "");
  let links = 1;
  try {
    // ext4 holds 65,000; where more fit there is nothing to show.
    for (; links < 65_100; links++) linkSync(join(from, "empty.py"), join(root, "crowd", String(links)));
  } catch (error) {
    expect(error).toMatchObject({ code: "EMLINK" });
  }
  await fs.linkTrees([{ from, to, directories: [], files: ["empty.py"], mode: "hardlink" }]);
  expect((await fs.info(absPath(join(to, "empty.py"))))?.sizeBytes).toBe(0);
});
