import type { PackageName } from "../base/index.ts";
import type { Marker } from "./marker.ts";
import { evaluateMarkerWith } from "./marker-evaluation.ts";
import {
  type Pylock,
  type PylockArchive,
  type PylockDirectory,
  type PylockFile,
  type PylockPackage,
  type PylockVcs,
  pylockFilename,
} from "./pylock.ts";
import { lockInvalid } from "./pylock-reader.ts";
import type { SpecifierSet } from "./specifier.ts";
import { TagRank } from "./tags.ts";
import type { MarkerEnvironment, Target } from "./target.ts";
import { compareBuilds, parseWheelName } from "./wheel-name.ts";

/** What is to be installed of a lock file: a package, and the one source of it that was chosen. */
export interface PylockChoice {
  readonly package: PylockPackage;
  readonly source:
    | { readonly kind: "wheel" | "sdist"; readonly file: PylockFile }
    | { readonly kind: "archive"; readonly archive: PylockArchive }
    | { readonly kind: "directory"; readonly directory: PylockDirectory }
    | { readonly kind: "vcs"; readonly vcs: PylockVcs };
}

export interface PylockWish {
  readonly extras?: ReadonlySet<string>;
  /** Left out: the lock's default groups. */
  readonly groups?: ReadonlySet<string>;
}

/**
 * The packages of a lock file that a target needs, and where each comes from, by the rules of PEP 751. Throws
 * `LOCK_INVALID` when the lock isn't for this Python or platform, names a package twice for it, or has no file that fits.
 */
export function selectFromPylock(lock: Pylock, target: Target, wish: PylockWish = {}): readonly PylockChoice[] {
  const { markers } = target;
  checkPython(lock.requiresPython, target, "requires-python");
  if (lock.environments !== undefined && lock.environments.length > 0) {
    const isMade = lock.environments.some((marker) => evaluateMarkerWith(marker, markers));
    if (!isMade) {
      const made = lock.environments.map(environmentInWords).join(" or ");
      throw lockInvalid(`it was made for ${made}, and this is ${placeInWords(markers)}`, "environments");
    }
  }
  const variables = {
    ...markers,
    extras: wish.extras ?? new Set<string>(),
    dependency_groups: wish.groups ?? new Set(lock.defaultGroups ?? []),
  };
  const selected = new Map<PackageName, { readonly at: string; readonly package: PylockPackage }>();
  lock.packages.forEach((one, i) => {
    const at = `packages[${i}]`;
    if (one.marker !== undefined && !evaluateMarkerWith(one.marker, variables)) return;
    checkPython(one.requiresPython, target, `${at}.requires-python`);
    const earlier = selected.get(one.name);
    if (earlier !== undefined) throw lockInvalid(`\`${one.name}\` is there twice, also as \`${earlier.at}\``, at);
    selected.set(one.name, { at, package: one });
  });
  const ranks = new TagRank(target.tags);
  return [...selected.values()].map((one) => ({ package: one.package, source: sourceOf(one.package, ranks, one.at) }));
}

function checkPython(wanted: SpecifierSet | undefined, { markers }: Target, at: string): void {
  const version = markers.python_full_version;
  if (wanted === undefined || wanted.contains(version.endsWith("+") ? `${version}local` : version)) return;
  throw lockInvalid(`it is for Python ${wanted.describe()}, and this one is ${version}`, at);
}

function sourceOf(one: PylockPackage, ranks: TagRank, at: string): PylockChoice["source"] {
  if (one.vcs !== undefined) return { kind: "vcs", vcs: one.vcs };
  if (one.directory !== undefined) return { kind: "directory", directory: one.directory };
  if (one.archive !== undefined) return { kind: "archive", archive: one.archive };
  const wheel = bestWheel(one.wheels ?? [], ranks);
  if (wheel !== undefined) return { kind: "wheel", file: wheel };
  if (one.sdist !== undefined) return { kind: "sdist", file: one.sdist };
  const tags = [...new Set((one.wheels ?? []).map((file) => parseWheelName(pylockFilename(file)).tagText))];
  const shown = tags.slice(0, mostTags).map((tag) => `\`${tag}\``);
  const more = tags.length > mostTags ? ` and ${tags.length - mostTags} others` : "";
  const made = shown.length === 0 ? "" : `; they are for ${shown.join(", ")}${more}`;
  throw lockInvalid(`none of the wheels of \`${one.name}\` is for this Python and platform${made}`, at);
}

const mostTags = 4;

/** "cpython 3.11 on linux x86_64" for a marker that only pins; else the marker as it stands. */
function environmentInWords(marker: Marker): string {
  const text = String(marker);
  const values = new Map<string, string>();
  for (const term of text.split(" and ")) {
    const [, name, value] = /^(\w+) == "([^"]*)"$/.exec(term) ?? [];
    if (name === undefined || value === undefined || !pinnedVariables.has(name)) return `\`${text}\``;
    values.set(name, value);
  }
  return placeInWords(Object.fromEntries(values));
}

const pinnedVariables = new Set(["implementation_name", "python_version", "sys_platform", "platform_machine"]);

function placeInWords(place: Partial<MarkerEnvironment>): string {
  const python = [place.implementation_name ?? "Python", place.python_version].filter((part) => part !== undefined);
  const machine = [place.sys_platform, place.platform_machine].filter((part) => part !== undefined && part !== "");
  return machine.length === 0 ? python.join(" ") : `${python.join(" ")} on ${machine.join(" ")}`;
}

/** The wheel with the best tag; among those the highest build, among those the first. */
function bestWheel(wheels: readonly PylockFile[], ranks: TagRank): PylockFile | undefined {
  const fitting = wheels.flatMap((file) => {
    const { tagText, build } = parseWheelName(pylockFilename(file));
    const rank = ranks.ofSet(tagText);
    return rank === undefined ? [] : [{ file, rank, build }];
  });
  return fitting.sort((a, b) => a.rank - b.rank || compareBuilds(b.build, a.build))[0]?.file;
}
