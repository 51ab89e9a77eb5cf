import { normalizeName, parseRequirement } from "../../pep/index.ts";
import { holds, mentionedExtras } from "./groups.ts";
import {
  filenameOf,
  gitAddress,
  isGroupWanted,
  isWanted,
  type LockWish,
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
 * Reads a `poetry.lock`. Since format 2.1 each package says its groups and markers. Before that it said neither (1.1: a
 * category): then all packages that are not optional count as the project's own. By default all groups come that the
 * project doesn't call optional, as `poetry install` does it.
 */
export function readPoetryLock(lock: Table, wish: LockWish): OtherLock {
  const metadata = tableOf(lock["metadata"]);
  const all = tablesOf(lock["package"]);
  const ofExtras = Object.entries(tableOf(lock["extras"]));
  const optional = new Set(
    ofExtras.filter(([name]) => isWanted(wish.extras, normalizeName(name))).flatMap(([, names]) => textsOf(names)),
  );
  const wantedOptional = new Set([...optional].map(nameOfNeed));
  const taken = all.filter((one) => isTaken(one, wish, wantedOptional));
  const files = tableOf(metadata["files"]);
  return {
    requiresPython: plainSpecifier(textOf(metadata["python-versions"])),
    packages: taken.map((one) => locked(one, files, wish)),
    groups: [...new Set(all.flatMap((one) => textsOf(one["groups"])))].filter((name) => name !== "main"),
    extras: [...new Set([...ofExtras.map(([name]) => name), ...all.flatMap((one) => [...mentionedIn(one)])])],
  };
}

/** Poetry's words for versions are wider than PEP 440's: what isn't a specifier is not checked. */
export function plainSpecifier(text: string | undefined): string | undefined {
  return text === undefined || /[\^|*]|~(?!=)/.test(text) ? undefined : text;
}

function isTaken(one: Table, wish: LockWish, optional: ReadonlySet<string>): boolean {
  const name = normalizeName(textOf(one["name"]) ?? "");
  const groups = groupsOf(one).filter(
    (group) => group === "main" || isGroupWanted(wish, normalizeName(group), !isOptional(wish.project, group)),
  );
  if (groups.length === 0) return false;
  const markers = one["markers"];
  const written = groups.map((group) => (typeof markers === "string" ? markers : textOf(tableOf(markers)[group])));
  if (!written.some((marker) => holds(marker, wish))) return false;
  return one["optional"] !== true || optional.has(name) || mentionedIn(one).size > 0;
}

function isOptional(project: Table | undefined, group: string): boolean {
  const poetry = tableOf(tableOf(project?.["tool"])["poetry"]);
  const found = Object.entries(tableOf(poetry["group"])).find(([name]) => normalizeName(name) === normalizeName(group));
  return tableOf(found?.[1])["optional"] === true;
}

/** `category` is of format 1; without both, everything is the project's own. */
function groupsOf(one: Table): readonly string[] {
  const groups = textsOf(one["groups"]);
  if (groups.length > 0) return groups;
  return [textOf(one["category"]) ?? "main"];
}

function mentionedIn(one: Table): ReadonlySet<string> {
  const markers = one["markers"];
  const texts = typeof markers === "string" ? [markers] : textsOf(Object.values(tableOf(markers)));
  return new Set(texts.flatMap((text) => [...mentionedExtras(text)]));
}

function locked(one: Table, files: Table, wish: LockWish): OtherLocked {
  const written = textOf(one["name"]) ?? "";
  const version = textOf(one["version"]);
  const source = tableOf(one["source"]);
  const place = textOf(source["url"]);
  const own = tablesOf(one["files"]).length > 0 ? one["files"] : files[written];
  const from = sourcesOf(source);
  return {
    name: normalizeName(written),
    version,
    files:
      from !== undefined
        ? []
        : tablesOf(own).map((file) => ({
            ...filenameOf(textOf(file["file"])),
            ...(isFilePlace(source) && place !== undefined ? { place } : {}),
            ...sha256Of(file["hash"]),
          })),
    ...(from === undefined ? {} : { from }),
    ...(isFilePlace(source) ? { direct: true } : {}),
    ...(source["type"] === "legacy" && place !== undefined ? { index: place } : {}),
    dependencies: Object.entries(tableOf(one["dependencies"])).flatMap(([name, need]) =>
      needHolds(need, wish) ? [normalizeName(name)] : [],
    ),
    extras: [],
  };
}

/** A version, a table, or several tables of which one holds. */
function needHolds(need: unknown, wish: LockWish): boolean {
  const tables = Array.isArray(need) ? tablesOf(need) : [tableOf(need)];
  return tables.some((one) => one["optional"] !== true && holds(textOf(one["markers"]), wish));
}

function isFilePlace(source: Table): boolean {
  return source["type"] === "url" || source["type"] === "file";
}

function sourcesOf(source: Table): OtherLocked["from"] {
  const url = textOf(source["url"]);
  if (url === undefined) return undefined;
  const subdirectory = textOf(source["subdirectory"]);
  if (source["type"] === "git") {
    const commit = textOf(source["resolved_reference"]) ?? textOf(source["reference"]);
    return { url: gitAddress(url, commit, subdirectory), isPath: false, editable: false };
  }
  return source["type"] === "directory" ? { url, isPath: true, editable: source["develop"] === true } : undefined;
}

/** `PySocks (>=1.5.6)`, as old extras are written. */
function nameOfNeed(text: string): string {
  return parseRequirement(/^[\w.-]+/.exec(text.trim())?.[0] ?? text).name;
}
