/** A lock, or as much of one as matters here. */
export interface VersionSet {
  readonly packages: readonly VersionOf[];
}

interface VersionOf {
  readonly name: string;
  /** Canonical text. */
  readonly version: string;
}

/** One distribution that two sets hold in different versions. */
export interface Difference {
  readonly name: string;
  readonly versions: readonly [string, string];
}

export interface Sharing {
  /** One process can serve both as they are: no distribution is in both in different versions. */
  readonly shares: boolean;
  /** By name. */
  readonly differing: readonly Difference[];
  /** Names that the second set has and the first has not: what a process of the first would get besides. */
  readonly added: readonly string[];
}

/** Compares two sets of versions that one process would have to hold together. Both are sorted by name, as locks are. */
export function canShare(a: VersionSet, b: VersionSet): Sharing {
  const known = new Map(a.packages.map(({ name, version }) => [name, version]));
  const differing: Difference[] = [];
  const added: string[] = [];
  for (const { name, version } of b.packages) {
    const other = known.get(name);
    if (other === undefined) added.push(name);
    else if (other !== version) differing.push({ name, versions: [other, version] });
  }
  return { shares: differing.length === 0, differing, added };
}

/**
 * All packages of sets that agree, sorted by name; `undefined` where two of them differ. When each set satisfies its own
 * requirements, the whole satisfies all of them: every package still finds what it needs at the same version.
 */
export function joinVersions<T extends VersionOf>(
  sets: readonly { readonly packages: readonly T[] }[],
): readonly T[] | undefined {
  const joined = new Map<string, T>();
  for (const { packages } of sets) {
    for (const one of packages) {
      const known = joined.get(one.name);
      if (known === undefined) joined.set(one.name, one);
      else if (known.version !== one.version) return undefined;
    }
  }
  return [...joined.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
