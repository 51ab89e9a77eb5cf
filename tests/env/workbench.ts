import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type AbsPath, absPath, type PackageName, parseSha256, SafeUrl } from "../../src/base/index.ts";
import { type DataLayout, dataLayout } from "../../src/disk/index.ts";
import {
  type CreateRequest,
  type EnvContext,
  type EnvIo,
  type EnvironmentHome,
  environments,
  nothingWanted,
  type Wanted,
} from "../../src/env/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import type { Ports } from "../../src/ports/index.ts";
import { type Base, ensureBase, findInterpreters, type Interpreter } from "../../src/python/index.ts";
import type { Lock, LockedPackage } from "../../src/resolve/index.ts";
import { type Artifact, openStore, type Store } from "../../src/store/index.ts";
import { RecordingReporter } from "../kit/memory-ports.ts";
import { type WheelParts, wheel, wheelFilename } from "../kit/wheel.ts";

/** A home of its own on the real disk, with the real adapters. */
export interface Workbench {
  readonly io: EnvIo & Ports;
  readonly layout: DataLayout;
  readonly store: Store;
  readonly context: EnvContext;
  readonly home: EnvironmentHome;
  readonly reporter: RecordingReporter;
  /** A real wheel, unpacked in the store. */
  artifact(name: string, version: string, parts?: WheelParts): Promise<Artifact>;
  base(interpreter: Interpreter): Promise<Base>;
  /** Ready to be given to `create` and `change`. */
  request(base: Base, artifacts: readonly Artifact[], command?: string, wanted?: Partial<Wanted>): CreateRequest;
}

export function workbench(home: AbsPath, cwd: AbsPath = home): Workbench {
  const ports = nodePorts();
  const reporter = new RecordingReporter();
  const env = { ...ports.system.env, VENVOY_HOME: join(home, "data"), HOME: home, VIRTUAL_ENV: undefined };
  const io = { ...ports, system: { ...ports.system, env, cwd, home }, reporter };
  const layout = dataLayout(io.system);
  const store = openStore(io, layout);
  const context: EnvContext = { layout, store, tool: "0.0.0-test" };
  return {
    io,
    layout,
    store,
    context,
    reporter,
    home: environments(io, context),
    artifact: (name, version, parts) => addWheel(home, store, name, version, parts),
    base: (interpreter) => ensureBase(io, layout, interpreter),
    request: (base, artifacts, command = "test", wanted = {}) => ({
      command,
      base,
      artifacts,
      lock: lockOf(artifacts),
      wanted: { ...nothingWanted, ...wanted },
    }),
  };
}

export function lockOf(artifacts: readonly Artifact[]): Lock {
  return {
    packages: artifacts.map(
      (artifact): LockedPackage => ({
        name: artifact.name as PackageName,
        version: artifact.version,
        wheel: {
          filename: artifact.filename,
          sha256: artifact.sha256,
          url: SafeUrl.parse(`https://index.example/${artifact.filename}`),
        },
        dependencies: [],
        extras: [],
        requested: true,
      }),
    ),
  };
}

async function addWheel(
  home: AbsPath,
  store: Store,
  name: string,
  version: string,
  parts: WheelParts = {},
): Promise<Artifact> {
  const bytes = wheel(name, version, parts);
  const filename = wheelFilename(name, version, parts);
  // Several processes may do this at once.
  const file = join(mkdtempSync(join(home, "wheel-")), filename);
  writeFileSync(file, bytes);
  const sha256 = parseSha256(createHash("sha256").update(bytes).digest("hex"));
  return store.add(absPath(file), { filename, sha256 });
}

/** The Pythons of this machine that environments can be made for, one per minor version, oldest first. */
export async function realPythons(bench: Workbench): Promise<readonly Interpreter[]> {
  const found = new Map<string, Interpreter>();
  for (const report of await findInterpreters(bench.io, { layout: bench.layout })) {
    if (!("ok" in report)) continue;
    const [major, minor] = report.ok.versionInfo;
    const key = `${major}.${minor}`;
    if (major === 3 && minor >= 8 && report.ok.bundledPip !== undefined && !found.has(key)) found.set(key, report.ok);
  }
  return [...found.values()].sort((a, b) => a.versionInfo[1] - b.versionInfo[1]);
}

/** The newest one that most packages support. */
export async function anyPython(bench: Workbench): Promise<Interpreter> {
  const all = await realPythons(bench);
  const chosen = all.find((item) => item.versionInfo[1] === 11) ?? all.at(-1);
  if (chosen === undefined) throw new Error("no Python with pip on this machine");
  return chosen;
}

/** Runs a program of a tree and returns what it prints; throws with its error output. */
export async function runIn(
  bench: Workbench,
  program: AbsPath,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { PATH } = bench.io.system.env;
  const result = await bench.io.proc.run({
    argv: [program, ...args],
    env: { PATH, HOME: bench.io.system.home, PIP_NO_INDEX: "1", PIP_DISABLE_PIP_VERSION_CHECK: "1", ...env },
  });
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  if (result.exit !== 0) throw new Error(`${program} ${args.join(" ")}: exit ${result.exit}\n${text(result.stderr)}`);
  return text(result.stdout).trim();
}

export interface RunningPython extends AsyncDisposable {
  readonly pid: number;
  /** Sends one line of Python and returns the line that it prints. */
  ask(code: string): Promise<string>;
  end(): Promise<void>;
}

/** A Python that waits for lines of code, started in an environment or tree; ready when this returns. */
export async function startPython(root: AbsPath): Promise<RunningPython> {
  const loop = "import sys\nprint('ready', flush=True)\nfor line in sys.stdin:\n  exec(line)\n  sys.stdout.flush()";
  const child = spawn(join(root, "bin", "python"), ["-c", loop], { stdio: ["pipe", "pipe", "inherit"], env: {} });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const ended = once(child, "exit");
  const end = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  return {
    pid: child.pid ?? 0,
    ask: async (code) => {
      child.stdin.write(`${code}\n`);
      return String((await lines.next()).value);
    },
    end,
    [Symbol.asyncDispose]: end,
  };
}
