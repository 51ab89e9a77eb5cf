import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { generationPin, pyvenvCfg } from "../../src/python/index.ts";
import { type RealPython, realPythons, skipMissing } from "../kit/real-pythons.ts";
import { tempDir } from "../kit/temp.ts";

/** `<data>` with one environment `demo` of two generations, each of which knows its number everywhere. */
function dataWith(python: RealPython, { systemSitePackages = false } = {}): string {
  const data = tempDir("pin");
  mkdirSync(join(data, "bases"));
  const base = absPath(join(data, "bases", `cpython-${python.minor}`));
  symlinkSync(python.prefix, base);
  for (const number of [1, 2]) {
    const tree = join(data, "envs/demo-abcd1234/generations", String(number));
    const site = sitePackages(tree, python);
    mkdirSync(join(site, "pkg"), { recursive: true });
    mkdirSync(join(tree, "bin"));
    const program = absPath(join(base, "bin", `python${python.minor}`));
    symlinkSync(program, join(tree, "bin/python"));
    const home = absPath(join(base, "bin"));
    writeFileSync(
      join(tree, "pyvenv.cfg"),
      pyvenvCfg({ home, program }, { version: python.minor, systemSitePackages }),
    );
    writeFileSync(join(site, generationPin.fileName), generationPin.text);
    for (const file of ["pkg/__init__.py", "pkg/late.py", "late_module.py"]) {
      writeFileSync(join(site, file), `generation = ${number}\n`);
    }
  }
  pointAt(data, "demo", 1);
  symlinkSync("demo-abcd1234/current", join(data, "envs/demo"));
  return data;
}

const sitePackages = (tree: string, python: RealPython): string =>
  join(tree, `lib/python${python.minor}/site-packages`);

function pointAt(data: string, name: string, generation: number): void {
  const pointer = join(data, `envs/${name}-abcd1234/current`);
  symlinkSync(`generations/${generation}`, `${pointer}.new`);
  renameSync(`${pointer}.new`, pointer);
}

/** Runs Python code; standard error must be silent. Returns what it prints, as JSON. */
function run(
  program: string,
  code: string,
  { flags = [] as string[], env = {} as Record<string, string> } = {},
): unknown {
  const answer = spawnSync(program, [...flags, "-c", code], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", ...env },
  });
  expect(answer.stderr).toBe("");
  return JSON.parse(answer.stdout);
}

/** Python text that flips the pointer to generation 2, or renames the environment, while the program runs. */
const flip = (data: string): string => `
import os
os.symlink("generations/2", ${JSON.stringify(`${data}/envs/demo-abcd1234/next`)})
os.replace(${JSON.stringify(`${data}/envs/demo-abcd1234/next`)}, ${JSON.stringify(`${data}/envs/demo-abcd1234/current`)})
`;
const rename = (data: string): string => `
import os
os.rename(${JSON.stringify(`${data}/envs/demo`)}, ${JSON.stringify(`${data}/envs/other`)})
`;

const report = `
import json, subprocess, sys, sysconfig
import pkg.late, late_module
child = subprocess.check_output([sys.executable, "-c", "import late_module, sys; print(late_module.generation)"])
seen = [pkg.generation, pkg.late.generation, late_module.generation, int(child)]
print(json.dumps({"seen": seen, "purelib": sysconfig.get_path("purelib")}))
`;

const pythons = realPythons();
skipMissing(pythons);

