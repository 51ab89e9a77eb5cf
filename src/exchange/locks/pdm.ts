import { normalizeName, parseRequirement } from "../../pep/index.ts";
import { holds } from "./groups.ts";
import {
  filenameOf,
  gitAddress,
  isGroupWanted,
  isWanted,
  type LockWish,
  type OtherFile,
  type OtherLock,
  type OtherLocked,
  sha256Of,
  type Table,
  tableOf,
  tablesOf,
  textOf,
  textsOf,
} from "./locked.ts";

/**
 * Reads a `pdm.lock`, format 4. A package with extras stands there a second time, with the files again. Groups and
 * markers are there when it was locked with `inherit_metadata`, which is the default; else everything is taken. By default
 * all groups come that were locked, as `pdm sync` does it.
 */
export function readPdmLock(lock: Table, wish: LockWish): OtherLock {
  const metadata = tableOf(lock["metadata"]);
  const all = tablesOf(lock["package"]);
  const groups = textsOf(metadata["groups"]).filter((name) => name !== "default");
  const merged = new Map<string, OtherLocked>();
  for (const one of all.filter((table) => isTaken(table, wish))) {
    const next = locked(one, wish);
    const before = merged.get(next.name);
    merged.set(next.name, before === undefined ? next : joined(before, next));
  }
  return {
    requiresPython: textOf(tablesOf(metadata["targets"])[0]?.["requires_python"]),
    packages: [...merged.values()],
    // Extras are groups to pdm.
    groups,
    extras: groups,
  };
}

function isTaken(one: Table, wish: LockWish): boolean {
  const groups = textsOf(one["groups"]);
  const isAsked = (name: string): boolean =>
    name === "default" || isGroupWanted(wish, normalizeName(name), true) || isWanted(wish.extras, normalizeName(name));
  return (groups.length === 0 || groups.some(isAsked)) && holds(textOf(one["marker"]), wish);
}

function joined(a: OtherLocked, b: OtherLocked): OtherLocked {
  return {
    ...a,
    files: a.files.length > 0 ? a.files : b.files,
    // The one with extras depends on itself.
    dependencies: [...new Set([...a.dependencies, ...b.dependencies])].filter((name) => name !== a.name),
    extras: [...new Set([...a.extras, ...b.extras])],
  };
}

function locked(one: Table, wish: LockWish): OtherLocked {
  const direct = textOf(one["url"]) ?? (isArchive(one["path"]) ? textOf(one["path"]) : undefined);
  const from = sourcesOf(one);
  const name = normalizeName(textOf(one["name"]) ?? "");
  return {
    name,
    version: textOf(one["version"]),
    files: from === undefined ? tablesOf(one["files"]).map((file) => fileOf(file, direct)) : [],
    ...(from === undefined ? {} : { from }),
    ...(direct === undefined ? {} : { direct: true }),
    dependencies: textsOf(one["dependencies"]).flatMap((text) => {
      const need = parseRequirement(text);
      return holds(need.marker === undefined ? undefined : String(need.marker), wish) && need.name !== name
        ? [need.name]
        : [];
    }),
    extras: textsOf(one["extras"]),
  };
}

function fileOf(file: Table, direct: string | undefined): OtherFile {
  const place = textOf(file["url"]) ?? direct;
  return {
    ...filenameOf(textOf(file["file"]) ?? place),
    ...(place === undefined ? {} : { place }),
    ...sha256Of(file["hash"]),
  };
}

function isArchive(path: unknown): boolean {
  return /\.(whl|zip|tar\.\w+|tgz)$/i.test(textOf(path) ?? "");
}

function sourcesOf(one: Table): OtherLocked["from"] {
  const git = textOf(one["git"]);
  if (git !== undefined) {
    const commit = textOf(one["revision"]) ?? textOf(one["ref"]);
    return { url: gitAddress(git, commit, textOf(one["subdirectory"])), isPath: false, editable: false };
  }
  const path = textOf(one["path"]);
  if (path === undefined || isArchive(path)) return undefined;
  return { url: path, isPath: true, editable: one["editable"] === true };
}
