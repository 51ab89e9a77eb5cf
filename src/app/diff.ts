import { compareCodePoints, type PackageName } from "../base/index.ts";
import { compareVersions, tryParseVersion } from "../pep/index.ts";
import { isUnbuilt, type Lock, type LockedPackage, withDigests } from "../resolve/index.ts";
import type { PackageChange } from "./outcomes.ts";

/** What changes from one lock to another, by name. */
export function diffLocks(
  before: Pick<Lock, "packages"> | undefined,
  after: Pick<Lock, "packages">,
): readonly PackageChange[] {
  const old = new Map((before?.packages ?? []).map((item) => [item.name, item]));
  const fresh = new Map(after.packages.map((item) => [item.name, item]));
  const names = [...new Set<PackageName>([...old.keys(), ...fresh.keys()])].sort(compareCodePoints);
  return names.flatMap((name): PackageChange[] => {
    const from = old.get(name);
    const to = fresh.get(name);
    if (from !== undefined && to !== undefined && isSameWheel(from, to)) return [];
    return [
      {
        name,
        requested: (to ?? from)?.requested ?? false,
        ...(from === undefined ? {} : { from: from.version }),
        ...(to === undefined ? {} : { to: to.version }),
        ...(isOlder(to?.version, from?.version) ? { downgrade: true } : {}),
      },
    ];
  });
}

/** An index that promises no digest doesn't make the same version a change. */
function isSameWheel(from: LockedPackage, to: LockedPackage): boolean {
  const [a, b] = [from.wheel.sha256, to.wheel.sha256];
  return from.version === to.version && (a === undefined || b === undefined || a === b);
}

/** The digests that are known from the lock before, for the same files, where an index promises none. */
export function keepDigests(before: Lock | undefined, after: Lock): Lock {
  const known = new Map((before?.packages ?? []).map((item) => [item.wheel.filename, item.wheel.sha256]));
  const digests = after.packages.flatMap(({ name, wheel }) => {
    const sha256 = known.get(wheel.filename);
    return sha256 === undefined ? [] : [[name, sha256] as const];
  });
  return withDigests(after, new Map(digests));
}

/** What was built from the same sources before: building again would change nothing but the bytes. */
export function keepBuilt(before: Lock | undefined, after: Lock): Lock {
  const known = new Map((before?.packages ?? []).map((item) => [item.name, item]));
  const packages = after.packages.map((item) => {
    const built = known.get(item.name);
    if (!isUnbuilt(item) || built?.source === undefined || item.wheel.sha256 === undefined) return item;
    const isSame = built.source.sha256 === item.wheel.sha256 && built.version === item.version;
    return isSame ? { ...item, wheel: built.wheel, source: item.wheel } : item;
  });
  return { ...after, packages };
}

function isOlder(to: string | undefined, from: string | undefined): boolean {
  if (to === undefined || from === undefined) return false;
  const [a, b] = [tryParseVersion(to), tryParseVersion(from)];
  return a !== undefined && b !== undefined && compareVersions(a, b) < 0;
}
