import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { type ErrorCode, isVenvoyError } from "../../src/base/index.ts";

const here = dirname(fileURLToPath(import.meta.url));

/** A file of vectors: facts about the whole, and one object per case. */
export interface Vectors<C, M = Record<string, unknown>> {
  readonly meta: M;
  readonly cases: readonly C[];
}

/** The vectors of one set under `data/`, kept compressed. */
export function vectors<C, M = Record<string, unknown>>(path: string): Vectors<C, M> {
  const file = join(here, "data", `${path}.json.gz`);
  return JSON.parse(gunzipSync(readFileSync(file)).toString("utf8")) as Vectors<C, M>;
}

/** Vectors that may not be copied here, read where they lie beside the checkout; `undefined` where they don't. */
export function vectorsBeside<C, M = Record<string, unknown>>(path: string): Vectors<C, M> | undefined {
  const file = join(here, "../../../shared/data", `${path}.json`);
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8")) as Vectors<C, M>;
}

/** The cases for which `check` finds a difference, with the difference; a passing set gives `[]`. */
export function failures<C>(cases: readonly C[], check: (one: C) => unknown): unknown[] {
  const found: unknown[] = [];
  for (const one of cases) {
    const difference = check(one);
    if (difference !== undefined) found.push({ case: one, difference });
    if (found.length >= 10) break;
  }
  return found;
}

/** The result, or `undefined` for the one expected failure; any other failure is a bug and goes on. */
export function attempt<T>(work: () => T, code: ErrorCode): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isVenvoyError(error, code)) return undefined;
    throw error;
  }
}
