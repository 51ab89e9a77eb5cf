import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { findingCodes } from "../../src/doctor/index.ts";
import { type TestContext, testContext } from "../kit/context.ts";
import { movePython, pythonAt, removePython, twoPythons } from "../kit/moved-python.ts";

const projects = {
  idna: { "3.7": { files: { "idna/core.py": "x = 1\n", "idna/data/table.txt": "1\n" } } },
  tool: { "1.0": { entryPoints: { tool: "tool:main" }, requires: ["idna"] } },
};

const pythons = twoPythons();

const homes: string[] = [];
// Each home holds some thousand files: they go with their test.
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

interface Ward {
  readonly t: TestContext;
  readonly python: string;
  /** The current tree of `demo`. */
  readonly tree: string;
  /** Its directory in the home. */
  readonly dir: string;
  readonly site: string;
}

/** One environment on a Python that may be broken. */
async function ward(): Promise<Ward> {
  const [older, newer] = pythons ?? [];
  if (older === undefined || newer === undefined) throw new Error("the test is skipped without its Pythons");
  const t = await testContext(projects, { PATH: "/usr/bin:/bin", PYENV_ROOT: "" });
  homes.push(t.home);
  const versions = join(t.home, "pyenv", "versions");
  t.env["PYENV_ROOT"] = join(t.home, "pyenv");
  const python = pythonAt(older, join(versions, "3.9.1"));
  pythonAt(newer, join(versions, "3.10.1"));
  const made = await t.venvoy("create", "demo", "--python", "3.9", "idna", "tool");
  if (made.exit !== 0) throw new Error(made.err);
  const envs = join(t.home, "venvoy", "envs");
  const dir = join(envs, readlinkSync(join(envs, "demo")), "..");
  const tree = join(dir, "generations", "1");
  return { t, python, tree, dir, site: join(tree, "lib", "python3.9", "site-packages") };
}

interface Fault {
  readonly code: keyof typeof findingCodes;
  readonly plant: (ward: Ward) => Promise<void> | void;
  readonly says: string;
  /** Left out: only a person can mend it. */
  readonly mended?: (ward: Ward) => void;
}

