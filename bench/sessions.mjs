// The works of sessions: a host's first result, and an array between two processes.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { measure } from "./measure.mjs";
import { python, root, variables, work } from "./places.mjs";

const home = join(work, "warm");
const env = variables(home);

const header = '# /// script\n# dependencies = ["numpy"]\n# ///\n';
const scripts = {
  "gives.py": `${header}import numpy as np\nkept = np.ones(100_000_000 // 8)\ndef ready(): pass\ndef give(): return kept\n`,
  "takes.py": `# async: true\n${header}import numpy as np\ndef ready(): pass\ndef take(a): return float(a[0] + a[-1])\n`,
  // What a host writes that has no shared memory: both processes stand before the clock starts.
  "pipe.py": `${header}import multiprocessing as mp, time, json, resource
import numpy as np
def take(end):
    end.send(None)
    a = end.recv()
    end.send(float(a[0] + a[-1]))
if __name__ == "__main__":
    here, there = mp.get_context("spawn").Pipe()
    child = mp.get_context("spawn").Process(target=take, args=(there,))
    child.start()
    kept = np.ones(100_000_000 // 8)
    here.recv()
    begun = time.perf_counter()
    here.send(kept)
    here.recv()
    wall = time.perf_counter() - begun
    child.join()
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) * 1024
    print(json.dumps({"wall": wall, "peak": peak}))
`,
};

function inside(...words) {
  const [what, ...rest] = words;
  const out = execFileSync(
    process.execPath,
    [join(root, "bench", "session.mjs"), what, join(home, "venvoy"), ...rest],
    {
      env,
      encoding: "utf8",
    },
  );
  return JSON.parse(out.trim().split("\n").at(-1));
}

export function sessionWorks(uv, files) {
  // A host embeds the package as it is published, not its sources.
  execFileSync(process.execPath, [join(root, "scripts", "build.mjs"), "npm"], { stdio: "ignore" });
  const place = join(work, "inputs", "session");
  mkdirSync(place, { recursive: true });
  for (const [name, text] of Object.entries(scripts)) writeFileSync(join(place, name), text);
  return [
    {
      name: "first result of a script in a warm session, against `uv run` of it",
      budget: 0.25,
      least: 11,
      peer: { run: () => measure([uv, "run", "--quiet", "--python", python, files.small], { env }) },
      ours: { run: () => inside("first", join(work, "inputs"), files.small) },
    },
    {
      name: "hand 100 MB of NumPy from one process to another, against pickle through a pipe",
      budget: 0.5,
      peer: {
        run: () =>
          JSON.parse(
            execFileSync(uv, ["run", "--quiet", "--python", python, join(place, "pipe.py")], { env, encoding: "utf8" }),
          ),
      },
      ours: { run: () => inside("exchange", place) },
    },
  ];
}
