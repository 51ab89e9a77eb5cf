import { compareVersions, type Version } from "../pep/index.ts";
import type { ListedFile, Release } from "./source.ts";

/**
 * Merges ascending lists of releases into one. Files of one version stand in the order of the lists; with `tiered` the
 * lists are kept apart instead: a release of an earlier list goes before all of a later one.
 */
export function mergeReleases(
  lists: readonly (readonly Release[])[],
  { tiered = false }: { readonly tiered?: boolean } = {},
): readonly Release[] {
  const filled = lists.filter((list) => list.length > 0);
  const [only] = filled;
  if (filled.length <= 1) return only ?? [];
  if (tiered) {
    return filled.flatMap((list, tier) => list.map((release) => new JoinedRelease([release], tier)));
  }
  const byVersion = new Map<string, Release[]>();
  for (const release of filled.flat()) {
    const same = byVersion.get(release.versionText);
    if (same === undefined) byVersion.set(release.versionText, [release]);
    else same.push(release);
  }
  return [...byVersion.values()]
    .map((same) => new JoinedRelease(same, 0))
    .sort((a, b) => compareVersions(a.version, b.version));
}

class JoinedRelease implements Release {
  readonly versionText: string;
  readonly tier: number;
  readonly #parts: readonly Release[];

  constructor(parts: readonly Release[], tier: number) {
    this.#parts = parts;
    this.versionText = parts[0]?.versionText ?? "";
    this.tier = tier;
  }

  get version(): Version {
    const [first] = this.#parts;
    if (first === undefined) throw new Error("a release without a part");
    return first.version;
  }

  get files(): readonly ListedFile[] {
    return this.#parts.flatMap((part) => part.files);
  }
}
