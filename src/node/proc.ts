import type { ChildProcess } from "node:child_process";
import { constants, setPriority } from "node:os";
import type { Proc, ProcRequest, ProcResult, StartRequest, StartResult } from "../ports/index.ts";
import { childProcess } from "./builtins.ts";
import { isTerminal } from "./is-terminal.ts";
import { isBun, isWindows } from "./platform.ts";
import { isAlive } from "./process-identity.ts";

const defaultMaxOutputBytes = 16 << 20;
/** Time between asking a program to end and ending it. */
const graceMs = 2_000;

export function nodeProc(): Proc {
  return {
    run,
    start,
    startDetached,
    open: async (request, listener) => (await import("./open-program.ts")).openProgram(request, listener),
    isAlive,
  };
}

async function run(request: ProcRequest): Promise<ProcResult> {
  request.signal?.throwIfAborted();
  const [program, ...args] = request.argv;
  const child = childProcess().spawn(program, args, {
    env: definedOnly(request.env),
    cwd: request.cwd,
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  const limit = request.maxOutputBytes ?? defaultMaxOutputBytes;
  const stdout = collect(child.stdout, limit);
  const stderr = collect(child.stderr, limit);
  // A program that doesn't read its input closes the pipe: that is its right.
  child.stdin.on("error", () => {});
  child.stdin.end(request.input ?? "");
  let timedOut = false;
  const end = (): void => endGently(child);
  const timer =
    request.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          end();
        }, request.timeoutMs);
  request.signal?.addEventListener("abort", end, { once: true });
  try {
    const { exit, killedBy } = await ended(child, "close");
    request.signal?.throwIfAborted();
    return { exit, killedBy, timedOut, stdout: stdout(), stderr: stderr() };
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener("abort", end);
  }
}

function collect(stream: NodeJS.ReadableStream, limit: number): () => Uint8Array {
  const pieces: Uint8Array[] = [];
  let size = 0;
  stream.on("data", (piece: Uint8Array) => {
    if (size >= limit) return;
    pieces.push(size + piece.byteLength > limit ? piece.subarray(0, limit - size) : piece);
    size += piece.byteLength;
  });
  return () => Buffer.concat(pieces);
}

/** Asks, then kills; and lets go of the pipes, which grandchildren may hold open for ever. */
function endGently(child: ChildProcess): void {
  child.kill("SIGTERM");
  const timer = setTimeout(() => {
    child.kill("SIGKILL");
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, graceMs);
  child.once("close", () => clearTimeout(timer));
}

function ended(
  child: ChildProcess,
  event: "close" | "exit",
): Promise<{ readonly exit: number | undefined; readonly killedBy: string | undefined }> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once(event, (exit: number | null, killedBy: string | null) =>
      resolve({ exit: exit ?? undefined, killedBy: killedBy ?? undefined }),
    );
  });
}

async function start(request: StartRequest): Promise<StartResult> {
  if (isBun && !isWindows) {
    const { replaceProcess } = await import("./exec.ts");
    // Returns only to throw.
    return replaceProcess(request.argv, request.env, request.cwd);
  }
  const [program, ...args] = request.argv;
  const signals = forwardSignals();
  try {
    const child = childProcess().spawn(program, args, {
      env: definedOnly(request.env),
      cwd: request.cwd,
      stdio: "inherit",
    });
    signals.to(child);
    const { exit, killedBy } = await ended(child, "exit");
    return { exit: exit ?? 128 + signalNumber(killedBy) };
  } finally {
    signals.stop();
  }
}

interface SignalForwarding {
  to(child: ChildProcess): void;
  stop(): void;
}

/**
 * The terminal sends Ctrl-C and Ctrl-\ to the whole group, the child included: here they are only survived, so that the
 * child decides. Without a terminal they were meant for this process alone and go on to the child, as all others do.
 * Begins before the child is started: a signal in that moment would end us and leave the child alone.
 */
function forwardSignals(): SignalForwarding {
  const hasTerminal = isTerminal("stdin") || isTerminal("stdout") || isTerminal("stderr");
  const fromTerminal = new Set<NodeJS.Signals>(["SIGINT", "SIGQUIT"]);
  let receiver: ChildProcess | undefined;
  const early: NodeJS.Signals[] = [];
  const handlers = forwarded.map((signal) => {
    const handler = (): void => {
      if (hasTerminal && fromTerminal.has(signal)) return;
      if (receiver === undefined) early.push(signal);
      else receiver.kill(signal);
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  return {
    to(child) {
      receiver = child;
      for (const signal of early) child.kill(signal);
    },
    stop() {
      for (const { signal, handler } of handlers) process.off(signal, handler);
    },
  };
}

const forwarded: readonly NodeJS.Signals[] = isWindows
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR2"];

function signalNumber(name: string | undefined): number {
  return Object.entries(constants.signals).find(([key]) => key === name)?.[1] ?? 0;
}

function startDetached(request: StartRequest): void {
  const [program, ...args] = request.argv;
  const child = childProcess().spawn(program, args, {
    env: definedOnly(request.env),
    cwd: request.cwd,
    detached: true,
    stdio: "ignore",
    windowsHide: true,
  });
  child.on("error", () => {});
  child.unref();
  if (child.pid === undefined) return;
  try {
    setPriority(child.pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It ended already, or the system doesn't let us: it works at ordinary priority then.
  }
}

function definedOnly(env: ProcRequest["env"]): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
