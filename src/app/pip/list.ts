import type { AbsPath } from "../../base/index.ts";
import {
  evaluateMarker,
  type MarkerEnvironment,
  normalizeName,
  parseRequirement,
  type Requirement,
  tryParseVersion,
} from "../../pep/index.ts";
import { markersFor } from "../bases.ts";
import type { Context } from "../context.ts";
import { type Seen, seenFrom } from "../installed.ts";
import type { OperationOptions, ResolveChoices } from "../requests.ts";
import { targetEnvironment } from "../targets.ts";
import { type Candidate, candidatesOf } from "./versions.ts";

export interface InstalledRequest extends OperationOptions, ResolveChoices {
  /** The environment; else the active one. */
  readonly name?: string;
  /** Only what lies in the environment's own tree. */
  readonly local?: boolean;
  readonly editables?: "only" | "none";
  readonly exclude?: readonly string[];
  /** Only what no other package needs. */
  readonly notRequired?: boolean;
  /** Compare with the indexes: only what has a newer version there, or only what has none. */
  readonly latest?: "outdated" | "uptodate";
}

/** One distribution that a Python in the environment sees. */
export interface InstalledPackage {
  /** As its author writes the name, and the version. */
  readonly name: string;
  readonly version: string;
  readonly location: AbsPath;
  readonly installer: string;
  /** The project that an editable install leads to. */
  readonly editableAt?: AbsPath;
  /** What the indexes have; only when they were asked. */
  readonly latest?: Candidate;
}

/** What a Python in the environment sees, sorted by name: its own tree, and what lies below it on the search path. */
export async function installed(
  context: Context,
  request: InstalledRequest = {},
): Promise<readonly InstalledPackage[]> {
  const environment = await targetEnvironment(context, request.name);
  const excluded = new Set(request.exclude?.map(normalizeName));
  let seen = (await seenFrom(context, environment)).filter(
    (one) =>
      (!request.local || one.local) &&
      !excluded.has(normalizeName(one.displayName)) &&
      (request.editables === undefined || (request.editables === "only") === (one.editableAt !== undefined)),
  );
  if (request.notRequired) {
    const markers = await markersFor(context, environment, request.signal);
    const needed = new Set(seen.flatMap((one) => needsOf(one, markers).map(({ name }) => name)));
    seen = seen.filter((one) => !needed.has(normalizeName(one.displayName)));
  }
  if (request.latest === undefined) return seen.map((one) => shown(one));
  const found: InstalledPackage[] = [];
  const lookUp = await candidatesOf(context, environment, request);
  for (const one of seen) {
    const [latest] = await lookUp(normalizeName(one.displayName));
    const version = tryParseVersion(one.version);
    if (latest === undefined || version === undefined) continue;
    const order = compare(latest.version, one.version);
    if (request.latest === "outdated" ? order > 0 : order === 0) found.push(shown(one, latest));
  }
  return found;
}

function compare(a: string, b: string): number {
  const [left, right] = [tryParseVersion(a), tryParseVersion(b)];
  if (left === undefined || right === undefined) return 0;
  return left.key > right.key ? 1 : left.key < right.key ? -1 : 0;
}

function shown(one: Seen, latest?: Candidate): InstalledPackage {
  const { displayName: name, version, location, installer, editableAt } = one;
  return {
    name,
    version,
    location,
    installer: installer.split(/\r?\n/)[0]?.trim() ?? "",
    ...(editableAt === undefined ? {} : { editableAt }),
    ...(latest === undefined ? {} : { latest }),
  };
}

/** What a distribution needs here, extras aside; lines that can't be read need nothing. */
export function needsOf(
  { requiresDist }: Pick<Seen, "requiresDist">,
  markers: MarkerEnvironment,
): readonly Requirement[] {
  return requiresDist.flatMap((text) => {
    try {
      const requirement = parseRequirement(text);
      return requirement.marker === undefined || evaluateMarker(requirement.marker, markers) ? [requirement] : [];
    } catch {
      // A line of an old package: it asks for nothing that can be understood.
      return [];
    }
  });
}