const faults: Readonly<Record<string, Fault>> = {
  "a Python that is gone for good": {
    code: "python-gone",
    plant: ({ python }) => removePython(python),
    says: "venvoy doctor demo --fix rebuilds it on Python 3.10",
    mended: ({ dir }) => expect(readlinkSync(join(dir, "current"))).toBe("generations/2"),
  },
  "a Python whose library is gone": {
    code: "python-gone",
    plant: ({ python }) => {
      const library = join(python, "lib", "python3.9");
      unlinkSync(library);
      mkdirSync(library);
      writeFileSync(join(library, "os.py"), "");
    },
    says: "venvoy doctor demo --fix rebuilds it on Python 3.10",
    mended: ({ dir }) => expect(readlinkSync(join(dir, "current"))).toBe("generations/2"),
  },
  "a Python that moved": {
    code: "python-moved",
    plant: ({ t, python }) => movePython(python, join(t.home, "pyenv", "versions", "3.9-elsewhere")),
    says: "is gone from its place;",
    mended: ({ tree }) => expect(existsSync(join(tree, "bin", "python"))).toBe(true),
  },
  "a Python that was upgraded in place": {
    code: "python-changed",
    plant: ({ tree, dir }) => {
      for (const file of [join(tree, "pyvenv.cfg"), join(tree, ".venvoy", "receipt"), join(dir, "intent.toml")])
        writeFileSync(file, readFileSync(file, "utf8").replaceAll(/3\.9\.\d+/g, "3.9.1"));
    },
    says: "Python 3.9.1 became Python 3.9.",
    mended: ({ tree }) => expect(readFileSync(join(tree, "pyvenv.cfg"), "utf8")).not.toContain("3.9.1\n"),
  },
  "a broken pointer": {
    code: "change-unfinished",
    plant: ({ dir }) => unlinkSync(join(dir, "current")),
    says: "nothing says which version is current",
    mended: ({ dir }) => expect(readlinkSync(join(dir, "current"))).toBe("generations/1"),
  },
  "a missing tree": {
    code: "tree-missing",
    plant: ({ tree }) => rmSync(tree, { recursive: true }),
    says: "the tree of version 1, the current one, is not whole: it is not there",
    mended: ({ tree }) => expect(existsSync(join(tree, "bin", "python"))).toBe(true),
  },
  "a tree without its receipt": {
    code: "tree-missing",
    plant: ({ tree }) => rmSync(join(tree, ".venvoy"), { recursive: true }),
    says: "is not whole: its receipt is missing",
    mended: ({ tree }) => expect(existsSync(join(tree, ".venvoy", "receipt"))).toBe(true),
  },
  "a tree without `pyvenv.cfg`": {
    code: "tree-missing",
    plant: ({ tree }) => unlinkSync(join(tree, "pyvenv.cfg")),
    says: "is not whole: its `pyvenv.cfg` is missing",
    mended: ({ tree }) => expect(existsSync(join(tree, "pyvenv.cfg"))).toBe(true),
  },
  "a tree without its packages": {
    code: "tree-missing",
    plant: ({ site }) => rmSync(site, { recursive: true }),
    says: "is not whole: its `lib/python3.9/site-packages` is missing",
    mended: ({ site }) => expect(existsSync(join(site, "idna", "core.py"))).toBe(true),
  },
  "a pointer to a version that never was": {
    code: "change-unfinished",
    plant: ({ dir }) => {
      unlinkSync(join(dir, "current"));
      symlinkSync("generations/7", join(dir, "current"));
    },
    says: "its pointer leads to version 7, which never was",
    mended: ({ dir }) => expect(readlinkSync(join(dir, "current"))).toBe("generations/1"),
  },
  "a lock that is missing from the history": {
    code: "lock-missing",
    plant: ({ dir }) => rmSync(join(dir, "history"), { recursive: true }),
    says: "the lock of version 1, the current one, is missing",
    mended: ({ dir }) => expect(existsSync(join(dir, "history", "2.toml"))).toBe(true),
  },
  "a version that was begun and not finished": {
    code: "change-unfinished",
    plant: ({ tree, dir }) => {
      cpSync(tree, join(dir, "generations", "2"), { recursive: true, verbatimSymlinks: true });
    },
    says: "version 2 was begun and not finished",
    mended: ({ dir }) => expect(readdirSync(join(dir, "generations"))).toEqual(["1"]),
  },
  "a version that was not removed whole": {
    code: "change-unfinished",
    plant: ({ dir }) => {
      mkdirSync(join(dir, "generations", ".retired-0123abcd", "7"), { recursive: true });
    },
    says: "a version was not removed whole",
    mended: ({ dir }) => expect(readdirSync(join(dir, "generations"))).toEqual(["1"]),
  },
  "a name without its link": {
    code: "change-unfinished",
    plant: ({ t }) => unlinkSync(join(t.home, "venvoy", "envs", "demo")),
    says: "the link of its name is missing",
    mended: ({ t }) => expect(existsSync(join(t.home, "venvoy", "envs", "demo", "pyvenv.cfg"))).toBe(true),
  },
  "files that a hand removed": {
    code: "files-missing",
    plant: ({ site }) => rmSync(join(site, "idna", "data"), { recursive: true }),
    says: "a file is missing of idna 3.7: idna/data/table.txt",
    mended: ({ t }) => expect(existsSync(join(current(t), "idna", "data", "table.txt"))).toBe(true),
  },
  "a program that starts a Python that is not there": {
    code: "script-dead",
    plant: ({ tree }) => {
      writeFileSync(join(tree, "bin", "made"), "#!/nowhere/demo/bin/python\nprint('made')\n");
      chmodSync(join(tree, "bin", "made"), 0o755);
    },
    says: "made can't start: /nowhere/demo/bin/python is not there",
    mended: ({ t, tree }) =>
      expect(readFileSync(join(tree, "bin", "made"), "utf8")).toBe(
        `#!${t.home}/venvoy/envs/demo/bin/python\nprint('made')\n`,
      ),
  },
  "a package that is there twice": {
    code: "package-doubled",
    plant: ({ site }) => {
      const older = join(site, "idna-3.6.dist-info");
      mkdirSync(older);
      writeFileSync(join(older, "METADATA"), "Metadata-Version: 2.1\nName: idna\nVersion: 3.6\n");
    },
    says: "idna is recorded twice, as 3.6 and as 3.7",
    mended: ({ t }) =>
      expect(readdirSync(current(t)).filter((name) => name.startsWith("idna-"))).toEqual(["idna-3.7.dist-info"]),
  },
  "a stored package that was damaged": {
    code: "store-damaged",
    plant: ({ t }) => {
      const file = storedFile(t);
      // As a crash or a foreign program does it: not through the tree.
      unlinkSync(file);
      writeFileSync(file, "damaged = True\n");
    },
    says: "a stored file differs from what was unpacked of idna 3.7",
    mended: ({ t }) => expect(readFileSync(storedFile(t), "utf8")).toBe("x = 1\n"),
  },
  "an intent that can't be read": {
    code: "intent-unreadable",
    plant: ({ dir }) => writeFileSync(join(dir, "intent.toml"), "id = [\n"),
    says: "intent.toml",
    mended: ({ dir }) => {
      expect(readFileSync(join(dir, "intent.toml"), "utf8")).toContain('text = "tool"');
      expect(readFileSync(join(dir, "intent.toml.broken"), "utf8")).toBe("id = [\n");
    },
  },
  "an intent that is gone": {
    code: "intent-unreadable",
    plant: ({ dir }) => unlinkSync(join(dir, "intent.toml")),
    says: "its `intent.toml` is gone",
    mended: ({ dir }) => expect(readFileSync(join(dir, "intent.toml"), "utf8")).toContain('text = "idna"'),
  },
  "a version with a known fault": {
    code: "known-faults",
    plant: ({ t }) => {
      const affected = [{ package: { ecosystem: "PyPI", name: "idna" }, versions: ["3.7"] }];
      t.env["VENVOY_ADVISORIES"] = t.write("osv.json", JSON.stringify({ id: "GHSA-1", affected }));
    },
    says: "1 package has known faults: idna 3.7 has GHSA-1",
  },
  PYTHONHOME: {
    code: "pythonhome-set",
    plant: ({ t }) => {
      t.env["PYTHONHOME"] = "/opt/python";
    },
    says: "unset PYTHONHOME",
  },
  "PYTHONPATH before the environment": {
    code: "pythonpath-hides",
    plant: ({ t }) => {
      t.write("lib/idna.py", "");
      t.env["PYTHONPATH"] = join(t.cwd, "lib");
    },
    says: "PYTHONPATH hides packages of demo:",
  },
  "another Python first on PATH": {
    code: "path-hides",
    plant: ({ t, python }) => {
      const root = join(t.home, "venvoy", "envs", "demo");
      t.env["VIRTUAL_ENV"] = root;
      t.env["PATH"] = `${python}/bin:${root}/bin:/usr/bin:/bin`;
    },
    says: "comes before the Python of demo, which is active",
  },
};

