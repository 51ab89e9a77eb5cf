import type { EnvId, EnvName } from "../base/index.ts";
import type { System } from "../ports/index.ts";
import { isEnvName } from "./name.ts";

/** Crockford's digits: no letter that reads like another (`i`, `l`, `o`, `u`). */
const digits = "0123456789abcdefghjkmnpqrstvwxyz";
const idPattern = /^[0-9a-hjkmnp-tv-z]{8}$/;

export function isEnvId(text: string): text is EnvId {
  return idPattern.test(text);
}

/** Eight random characters (40 bits) that none of `taken` has; `taken` holds live and deleted environments. */
export function newEnvId(system: Pick<System, "random">, taken: ReadonlySet<string>): EnvId {
  for (;;) {
    let id = "";
    for (const byte of system.random(8)) id += digits[byte & 31];
    if (isEnvId(id) && !taken.has(id)) return id;
  }
}

export interface DirectoryName {
  readonly name: EnvName;
  readonly id: EnvId;
}

/** Takes `<name>-<id>` apart; `undefined` for every other entry of `envs/`. */
export function parseDirectoryName(entry: string): DirectoryName | undefined {
  const dash = entry.length - 9;
  if (dash < 1 || entry[dash] !== "-") return undefined;
  const name = entry.slice(0, dash);
  const id = entry.slice(dash + 1);
  return isEnvId(id) && isEnvName(name) ? { name, id } : undefined;
}
