/** Trees that other tools made, moved: what the built binary says of them, and whether they work after it repaired them. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { TreeReport } from "../../src/app/index.ts";
import { binary, type Person, person } from "../kit/binary.ts";
import { randomFrom } from "../kit/random.ts";
import { realPythons } from "../kit/real-pythons.ts";
import { tempDir } from "../kit/temp.ts";

const pythons = realPythons();
const newer = pythons.find(({ minor }) => minor === "3.11")?.program;
const older = join(process.env["PYENV_ROOT"] ?? join(process.env["HOME"] ?? "/", ".pyenv"), "versions");
const python37 = existsSync(older)
  ? readdirSync(older)
      .filter((name) => name.startsWith("3.7."))
      .map((name) => join(older, name, "bin", "python3.7"))[0]
  : undefined;

const tools = tempDir("tools");
const run = (program: string, ...words: readonly string[]): string =>
  execFileSync(program, words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** Tools in directories of their own, made once: what they make stands on the Python that starts them. */
function tool(name: string, python: string, ...packages: readonly string[]): string {
  const at = join(tools, name);
  if (!existsSync(at)) run(python, "-m", "pip", "install", "-q", "--no-compile", "--target", at, ...packages);
  return at;
}

function uv(): string {
  return join(tool("new", newer ?? "", "uv", "virtualenv"), "bin", "uv");
}

interface Maker {
  readonly python: string | undefined;
  readonly kind: TreeReport["kind"];
  make(at: string, python: string): void;
}

// What Python's own venv makes is moved by tests/app/tree-doctor.test.ts.
const makers: Readonly<Record<string, Maker>> = {
  virtualenv: {
    python: newer,
    kind: "virtualenv",
    make: (at, python) => {
      const env = { ...process.env, PYTHONPATH: tool("new", python, "uv", "virtualenv") };
      execFileSync(python, ["-m", "virtualenv", at], { env, stdio: "pipe" });
    },
  },
  "virtualenv 16": {
    python: python37,
    kind: "old-virtualenv",
    make: (at, python) => {
      const env = { ...process.env, PYTHONPATH: tool("old", python, "virtualenv==16.7.12") };
      execFileSync(python, ["-m", "virtualenv", "--no-setuptools", "--no-wheel", at], { env, stdio: "pipe" });
    },
  },
  uv: { python: newer, kind: "venv", make: (at, python) => void run(uv(), "venv", "-q", "--seed", "-p", python, at) },
};

async function report(ann: Person, ...words: readonly string[]): Promise<TreeReport> {
  return JSON.parse((await ann.venvoy("doctor", ...words, "--json")).out);
}

/** Compares every file that a RECORD names with what it promises. */
const checkRecords = `
import base64, csv, glob, hashlib, os, sys
for record in glob.glob(sys.argv[1] + "/lib/python*/site-packages/*.dist-info/RECORD"):
    for path, digest, size in csv.reader(open(record)):
        if not digest: continue
        data = open(os.path.join(os.path.dirname(os.path.dirname(record)), path), "rb").read()
        real = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        assert digest == "sha256=" + real and (not size or int(size) == len(data)), path
print("as promised")
`;

describe("moved, and the old place gone", () => {
  for (const [name, { python, kind, make }] of Object.entries(makers)) {
    test.skipIf(python === undefined || newer === undefined)(
      `an environment of ${name}`,
      { timeout: 600_000 },
      async () => {
        using ann = person();
        const old = join(ann.home, "old");
        make(old, python ?? "");
        run(join(old, "bin", "pip"), "install", "-q", "chardet==4.0.0", "idna==3.7");
        const tree = join(ann.home, "a place that is longer", "and has blanks");
        mkdirSync(dirname(tree));
        renameSync(old, tree);
        const bin = join(tree, "bin");
        await expect(ann.run(join(bin, "chardetect"), ["--version"])).rejects.toThrow();

        const before = await report(ann, tree);
        expect(before).toMatchObject({ kind, former: [{ path: old }] });
        expect(before.paths).toContainEqual(
          expect.objectContaining({
            file: "bin/chardetect",
            kind: "program",
            harm: "now",
            exists: false,
            fix: "rewritten",
          }),
        );
        const said = await ann.venvoy("doctor", tree, "--fix");
        expect(said, said.out + said.err).toMatchObject({ exit: 0 });

        const scripts = readdirSync(bin).filter((one) => /^(?:pip|chardetect)/.test(one));
        expect(scripts.length).toBeGreaterThan(2);
        for (const script of scripts) {
          const started = await ann.run(join(bin, script), ["--version"]);
          expect(started.exit, `${script}: ${started.err}`).toBe(0);
        }
        expect((await ann.run(join(bin, "pip"), ["--version"])).out).toContain(tree);
        expect((await ann.run(join(bin, "python"), ["-m", "pip", "check"])).exit).toBe(0);
        expect((await ann.run(join(bin, "pip"), ["install", "-q", "six==1.16.0"])).exit).toBe(0);
        expect((await ann.run(join(bin, "pip"), ["uninstall", "-q", "-y", "chardet"])).exit).toBe(0);
        expect(existsSync(join(bin, "chardetect"))).toBe(false);
        expect((await ann.run(newer ?? python ?? "", ["-c", checkRecords, tree])).out).toContain("as promised");
        const shell = await ann.run("sh", ["-c", `. '${bin}/activate' && command -v python && echo "$VIRTUAL_ENV"`]);
        expect(shell.out).toBe(`${bin}/python\n${tree}\n`);
        const after = await report(ann, tree);
        expect(after.paths.filter(({ path }) => path.startsWith(old)).every(({ kind: of }) => of === "bytecode")).toBe(
          true,
        );
        expect((await ann.venvoy("doctor", tree)).exit).toBe(0);
      },
    );
  }
});

