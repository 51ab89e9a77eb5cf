// The works of the speed budgets. Each has two sides that do the same for a person; `before` runs outside the clock.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { measure, sequence } from "./measure.mjs";
import { python, variables, venvoy, work } from "./places.mjs";

export const requirements = ["numpy", "pandas", "scipy", "scikit-learn", "matplotlib", "jupyterlab", "requests"];
const imports = "import numpy, pandas, scipy.stats, sklearn, matplotlib.pyplot";
const remove = (path) => rmSync(path, { recursive: true, force: true });

/** The questions of all works, as files. */
export function inputs() {
  const place = join(work, "inputs");
  mkdirSync(place, { recursive: true });
  const list = join(place, "requirements.txt");
  writeFileSync(list, `${requirements.join("\n")}\n`);
  const header = (names) =>
    `# /// script\n# requires-python = ">=3.8"\n# dependencies = [${names.map((name) => `"${name}"`).join(", ")}]\n# ///\n`;
  const small = join(place, "small.py");
  writeFileSync(small, `${header(["idna"])}pass\n`);
  const asks = join(place, "asks.py");
  writeFileSync(asks, `${header(["idna"])}import sys; print(sys.executable)\n`);
  const large = join(place, "large.py");
  writeFileSync(large, `${header(requirements)}pass\n`);
  const empty = join(place, "empty.py");
  writeFileSync(empty, "pass\n");
  return { list, small, asks, large, empty };
}

const home = join(work, "warm");
const env = variables(home);
const data = join(home, "venvoy");

/** Fills both caches once, and lets background work end before anything is measured. */
export function warmUp(uv, files) {
  // What a run that was cut off has left.
  remove(home);
  measure([uv, "venv", "--quiet", "--python", python, join(home, "uv-env")], { env });
  measure([uv, "pip", "install", "--quiet", "--python", join(home, "uv-env", "bin", "python"), "-r", files.list], {
    env,
  });
  measure([uv, "run", "--quiet", "--python", python, files.small], { env });
  if (existsSync(venvoy)) {
    measure([venvoy, "create", "--yes", "bench-warm", "--python", python, "-f", files.list, "--compile", "now"], {
      env,
    });
    measure([venvoy, "run", "--python", python, files.large], { env });
    measure([venvoy, "run", files.small], { env });
  }
}

/*
 * ext4 avoids inodes that were deleted a few minutes ago, one by one: filling a disk right after removing as many files is
 * many times slower, for every tool alike. So each round works in a directory of its own, and all are removed at the end.
 */
let round = 0;
const made = [];
export const fresh = (label) => {
  const place = join(work, `${label}-${process.pid}-${++round}`);
  made.push(place);
  return place;
};

/** Remembered solutions, whatever number their form has; a round that finds them would not solve anything. */
function forgetSolutions() {
  const cache = join(data, "cache");
  for (const name of readdirSync(cache)) if (name.startsWith("solutions")) remove(join(cache, name));
}

export function cleanUp() {
  for (const place of made) remove(place);
  remove(home);
}

const known = new Map();

/** The Python that a command line runs a script with. */
function startedBy(argv) {
  const key = argv.join(" ");
  if (!known.has(key)) known.set(key, execFileSync(argv[0], argv.slice(1), { env, encoding: "utf8" }).trim());
  return known.get(key);
}

function freshUv(uv, files) {
  let place;
  return {
    python: () => join(place, "bin", "python"),
    place: () => place,
    before: () => {
      place = fresh("uv-env");
    },
    run: () =>
      sequence(
        measure([uv, "venv", "--quiet", "--python", python, place], { env }),
        measure(
          [uv, "pip", "install", "--quiet", "--offline", "--python", join(place, "bin", "python"), "-r", files.list],
          { env },
        ),
      ),
  };
}

function freshVenvoy(files) {
  let name;
  return {
    name: () => name,
    python: () => join(data, "envs", name, "bin", "python"),
    before: () => {
      name = `bench-${++round}`;
    },
    run: () => measure([venvoy, "create", name, "--offline", "--python", python, "-f", files.list], { env }),
  };
}

/** What conda does for a clone, and for the first half of a rename. The copy's scripts still name the original. */
function copies() {
  return { run: () => measure(["cp", "-a", join(home, "uv-env"), fresh("copy")], { env }) };
}

function clones() {
  return { run: () => measure([venvoy, "clone", "bench-warm", `bench-${++round}`, "--offline"], { env }) };
}

function renames() {
  let name;
  let next;
  return {
    before: () => {
      next = `bench-${++round}`;
      if (name !== undefined) return;
      name = `bench-${++round}`;
      measure([venvoy, "clone", "bench-warm", name, "--offline"], { env });
    },
    run: () => {
      const figure = measure([venvoy, "rename", name, next], { env });
      name = next;
      return figure;
    },
  };
}

