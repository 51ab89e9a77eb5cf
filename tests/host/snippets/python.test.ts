import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { SnippetFacts } from "../../../src/host/snippets/python.ts";
import { pythonSnippet } from "../../../src/host/snippets/python.ts";
import { quotePython } from "../../../src/host/snippets/quote.ts";
import { pythonsOf, type RealPython } from "../../kit/real-pythons.ts";
import { tempDir } from "../../kit/temp.ts";

const minors = ["3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13"];
const pythons = pythonsOf(minors);
for (const minor of minors) {
  if (!pythons.some((one) => one.minor === minor))
    test.skipIf(true)(`with Python ${minor}, which is not on this machine`, () => {});
}
const some = pythons.at(-1);
const asked = "import json, sys\nprint(json.dumps([sys.path, mod.__file__, extra.x]))\n";

function starts(python: RealPython, facts: Partial<SnippetFacts>, after = "") {
  const text = pythonSnippet({
    label: "tools",
    kind: "directory",
    roots: ["/not/there"],
    layout: "venv",
    python: python.minor,
    ...facts,
  });
  const env = { PATH: "/usr/bin:/bin", PYTHONIOENCODING: "utf-8" };
  const { stdout, stderr, status } = spawnSync(python.program, ["-s", "-c", `${text}${after}`], { env });
  return { exit: status, out: stdout.toString(), err: stderr.toString() };
}

/** A tree with a module, and with another one that only a `.pth` file leads to. */
function makeTree(tree: string, minor: string, value: string): string {
  const site = join(tree, "lib", `python${minor}`, "site-packages");
  mkdirSync(join(site, "behind"), { recursive: true });
  mkdirSync(join(tree, "bin"));
  writeFileSync(join(tree, "pyvenv.cfg"), `home = /nowhere\nversion = ${minor}.4\n`);
  writeFileSync(join(site, "mod.py"), `value = ${JSON.stringify(value)}\n`);
  writeFileSync(join(site, "behind", "extra.py"), "x = 1\n");
  writeFileSync(join(site, "behind.pth"), "behind\n");
  return site;
}

test.each(pythons)("Python $minor gets packages and what their .pth files add, before its own", (python) => {
  const tree = join(tempDir("snippet"), "a tree with 'quotes\" and ü");
  const site = makeTree(tree, python.minor, "1");
  const { exit, out, err } = starts(python, { roots: [tree] }, `import mod, extra\n${asked}`);
  expect([exit, err]).toEqual([0, ""]);
  const [path, file, x] = JSON.parse(out);
  expect([file, x]).toEqual([join(site, "mod.py"), 1]);
  expect(path.slice(0, 2)).toEqual([site, join(site, "behind")]);
  const programs = starts(python, { roots: [tree] }, "import os\nprint(os.environ['PATH'])\n").out.trim();
  expect(programs).toBe(`${join(tree, "bin")}:/usr/bin:/bin`);
});

test.each(pythons)("Python $minor looks for the release once and keeps to it", (python) => {
  const share = tempDir("snippet");
  for (const release of ["7", "8"]) makeTree(join(share, "releases", release), python.minor, release);
  writeFileSync(join(share, "current.txt"), "7\n");
  mkdirSync(join(share, "leases", "7"), { recursive: true });
  const later = [
    "import os",
    `open(${JSON.stringify(join(share, "current.txt"))}, 'w').write('8\\n')`,
    "import mod, extra",
    `print(mod.value, extra.x, os.listdir(${JSON.stringify(join(share, "leases", "7"))}))`,
    `host = ${JSON.stringify(hostname())}`,
    `assert os.listdir(${JSON.stringify(join(share, "leases", "7"))})[0].startswith("%s.%d." % (host, os.getpid()))`,
  ].join("\n");
  const facts = { kind: "publication", roots: ["/not/there", share] } as const;
  const first = starts(python, facts, `${later}\n`);
  expect([first.exit, first.err]).toEqual([0, ""]);
  expect(first.out).toMatch(/^7 1 \['.*'\]$/m);
  // It is given back at the end, and the next start sees the next release.
  expect(readdirSync(join(share, "leases", "7"))).toEqual([]);
  expect(starts(python, facts, "import mod\nprint(mod.value)\n").out.trim()).toBe("8");
  rmSync(join(share, "current.txt"));
  symlinkSync("releases/7", join(share, "current"));
  expect(starts(python, facts, "import mod\nprint(mod.value)\n").out.trim()).toBe("7");
});