const random = randomFrom();

describe("a kill in the middle", () => {
  const count = 200;
  const former = "/srv/former/env";
  let tree = "";
  beforeAll(() => {
    tree = join(tempDir("killed"), "env");
  });

  test(`leaves whole files, and the next run makes all of them new (SEED=${random.seed})`, {
    timeout: 600_000,
  }, async () => {
    using ann = person();
    const plant = (): void => {
      execFileSync("rm", ["-rf", tree]);
      mkdirSync(join(tree, "bin"), { recursive: true });
      writeFileSync(join(tree, "bin", "python"), "");
      for (let index = 0; index < count; index++) {
        writeFileSync(join(tree, "bin", `tool-${index}`), `#!${former}/bin/python\n# ${index}\n`, { mode: 0o755 });
      }
    };
    const states = (): ReadonlySet<string> => {
      const found = new Set<string>();
      for (let index = 0; index < count; index++) {
        const text = readFileSync(join(tree, "bin", `tool-${index}`), "utf8");
        if (text === `#!${former}/bin/python\n# ${index}\n`) found.add("old");
        else if (text === `#!${tree}/bin/python\n# ${index}\n`) found.add("new");
        else found.add(`tool-${index}: ${text}`);
      }
      return found;
    };
    plant();
    const began = Date.now();
    expect((await ann.venvoy("doctor", tree, "--fix")).exit).toBe(0);
    const wholeMs = Date.now() - began;
    expect([...states()]).toEqual(["new"]);
    const seen = new Set<string>();
    for (let round = 0; round < 8; round++) {
      plant();
      const killed = ann.run(binary, ["doctor", tree, "--fix"], {
        // The first one before it could do anything.
        onStart: (child) =>
          round === 0
            ? void child.kill("SIGKILL")
            : void setTimeout(() => child.kill("SIGKILL"), random.below(wholeMs + 50)),
      });
      await killed;
      for (const state of states()) {
        expect(["old", "new"], `round ${round}`).toContain(state);
        seen.add(state);
      }
      const next = await ann.venvoy("doctor", tree, "--fix", "--from", former);
      expect(next, next.err).toMatchObject({ exit: 0 });
      expect([...states()], `round ${round}`).toEqual(["new"]);
      expect(readdirSync(tree)).toEqual(["bin"]);
    }
    expect(seen).toContain("old");
  });
});

test.skipIf(newer === undefined)(
  "files of wheels for Windows and macOS: pip's own launchers, libraries of a Mac",
  { timeout: 600_000 },
  async () => {
    using ann = person();
    const tree = join(ann.home, "mixed");
    run(uv(), "venv", "-q", "-p", newer ?? "", tree);
    const other = join(tree, "lib", "other");
    const fetch = ["pip", "install", "-q", "--no-deps", "--python-version", "3.11", "--target", other];
    run(uv(), ...fetch, "--python-platform", "aarch64-apple-darwin", "pillow==10.4.0");
    run(uv(), ...fetch, "--python-platform", "x86_64-pc-windows-msvc", "distlib==0.3.8");
    const launcher = readFileSync(join(other, "distlib", "t64.exe"));
    mkdirSync(join(tree, "Scripts"));
    const zip = join(ann.home, "main.zip");
    run(
      newer ?? "",
      "-c",
      "import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'w').writestr('__main__.py', 'print(42)')",
      zip,
    );
    const windows = String.raw`C:\Old place\env`;
    const line = Buffer.from(`#!"${windows}\\Scripts\\python.exe"\r\n`);
    writeFileSync(join(tree, "Scripts", "tool.exe"), Buffer.concat([launcher, line, readFileSync(zip)]));
    const found = await report(ann, tree, "--from", windows);
    expect(found.paths).toContainEqual(
      expect.objectContaining({
        file: "Scripts/tool.exe",
        kind: "launcher",
        path: `${windows}\\Scripts\\python.exe`,
        harm: "now",
      }),
    );
    // A wheel of a Mac names itself by a mark of the tool that made it movable, and finds its libraries from where it is.
    const mac = found.paths.filter(({ file }) => file.endsWith(".dylib"));
    expect(mac.some(({ where, path }) => where === "LC_ID_DYLIB" && path.startsWith("/DLC/"))).toBe(true);
    expect(mac.filter(({ kind, harm }) => kind === "library" || harm === "now")).toEqual([]);
    const place = String.raw`D:\A place that is a good deal longer\env`;
    const said = await ann.venvoy("doctor", tree, "--fix", "--from", windows, "--to", place);
    expect(said, said.err).toMatchObject({ exit: 0 });
    const moved = readFileSync(join(tree, "Scripts", "tool.exe"));
    expect(moved.includes(`#!"${place}\\Scripts\\python.exe"\r\n`)).toBe(true);
    expect(moved.subarray(0, launcher.length).equals(launcher)).toBe(true);
    expect(run(newer ?? "", join(tree, "Scripts", "tool.exe")).trim()).toBe("42");
  },
);