/** The site-packages of the version that is current now. */
function current(t: TestContext): string {
  return join(t.home, "venvoy", "envs", "demo", "lib", "python3.9", "site-packages");
}

function storedFile(t: TestContext): string {
  const store = join(t.home, "venvoy", "store", "wheel");
  for (const name of readdirSync(store)) {
    for (const section of name.startsWith(".") ? [] : readdirSync(join(store, name))) {
      const file = join(store, name, section, "idna", "core.py");
      if (existsSync(file)) return file;
    }
  }
  throw new Error("idna is not in the store");
}

describe.skipIf(pythons === undefined)("doctor", () => {
  test("finds nothing on clean environments, whatever they went through", async () => {
    const { t } = await ward();
    await using _ = t;
    await t.venvoy("create", "./here", "--python", "3.10", "tool");
    await t.venvoy("remove", "tool", "-n", "demo", "--yes");
    await t.venvoy("undo", "-n", "demo");
    await t.venvoy("clean");
    t.env["VIRTUAL_ENV"] = join(t.home, "venvoy", "envs", "demo");
    t.env["PATH"] = `${t.env["VIRTUAL_ENV"]}/bin:/usr/bin:/bin`;
    const said = await t.venvoy("doctor");
    expect(said).toEqual({ exit: 0, out: "✓ 2 environments: nothing is wrong\n", err: "" });
    expect((await t.venvoy("doctor", "./here")).exit).toBe(0);
    expect(JSON.parse((await t.venvoy("doctor", "--json")).out)).toMatchObject({ checked: 2, findings: [] });
  });

  test.each(Object.entries(faults))("finds %s, and mends it", async (_name, { code, plant, says, mended }) => {
    const patient = await ward();
    const { t } = patient;
    await using _ = t;
    await plant(patient);
    const found = await t.venvoy("doctor", "demo");
    expect(found.out + found.err).toContain(says);
    expect(found.exit).toBe(3);
    const before = await t.library.doctor({ name: "demo" });
    expect(before.findings.map((one) => one.code)).toEqual([code]);
    expect((await t.venvoy("doctor", "demo", "--fix", "--dry-run")).exit).toBe(3);
    const fixed = await t.venvoy("doctor", "demo", "--fix");
    const after = await t.library.doctor({ name: "demo" });
    if (mended === undefined) {
      expect(fixed.exit).toBe(3);
      expect(after.findings.map((one) => one.code)).toEqual([code]);
      return;
    }
    expect({ ...fixed, findings: after.findings }).toMatchObject({ exit: 0, findings: [] });
    mended(patient);
    expect((await t.runs("run", "-n", "demo", "-c", "import idna, tool; print(1)")).out).toBe("1\n");
  });

  test("finds what is missing in a directory that somebody chose, and mends it", async () => {
    const { t } = await ward();
    await using _ = t;
    await t.venvoy("create", "./here", "--python", "3.9", "idna");
    const here = join(t.cwd, "here");
    unlinkSync(join(here, "bin"));
    const found = await t.venvoy("doctor", "./here");
    expect(found).toMatchObject({ exit: 3, err: "" });
    expect(found.out).toContain("`bin` is missing in its directory");
    expect((await t.venvoy("doctor", "./here", "--fix")).exit).toBe(0);
    expect(existsSync(join(here, "bin", "python"))).toBe(true);
    expect((await t.venvoy("doctor")).exit).toBe(0);
  });

  test("every kind of finding is planted", () => {
    expect([...new Set(Object.values(faults).map(({ code }) => code))].sort()).toEqual(
      Object.keys(findingCodes).sort(),
    );
  });

  test("mends all environments at once, and says what it can't", async () => {
    const { t, python } = await ward();
    await using _ = t;
    t.serve("tied", { "1.0": { tags: ["cp39-none-any"] } });
    await t.venvoy("create", "second", "--python", "3.9", "idna");
    await t.venvoy("create", "tied", "--python", "3.9", "tied");
    removePython(python);
    const listed = await t.venvoy("doctor");
    expect(listed.exit).toBe(3);
    expect(listed.out).toContain("3 findings in 3 environments; venvoy doctor --fix mends them");
    const fixed = await t.venvoy("doctor", "--fix");
    expect(fixed.exit).toBe(3);
    expect(fixed.out).toContain("version 2 of demo on Python 3.10");
    expect(fixed.out).toContain("version 2 of second on Python 3.10");
    expect(fixed.out).toContain("not mended: Python 3.9 is gone, `tied` stands on it, and it can't be rebuilt on 3.10");
    expect((await t.library.doctor()).findings.map(({ environment }) => environment)).toEqual(["tied"]);
  });

  test("a Python that somebody names takes the place of one of its kind", async () => {
    const { t, python } = await ward();
    await using _ = t;
    const away = join(t.home, "mnt", "b", "py");
    mkdirSync(join(away, ".."), { recursive: true });
    renameSync(python, away);
    expect((await t.venvoy("doctor", "demo", "--fix", "--python", away)).exit).toBe(0);
    const ran = await t.runs("run", "-n", "demo", "-c", "import sys; print(sys.version_info[1])");
    expect(ran).toMatchObject({ exit: 0, out: "9\n" });
    expect((await t.library.history({ name: "demo" })).length).toBe(1);
  });
});

