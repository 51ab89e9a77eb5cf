import { isVenvoyError, type PackageName } from "../../base/index.ts";
import { type Pylock, type PylockPackage, selectFromPylock, tryParseVersion } from "../../pep/index.ts";
import { type LockPlace, sourceKey } from "../../resolve/index.ts";
import { ownTable } from "./lock-sources.ts";

/** What a lock file says for one target. */
export interface SelectedVersions {
  /** False: the lock is for other targets, and these are versions that it has for any of them. */
  readonly isMade: boolean;
  /** Of packages that an index has. */
  readonly versions: ReadonlyMap<PackageName, string>;
  /** What tells each package's content from another's: its version, or where its sources are. */
  readonly contents: ReadonlyMap<PackageName, string>;
}

export function selectedVersions(earlier: Pylock, { target, choice }: LockPlace): SelectedVersions {
  try {
    const extras = new Set(choice === undefined ? [] : [choice]);
    return { isMade: true, ...said(selectFromPylock(earlier, target, { extras }).map((one) => one.package)) };
  } catch (error) {
    if (!isVenvoyError(error, "LOCK_INVALID")) throw error;
    return { isMade: false, ...said(earlier.packages) };
  }
}

/** All versions that a lock has of each package, for a person: `2.1`, or `2.1 at 3f2a91c0` of a commit. */
export function versionsByName(lock: Pylock): ReadonlyMap<PackageName, readonly string[]> {
  const found = new Map<PackageName, Set<string>>();
  for (const one of lock.packages) found.set(one.name, (found.get(one.name) ?? new Set()).add(shownVersion(one)));
  return new Map([...found].map(([name, versions]) => [name, [...versions]]));
}

function said(packages: Pylock["packages"]): Pick<SelectedVersions, "versions" | "contents"> {
  const versions = new Map<PackageName, string>();
  const contents = new Map<PackageName, string>();
  for (const one of packages) {
    const source = sourceKey(one);
    if (one.version !== undefined && source === undefined) versions.set(one.name, one.version.text);
    contents.set(one.name, source ?? one.version?.text ?? "");
  }
  return { versions, contents };
}

const commitDigits = 8;

function shownVersion(one: PylockPackage): string {
  const told = ownTable(one)["version"];
  const version = one.version?.text ?? tryParseVersion(typeof told === "string" ? told : "0")?.text ?? "0";
  return one.vcs === undefined ? version : `${version} at ${one.vcs.commitId.slice(0, commitDigits)}`;
}
