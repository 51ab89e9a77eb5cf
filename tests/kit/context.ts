import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openVenvoy, type RunPlan, type Venvoy } from "../../src/app/index.ts";
import { type AbsPath, absPath } from "../../src/base/index.ts";
import { runCli } from "../../src/cli/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import type { Event, Ports, Reporter, System } from "../../src/ports/index.ts";
import { IndexServer, type ServedFile } from "./index-server.ts";
import { type SdistParts, sdist, sdistFilename } from "./sdist.ts";
import { tempDir } from "./temp.ts";
import { type WheelParts, wheel, wheelFilename } from "./wheel.ts";

/** One version: a wheel, or an sdist. */
export type ServedVersion = WheelParts | { readonly sdist: SdistParts };

/** Versions of a project: `{ demo: { "1.0": {}, "2.0": { requires: ["idna"] } } }`. */
export type Projects = Readonly<Record<string, Readonly<Record<string, ServedVersion>>>>;

export interface Said {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** A person's account on this machine with a real index on loopback: real files, real Pythons, no other network. */
export interface TestContext extends AsyncDisposable {
  readonly home: AbsPath;
  readonly cwd: AbsPath;
  readonly index: IndexServer;
  readonly library: Venvoy;
  /** What the library stands on, for what has no method of it. */
  readonly ports: Ports;
  readonly events: readonly Event[];
  readonly env: Record<string, string>;
  /** What `run` would have started last. */
  readonly started: readonly RunPlan[];
  /** Runs one command line in this process. */
  venvoy(...words: readonly string[]): Promise<Said>;
  /** Starts what a command line runs, for real, and answers what it printed. */
  runs(...words: readonly string[]): Promise<Said>;
  write(path: string, text: string): string;
  /** Serves a project from now on. */
  serve(name: string, versions: Projects[string]): void;
}

export async function testContext(projects: Projects = {}, extra: Record<string, string> = {}): Promise<TestContext> {
  const home = tempDir("app");
  const index = await IndexServer.start(
    Object.fromEntries(Object.entries(projects).map(([name, versions]) => [name, served(name, versions)])),
  );
  const cwd = absPath(join(home, "work"));
  mkdirSync(cwd, { recursive: true });
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    PYENV_ROOT: process.env["PYENV_ROOT"] ?? join(process.env["HOME"] ?? "/", ".pyenv"),
    PIP_CONFIG_FILE: "/dev/null",
    PIP_INDEX_URL: index.url.reveal(),
    VENVOY_HOME: join(home, "venvoy"),
    VENVOY_COMPILE: "never",
    VENVOY_TIDY: "never",
    ...extra,
  };
  const ports = portsFor(env, cwd, home);
  const events: Event[] = [];
  const reporter = recorder(events);
  const started: RunPlan[] = [];
  const venvoy =
    (start: (plan: RunPlan) => Promise<number>) =>
    async (...words: readonly string[]): Promise<Said> => {
      let out = "";
      let err = "";
      const exit = await runCli(words, {
        version: "test",
        clock: ports.clock,
        signal: new AbortController().signal,
        terminal: {
          interactive: false,
          draws: false,
          columns: 100,
          colour: false,
          ask: async () => "",
          writeOut: (text) => {
            out += text;
          },
          writeErr: (text) => {
            err += text;
          },
        },
        openVenvoy: async ({ offline, reporter: told }) => openVenvoy(ports, { offline, reporter: told }),
        start,
        readStdin: async () => "",
        typedLines: async () => ({ next: async () => ({ kind: "end" }), close: () => {} }),
        canvas: async () => ({ draw: () => {}, clear: () => {} }),
      });
      return { exit, out, err };
    };
  const context: TestContext = {
    home,
    cwd,
    index,
    events,
    env,
    started,
    ports,
    library: openVenvoy(ports, { offline: false, reporter }),
    venvoy: venvoy(async (plan) => {
      started.push(plan);
      return 0;
    }),
    runs: async (...words) => {
      let printed = { out: "", err: "" };
      const said = await venvoy(async (plan) => {
        const result = await ports.proc.run({ argv: plan.argv, env: plan.env, cwd });
        printed = { out: new TextDecoder().decode(result.stdout), err: new TextDecoder().decode(result.stderr) };
        return result.exit ?? 128;
      })(...words);
      return { exit: said.exit, out: said.out + printed.out, err: said.err + printed.err };
    },
    write: (path, text) => {
      const file = join(cwd, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
    serve: (name, versions) => {
      index.packages[name] = served(name, versions);
    },
    async [Symbol.asyncDispose]() {
      await index[Symbol.asyncDispose]();
    },
  };
  return context;
}

function served(name: string, versions: Projects[string]): ServedFile[] {
  return Object.entries(versions).map(([version, parts]) => {
    if ("sdist" in parts)
      return { filename: sdistFilename(name, version, parts.sdist), content: sdist(name, version, parts.sdist) };
    return {
      filename: wheelFilename(name, version, parts),
      content: wheel(name, version, parts),
      ...(parts.requiresPython === undefined ? {} : { requiresPython: parts.requiresPython }),
    };
  });
}

function portsFor(env: Record<string, string>, cwd: AbsPath, home: AbsPath) {
  const ports = nodePorts();
  const system: System = Object.defineProperties({} as System, {
    ...Object.getOwnPropertyDescriptors(ports.system),
    env: { value: env },
    cwd: { value: cwd },
    home: { value: home },
  });
  return { ...ports, system };
}

function recorder(events: Event[]): Reporter {
  let next = 0;
  return {
    nextOp: () => ++next,
    emit: (event) => {
      events.push(event);
    },
  };
}
