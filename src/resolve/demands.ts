import type { PackageName } from "../base/index.ts";
import { canonicalVersion } from "../pep/index.ts";
import type { Listing } from "../pypi/index.ts";
import { twoAddresses } from "./errors.ts";
import { originText } from "./origin.ts";
import { listingOfAddress } from "./pinned-file.ts";
import type { AskedRequirement, ResolveRequest } from "./request.ts";
import type { RequirementReader } from "./requirement-reader.ts";

/** Something asked for, and the extras wanted with it. */
export interface Demand {
  readonly asked: AskedRequirement;
  readonly extras: readonly string[];
}

/** A request, sorted out for its target: what is asked, what limits it, what replaces it. */
export interface Demands {
  readonly asked: readonly Demand[];
  readonly constraints: ReadonlyMap<PackageName, readonly AskedRequirement[]>;
  readonly overrides: ReadonlyMap<PackageName, readonly AskedRequirement[]>;
  /** Projects that are taken from an address. */
  readonly pinned: ReadonlyMap<PackageName, Listing>;
  /** Names that a person asked for. */
  readonly direct: ReadonlySet<PackageName>;
  /** Versions (canonical, without trailing zeros) that were asked for exactly, by `==` or by a lock: yanked or not, they may be taken. */
  readonly exact: ReadonlyMap<PackageName, ReadonlySet<string>>;
}

export function demandsOf(request: ResolveRequest, reader: RequirementReader): Demands {
  const forTarget = (list: readonly AskedRequirement[]): AskedRequirement[] =>
    list.filter(({ requirement }) => reader.applies(requirement));
  // An override counts even where its marker says no: then it removes the dependency.
  const overrides = byName(request.overrides);
  const asked: Demand[] = [];
  const replaced = new Set<PackageName>();
  for (const one of request.requirements) {
    const { name, extras } = one.requirement;
    const instead = overrides.get(name);
    if (instead === undefined) {
      if (reader.applies(one.requirement)) asked.push({ asked: one, extras });
    } else if (!replaced.has(name)) {
      replaced.add(name);
      const kept = extrasAsked(name, request, reader);
      asked.push(...forTarget(instead).map((over) => ({ asked: over, extras: [...over.requirement.extras, ...kept] })));
    }
  }
  const constraints = byName(forTarget(request.constraints));
  const everything = [
    ...asked.map((demand) => demand.asked),
    ...forTarget(request.constraints),
    ...forTarget(request.overrides),
  ];
  return {
    asked,
    constraints,
    overrides,
    pinned: pinnedOf(everything),
    direct: new Set(asked.map((demand) => demand.asked.requirement.name)),
    exact: exactOf(everything, request),
  };
}

/** An override of what was asked keeps the extras that were asked with it. */
function extrasAsked(name: PackageName, request: ResolveRequest, reader: RequirementReader): string[] {
  return request.requirements
    .filter(({ requirement }) => requirement.name === name && reader.applies(requirement))
    .flatMap(({ requirement }) => requirement.extras);
}

function byName(list: readonly AskedRequirement[]): Map<PackageName, AskedRequirement[]> {
  const map = new Map<PackageName, AskedRequirement[]>();
  for (const asked of list) {
    const known = map.get(asked.requirement.name);
    if (known === undefined) map.set(asked.requirement.name, [asked]);
    else known.push(asked);
  }
  return map;
}

function pinnedOf(everything: readonly AskedRequirement[]): Map<PackageName, Listing> {
  const pinned = new Map<PackageName, Listing>();
  const first = new Map<PackageName, AskedRequirement>();
  for (const asked of everything) {
    const { name, url } = asked.requirement;
    if (url === undefined) continue;
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, asked);
      pinned.set(name, listingOfAddress(asked.requirement, url));
    } else if (before.requirement.url !== url) {
      throw twoAddresses(name, [originText(before.origin), originText(asked.origin)]);
    }
  }
  return pinned;
}

function exactOf(everything: readonly AskedRequirement[], request: ResolveRequest): Map<PackageName, Set<string>> {
  const exact = new Map<PackageName, Set<string>>();
  const add = (name: PackageName, versionText: string): void => {
    const known = exact.get(name) ?? new Set();
    exact.set(name, known.add(canonicalVersion(versionText)));
  };
  for (const { requirement } of everything) {
    const [only, ...others] = requirement.specifier.specifiers;
    if (only === undefined || others.length > 0 || only.isWildcard) continue;
    if (only.operator === "==" || only.operator === "===") add(requirement.name, only.versionText);
  }
  for (const [name, versionText] of request.policy.preferences) add(name, versionText);
  return exact;
}
