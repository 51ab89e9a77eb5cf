import { parseTag, parseWheelName, type Target, tryParseSpecifierSet, tryParseVersion } from "../pep/index.ts";
import type { Artifact } from "../store/index.ts";
import { wheelUnfit } from "./errors.ts";

type Subject = Pick<Artifact, "filename" | "requiresPython">;

/**
 * Throws `WHEEL_UNFIT` unless the wheel is for this Python and machine: the last check before a tree is made, for wheels
 * that no resolver has chosen.
 */
export function checkFits(artifact: Subject, target: Pick<Target, "tags"> & { readonly pythonVersion: string }): void {
  const { filename } = artifact;
  checkRequiresPython(artifact, target.pythonVersion);
  const tags = parseTag(parseWheelName(filename).tagText);
  const known = new Set(target.tags);
  if (tags.some((tag) => known.has(tag))) return;
  throw wheelUnfit(filename, `it is for ${tags.slice(0, 3).join(", ")}`, { tags });
}

/**
 * `Requires-Python` that can't be read is ignored, as every installer does: old packages have such. So is an upper bound,
 * which the resolver has told of: it says what was known when the release was made.
 */
export function checkRequiresPython({ filename, requiresPython }: Subject, pythonVersion: string): void {
  if (requiresPython === undefined) return;
  const wanted = tryParseSpecifierSet(requiresPython);
  const version = tryParseVersion(pythonVersion);
  if (wanted === undefined || version === undefined || wanted.contains(version, { prereleases: true })) return;
  const bound = wanted.ranges.at(-1)?.to;
  if (bound !== undefined && version.key >= bound) return;
  throw wheelUnfit(filename, `it requires Python ${requiresPython}, and this is ${pythonVersion}`, {
    requiresPython,
    pythonVersion,
  });
}