test.each(pythons)("Python $minor keeps to the version of an environment that was current at its start", (python) => {
  const data = tempDir("snippet");
  const dir = join(data, "tools-abcdefgh");
  for (const version of ["1", "2"]) makeTree(join(dir, "generations", version), python.minor, version);
  symlinkSync(join("generations", "1"), join(dir, "current"));
  symlinkSync(join("tools-abcdefgh", "current"), join(data, "tools"));
  const flip = [
    "import os",
    `os.remove(${JSON.stringify(join(dir, "current"))})`,
    `os.symlink("generations/2", ${JSON.stringify(join(dir, "current"))})`,
    `import mod\nprint(mod.value, os.listdir(${JSON.stringify(join(dir, "uses"))}) == ["1.%d" % os.getpid()])`,
  ].join("\n");
  const facts = { kind: "environment", roots: [join(data, "tools")] } as const;
  expect(starts(python, facts, `${flip}\n`)).toEqual({ exit: 0, out: "1 True\n", err: "" });
  expect(readdirSync(join(dir, "uses"))).toEqual([]);
});

test.skipIf(some === undefined)("what can't be used is told in one line, and the program goes on", () => {
  const python = some as RealPython;
  const share = tempDir("snippet");
  const after = "print('on')\n";
  const said = (facts: Partial<SnippetFacts>) => starts(python, facts, after);
  expect(said({})).toEqual({
    exit: 0,
    out: "on\n",
    err: "venvoy: tools is not there (/not/there); its packages are missing here\n",
  });
  const gone = said({ kind: "publication", roots: [share] });
  expect([gone.exit, gone.out, gone.err.split("\n").length]).toEqual([0, "on\n", 2]);
  expect(gone.err).toMatch(/^venvoy: tools can't be used \(.*\); its packages are missing here\n$/);
  writeFileSync(join(share, "current.txt"), "../..\nx\n");
  expect(said({ kind: "publication", roots: [share] }).err).toContain("its pointer says");
  writeFileSync(join(share, "current.txt"), "7\n");
  expect(said({ kind: "publication", roots: [share] }).err).toContain("is not whole");
  makeTree(join(share, "releases", "7"), "3.6", "7");
  expect(said({ kind: "publication", roots: [share] }).err).toBe(
    `venvoy: tools is for Python 3.6, and this is ${python.minor}; its packages are missing here\n`,
  );
  // A plain directory doesn't say what it is for; the lines do.
  expect(said({ layout: "plain", roots: [share], python: "3.6" }).err).toContain("is for Python 3.6");
});

test.each(pythonsOf(["2.7", "3.6"]))("Python $minor is told that it is too old", (python) => {
  const tree = tempDir("snippet");
  makeTree(tree, "3.11", "1");
  expect(starts(python, { roots: [tree], label: "tööls", python: "3.11" }, "print('on')\n")).toEqual({
    exit: 0,
    out: "on\n",
    err: expect.stringMatching(new RegExp(`^venvoy: .* is for Python 3\\.11, and this is ${python.minor}; .*\\n$`)),
  });
});

test.skipIf(some === undefined)("a share that nobody may write to is read all the same", () => {
  const python = some as RealPython;
  const share = tempDir("snippet");
  makeTree(join(share, "releases", "7"), python.minor, "7");
  writeFileSync(join(share, "current.txt"), "7");
  // Nobody opened it for leases; root may write everywhere else.
  const said = starts(python, { kind: "publication", roots: [share] }, "import mod\nprint(mod.value)\n");
  expect(said).toEqual({ exit: 0, out: "7\n", err: "" });
  expect(existsSync(join(share, "leases"))).toBe(false);
});

test.skipIf(some === undefined)("any text is the same text in Python, and plain ASCII in the file", () => {
  const texts: string[] = [];
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" })), (text) => {
      const literal = quotePython(text);
      texts.push(text);
      return /^[\x20-\x7e]*$/.test(literal);
    }),
    { verbose: true, numRuns: 60 },
  );
  texts.push("K:\\to\\new\\u0041", "a\"b'c", "x\n\r\ty", "$HOME %PATH% `x`", "\u{1f600}\ud7ff\u00ff", "");
  const program = `import json\nprint(json.dumps([${texts.map(quotePython).join(",\n")}]))\n`;
  const out = execFileSync((some as RealPython).program, ["-"], { input: program }).toString();
  expect(JSON.parse(out)).toEqual(texts);
});
