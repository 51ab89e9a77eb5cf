import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { testContext } from "../../kit/context.ts";
import { type PackedRelease, packRelease, writeChecksums } from "../../kit/python-release.ts";
import { type RealPython, realPythons } from "../../kit/real-pythons.ts";
import { tempDir } from "../../kit/temp.ts";
import { writeZip } from "../../kit/zip-writer.ts";

const real = realPythons().find(({ minor }) => minor === "3.11") ?? realPythons()[0];
const canPack = real !== undefined && process.platform === "linux";
const program = (root: string): string => join(root, "bin", "python3");
const ask = (python: string, code: string): string =>
  execFileSync(python, ["-I", "-c", code], { encoding: "utf8" }).trim();

describe.skipIf(!canPack)("a real Python, packed as a release", () => {
  let mirror: string;
  let release: PackedRelease;

  beforeAll(() => {
    mirror = tempDir("mirror");
    release = packRelease(real as RealPython, mirror);
    writeChecksums(mirror, [release]);
  });

  test("is installed by its version from a directory, found, and carries an environment", async () => {
    await using context = await testContext();
    const minor = (real as RealPython).minor;
    const said = await context.venvoy("python", "install", minor, "--mirror", mirror, "--json");
    expect(said.exit).toBe(0);
    const { path, changed, checkedBy, name } = JSON.parse(said.out);
    expect({ changed, checkedBy, name }).toEqual({
      changed: true,
      checkedBy: "SHA256SUMS",
      name: `Python ${release.version}`,
    });
    expect(path.startsWith(join(context.env["VENVOY_HOME"] as string, "python"))).toBe(true);
    expect((await context.venvoy("python", "list", "--json")).out).toContain(`${path}/bin/python`);
    expect((await context.venvoy("create", "demo", "--python", path)).exit).toBe(0);
    const inside = await context.runs("run", "-n", "demo", "-c", "import sys, pip; print(sys.base_prefix)");
    expect(inside.out.trim().length).toBeGreaterThan(0);
    const again = await context.venvoy("python", "install", release.version, "--mirror", mirror);
    expect(again.out).toContain(`Python ${release.version} is here already`);
    const refused = await context.venvoy("python", "remove", release.version);
    expect([refused.exit, refused.err]).toEqual([1, expect.stringContaining("`demo` stands on Python")]);
    await context.venvoy("delete", "demo", "-y");
    expect((await context.venvoy("python", "remove", release.version)).exit).toBe(0);
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(join(path, ".."))).toEqual([]);
  });

  test("is unpacked anywhere, names no place, and goes on after a move to a longer path with blanks", async () => {
    await using context = await testContext();
    const at = join(context.home, "py");
    expect((await context.venvoy("python", "install", release.file, "--at", at)).exit).toBe(0);
    // python-config's own sh text can't stand blanks.
    const configured = join(context.home, "elsewhere");
    renameSync(at, configured);
    const config = join(configured, "bin", `python${(real as RealPython).minor}-config`);
    expect(execFileSync(config, ["--prefix"], { encoding: "utf8" }).trim()).toBe(configured);
    const moved = join(context.home, "a much longer place, with blanks", "python");
    mkdirSync(join(moved, ".."), { recursive: true });
    renameSync(configured, moved);
    const { prefix, minor } = real as RealPython;
    const naming = execFileSync("sh", ["-c", 'grep -rlI -e "$1" -e "$2" "$3" || true', "sh", prefix, at, moved], {
      encoding: "utf8",
    });
    expect(naming).toBe("");
    expect(
      ask(program(moved), "import sys, sysconfig; print(sys.prefix, sysconfig.get_config_var('LIBDIR'), sep='\\n')"),
    ).toBe(`${moved}\n${moved}/lib`);
    expect(ask(program(moved), "import ssl, ctypes, sqlite3, pip; print(pip.__file__)")).toContain(moved);
    const linked = execFileSync("ldd", [join(moved, "bin", `python${minor}`)], { encoding: "utf8" });
    if (linked.includes("libpython")) expect(linked).toContain(`${moved}/bin/../lib/libpython`);
    expect(execFileSync(join(moved, "bin", `pydoc${minor}`), ["-h"], { encoding: "utf8" })).toContain("pydoc");
    expect(readFileSync(join(moved, "lib", "pkgconfig", `python-${minor}.pc`), "utf8")).toContain(
      "prefix=${pcfiledir}/../..\n",
    );
  });

  test("comes from an address with its list of checksums, and not without one", async () => {
    const files: Record<string, Buffer> = { [release.filename]: readFileSync(release.file) };
    const server = createServer((request, response) => {
      const content = files[decodeURIComponent(request.url ?? "").slice(1)];
      if (content === undefined) response.writeHead(404).end();
      else response.end(content);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const place = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      await using context = await testContext();
      const named = `${place}${encodeURIComponent(release.filename)}`;
      files[release.filename] = readFileSync(release.file);
      const bare = await context.venvoy("python", "install", `${place}${release.filename}`);
      expect([bare.exit, bare.err]).toEqual([1, expect.stringContaining("Nothing says which digest")]);
      const wrong = await context.venvoy(
        "python",
        "install",
        `${place}${release.filename}`,
        "--sha256",
        "0".repeat(64),
      );
      expect([wrong.exit, wrong.err]).toEqual([1, expect.stringContaining("was promised")]);
      files["SHA256SUMS"] = Buffer.from(`${release.sha256}  ${release.filename}\n`);
      expect((await context.venvoy("python", "install", "3", "--mirror", place)).exit).toBe(0);
      const none = await context.venvoy("python", "install", "3.2", "--mirror", place);
      expect([none.exit, none.err]).toEqual([1, expect.stringContaining(`it has ${release.version}`)]);
      expect(named).toContain("%2B");
    } finally {
      server.close();
    }
  });

  test("whose bytes were changed is refused, and nothing stays", async () => {
    await using context = await testContext();
    const bad = tempDir("mirror");
    const bytes = readFileSync(release.file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(join(bad, release.filename), bytes);
    writeChecksums(bad, [release]);
    const said = await context.venvoy("python", "install", join(bad, release.filename));
    expect(said.exit).toBe(1);
    expect(said.err).toContain("was promised");
    expect(existsSync(join(context.env["VENVOY_HOME"] as string, "python"))).toBe(false);
  });
});

const nothing = Buffer.alloc(64);

test("python.org's embeddable package is data anywhere: unpacked, opened for packages, given pip", async () => {
  await using context = await testContext();
  const file = join(context.cwd, "python-3.11.9-embed-amd64.zip");
  const { bytes } = writeZip([
    { name: "python.exe", content: nothing, mode: 0 },
    { name: "python311.dll", content: nothing, mode: 0 },
    { name: "python311.zip", content: nothing, mode: 0 },
    {
      name: "python311._pth",
      content: "python311.zip\r\n.\r\n\r\n# Uncomment to run site.main() automatically\r\n#import site\r\n",
      mode: 0,
    },
  ]);
  writeFileSync(file, bytes);
  const elsewhere = await context.venvoy("python", "install", file);
  expect([elsewhere.exit, elsewhere.err]).toEqual([
    1,
    expect.stringContaining("a Python for windows on x86_64, which doesn't run here"),
  ]);
  const said = await context.venvoy("python", "install", file, "--at", "win");
  expect(said.exit).toBe(0);
  const lines = readFileSync(join(context.cwd, "win", "python311._pth"), "utf8").split("\r\n");
  expect(lines).toContain("import site");
  expect(lines).toContain("Lib\\site-packages");
  expect(lines).not.toContain("#import site");
  if (realPythons().length > 0)
    expect(existsSync(join(context.cwd, "win", "Lib", "site-packages", "pip", "__main__.py"))).toBe(true);
});

test("the packages of NuGet hold a Python below tools", async () => {
  await using context = await testContext();
  const file = join(context.cwd, "python.3.12.4.nupkg");
  const { bytes } = writeZip([
    { name: "[Content_Types].xml", content: "<Types/>" },
    { name: "python.nuspec", content: "<package/>" },
    { name: "tools/python.exe", content: nothing },
    { name: "tools/Lib/os.py", content: "" },
    { name: "tools/Lib/site-packages/pip/__init__.py", content: "" },
  ]);
  writeFileSync(file, bytes);
  writeFileSync(`${file}.sha256`, `${createHash("sha256").update(bytes).digest("hex")}\n`);
  const said = await context.venvoy("python", "install", file, "--at", "win");
  expect([said.exit, said.out]).toEqual([0, expect.stringContaining("checked against python.3.12.4.nupkg.sha256")]);
  expect(readdirSync(join(context.cwd, "win")).sort()).toEqual(["Lib", "python.exe"]);
});

test("what is no Python is said, and a directory that holds something is left alone", async () => {
  await using context = await testContext();
  context.write("keep/file", "mine");
  writeFileSync(join(context.cwd, "demo.zip"), writeZip([{ name: "readme", content: "x" }]).bytes);
  const none = await context.venvoy("python", "install", "demo.zip", "--at", "py");
  expect([none.exit, none.err]).toEqual([1, expect.stringContaining("`demo.zip` holds no Python")]);
  expect(existsSync(join(context.cwd, "py"))).toBe(false);
  const taken = await context.venvoy("python", "install", "demo.zip", "--at", "keep");
  expect([taken.exit, taken.err]).toEqual([2, expect.stringContaining("not empty")]);
  const gone = await context.venvoy("python", "install", "./gone.tar.gz");
  expect([gone.exit, gone.err]).toEqual([1, expect.stringContaining("no file `gone.tar.gz`")]);
  const offline = await context.venvoy("python", "install", "3.12", "--offline");
  expect(offline.exit).toBe(1);
});
