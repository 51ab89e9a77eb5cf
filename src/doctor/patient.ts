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
  readonly leftovers: readonly Leftover[];
  readonly python: PythonState;
  /** The program in its tree leads to something. */
  readonly pythonStarts: boolean;
  readonly store: Store;
}
