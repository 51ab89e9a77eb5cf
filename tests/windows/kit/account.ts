import { join } from "node:path";
import type { Ended } from "../../kit/binary.ts";
import { type Machine, type WindowsRunOptions, withLinks } from "./machine.ts";

/** A person on a Windows, with a home of their own on drive C. */
export interface Account {
  /** For Linux. */
  readonly home: string;
  /** The Python of the machine, for Windows. */
  readonly python: string;
  venvoy(words: readonly string[], options?: WindowsRunOptions): Promise<Ended>;
}

export function account(on: Machine, name: string): Account {
  const env = { ...withLinks(on.prefix), VENVOY_HOME: `C:\\${name}` };
  return {
    home: join(on.c, ...name.split("\\")),
    python: on.path(join(on.python ?? "", "python.exe")),
    venvoy: (words, options = {}) => on.run(on.binary, words, { ...options, env: { ...env, ...options.env } }),
  };
}
