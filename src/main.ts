#!/usr/bin/env node
/*
 * The process entry, and the only file besides `node/` that touches `process`. A run whose environment is ready is started
 * right here, with nothing loaded that it does not need; everything else goes to `cli/`.
 */
import { appendFileSync, readFileSync, readlinkSync, statSync, utimesSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import type { OpenOptions, RunPlan } from "./app/index.ts";
import { absPath } from "./base/index.ts";
import { dataLayout } from "./disk/index.ts";
import { type Launch, type WarmFacts, warmLaunch } from "./launch/index.ts";

const words = process.argv.slice(2);
// In a tree that carries venvoy, what was decided for scripts elsewhere doesn't count.
const isCarried = statSync(join(dirname(process.execPath), ".venvoy", "standalone.json"), { throwIfNoEntry: false });
const launch = words[0] === "run" && isCarried === undefined ? warmLaunch(words.slice(1), warmFacts()) : undefined;
// What threads do does not always hold a runtime's loop: without this, it could end quietly before the answer.
const awake = setInterval(() => {}, 1 << 30);
void answer().then((exit) => {
  clearInterval(awake);
  // The answer is written by now. Waiting threads and idle connections must not hold the shell up.
  process.exit(exit);
});

function answer(): Promise<number> {
  if (launch !== undefined) return startWarm(launch);
  return words[0] === "internal" ? internalWay() : fullWay();
}

function warmFacts(): WarmFacts {
  const os = process.platform === "win32" ? "windows" : process.platform === "darwin" ? "macos" : "linux";
  const layout = dataLayout({
    os,
    env: process.env,
    home: absPath(optional(homedir) ?? "/"),
    cwd: absPath(process.cwd()),
  });
  return {
    env: process.env,
    nowMs: Date.now(),
    memoDir: layout.launch,
    pathSeparator: delimiter,
    resolve: (path) => resolve(path),
    stat: (path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      return found === undefined ? undefined : { sizeBytes: found.size, modifiedMs: found.mtimeMs, inode: found.ino };
    },
    readText: (path) => optional(() => readFileSync(path, "utf8")),
    readLink: (path) => optional(() => readlinkSync(path)),
  };
}

/** Absent, unreadable and damaged are all the same here: the full way finds out and says so. */
function optional<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

async function startWarm({ argv, env, stale }: Launch): Promise<number> {
  if (stale !== undefined) {
    optional(() => utimesSync(stale, new Date(), new Date()));
    optional(() => appendFileSync(`${stale}-from`, `${process.cwd()}\n`));
  }
  if (process.versions["bun"] !== undefined && process.platform !== "win32") {
    const { replaceProcess } = await import("./node/exec.ts");
    try {
      replaceProcess(argv, env);
    } catch {
      return fullWay();
    }
  }
  const { nodeProc } = await import("./node/index.ts");
  return (await nodeProc().start({ argv, env })).exit;
}

/** What venvoy is started for by others: bytecode and tidying behind an answer, a line after a crash, a kernel of Jupyter. */
async function internalWay(): Promise<number> {
  if (words[1] === "complete") return completeWay(words.slice(2));
  const [{ compile, hint, startKernel, tidy }, { nodePorts, readStdin }, { silentReporter }] = await Promise.all([
    import("./app/index.ts"),
    import("./node/index.ts"),
    import("./ports/index.ts"),
  ]);
  const options = { reporter: silentReporter(), offline: true };
  const [, what, ...rest] = words;
  if (what === "compile") await compile(nodePorts(), options, rest);
  if (what === "hint") {
    const line = await hint(nodePorts(), options, await readStdin());
    if (line !== undefined) process.stderr.write(`hint: ${line}\n`);
  }
  if (what === "tidy") await tidy(nodePorts(), options);
  if (what === "kernel") {
    const ports = nodePorts();
    try {
      return (await ports.proc.start(await startKernel(ports, options, rest[0] ?? "", rest.slice(1)))).exit;
    } catch (error) {
      const { failureText, terminalStyle } = await import("./cli/index.ts");
      process.stderr.write(`${failureText(error, terminalStyle({ colour: false }))}\n`);
      return 1;
    }
  }
  return 0;
}

/** A shell asks at a key press; an error there would only spoil the line. */
async function completeWay([shell = "", ...line]: readonly string[]): Promise<number> {
  const [{ completionReply }, { namesOf, pathsOf }, { nodePorts }, { silentReporter }] = await Promise.all([
    import("./cli/index.ts"),
    import("./app/index.ts"),
    import("./node/index.ts"),
    import("./ports/index.ts"),
  ]);
  const ports = nodePorts();
  const options = { reporter: silentReporter(), offline: true };
  const reply = await completionReply(shell, line, {
    env: process.env,
    names: (kind, environment) => namesOf(ports, options, kind, environment),
    paths: (typed, kind) => pathsOf(ports, typed, kind),
  });
  process.stdout.write(reply);
  return 0;
}

async function fullWay(): Promise<number> {
  const { nodePorts, nodeTerminal, readStdin, typedLines } = await import("./node/index.ts");
  const ports = nodePorts();
  // A thread takes as long to come up as everything up to the first link; most that is created is linked.
  if (words[0] === "create" && words.length > 2 && !words.includes("--dry-run")) ports.fs.expectLinks();
  const [{ runCli }, { behindAnswer, openVenvoy, toolVersion }, { silentReporter }] = await Promise.all([
    import("./cli/index.ts"),
    import("./app/index.ts"),
    import("./ports/index.ts"),
  ]);
  const interrupt = new AbortController();
  const onInterrupt = (): void => {
    // Somebody who asks twice doesn't want to wait for the cleaning up; the next command does it.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onInterrupt);
  const terminal = nodeTerminal();
  let opened: OpenOptions | undefined;
  const behind = async (): Promise<void> => {
    // The answer stands whatever comes of this; what is wrong with the settings is said by whoever needs them.
    if (opened !== undefined) await behindAnswer(ports, { ...opened, reporter: silentReporter() }).catch(() => {});
  };
  const exit = await runCli(words, {
    terminal,
    clock: ports.clock,
    version: toolVersion,
    signal: interrupt.signal,
    openVenvoy: async (options) => {
      opened = options;
      return openVenvoy(ports, options);
    },
    readStdin,
    typedLines,
    start: async (plan: RunPlan) => {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onInterrupt);
      // The program may take this process over.
      await behind();
      return (await ports.proc.start({ argv: plan.argv, env: plan.env })).exit;
    },
    canvas: async () => {
      const { createLogUpdate } = await import("log-update");
      // Frames go the way of all other text, at once and in order. A hidden cursor would bring a handler along that ends
      // the process at an interrupt, before anything is cleaned up.
      const screen = Object.create(process.stderr, {
        write: { value: (text: string) => terminal.writeErr(text) === undefined },
      }) as NodeJS.WriteStream;
      const update = createLogUpdate(screen, { showCursor: true });
      return { draw: (frame) => update(frame), clear: () => update.clear() };
    },
  });
  await behind();
  return exit;
}