describe.each(pythons)("Python $minor started through the stable path", (python) => {
  test("stays in its generation when the pointer flips: late imports, children, paths", () => {
    const data = dataWith(python);
    const tree = `${data}/envs/demo-abcd1234/generations/1`;
    const answer = run(`${data}/envs/demo/bin/python`, `import pkg\n${flip(data)}\n${report}`);
    expect(answer).toEqual({ seen: [1, 1, 1, 1], purelib: sitePackages(tree, python) });
    // The next start takes the new one.
    expect(run(`${data}/envs/demo/bin/python`, report)).toMatchObject({ seen: [2, 2, 2, 2] });
  });

  test("goes on when the environment is renamed", () => {
    const data = dataWith(python);
    expect(run(`${data}/envs/demo/bin/python`, `import pkg\n${rename(data)}\n${report}`)).toMatchObject({
      seen: [1, 1, 1, 1],
    });
    expect(run(`${data}/envs/other/bin/python`, report)).toMatchObject({ seen: [1, 1, 1, 1] });
  });

  test("without the pin both go wrong, so it is needed", () => {
    const data = dataWith(python);
    rmSync(join(sitePackages(`${data}/envs/demo-abcd1234/generations/1`, python), generationPin.fileName));
    expect(run(`${data}/envs/demo/bin/python`, `import pkg\n${flip(data)}\n${report}`)).toMatchObject({
      seen: [1, 2, 2, 2],
    });
  });

  test("prefix, executable and search path are the generation's; the base is the stable link", () => {
    const data = dataWith(python);
    const tree = `${data}/envs/demo-abcd1234/generations/1`;
    const facts = `import json, site, sys; print(json.dumps([sys.prefix, sys.exec_prefix, sys.executable, sys.base_prefix, site.getsitepackages(), [p for p in sys.path if p.endswith("site-packages")]]))`;
    const expected = [
      tree,
      tree,
      `${tree}/bin/python`,
      `${data}/bases/cpython-${python.minor}`,
      [sitePackages(tree, python)],
      [sitePackages(tree, python)],
    ];
    expect(run(`${data}/envs/demo/bin/python`, facts)).toEqual(expected);
    expect(run(`${data}/envs/demo-abcd1234/current/bin/python`, facts)).toEqual(expected);
    expect(run(`${tree}/bin/python`, facts)).toEqual(expected);
    expect(run(`${data}/envs/../envs/demo/bin/python`, facts)).toEqual(expected);
    expect(run(`${data}/envs/demo/bin/python`, facts, { flags: ["-I"] })).toEqual(expected);
    const link = `${tempDir("link")}/data`;
    symlinkSync(data, link);
    const there = JSON.parse(JSON.stringify(expected).replaceAll(`${data}/envs`, `${link}/envs`));
    expect(run(`${link}/envs/demo/bin/python`, facts)).toEqual(there);
  });

  test("with system packages these stay reachable, behind its own", () => {
    const data = dataWith(python, { systemSitePackages: true });
    const tree = `${data}/envs/demo-abcd1234/generations/1`;
    const sites = run(
      `${data}/envs/demo/bin/python`,
      `import json, sys; print(json.dumps([p for p in sys.path if p.endswith("site-packages")]))`,
      { flags: ["-s"] },
    );
    expect(sites).toEqual([
      sitePackages(tree, python),
      `${data}/bases/cpython-${python.minor}/lib/python${python.minor}/site-packages`,
    ]);
  });

  test("start-up files of others see the generation: namespace packages, relative lines", () => {
    const data = dataWith(python);
    for (const number of [1, 2]) {
      const site = sitePackages(`${data}/envs/demo-abcd1234/generations/${number}`, python);
      // As setuptools writes them for namespace packages, in upper case to sort early.
      const nspkg =
        "import sys, types, os;p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('space',));m = sys.modules.setdefault('space', types.ModuleType('space'));mp = m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)";
      writeFileSync(join(site, "Space-nspkg.pth"), `${nspkg}\n`);
      writeFileSync(join(site, "extra.pth"), "extra\n");
      mkdirSync(join(site, "space"));
      mkdirSync(join(site, "extra"));
      writeFileSync(join(site, "space/late_part.py"), `generation = ${number}\n`);
      writeFileSync(join(site, "extra/late_extra.py"), `generation = ${number}\n`);
    }
    const code = `${flip(data)}\nimport json, sys, space.late_part, late_extra\nprint(json.dumps([space.late_part.generation, late_extra.generation, sum(p.endswith("extra") for p in sys.path)]))`;
    expect(run(`${data}/envs/demo/bin/python`, code)).toEqual([1, 1, 1]);
  });

  test("processes of multiprocessing stay, too", () => {
    const data = dataWith(python);
    const program = join(data, "pool.py");
    writeFileSync(
      program,
      `import multiprocessing\ndef late(_):\n    import late_module\n    return late_module.generation\nif __name__ == "__main__":\n    ${flip(data).trim().split("\n").join("\n    ")}\n    with multiprocessing.get_context("spawn").Pool(1) as pool:\n        print(pool.map(late, [0]))\n`,
    );
    const answer = spawnSync(`${data}/envs/demo/bin/python`, [program], {
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin" },
    });
    expect(answer).toMatchObject({ stderr: "", stdout: "[1]\n" });
  });

  test("a path to a collected generation that a tool wrote down leads to the current one, and stays there", () => {
    const data = dataWith(python);
    const generations = `${data}/envs/demo-abcd1234/generations`;
    pointAt(data, "demo", 2);
    rmSync(`${generations}/1`, { recursive: true });
    symlinkSync("../current", `${generations}/1`);
    expect(run(`${generations}/1/bin/python`, report)).toMatchObject({ seen: [2, 2, 2, 2] });
  });

  test("another Python that takes the directory in keeps its own prefix", () => {
    const data = dataWith(python);
    const site = sitePackages(`${data}/envs/demo`, python);
    const code = `import json, site, sys\nbefore = sys.prefix\nsite.addsitedir(${JSON.stringify(site)})\nprint(json.dumps([sys.prefix == before, ${JSON.stringify(site)} in sys.path]))`;
    expect(run(python.program, code, { flags: ["-s"] })).toEqual([true, true]);
    const other = dataWith(python);
    expect(run(`${other}/envs/demo/bin/python`, code)).toEqual([true, true]);
  });
});

