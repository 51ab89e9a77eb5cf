import type { AskedFor } from "../../env/index.ts";
import { parseRequirement, type Requirement } from "../../pep/index.ts";
import type { Lock } from "../../resolve/index.ts";
import { type ListChange, type ListedRequirement, requirementKey, tryRequirement } from "./change.ts";

export interface Followed {
  readonly before: readonly AskedFor[];
  readonly after: readonly AskedFor[];
  readonly lock: Pick<Lock, "packages">;
}

/**
 * What to write into a list so that it follows a change of what is asked for. Only what changed is touched: lines that
 * somebody added or took away by hand stay so. A list of exact versions stays one: what has no version of its own gets
 * the locked one, also when only an upgrade moved it.
 */
export function followChange(items: readonly ListedRequirement[], { before, after, lock }: Followed): ListChange {
  const versions = new Map<string, string>(lock.packages.map(({ name, version }) => [name, version]));
  const known = new Set(before.map(({ text }) => canonical(text)));
  const wanted = after.flatMap(({ text }) => tryRequirement(text) ?? []);
  const byKey = new Map(items.map((item) => [requirementKey(item.requirement), item]));
  const isFrozen = items.length > 0 && items.every(({ requirement }) => pinOf(requirement) !== undefined);
  const put = new Map<string, string>();
  for (const requirement of wanted) {
    const key = requirementKey(requirement);
    const item = byKey.get(key);
    const isNew = !known.has(requirement.toString());
    const pinned = item === undefined ? isFrozen : pinOf(item.requirement) !== undefined;
    const version = versions.get(requirement.name);
    const isOpen = requirement.specifier.isEmpty && requirement.url === undefined;
    if (pinned && isOpen && version !== undefined) {
      if (isNew || (item !== undefined && pinOf(item.requirement) !== version)) put.set(key, pin(requirement, version));
    } else if (isNew) put.set(key, requirement.shown);
  }
  return { put: [...put.values()], removed: goneKeys(items, { before, wanted }) };
}

/** By key; and by name, where nothing of that package is asked for any more, whatever condition the line has. */
function goneKeys(
  items: readonly ListedRequirement[],
  { before, wanted }: { readonly before: readonly AskedFor[]; readonly wanted: readonly Requirement[] },
): ReadonlySet<string> {
  const keys = new Set(wanted.map(requirementKey));
  const names = new Set<string>(wanted.map(({ name }) => name));
  const old = before.flatMap(({ text }) => tryRequirement(text) ?? []);
  const gone = new Set(old.map(requirementKey).filter((key) => !keys.has(key)));
  const goneNames = new Set<string>(old.map(({ name }) => name).filter((name) => !names.has(name)));
  for (const { requirement } of items) if (goneNames.has(requirement.name)) gone.add(requirementKey(requirement));
  return gone;
}

/** `1.2` of `==1.2`; not of `==1.*`. */
function pinOf({ specifier }: Requirement): string | undefined {
  return /^==([^,*=]+)$/.exec(specifier.toString())?.[1];
}

function pin({ displayName, displayExtras, marker }: Requirement, version: string): string {
  const extras = displayExtras.length === 0 ? "" : `[${displayExtras.join(",")}]`;
  return `${displayName}${extras}==${version}${marker === undefined ? "" : `; ${marker}`}`;
}

function canonical(text: string): string {
  return parseRequirement(text).toString();
}
