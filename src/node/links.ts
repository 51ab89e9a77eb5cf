import type { ChildProcess } from "node:child_process";
import type { Server, Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import type { AttachLink, Link, LinkListener, Links } from "../ports/index.ts";

/** How long a program may take to end by itself once its input has ended. */
const patienceMs = 10_000;

/** Streams are loaded when something is linked: few commands do that. */
export function nodeLinks(): Links {
  return {
    stdio: (listener) => linkOf(process.stdin, process.stdout, listener),
    listen,
    connect,
    start,
  };
}

function linkOf(
  input: Readable,
  output: Writable,
  listener: LinkListener,
  leave: () => Promise<void> = async () => {},
): Link {
  let isOver = false;
  const over = (): void => {
    if (isOver) return;
    isOver = true;
    listener.ended();
  };
  input.on("data", (bytes: Uint8Array) => {
    if (!isOver) listener.data(bytes);
  });
  for (const event of ["end", "close", "error"]) input.on(event, over);
  // A reader that is gone ends the talk.
  output.on("error", over);
  return {
    send: (bytes) =>
      new Promise((resolve) => {
        if (output.destroyed || output.writableEnded) return resolve();
        output.write(bytes, () => resolve());
      }),
    pause: (isPaused) => void (isPaused ? input.pause() : input.resume()),
    close: async () => {
      isOver = true;
      await leave();
    },
  };
}

function linkOfSocket(socket: Socket, listener: LinkListener): Link {
  return linkOf(socket, socket, listener, async () => {
    await new Promise<void>((resolve) => {
      socket.once("close", () => resolve());
      // Half of it stays open as long as the other side doesn't end its own.
      socket.end(() => socket.destroy());
      if (socket.destroyed) resolve();
    });
  });
}

async function listen(path: string, accept: (attach: AttachLink) => void): Promise<{ close(): Promise<void> }> {
  const { createServer } = await import("node:net");
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    accept((listener) => linkOfSocket(socket, listener));
  });
  await listening(server, path);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      server.on("error", () => {});
      resolve();
    });
  });
}

async function connect(path: string): Promise<AttachLink> {
  const { createConnection } = await import("node:net");
  const socket = createConnection(path);
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      socket.on("error", () => socket.destroy());
      resolve();
    });
  });
  return (listener) => linkOfSocket(socket, listener);
}

async function start({ argv, env, cwd }: Parameters<Links["start"]>[0]): Promise<AttachLink> {
  const { spawn } = await import("node:child_process");
  const [program, ...args] = argv;
  const known = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const child = spawn(program, args, {
    env: Object.fromEntries(known),
    cwd,
    stdio: ["pipe", "pipe", "inherit"],
    windowsHide: true,
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", () => {
      child.on("error", () => {});
      resolve();
    });
  });
  child.stdin.on("error", () => {});
  return (listener) => linkOf(child.stdout, child.stdin, listener, () => endOf(child));
}

/** Its input ends; it goes by itself, or is made to. */
function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    child.stdin?.end();
  });
}
