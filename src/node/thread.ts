import { workerThreads } from "./builtins.ts";
import { isBun } from "./platform.ts";

/** A thread that answers messages. */
export interface Thread {
  send(message: unknown): void;
  /** Whether it keeps the process alive. */
  hold(isHeld: boolean): void;
}

export interface ThreadListener {
  answer(message: unknown): void;
  /** It is no more: what went wrong, if anything did. */
  ended(error: unknown): void;
}

/** The web's threads, as Bun has them: `ref` and `unref` are its own. */
interface WebWorker extends EventTarget {
  postMessage(message: unknown): void;
  ref(): void;
  unref(): void;
}

interface Runtime {
  readonly Worker?: new (file: URL | string) => WebWorker;
}

/** Starts a thread that runs `file`. Those of `node:worker_threads` bring pipes and streams with them, which Bun can do without. */
export function startThread(file: URL | string, listener: ThreadListener): Thread {
  return isBun ? webThread(file, listener) : nodeThread(file, listener);
}

function webThread(file: URL | string, listener: ThreadListener): Thread {
  const { Worker } = globalThis as Runtime;
  if (Worker === undefined) return nodeThread(file, listener);
  const worker = new Worker(file);
  worker.addEventListener("message", (event) => listener.answer((event as MessageEvent).data));
  worker.addEventListener("error", (event) => {
    const { message = "a thread for file work failed" } = event as Event & { readonly message?: string };
    listener.ended(new Error(message));
  });
  worker.addEventListener("close", () => listener.ended(undefined));
  return {
    send: (message) => worker.postMessage(message),
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
  };
}

function nodeThread(file: URL | string, listener: ThreadListener): Thread {
  const { Worker } = workerThreads();
  const worker = new Worker(file);
  worker.on("message", listener.answer);
  worker.on("error", listener.ended);
  worker.on("exit", () => listener.ended(undefined));
  return {
    send: (message) => worker.postMessage(message),
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
  };
}

/** Answers whoever started this thread. */
export function answerStarter(onMessage: (message: unknown) => void): (message: unknown) => void {
  if (isBun) {
    const self = globalThis as unknown as EventTarget & { postMessage(message: unknown): void };
    self.addEventListener("message", (event) => onMessage((event as MessageEvent).data));
    return (message) => self.postMessage(message);
  }
  const { parentPort } = workerThreads();
  parentPort?.on("message", onMessage);
  return (message) => parentPort?.postMessage(message);
}
