import type { PackageName } from "../../base/index.ts";
import { evaluateMarker, normalizeName, parseMarker } from "../../pep/index.ts";
import {
  filenameOf,
  gitAddress,
  isGroupWanted,
  isWanted,
  type LockWish,
  lockUnreadable,
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
 * Reads a `uv.lock`, format version 1: from the project along the dependencies whose markers hold; of a workspace without
 * a project at its root, from all members. The project itself is not among the packages. By default the groups come that
 * the project calls so (`tool.uv.default-groups`), else `dev`, as with `uv sync`.
 */
export function readUvLock(lock: Table, wish: LockWish, label: string): OtherLock {
  const graph = new Graph(tablesOf(lock["package"]), label, wish);
  const all = tablesOf(lock["package"]).filter((one) => isMember(one, lock));
  const root = all.find((one) => placeOf(one) === ".");
  const members = root === undefined ? all : [root];
  const isDefault = defaultGroups(wish.project);
  const groups = new Set<string>();
  const extras = new Set<string>();
  for (const member of members) {
    graph.follow(member["dependencies"], wish.extras === "all" ? undefined : wish.extras);
    for (const [name, list] of Object.entries(tableOf(member["dev-dependencies"]))) {
      groups.add(name);
      if (isGroupWanted(wish, normalizeName(name), isDefault(normalizeName(name)))) graph.follow(list);
    }
    for (const [name, list] of Object.entries(tableOf(member["optional-dependencies"]))) {
      extras.add(name);
      if (isWanted(wish.extras, normalizeName(name))) graph.follow(list);
    }
  }
  // Groups of a workspace without a project.
  for (const [name, list] of Object.entries(tableOf(tableOf(lock["manifest"])["dependency-groups"]))) {
    groups.add(name);
    if (isGroupWanted(wish, normalizeName(name), isDefault(normalizeName(name)))) graph.follow(named(list));
  }
  const isOfMember = new Set(all);
  const packages = graph.reached.filter(({ table }) => !isOfMember.has(table)).map((one) => locked(one, graph));
  return { requiresPython: textOf(lock["requires-python"]), packages, groups: [...groups], extras: [...extras] };
}

/** Requirements as they were written: their specifiers are no edges, and the lock has one version for all. */
function named(list: unknown): readonly Table[] {
  return tablesOf(list).map(({ name, marker, extras }) => ({ name, marker, extra: extras }));
}

function defaultGroups(project: Table | undefined): (name: string) => boolean {
  const written = tableOf(tableOf(project?.["tool"])["uv"])["default-groups"];
  if (written === "all") return () => true;
  const names = new Set(written === undefined ? ["dev"] : textsOf(written).map(normalizeName));
  return (name) => names.has(normalizeName(name));
}

function placeOf(one: Table): string | undefined {
  const source = tableOf(one["source"]);
  return textOf(source["editable"]) ?? textOf(source["virtual"]);
}

/** The project and, in a workspace, its siblings. */
function isMember(one: Table, lock: Table): boolean {
  const place = placeOf(one);
  if (place === undefined) return false;
  const named = tableOf(lock["manifest"])["members"];
  return Array.isArray(named) ? named.includes(one["name"]) : place === ".";
}

interface Reached {
  readonly table: Table;
  readonly extras: Set<string>;
}

class Graph {
  readonly #byName = new Map<PackageName, Table[]>();
  readonly #reached = new Map<Table, Reached>();
  readonly #label: string;
  readonly #wish: LockWish;

  constructor(packages: readonly Table[], label: string, wish: LockWish) {
    this.#label = label;
    this.#wish = wish;
    for (const one of packages) {
      const name = normalizeName(textOf(one["name"]) ?? "");
      this.#byName.set(name, [...(this.#byName.get(name) ?? []), one]);
    }
  }

  get reached(): readonly Reached[] {
    return [...this.#reached.values()];
  }

  /** Takes what a list of dependencies means here, and what that needs. */
  follow(list: unknown, extras?: ReadonlySet<string>): void {
    for (const edge of this.edges(list, extras)) {
      const found = this.#find(edge);
      let reached = this.#reached.get(found);
      const isNew = reached === undefined;
      reached ??= { table: found, extras: new Set() };
      this.#reached.set(found, reached);
      if (isNew) this.follow(found["dependencies"]);
      for (const extra of Array.isArray(edge["extra"]) ? edge["extra"] : []) {
        if (typeof extra !== "string" || reached.extras.has(extra)) continue;
        reached.extras.add(extra);
        this.follow(tableOf(found["optional-dependencies"])[extra]);
      }
    }
  }

  edges(list: unknown, extras?: ReadonlySet<string>): readonly Table[] {
    return tablesOf(list).filter((edge) => {
      const marker = textOf(edge["marker"]);
      return marker === undefined || evaluateMarker(parseMarker(marker), this.#wish.markers, extras);
    });
  }

  #find(edge: Table): Table {
    const named = this.#byName.get(normalizeName(textOf(edge["name"]) ?? "")) ?? [];
    const fitting = named.filter(
      (one) =>
        (edge["version"] === undefined || edge["version"] === one["version"]) &&
        (edge["source"] === undefined || JSON.stringify(edge["source"]) === JSON.stringify(one["source"])),
    );
    const [found, ...others] = fitting;
    if (found !== undefined && others.length === 0) return found;
    throw lockUnreadable(
      this.#label,
      `\`${String(edge["name"])}\` is ${found === undefined ? "not" : "several times"} in it`,
    );
  }
}

function locked({ table, extras }: Reached, graph: Graph): OtherLocked {
  const source = tableOf(table["source"]);
  const index = textOf(source["registry"]);
  const lists = [table["dependencies"], ...[...extras].map((extra) => tableOf(table["optional-dependencies"])[extra])];
  const from = sourcesOf(source);
  const direct =
    textOf(source["url"]) ??
    (/\.(whl|zip|tar\.\w+|tgz)$/i.test(textOf(source["path"]) ?? "") ? textOf(source["path"]) : undefined);
  const written = [...tablesOf(table["wheels"]), ...(table["sdist"] === undefined ? [] : [tableOf(table["sdist"])])];
  return {
    name: normalizeName(textOf(table["name"]) ?? ""),
    version: textOf(table["version"]),
    files: from === undefined ? written.map((file) => fileOf(file, index, direct)) : [],
    ...(from === undefined ? {} : { from }),
    ...(direct === undefined ? {} : { direct: true }),
    ...(index === undefined || !/^https?:/.test(index) ? {} : { index }),
    dependencies: lists.flatMap((list) => graph.edges(list).map((edge) => normalizeName(textOf(edge["name"]) ?? ""))),
    extras: [...extras],
  };
}

/** A path in a flat index counts from that; elsewhere from the lock. */
function fileOf(file: Table, index: string | undefined, direct: string | undefined): OtherFile {
  const path = textOf(file["path"]);
  const below = index === undefined || /^[a-z]+:/i.test(index) ? "" : `${index}/`;
  const place = textOf(file["url"]) ?? (path === undefined ? direct : `${below}${path}`);
  const size = file["size"];
  return {
    ...(textOf(file["filename"]) === undefined ? filenameOf(place) : { filename: String(file["filename"]) }),
    ...(place === undefined ? {} : { place }),
    ...sha256Of(file["hash"]),
    ...(typeof size === "number" || typeof size === "bigint" ? { sizeBytes: Number(size) } : {}),
  };
}

function sourcesOf(source: Table): OtherLocked["from"] {
  const git = textOf(source["git"]);
  if (git !== undefined) {
    const url = new URL(git);
    const subdirectory = url.searchParams.get("subdirectory") ?? undefined;
    const commit = url.hash.slice(1) || undefined;
    url.search = "";
    url.hash = "";
    return { url: gitAddress(url.href, commit, subdirectory), isPath: false, editable: false };
  }
  const editable = textOf(source["editable"]);
  if (editable !== undefined) return { url: editable, isPath: true, editable: true };
  const directory = textOf(source["directory"]) ?? textOf(source["virtual"]);
  return directory === undefined ? undefined : { url: directory, isPath: true, editable: false };
}