function undoes(ourFresh) {
  return {
    before: () => {
      ourFresh.before();
      ourFresh.run();
      measure([venvoy, "add", "-n", ourFresh.name(), "--offline", "--yes", "idna<4"], { env });
    },
    run: () => measure([venvoy, "undo", "-n", ourFresh.name()], { env }),
  };
}

export function works(uv, files) {
  const uvFresh = freshUv(uv, files);
  const ourFresh = freshVenvoy(files);
  let coldHome;
  let coldEnv;
  const cold = () => {
    coldHome = fresh("cold");
    coldEnv = variables(coldHome);
  };
  return [
    {
      name: "run of a script whose environment exists, beyond Python's own start",
      budget: 0.7,
      least: 31,
      // The floor is the same Python of the same environment, started by its own path.
      peer: {
        floor: () => measure([startedBy([uv, "run", "--quiet", files.asks]), files.small], { env }),
        run: () => measure([uv, "run", "--quiet", files.small], { env }),
      },
      ours: {
        floor: () => measure([startedBy([venvoy, "run", files.asks]), files.small], { env }),
        run: () => measure([venvoy, "run", files.small], { env }),
      },
    },
    {
      name: "create and fill 106 wheels by hard links, warm store, offline",
      budget: 0.5,
      peer: uvFresh,
      ours: ourFresh,
    },
    {
      name: "make a script environment of the same 106 wheels (fold)",
      budget: 0.1,
      peer: uvFresh,
      ours: {
        before: () => {
          remove(join(data, "cache", "launch"));
          // Moved away instead of removed: see above.
          if (existsSync(join(data, "scripts"))) renameSync(join(data, "scripts"), fresh("scripts"));
        },
        floor: () => measure([python, files.empty], { env }),
        run: () => measure([venvoy, "run", "--offline", "--python", python, files.large], { env }),
      },
    },
    {
      name: "first import of numpy, pandas, scipy.stats, sklearn, matplotlib.pyplot in it",
      budget: 0.8,
      peer: {
        before: () => {
          uvFresh.before();
          uvFresh.run();
        },
        run: () => measure([uvFresh.python(), "-c", imports], { env }),
      },
      ours: {
        before: () => {
          ourFresh.before();
          ourFresh.run();
        },
        run: () => measure([ourFresh.python(), "-c", imports], { env }),
      },
    },
    {
      name: "resolve the same set offline, warm cache, solved anew",
      budget: 1,
      least: 11,
      peer: {
        run: () =>
          measure(
            [
              uv,
              "pip",
              "compile",
              "--quiet",
              "--offline",
              "--python",
              python,
              files.list,
              "-o",
              join(work, "uv.lock.txt"),
            ],
            { env },
          ),
        before: () => remove(join(work, "uv.lock.txt")),
      },
      ours: {
        before: () => forgetSolutions(),
        run: () =>
          measure([venvoy, "create", "--dry-run", "--offline", "--python", python, "resolved", "-f", files.list], {
            env,
          }),
      },
    },
    {
      name: "resolve and install the same from the index, empty cache",
      budget: 1,
      slow: true,
      peer: {
        before: cold,
        run: () =>
          sequence(
            measure([uv, "venv", "--quiet", "--python", python, join(coldHome, "uv-env")], { env: coldEnv }),
            measure(
              [
                uv,
                "pip",
                "install",
                "--quiet",
                "--python",
                join(coldHome, "uv-env", "bin", "python"),
                "-r",
                files.list,
              ],
              { env: coldEnv },
            ),
          ),
      },
      ours: {
        before: cold,
        run: () =>
          measure([venvoy, "create", "bench", "--python", python, "-f", files.list, "--compile", "never"], {
            env: coldEnv,
          }),
      },
    },
    {
      name: "clone the environment of the 106 wheels, against making it again with uv",
      budget: 0.5,
      peer: uvFresh,
      ours: clones(),
    },
    {
      name: "clone the same, against a copy by cp -a",
      budget: 0.5,
      peer: copies(),
      ours: clones(),
    },
    {
      name: "rename the environment of the 106 wheels, against a copy by cp -a",
      budget: 0.05,
      peer: copies(),
      ours: renames(),
    },
    {
      name: "undo a change of the 106 wheels, against making the old set again with uv",
      budget: 0.05,
      peer: uvFresh,
      ours: undoes(ourFresh),
    },
    {
      name: "undo a change of the 106 wheels, against a copy by cp -a",
      budget: 0.05,
      peer: copies(),
      ours: undoes(ourFresh),
    },
  ];
}
