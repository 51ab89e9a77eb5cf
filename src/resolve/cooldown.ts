import type { PackageName, SafeUrl } from "../base/index.ts";
import { type Advisory, compareVersions, isAffected, type Version } from "../pep/index.ts";
import type { Release } from "../pypi/index.ts";
import type { Lock, LockedPackage } from "./lock.ts";
import { isFile } from "./project.ts";
import type { ResolveRequest } from "./request.ts";
import { WheelChooser } from "./wheel-choice.ts";

/** A locked version that is what it is because younger ones may not be taken yet. */
export interface HeldBack {
  readonly name: PackageName;
  readonly version: Version;
  /** The index that lists it. */
  readonly index: SafeUrl;
  /** Later releases that the target can use, ascending. */
  readonly later: readonly { readonly version: Version; readonly versionText: string; readonly isTooNew: boolean }[];
}

/**
 * The packages of a lock of which younger releases were passed over for their age alone (`excludeNewerMs`). Versions
 * that are kept because they were locked before are not among them: nobody asked for newer ones.
 */
export async function heldBack(
  { source, target, policy }: Pick<ResolveRequest, "source" | "target" | "policy">,
  lock: Lock,
  signal?: AbortSignal,
): Promise<readonly HeldBack[]> {
  if (policy.excludeNewerMs === undefined) return [];
  const whenever = new WheelChooser({ ...policy, target, excludeNewerMs: undefined });
  const inTime = new WheelChooser({ ...policy, target, excludeNewerMs: policy.excludeNewerMs });
  const found: HeldBack[] = [];
  for (const one of lock.packages) {
    if (one.wheel.index === undefined || isKept(one, policy)) continue;
    const { releases = [] } = (await source.listing(one.name, signal)) ?? {};
    const chosen = releases.find(({ versionText }) => versionText === one.version);
    if (chosen === undefined) continue;
    const options = { name: one.name, allowYanked: false };
    const later = laterThan(chosen, releases, policy.prerelease === "allow").flatMap((release) => {
      if (!isFile(whenever.choose(release, options))) return [];
      const { version, versionText } = release;
      return [{ version, versionText, isTooNew: !isFile(inTime.choose(release, options)) }];
    });
    if (!later.some(({ isTooNew }) => isTooNew)) continue;
    found.push({ name: one.name, version: chosen.version, index: one.wheel.index, later });
  }
  return found;
}

function isKept({ name, version }: LockedPackage, { preferences, upgrade }: ResolveRequest["policy"]): boolean {
  if (upgrade === "all" || (upgrade !== "none" && upgrade.has(name))) return false;
  return preferences.get(name) === version;
}

function laterThan(chosen: Release, releases: readonly Release[], withPrereleases: boolean): readonly Release[] {
  return releases.filter(
    ({ version, tier }) =>
      tier === chosen.tier &&
      compareVersions(version, chosen.version) > 0 &&
      (withPrereleases || chosen.version.isPrerelease || !version.isPrerelease),
  );
}

/** A release that repairs what an older one suffers from. */
export interface Repair {
  readonly versionText: string;
  readonly advisory: Advisory;
}

/**
 * The releases that may be taken although they are too young: for each advisory that a version is affected by, the nearest
 * later release that is not, where that one is young. What is younger still only for other reasons stays out.
 */
export function repairsOf({ later }: HeldBack, advisories: readonly Advisory[]): readonly Repair[] {
  return advisories.flatMap((advisory): Repair[] => {
    const nearest = later.find(({ version }) => !isAffected(advisory, version));
    return nearest?.isTooNew === true ? [{ versionText: nearest.versionText, advisory }] : [];
  });
}
