import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import type { Duplex, Readable } from "node:stream";
import type { OpenListener, OpenProgram, StartRequest } from "../ports/index.ts";
import { GroupWatch } from "./group-watch.ts";
import { isWindows } from "./platform.ts";

/** How long outputs may stay open behind a program that has ended: something that it started holds them. */
const lingerMs = 300;
/** How often more is read of them then, while there is more: what it wrote itself lies in pipes, which hold little. */
const mostTurns = 16;
/** How long a program may take to come to its control channel where that is a port. */
const comeMs = 30_000;

const groups = new GroupWatch();

type ControlKind = "descriptor" | "port";

/** `Proc.open`. A descriptor is inherited where the system has that; elsewhere a port on this machine with a token. */
export function openProgram(
  request: StartRequest,
  listener: OpenListener,
  kind: ControlKind = isWindows ? "port" : "descriptor",
): Promise<OpenProgram> {
  return kind === "descriptor" ? openWithDescriptor(request, listener) : openWithPort(request, listener);
}

async function openWithDescriptor(request: StartRequest, listener: OpenListener): Promise<OpenProgram> {
  const child = spawned(request, "fd:3", ["ignore", "pipe", "pipe", "pipe"]);
  await started(child);
  return attend(child, child.stdio[3] as Duplex & Partial<Socket>, listener);
}

async function openWithPort(request: StartRequest, listener: OpenListener): Promise<OpenProgram> {
  const token = randomBytes(32).toString("hex");
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    const child = spawned(request, `port:${port}:${token}`, ["ignore", "pipe", "pipe"]);
    await started(child);
    return attend(child, await caller(server, token, child), listener);
  } finally {
    server.close();
  }
}

function spawned(
  { argv, env, cwd }: StartRequest,
  control: string,
  stdio: readonly ("ignore" | "pipe")[],
): ChildProcess {
  const [program, ...args] = argv;
  const known = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return spawn(program, args, {
    env: { ...Object.fromEntries(known), VENVOY_LANE: control },
    cwd,
    stdio: [...stdio],
    windowsHide: true,
  });
}

/** A program that was started has its number at once; one that wasn't tells why. */
async function started(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) await new Promise((_resolve, reject) => child.once("error", reject));
  child.on("error", () => {});
}

/** The first connection that knows the token; any other program on this machine is sent away. */
function caller(server: Server, token: string, child: ChildProcess): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(Object.assign(new Error("the program ended"), { code: "ECHILD" }));
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      fail();
    }, comeMs);
    child.once("exit", fail);
    server.on("connection", (socket) => {
      let head = Buffer.alloc(0);
      const read = (piece: Buffer): void => {
        head = Buffer.concat([head, piece]);
        if (head.length < token.length) return;
        socket.off("data", read);
        if (head.subarray(0, token.length).toString("latin1") !== token) return void socket.destroy();
        socket.pause();
        const rest = head.subarray(token.length);
        if (rest.length > 0) socket.unshift(rest);
        clearTimeout(timer);
        child.off("exit", fail);
        resolve(socket);
      };
      socket.on("error", () => socket.destroy());
      socket.on("data", read);
    });
  });
}

/** Pipes have these in Node and Bun alike, though their declared type does not. */
interface Holdable {
  ref?(): unknown;
  unref?(): unknown;
}

function attend(child: ChildProcess, control: Duplex & Partial<Socket>, listener: OpenListener): OpenProgram {
  if (child.pid !== undefined) groups.add(child.pid);
  const outputs = [child.stdout, child.stderr].filter((stream): stream is Readable => stream !== null);
  let isOver = false;
  let heard = 0;
  const counted = (tell: (bytes: Uint8Array) => void) => (bytes: Uint8Array) => {
    heard += 1;
    tell(bytes);
  };
  control.on("error", () => {});
  control.on("data", counted(listener.control));
  // One that came to a port was paused until somebody listens.
  control.resume();
  child.stdout?.on("data", counted(listener.stdout));
  child.stderr?.on("data", counted(listener.stderr));
  const ended = (exit: number | null, killedBy: string | null): void => {
    if (isOver) return;
    isOver = true;
    for (const stream of [...outputs, control]) stream.destroy();
    listener.ended({ exit: exit ?? undefined, killedBy: killedBy ?? undefined });
    // Whatever it started has gone with it: whoever was told of its end sees to that.
    if (child.pid !== undefined) groups.remove(child.pid);
  };
  /** A program of ours that was busy for long finds this timer due before what it has not read yet: that comes first. */
  const whenQuiet = (exit: number | null, killedBy: string | null, turns = mostTurns): void => {
    const before = heard;
    setImmediate(() => {
      if (heard === before || turns === 0) ended(exit, killedBy);
      else whenQuiet(exit, killedBy, turns - 1);
    });
  };
  child.once("exit", (exit, killedBy) => {
    const timer = setTimeout(() => whenQuiet(exit, killedBy), lingerMs);
    child.once("close", () => {
      clearTimeout(timer);
      ended(exit, killedBy);
    });
  });
  return {
    pid: child.pid ?? 0,
    send: (bytes) =>
      new Promise((resolve) => {
        if (isOver || control.destroyed) return resolve();
        control.write(bytes, () => resolve());
      }),
    kill: (signal, { group = false } = {}) => end(child, signal, group),
    hold: (isHeld) => {
      for (const held of [child, ...outputs, control] as readonly Holdable[]) {
        if (isHeld) held.ref?.();
        else held.unref?.();
      }
    },
  };
}

function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL", group: boolean): void {
  if (child.pid === undefined) return;
  // Its group may live on when the program itself has ended.
  if (group && !isWindows) {
    try {
      process.kill(-child.pid, signal);
      return;
    } catch {
      // It leads no group yet, or nothing of it is left.
    }
  }
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
}
