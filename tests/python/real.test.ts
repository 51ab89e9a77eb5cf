import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { type AbsPath, absPath } from "../../src/base/index.ts";
import { dataLayout } from "../../src/disk/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import type { Proc, ProcRequest, System } from "../../src/ports/index.ts";
import {
  chooseInterpreter,
  ensureBase,
  findInterpreters,
  type Interpreter,
  inspect,
  type PythonIo,
  parsePythonRequest,
  targetOf,
  venvLayout,
} from "../../src/python/index.ts";
import { type RealPython, realPythons, skipMissing } from "../kit/real-pythons.ts";
import { tempDir } from "../kit/temp.ts";

interface RealWorld {
  readonly io: PythonIo;
  readonly home: AbsPath;
  readonly layout: ReturnType<typeof dataLayout>;
  readonly started: string[];
}

/** The real machine with a home directory of its own, counting the programs that are started. */
function realWorld(env: Record<string, string> = {}): RealWorld {
  const ports = nodePorts();
  const home = tempDir("python");
  const started: string[] = [];
  const pyenv = process.env["PYENV_ROOT"] ?? `${process.env["HOME"]}/.pyenv`;
  const system: System = {
    ...ports.system,
    env: { PATH: "/usr/bin:/bin", PYENV_ROOT: pyenv, ...env },
    home,
    cwd: home,
  };
  const proc: Proc = {
    ...ports.proc,
    run: (request: ProcRequest) => {
      started.push(request.argv[0]);
      return ports.proc.run(request);
    },
  };
  return { io: { ...ports, system, proc }, home, layout: dataLayout(system), started };
}

async function asked({ io, layout }: RealWorld, program: AbsPath): Promise<Interpreter> {
  const answer = await inspect(io, program, { layout });
  if ("reason" in answer) throw new Error(answer.reason);
  return answer.ok;
}

const run = (program: string, args: readonly string[]): string => {
  const answer = spawnSync(program, args, { encoding: "utf8", env: { PATH: "/usr/bin:/bin" } });
  if (answer.status !== 0) throw new Error(`${program} ${args[0]}: ${answer.stderr}`);
  return answer.stdout;
};

const pythons = realPythons();
skipMissing(pythons);

describe.each(pythons)("Python $minor of this machine", (python: RealPython) => {
  test("answers with its facts", async () => {
    const interpreter = await asked(realWorld(), python.program);
    expect(interpreter).toMatchObject({
      executable: python.program,
      prefix: python.prefix,
      implementation: "cpython",
      freeThreaded: false,
      debug: false,
      hasEnsurepip: true,
      stdlib: `${python.prefix}/lib/python${python.minor}`,
      paths: { purelib: `lib/python${python.minor}/site-packages`, scripts: "bin", data: "" },
    });
    expect(interpreter.version.startsWith(`${python.minor}.`)).toBe(true);
    expect(interpreter.bundledPip).toContain("/ensurepip/_bundled/pip-");
    expect(interpreter.soabi).toContain("cpython-");
  });

  test("markers and tags are those of the `packaging` that its pip carries", async () => {
    const interpreter = await asked(realWorld(), python.program);
    const code = `
import json, sys
sys.path.insert(0, ${JSON.stringify(interpreter.bundledPip)})
from pip._vendor.packaging import markers, tags
print(json.dumps([dict(markers.default_environment()), [str(tag) for tag in tags.sys_tags()]]))`;
    const [environment, tags] = JSON.parse(run(python.program, ["-I", "-c", code])) as [
      Record<string, string>,
      string[],
    ];
    const target = targetOf(interpreter);
    expect(target.markers).toEqual(environment);
    // Older releases of packaging put the plain `linux_x86_64` last instead of first; all else has the same order.
    const ours = new Map(target.tags.map((tag, rank) => [tag, rank]));
    const ranks = tags.filter((tag) => !tag.endsWith("-linux_x86_64")).map((tag) => ours.get(tag) ?? -1);
    expect(tags.filter((tag) => !ours.has(tag))).toEqual([]);
    expect([...ranks].sort((a, b) => a - b)).toEqual(ranks);
  });

  test("an environment has the layout that its own `venv` makes", async () => {
    const interpreter = await asked(realWorld(), python.program);
    const layout = venvLayout(interpreter);
    const tree = `${tempDir("venv")}/env`;
    run(python.program, ["-I", "-m", "venv", "--without-pip", tree]);
    const code = `
import json, os, sys, sysconfig
tree = sys.prefix
print(json.dumps([
  os.path.relpath(sysconfig.get_path("purelib"), tree), os.path.relpath(sysconfig.get_path("scripts"), tree),
  sorted(n for n in os.listdir(tree + "/bin") if n.startswith("python")), os.readlink(tree + "/lib64"),
]))`;
    const answer = JSON.parse(run(`${tree}/bin/python`, ["-I", "-c", code]));
    expect(answer).toEqual([layout.sitePackages, layout.bin, expect.arrayContaining(["python", "python3"]), "lib"]);
    expect(layout.programs).toEqual(["python", "python3", `python${python.minor}`]);
    expect(layout.links).toEqual([{ name: "lib64", text: "lib" }]);
    // Seen through to the same interpreter.
    const world = realWorld();
    expect((await asked(world, absPath(`${tree}/bin/python`))).executable).toBe(python.program);
    expect(world.started).toEqual([python.program]);
  });

  test("a second look and a base cost no process", async () => {
    const world = realWorld();
    const { io, layout } = world;
    const request = parsePythonRequest(python.minor);
    const first = await chooseInterpreter(io, request, { layout });
    const base = await ensureBase(io, layout, first);
    const before = world.started.length;
    expect(await chooseInterpreter(io, request, { layout })).toEqual(JSON.parse(JSON.stringify(first)));
    expect(await io.fs.realPath(base.link)).toBe(first.prefix);
    expect(world.started.length).toBe(before);
  });
});

test("the whole machine is searched; each program is asked once", async () => {
  const world = realWorld();
  const reports = await findInterpreters(world.io, { layout: world.layout });
  const found = reports.flatMap((report) => ("ok" in report ? [report.ok.executable] : []));
  for (const python of pythons) expect(found).toContain(python.program);
  expect(new Set(found).size).toBe(found.length);
  const before = world.started.length;
  await findInterpreters(world.io, { layout: world.layout });
  expect(world.started.length - before).toBe(0);
});
