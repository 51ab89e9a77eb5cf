/** An environment with its Python, moved: real packages, a C extension, an empty root. Uses the registry. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Person, person } from "../kit/binary.ts";
import { realPythons } from "../kit/real-pythons.ts";

const real = realPythons().find(({ minor }) => minor === "3.11") ?? realPythons().at(-1);
const has = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const isRoot = process.getuid?.() === 0;

const draw = `import subprocess, sys
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
plt.plot([1, 2, 3])
plt.savefig(sys.argv[1])
print(subprocess.check_output([sys.executable, "-c", "import sys, numpy; print(sys.prefix)"], text=True).strip())
`;

const extension = `#include <Python.h>
static PyObject *answer(PyObject *self, PyObject *args) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "native", "", -1, methods};
PyMODINIT_FUNC PyInit_native(void) { return PyModule_Create(&module); }
`;

const setup = `from setuptools import Extension, setup
setup(name="native", version="1.0", ext_modules=[Extension("native", ["native.c"])])
`;

describe.skipIf(real === undefined || process.platform !== "linux")("an environment that carries its Python", () => {
  let ann: Person;
  let old: string;
  let tree: string;
  const inTree = (...words: string[]): string =>
    execFileSync(join(tree, "bin", "python"), words, {
      encoding: "utf8",
      cwd: ann.home,
      env: { PATH: process.env["PATH"] },
    }).trim();

  beforeAll(async () => {
    ann = person();
    expect(
      await ann.venvoy(
        "create",
        "tools",
        "numpy",
        "matplotlib",
        "setuptools",
        "--python",
        (real as { minor: string }).minor,
      ),
    ).toMatchObject({ exit: 0 });
    old = join(ann.home, "old");
    expect(await ann.venvoy("pack", "tools", "-o", old)).toMatchObject({ exit: 0 });
    tree = join(ann.home, "a much longer place, with blanks", "and one more", "tools");
    mkdirSync(dirname(tree), { recursive: true });
    renameSync(old, tree);
    // Neither venvoy's directory is there any more.
    renameSync(join(ann.home, "venvoy"), join(ann.home, "gone"));
  }, 600_000);
  afterAll(() => ann[Symbol.dispose]());

  test("its programs, pip, a drawing and a child of its own start after the move", () => {
    expect(inTree("-m", "pip", "check")).toBe("No broken requirements found.");
    for (const program of ["pip", "f2py", "numpy-config", "fonttools"]) {
      if (!existsSync(join(tree, "bin", program))) continue;
      expect(
        spawnSync(join(tree, "bin", program), ["--help"], { env: { PATH: process.env["PATH"] } }).status,
        program,
      ).toBe(0);
    }
    writeFileSync(join(ann.home, "draw.py"), draw);
    expect(inTree("draw.py", join(ann.home, "p.png"))).toBe(tree);
    expect(statSync(join(ann.home, "p.png")).size).toBeGreaterThan(5_000);
  });

  test.skipIf(!has("gcc"))("a C extension is built and imported with it", () => {
    const project = join(ann.home, "native");
    mkdirSync(project);
    writeFileSync(join(project, "native.c"), extension);
    writeFileSync(join(project, "setup.py"), setup);
    inTree("-m", "pip", "install", "--no-index", "--no-build-isolation", "--target", join(ann.home, "built"), project);
    expect(
      inTree(
        "-c",
        `import sys; sys.path.insert(0, ${JSON.stringify(join(ann.home, "built"))}); import native; print(native.answer())`,
      ),
    ).toBe("42");
  });

  test.skipIf(!has("strace"))("nothing looks into the old place", () => {
    const log = join(ann.home, "strace.txt");
    execFileSync(
      "strace",
      [
        "-f",
        "-e",
        "trace=file",
        "-o",
        log,
        join(tree, "bin", "python"),
        join(ann.home, "draw.py"),
        join(ann.home, "q.png"),
      ],
      {
        env: { PATH: process.env["PATH"] },
        stdio: "ignore",
      },
    );
    const seen = readFileSync(log, "utf8");
    expect(seen).toContain(tree);
    for (const place of [`${old}/`, `${(real as { prefix: string }).prefix}/`, `${join(ann.home, "venvoy")}/`])
      expect(seen).not.toContain(place);
  });

  test.skipIf(!isRoot || !has("chroot"))(
    "it runs from a read-only mount in a root that has the C library alone",
    { timeout: 600_000 },
    () => {
      const root = join(ann.home, "root");
      for (const name of ["proc", "tmp", "env"]) mkdirSync(join(root, name), { recursive: true });
      const libraries = execFileSync("ldd", [join(tree, "bin", "python3")], { encoding: "utf8" });
      const machine = [
        ...libraries.matchAll(/(\/\S*\/(?:ld-linux[^\s]*|lib(?:c|m|dl|pthread|rt|util|resolv)\.so\.\d+))/g),
      ].map(([path]) => path);
      const beside = machine
        .map(dirname)
        .flatMap((at) =>
          ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1"].map((name) =>
            join(at, name),
          ),
        );
      for (const path of new Set([...machine, ...beside])) {
        if (!existsSync(path) || basename(path) === "") continue;
        mkdirSync(join(root, dirname(path)), { recursive: true });
        copyFileSync(realpathSync(path), join(root, path));
      }
      const script =
        'mount -t proc proc "$1/proc" && mount --bind "$2" "$1/env" && mount -o remount,bind,ro "$1/env" && exec chroot "$1" /env/bin/python3 -c "$3"';
      const code = [
        "import ssl, ctypes, sqlite3, lzma, bz2, zlib, numpy, matplotlib, os, sys",
        "matplotlib.use('Agg')",
        "import matplotlib.pyplot as plt",
        "plt.plot([1, 2]); plt.savefig('/tmp/p.png')",
        "try: open(sys.prefix + '/x', 'w')",
        "except OSError: print('read-only', os.path.getsize('/tmp/p.png') > 5000, os.listdir('/'))",
      ].join("\n");
      // Mounts of a namespace of its own end with it.
      const said = execFileSync("unshare", ["--mount", "sh", "-c", script, "sh", root, tree, code], {
        encoding: "utf8",
        env: { PATH: process.env["PATH"] },
      });
      expect(said).toContain("read-only True");
      rmSync(root, { recursive: true });
    },
  );
});
