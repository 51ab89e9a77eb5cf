/** An archive that holds venvoy, too: what a person does with it on a machine that has neither Python nor a network. */
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, copyFileSync, existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Person, person } from "../kit/binary.ts";
import { type TestContext, testContext } from "../kit/context.ts";
import { realPythons } from "../kit/real-pythons.ts";

const real = realPythons().find(({ minor }) => minor === "3.11") ?? realPythons().at(-1);
const has = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const isRoot = process.getuid?.() === 0;

const script = (needs: string): string =>
  `# /// script\n# dependencies = ["${needs}", "nothere; sys_platform == 'win32'"]\n# ///\nimport demo, sys; print(demo.WORD, sys.prefix, sys.argv[1:])\n`;

describe.skipIf(real === undefined || process.platform !== "linux")("a tree with venvoy in it", () => {
  let context: TestContext;
  let ann: Person;
  let bare: string;
  let tree: string;
  beforeAll(async () => {
    context = await testContext({ demo: { "1.5": { files: { "demo/__init__.py": "WORD = 'hello'\n" } } } });
    const index = context.index.url.reveal();
    ann = person({ PIP_CONFIG_FILE: "/dev/null", PIP_INDEX_URL: index });
    const made = await ann.venvoy("create", "tool", "demo", "--python", real?.minor ?? "");
    expect([made.exit, made.err]).toEqual([0, made.err]);
    const packed = await ann.venvoy("pack", "tool", "-o", "tool.tar.gz", "--with-venvoy");
    expect([packed.exit, packed.out]).toEqual([0, expect.stringContaining("./venvoy run SCRIPT")]);
    bare = join(ann.home, "bare");
    mkdirSync(bare);
    execFileSync("tar", ["xzf", join(ann.home, "tool.tar.gz"), "-C", bare]);
    tree = join(bare, "tool");
    rmSync(join(ann.home, "venvoy"), { recursive: true });
    writeFileSync(join(bare, "fits.py"), script("demo>=1"));
    writeFileSync(join(bare, "newer.py"), script("demo>=2"));
  }, 300_000);
  afterAll(async () => {
    ann?.[Symbol.dispose]();
    await context?.[Symbol.asyncDispose]();
  });

  const there = (...words: string[]) => {
    const env = { PATH: "/nowhere", HOME: join(bare, "home"), PIP_INDEX_URL: "http://127.0.0.1:9/" };
    const { status, stdout, stderr } = spawnSync(join(tree, "venvoy"), words, { encoding: "utf8", cwd: bare, env });
    return [status, stdout, stderr] as const;
  };

  test("runs scripts whose headers it serves, and says which line it doesn't serve", () => {
    expect(there("run", "fits.py", "a")).toEqual([0, `hello ${tree} ['a']\n`, ""]);
    expect(there("run", "newer.py")).toEqual([
      1,
      "",
      expect.stringContaining("`newer.py` line 2 asks for `demo>=2`, and this tree of `tool` has 1.5"),
    ]);
    expect(there("run", "--python", "2.9", "fits.py")[2]).toContain("asks for Python 2.9, and this tree of `tool` has");
    expect(there("list")[1]).toContain("tool (here)");
  });

  test("is compared with its list, whatever was started in it", () => {
    expect(there("run", "fits.py")[0]).toBe(0);
    expect(there("unpack", "--check", tree)).toEqual([0, expect.stringContaining("as it was packed"), ""]);
    const file = join(tree, "lib", `python${real?.minor}`, "site-packages", "demo", "__init__.py");
    appendFileSync(file, "#\n");
    expect(there("unpack", "--check", "tool")).toEqual([
      1,
      "",
      expect.stringMatching(/is damaged: .*demo\/__init__\.py/),
    ]);
    writeFileSync(file, "WORD = 'hello'\n");
    expect(there("unpack", "--check", "tool")[0]).toBe(0);
  });

  test.skipIf(!isRoot || !has("chroot") || !has("unshare"))(
    "works in a root that has the C library alone, without network and without a home",
    () => {
      const root = join(ann.home, "root");
      for (const name of ["proc", "data"]) mkdirSync(join(root, name), { recursive: true });
      const libraries = execFileSync("ldd", [join(tree, "venvoy")], { encoding: "utf8" });
      for (const [path] of libraries.matchAll(/\/\S*\/(?:ld-linux\S*|lib\w+\.so\.\d+)/g)) {
        mkdirSync(join(root, dirname(path)), { recursive: true });
        copyFileSync(realpathSync(path), join(root, path));
        for (const name of ["librt.so.1", "libutil.so.1"]) {
          const beside = join(dirname(path), name);
          if (existsSync(beside)) copyFileSync(realpathSync(beside), join(root, beside));
        }
      }
      const inRoot =
        'mount -t proc proc "$1/proc" && mount --bind "$2" "$1/data" && mount -o remount,bind,ro "$1/data" && exec env -i "$(command -v chroot)" "$1" /data/tool/venvoy run /data/fits.py';
      const said = spawnSync("unshare", ["--mount", "--net", "sh", "-c", inRoot, "sh", root, bare], {
        encoding: "utf8",
        env: { PATH: process.env["PATH"] },
      });
      rmSync(root, { recursive: true });
      expect([said.status, said.stdout, said.stderr]).toEqual([0, "hello /data/tool []\n", ""]);
    },
  );
});

test("venvoy on Node says plainly that it can't come along", async () => {
  await using context = await testContext({});
  const answer = await context.venvoy("pack", "tool", "-o", "tool.zip", "--with-venvoy");
  expect([answer.exit, answer.err]).toEqual([2, expect.stringContaining("Only the standalone binary of venvoy")]);
});
