import { VenvoyError } from "../base/index.ts";

export interface LaneLimits {
  /** A lane that does nothing for this long ends; what it kept is lost. Default 10 minutes, `Infinity`: never. */
  readonly idleMs: number;
  /** Memory of one process that lets it be ended (resident; Linux only). Without it there is no limit. */
  readonly memoryBytes: number | undefined;
  /** Processes at once, spare ones not counted. Default 16. */
  readonly lanes: number;
  /** Time between asking a script to stop and ending its process. Default 2 seconds. */
  readonly graceMs: number;
}

const defaults: LaneLimits = { idleMs: 600_000, memoryBytes: undefined, lanes: 16, graceMs: 2_000 };

/** The limits of a session. Throws `ARGUMENT_INVALID` for one under which nothing could ever run, or that is no number. */
export function limitsFrom(given: Partial<LaneLimits> = {}): LaneLimits {
  const idleMs = given.idleMs ?? defaults.idleMs;
  const graceMs = given.graceMs ?? defaults.graceMs;
  const lanes = given.lanes ?? defaults.lanes;
  const { memoryBytes } = given;
  const check = (name: keyof LaneLimits, isGood: boolean, wanted: string): void => {
    if (!isGood)
      throw new VenvoyError("ARGUMENT_INVALID", `\`limits.${name}\` must be ${wanted}, and is ${String(given[name])}`);
  };
  check("idleMs", idleMs >= 0, "a time in milliseconds");
  check("graceMs", graceMs >= 0, "a time in milliseconds");
  check("lanes", lanes >= 1, "at least 1");
  check("memoryBytes", memoryBytes === undefined || memoryBytes > 0, "a size in bytes");
  return { idleMs, graceMs, lanes, memoryBytes };
}
