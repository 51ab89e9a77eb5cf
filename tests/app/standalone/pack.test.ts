import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { testContext } from "../../kit/context.ts";
import { backend, project } from "../../kit/own-backend.ts";
import { realPythons } from "../../kit/real-pythons.ts";

/** In one directory of its own, so that it can be taken along. */
const real = realPythons().find(({ minor }) => minor === "3.11") ?? realPythons()[0];

/** What is kept there: names that look like digests. */
const keysIn = (directory: string): readonly string[] =>
  existsSync(directory) ? readdirSync(directory).filter((name) => /^[0-9a-f]{64}$/.test(name)) : [];

const printed = (program: string, ...words: string[]): string =>
  execFileSync(program, words, { encoding: "utf8", env: { PATH: process.env["PATH"] } }).trim();

describe.skipIf(real === undefined || process.platform !== "linux")("an environment with its Python", () => {
  const minor = real?.minor ?? "";

  test("is one archive, the same each time, that unpacks whole or not at all and runs anywhere", {
    timeout: 300_000,
  }, async () => {
    await using context = await testContext({
      demo: {
        "1.0": {
          requires: ["idna"],
          files: { "demo/__init__.py": "WORD = 'hello'\ndef main():\n    print('HELLO')\n" },
          entryPoints: { demo: "demo:main" },
        },
      },
      idna: { "3.6": {} },
    });
    expect((await context.venvoy("create", "tool", "demo", "--python", minor)).exit).toBe(0);
    const [first, second] = [join(context.cwd, "a", "tool.tar.gz"), join(context.cwd, "b", "tool.tar.gz")];
    const said = await context.venvoy("pack", "tool", "-o", first, "--json");
    expect(said.exit).toBe(0);
    expect(JSON.parse(said.out)).toMatchObject({
      environment: "tool",
      version: 1,
      kind: "archive",
      packages: 3,
      notes: [],
    });
    // What the first one left in the store makes no difference to the bytes, and is made again when it is gone.
    const prepared = join(context.env["VENVOY_HOME"] as string, "store", "python");
    expect(keysIn(prepared)).toHaveLength(1);
    rmSync(prepared, { recursive: true });
    const again = await context.venvoy("pack", "tool", "-o", first);
    expect([again.exit, again.err]).toEqual([2, expect.stringContaining("`a/tool.tar.gz` is there already")]);
    for (const file of [second, join(context.cwd, "c", "tool.tar.gz")]) {
      expect((await context.venvoy("pack", "tool", "-o", file)).exit).toBe(0);
      expect(readFileSync(first).equals(readFileSync(file))).toBe(true);
    }

    const [zipped, rezipped] = [join(context.cwd, "a", "tool.zip"), join(context.cwd, "b", "tool.zip")];
    const zip = await context.venvoy("pack", "tool", "-o", zipped);
    expect([zip.exit, zip.out]).toEqual([0, expect.stringContaining("not with Python's zipfile")]);
    expect((await context.venvoy("pack", "tool", "-o", rezipped)).exit).toBe(0);
    expect(readFileSync(zipped).equals(readFileSync(rezipped))).toBe(true);
    const fromZip = join(context.cwd, "from zip");
    expect((await context.venvoy("unpack", zipped, fromZip)).exit).toBe(0);
    expect(printed(join(fromZip, "bin", "demo"))).toBe("HELLO");
    const tested = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), len(z.namelist()) > 500)";
    expect(printed(join(fromZip, "bin", "python"), "-c", tested, zipped)).toBe("None True");
    rmSync(fromZip, { recursive: true });

    const place = join(context.home, "some longer place, with blanks", "tool");
    const unpacked = await context.venvoy("unpack", first, place);
    expect([unpacked.exit, unpacked.out]).toEqual([0, expect.stringContaining(`start it: '${place}/bin/python'`)]);
    // Nothing of what it was made from is needed: neither venvoy's directory nor the place where it was unpacked.
    const moved = join(context.home, "m");
    renameSync(place, moved);
    rmSync(context.env["VENVOY_HOME"] as string, { recursive: true, force: true });
    expect(printed(join(moved, "bin", "demo"))).toBe("HELLO");
    expect(printed(join(moved, "bin", "python"), "-c", "import sys, demo, pip; print(sys.prefix, demo.WORD)")).toBe(
      `${moved} hello`,
    );
    expect(printed(join(moved, "bin", "pip"), "check")).toBe("No broken requirements found.");
    expect(readlinkSync(join(moved, "bin", "python"))).not.toContain("/");
    const { prefix } = real as NonNullable<typeof real>;
    for (const old of [prefix, context.env["VENVOY_HOME"] as string, place]) {
      expect(printed("sh", "-c", 'grep -rlI "$1" "$2" || true', "sh", old, moved)).toBe("");
    }

    const at = join(context.cwd, "open");
    mkdirSync(at);
    execFileSync("tar", ["xzf", first, "-C", at]);
    const site = join(at, "tool", "lib", `python${minor}`, "site-packages");
    appendFileSync(join(site, "demo", "__init__.py"), "#\n");
    writeFileSync(join(site, "evil.pth"), "import os\n");
    const bad = join(context.cwd, "bad.tar.gz");
    execFileSync("tar", ["czf", bad, "-C", at, "tool"]);
    const refused = await context.venvoy("unpack", bad);
    expect(refused.exit).toBe(1);
    expect(refused.err).toContain("`bad.tar.gz` is damaged");
    expect(refused.err).toContain("evil.pth");
    expect(existsSync(join(context.cwd, "bad"))).toBe(false);
  });

  test("holds no way to the sources of an editable project, and is refused while changes by hand are not taken over", {
    timeout: 300_000,
  }, async () => {
    await using context = await testContext({ demo: { "1.0": {} } });
    context.write("proj/pyproject.toml", project);
    context.write("proj/proj.py", "WORD = 1\n");
    context.write("proj/b.py", backend);
    expect((await context.venvoy("create", "tool", "demo", "--python", minor)).exit).toBe(0);
    const added = await context.venvoy("add", "-n", "tool", "-e", "./proj");
    expect([added.exit, added.err]).toEqual([0, added.err]);
    const out = join(context.cwd, "out");
    const packed = await context.venvoy("pack", "tool", "-o", out);
    expect([packed.exit, packed.err]).toEqual([0, packed.err]);
    rmSync(join(context.cwd, "proj"), { recursive: true });
    expect(printed(join(out, "bin", "python"), "-c", "import proj; print(proj.__file__)")).toBe(
      join(out, "lib", `python${minor}`, "site-packages", "proj.py"),
    );
    expect(printed("sh", "-c", 'grep -rlI "$1" "$2" || true', "sh", context.cwd, out)).toBe("");
    const root = (await context.library.show({ name: "tool" })).path;
    writeFileSync(
      join(root, "lib", `python${minor}`, "site-packages", "demo-1.0.dist-info", "METADATA"),
      "Metadata-Version: 2.1\nName: demo\nVersion: 1.5\n",
    );
    rmSync(join(root, "lib", `python${minor}`, "site-packages", "demo-1.0.dist-info"), { recursive: true });
    const refused = await context.venvoy("pack", "tool", "-o", join(context.cwd, "other"));
    expect([refused.exit, refused.err]).toEqual([1, expect.stringContaining("`tool` was changed by hand")]);
  });
});