describe.skipIf(pythons === undefined)("doctor --quick, which an activation calls", () => {
  test("says nothing when all is well, and mends what needs no question", async () => {
    const { t, python, tree } = await ward();
    await using _ = t;
    expect(await t.venvoy("doctor", "demo", "--quick")).toEqual({ exit: 0, out: "", err: "" });
    movePython(python, join(t.home, "pyenv", "versions", "3.9-elsewhere"));
    const moved = await t.venvoy("doctor", join(t.home, "venvoy", "envs", "demo"), "--quick");
    expect(moved).toMatchObject({ exit: 0, out: "" });
    expect(moved.err).toMatch(/^Python 3\.9 is gone from .* now\n$/);
    rmSync(tree, { recursive: true });
    expect(await t.venvoy("doctor", "demo", "--quick")).toMatchObject({ exit: 0, out: "" });
    expect(existsSync(join(tree, "bin", "python"))).toBe(true);
  });

  test("without a terminal it says what to type", async () => {
    const { t, python } = await ward();
    await using _ = t;
    removePython(python);
    const said = await t.venvoy("doctor", "demo", "--quick");
    expect(said).toMatchObject({ exit: 1, out: "" });
    expect(said.err).toContain("hint: venvoy doctor demo --fix rebuilds it on Python 3.10");
    expect(await t.venvoy("doctor", "demo", "--quick", "--yes")).toMatchObject({ exit: 0, out: "" });
    expect((await t.library.history({ name: "demo" })).length).toBe(2);
  });
});

test.skipIf(pythons !== undefined)("with Python 3.9 and 3.10, which are not both on this machine", () => {});
