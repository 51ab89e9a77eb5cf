import type { Environment, Leftover, Place, Receipt } from "../env/index.ts";
import type { Ports } from "../ports/index.ts";
import type { Store } from "../store/index.ts";
import type { PythonState } from "./python-check.ts";

export type DoctorIo = Pick<Ports, "fs" | "system">;

/** One environment that is looked at, with everything that is known of it before the looking. */
export interface Patient {
  readonly label: string;
  readonly place: Place;
  /** `undefined`: it can't be read; `unreadable` says why. */
  readonly environment: Environment | undefined;
  readonly unreadable: string | undefined;
  /** Of its current tree; `undefined` when that is missing or not whole. */
  readonly receipt: Receipt | undefined;
  /** What its current tree lacks, as a clause; `undefined` for a whole one. */
  readonly treeFault: string | undefined;
  /** The lock of its current version can be read. */
  readonly hasLock: boolean;
  /** Some version in its history says what was asked. */
  readonly hasHistory: boolean;
  readonly leftovers: readonly Leftover[];
  readonly python: PythonState;
  /** The program in its tree leads to something. */
  readonly pythonStarts: boolean;
  readonly store: Store;
}
