import { isVenvoyError, type PackageName } from "../../base/index.ts";
import { type Pylock, selectFromPylock, type Target } from "../../pep/index.ts";

/** What a lock file that is there says for one target. */
export interface SelectedVersions {
  /** False: the lock is for other targets, and these are versions that it has for any of them. */
  readonly isMade: boolean;
  readonly versions: ReadonlyMap<PackageName, string>;
}

export function selectedVersions(earlier: Pylock, target: Target): SelectedVersions {
  try {
    const chosen = selectFromPylock(earlier, target).map((choice) => choice.package);
    return { isMade: true, versions: versionsOf(chosen) };
  } catch (error) {
    if (!isVenvoyError(error, "LOCK_INVALID")) throw error;
    return { isMade: false, versions: versionsOf(earlier.packages) };
  }
}

/** All versions that a lock has of each package. */
export function versionsByName(lock: Pylock): ReadonlyMap<PackageName, readonly string[]> {
  const found = new Map<PackageName, Set<string>>();
  for (const { name, version } of lock.packages) {
    if (version !== undefined) found.set(name, (found.get(name) ?? new Set()).add(version.text));
  }
  return new Map([...found].map(([name, versions]) => [name, [...versions]]));
}

function versionsOf(packages: Pylock["packages"]): ReadonlyMap<PackageName, string> {
  return new Map(packages.flatMap(({ name, version }) => (version === undefined ? [] : [[name, version.text]])));
}
