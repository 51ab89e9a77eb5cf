import { compareCodePoints, type PackageName } from "../base/index.ts";
import { compareVersions, tryParseVersion } from "../pep/index.ts";
import type { Lock } from "../resolve/index.ts";
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
    if (from !== undefined && to !== undefined && from.version === to.version && from.wheel.sha256 === to.wheel.sha256)
      return [];
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

function isOlder(to: string | undefined, from: string | undefined): boolean {
  const a = to === undefined ? undefined : tryParseVersion(to);
  const b = from === undefined ? undefined : tryParseVersion(from);
  return a !== undefined && b !== undefined && compareVersions(a, b) < 0;
}
