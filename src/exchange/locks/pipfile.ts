import { normalizeName } from "../../pep/index.ts";
import { holds } from "./groups.ts";
import {
  gitAddress,
  isWanted,
  type LockWish,
  type OtherLock,
  type OtherLocked,
  sha256Of,
  type Table,
  tableOf,
  textOf,
  textsOf,
} from "./locked.ts";

/**
 * Reads a `Pipfile.lock`, specification 6: versions and the digests of their files; an index says which files those are.
 * The group `dev` is its `develop`, and doesn't come by default, as with `pipenv sync`.
 */
export function readPipfileLock(lock: Table, wish: LockWish): OtherLock {
  const meta = tableOf(lock["_meta"]);
  const sections = Object.keys(lock).filter((name) => name !== "_meta" && name !== "default");
  const named = sections.map((name) => ({ name, group: name === "develop" ? "dev" : normalizeName(name) }));
  const taken = named.filter(({ name, group }) => isWanted(wish.groups, group) || isWanted(wish.groups, name));
  const merged = new Map<string, OtherLocked>();
  for (const section of ["default", ...taken.map(({ name }) => name)]) {
    for (const [name, value] of Object.entries(tableOf(lock[section]))) {
      const one = tableOf(value);
      const key = normalizeName(name);
      if (merged.has(key) || !holds(textOf(one["markers"]), wish)) continue;
      merged.set(key, locked(name, one, meta));
    }
  }
  const { python_full_version: full, python_version: minor } = tableOf(meta["requires"]);
  const python = textOf(full) === undefined ? textOf(minor) : textOf(full);
  return {
    requiresPython: python === undefined ? undefined : `==${python}${textOf(full) === undefined ? ".*" : ""}`,
    packages: [...merged.values()],
    groups: named.map(({ group }) => group),
    extras: [],
  };
}

function locked(name: string, one: Table, meta: Table): OtherLocked {
  const index = sourceUrl(meta, textOf(one["index"]));
  const from = sourcesOf(one);
  const direct = textOf(one["file"]);
  return {
    name: normalizeName(name),
    version: textOf(one["version"])?.replace(/^={2,3}/, ""),
    files:
      from === undefined
        ? textsOf(one["hashes"]).map((hash) => ({
            ...(direct === undefined ? {} : { place: direct }),
            ...sha256Of(hash),
          }))
        : [],
    ...(from === undefined ? {} : { from }),
    ...(direct === undefined ? {} : { direct: true }),
    ...(index === undefined ? {} : { index }),
    // The file tells no dependencies: all that stands there is asked for.
    dependencies: [],
    extras: textsOf(one["extras"]),
  };
}

function sourceUrl(meta: Table, name: string | undefined): string | undefined {
  const sources = Array.isArray(meta["sources"]) ? meta["sources"].map(tableOf) : [];
  const found = name === undefined ? sources[0] : sources.find((one) => one["name"] === name);
  return textOf(found?.["url"]);
}

function sourcesOf(one: Table): OtherLocked["from"] {
  const git = textOf(one["git"]);
  if (git !== undefined)
    return { url: gitAddress(git, textOf(one["ref"]), textOf(one["subdirectory"])), isPath: false, editable: false };
  const path = textOf(one["path"]);
  return path === undefined ? undefined : { url: path, isPath: true, editable: one["editable"] === true };
}