describe.each(pythons)("Python $minor in a directory that a person chose", (python) => {
  /** `./env` with links into `.venvoy/current`, registered as `envs/work`. */
  function chosenDirectory(): { readonly env: string; readonly registered: string } {
    const data = dataWith(python);
    const env = `${tempDir("chosen")}/env`;
    mkdirSync(join(env, ".venvoy"), { recursive: true });
    renameSync(`${data}/envs/demo-abcd1234/generations`, `${env}/.venvoy/generations`);
    symlinkSync("generations/1", `${env}/.venvoy/current`);
    for (const name of ["bin", "lib", "pyvenv.cfg"]) symlinkSync(`.venvoy/current/${name}`, `${env}/${name}`);
    symlinkSync(env, `${data}/envs/work`);
    const text = generationPin.textFor({ place: "directory", os: "posix" });
    for (const number of [1, 2]) {
      writeFileSync(join(sitePackages(`${env}/.venvoy/generations/${number}`, python), generationPin.fileName), text);
    }
    return { env, registered: `${data}/envs/work` };
  }
  const flipHere = (env: string): string =>
    `import os\nos.symlink("generations/2", ${JSON.stringify(`${env}/next`)})\nos.replace(${JSON.stringify(`${env}/next`)}, ${JSON.stringify(`${env}/.venvoy/current`)})\n`;

  test("stays in its generation, however it was started", () => {
    for (const through of ["env", "registered", "current"] as const) {
      const { env, registered } = chosenDirectory();
      const start = { env, registered, current: `${env}/.venvoy/current` }[through];
      const answer = run(`${start}/bin/python`, `import pkg\n${flipHere(env)}\n${report}`);
      expect(answer).toMatchObject({ seen: [1, 1, 1, 1] });
      expect(run(`${start}/bin/python`, report)).toMatchObject({ seen: [2, 2, 2, 2] });
    }
  });
});

test("no start-up file of a project sorts before the pin", () => {
  const names = [
    "Zope-nspkg.pth",
    "__editable__.x-1.0.pth",
    "_virtualenv.pth",
    "distutils-precedence.pth",
    "0-core-client-nspkg.pth",
    "1.pth",
    generationPin.fileName,
  ];
  expect([...names].sort()[0]).toBe(
    "0-core-client-nspkg.pth" < generationPin.fileName ? "0-core-client-nspkg.pth" : generationPin.fileName,
  );
});

test("the pin is one line, so that site.py runs it whole", () => {
  const kinds = (["posix", "windows"] as const).flatMap((os) =>
    (["named", "directory"] as const).map((place) => ({ os, place })),
  );
  for (const text of kinds.map(generationPin.textFor)) {
    expect(text.split("\n").length).toBe(2);
    expect(text).toMatch(/^import os; /);
  }
});
