import type { StartRequest } from "./proc.ts";

/** What another program sends; each is called as it comes, in order. */
export interface LinkListener {
  data(bytes: Uint8Array): void;
  /** Called once: the other side sends nothing any more. */
  ended(): void;
}

/** Bytes to another program and back. */
export interface Link {
  /** Settles when the bytes are on their way; what can't be delivered any more is told by `ended` alone. */
  send(bytes: Uint8Array): Promise<void>;
  /** While paused, nothing is read: the other side has to wait. */
  pause(isPaused: boolean): void;
  /** Ends it from here, after what was sent. Nothing is heard afterwards. */
  close(): Promise<void>;
}

/** Makes the link for whoever listens. */
export type AttachLink = (listener: LinkListener) => Link;

/** Other programs on this machine, as partners in a talk. */
export interface Links {
  /** Standard input and output of this process. */
  stdio(listener: LinkListener): Link;
  /** Waits for callers on a socket in the file system, which only this user may open. Throws with the system's code. */
  listen(path: string, accept: (attach: AttachLink) => void): Promise<{ close(): Promise<void> }>;
  /** Calls a program that listens there. Throws with the system's code. */
  connect(path: string): Promise<AttachLink>;
  /** Starts a program, its standard input and output being the link; closing the link ends it. Standard error is passed on. */
  start(request: StartRequest): Promise<AttachLink>;
}
