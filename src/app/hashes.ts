import { type PackageName, VenvoyError } from "../base/index.ts";
import type { Lock } from "../resolve/index.ts";

/** The digests that a requirements file allows for one package. */
export interface AllowedHashes {
  readonly sha256: ReadonlySet<string>;
  /** Where that stands: "requirements.txt line 3". */
  readonly origin: string;
}

export type HashRules = ReadonlyMap<PackageName, AllowedHashes>;

/**
 * Holds a lock to `--hash` lines. As with pip, one hash makes all of them needed: of every package, dependencies too.
 * Throws `DIGEST_MISMATCH`.
 */
export function checkHashes(lock: Lock, rules: HashRules | undefined): void {
  if (rules === undefined || rules.size === 0) return;
  for (const { name, version, wheel: installed, source } of lock.packages) {
    const wheel = source ?? installed;
    const allowed = rules.get(name);
    if (allowed === undefined) {
      throw new VenvoyError("DIGEST_MISMATCH", `\`${name}\` ${version} is needed, too, and has no \`--hash\``, {
        hint: "write hashes for every package, or for none; pip-compile --generate-hashes does",
        data: { name, version },
      });
    }
    if (wheel.sha256 === undefined || allowed.sha256.has(wheel.sha256)) continue;
    throw new VenvoyError(
      "DIGEST_MISMATCH",
      `\`${wheel.filename}\` has none of the hashes that ${allowed.origin} allows`,
      {
        hint: "the file on the index is another one than was locked: ask who released it",
        data: { name, version, got: wheel.sha256, allowed: [...allowed.sha256] },
      },
    );
  }
}
