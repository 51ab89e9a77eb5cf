import type { PackageName } from "../base/index.ts";
import type { HostFault } from "../native/index.ts";
import {
  compareBuilds,
  type SpecifierSet,
  TagRank,
  type Target,
  tryParseSpecifierSet,
  tryParseVersion,
  type Version,
} from "../pep/index.ts";
import type { ListedFile, Release } from "../pypi/index.ts";
import { isByAddress } from "./pinned-file.ts";
import { isChosen, type PackageChoice } from "./request.ts";

/** Why no file of a release can be installed. */
export type Unusable =
  | { readonly kind: "python"; readonly requiresPython: string }
  | { readonly kind: "platform"; readonly tags: readonly string[]; readonly hasSource: boolean }
  | { readonly kind: "source" }
  | { readonly kind: "yanked"; readonly reason: string }
  | { readonly kind: "too-new" }
  | { readonly kind: "no-files" }
  /** Its files need more than its tag says, and more than the machine has. */
  | HostFault;

/** Files that were found not to run on the machine, by `unfitKey`. */
export type UnfitFiles = ReadonlyMap<string, HostFault>;

/** How a file is known again: by its digest, else by its address. */
export function unfitKey({ hashes, url }: Pick<ListedFile, "hashes" | "url">): string {
  const { sha256 } = hashes as { sha256?: string };
  return sha256 ?? url.withoutCredentials().reveal();
}

export interface ChoiceRules {
  readonly target: Target;
  readonly excludeNewerMs: number | undefined;
  readonly build: PackageChoice;
  readonly wheelsFirst?: boolean | undefined;
  readonly noWheels: PackageChoice;
  readonly unfit: UnfitFiles;
  readonly admitted?: ReadonlyMap<PackageName, ReadonlySet<string>> | undefined;
}

/** What may be taken of one project. */
export interface ChoiceOptions {
  readonly name: PackageName;
  /** True when exactly this version was asked for. */
  readonly allowYanked: boolean;
  /** Whether any release of the project has a wheel for the target; asked only under `wheelsFirst`. */
  readonly hasWheels?: () => boolean;
}

/** Picks the file of a release that fits the target best; remembers what it learned about tags and Python ranges. */
export class WheelChooser {
  readonly target: Target;
  readonly #ranks: TagRank;
  readonly #python: Version;
  readonly #excludeNewerMs: number | undefined;
  readonly #build: PackageChoice;
  readonly #wheelsFirst: boolean;
  readonly #noWheels: PackageChoice;
  readonly #unfit: UnfitFiles;
  readonly #admitted: NonNullable<ChoiceRules["admitted"]>;
  readonly #pythonFits = new Map<string, boolean>();

  constructor({ target, excludeNewerMs, build, wheelsFirst, noWheels, unfit, admitted }: ChoiceRules) {
    this.#admitted = admitted ?? new Map();
    this.target = target;
    this.#build = build;
    this.#wheelsFirst = wheelsFirst ?? false;
    this.#noWheels = noWheels;
    this.#unfit = unfit;
    this.#ranks = new TagRank(target.tags);
    this.#excludeNewerMs = excludeNewerMs;
    // A pre-release of Python counts as the release that it leads to, as pip has it.
    const base = tryParseVersion(target.pythonVersion)?.base ?? target.pythonVersion.replace(/[^0-9.].*$/, "");
    this.#python = tryParseVersion(base) ?? (tryParseVersion("0") as Version);
  }

  /**
   * Whether the target's Python is one that a `Requires-Python` admits. An upper bound is not heeded: it says what was
   * known when the release was made, and to obey it is to fall back to an older release that says nothing (as uv has
   * it). A text that can't be read says nothing.
   */
  fitsPython(requiresPython: string): boolean {
    let fits = this.#pythonFits.get(requiresPython);
    if (fits === undefined) {
      fits = isAtOrAbove(readRequiresPython(requiresPython), this.#python);
      this.#pythonFits.set(requiresPython, fits);
    }
    return fits;
  }

  /** True when the Python is newer than all that a `Requires-Python` names. */
  isPastBound(requiresPython: string): boolean {
    return this.fitsPython(requiresPython) && readRequiresPython(requiresPython)?.contains(this.#python) === false;
  }

  /**
   * The best wheel, else an sdist where building is allowed; or why there is neither. Where a wheel would do but for what
   * its files need, nothing is built unless it was asked for: an older release has a wheel that runs, most likely.
   */
  choose(release: Release, options: ChoiceOptions): ListedFile | Unusable {
    const untilMs = this.#untilMs(release, options);
    const takesWheels = !isChosen(this.#noWheels, options.name);
    if (takesWheels) {
      const wheel = this.#bestWheel(release, options, untilMs) ?? this.unfitIn(release);
      if (wheel !== undefined) return wheel;
    }
    const waits = this.#wheelsFirst && takesWheels && options.hasWheels?.() === true;
    const builds = isChosen(this.#build, options.name) && !waits;
    const sdist = builds ? this.#bestSdist(release, options, untilMs) : undefined;
    return sdist ?? this.#fault(release, options.allowYanked, untilMs);
  }

  /**
   * The file whose metadata tells what `file` needs: of an sdist a wheel of the same release, for whatever machine and the
   * nearest Python. Its authors made it from the same sources, and nobody's code has to run to read it.
   */
  describing(release: Release, file: ListedFile, options: ChoiceOptions): ListedFile {
    const { name, allowYanked } = options;
    if (file.kind === "wheel" || isChosen(this.#noWheels, name)) return file;
    const untilMs = this.#untilMs(release, options);
    let nearest = file;
    let least = Number.POSITIVE_INFINITY;
    for (const one of release.files) {
      const refusal = one.wheel === undefined ? "no wheel" : this.#refusal(one, allowYanked)?.kind;
      if ((refusal !== undefined && refusal !== "platform") || isTooNew(one, untilMs)) continue;
      const distance = distanceOf(one.wheel?.tagText ?? "", this.target);
      if (distance >= least) continue;
      nearest = one;
      least = distance;
    }
    return nearest;
  }

  /** The time before which files of a release must have been uploaded. */
  #untilMs({ versionText }: Release, { name }: ChoiceOptions): number | undefined {
    return this.#admitted.get(name)?.has(versionText) === true ? undefined : this.#excludeNewerMs;
  }

  #bestWheel(release: Release, { allowYanked }: ChoiceOptions, untilMs: number | undefined): ListedFile | undefined {
    let best: ListedFile | undefined;
    let bestRank = Number.POSITIVE_INFINITY;
    for (const file of release.files) {
      const rank = file.wheel === undefined ? undefined : this.#ranks.ofSet(file.wheel.tagText);
      if (rank === undefined || rank > bestRank || (rank === bestRank && !isLaterBuild(file, best))) continue;
      if (isTooNew(file, untilMs) || this.#refusal(file, allowYanked) !== undefined) continue;
      best = file;
      bestRank = rank;
    }
    return best;
  }

  /** Whether a release has a wheel that the target could use. */
  hasWheel({ files }: Release): boolean {
    return files.some(
      (file) =>
        file.wheel !== undefined && !isTooNew(file, this.#excludeNewerMs) && this.#refusal(file, true) === undefined,
    );
  }

  /** Why a wheel of a release is passed over that its tag would let run here. */
  unfitIn(release: Release): HostFault | undefined {
    if (this.#unfit.size === 0) return undefined;
    for (const file of release.files) {
      const fault = this.#unfit.get(unfitKey(file));
      if (fault !== undefined && file.wheel !== undefined && this.#ranks.ofSet(file.wheel.tagText) !== undefined)
        return fault;
    }
    return undefined;
  }

  /** A `.tar.gz` before others: the one form that every release of today has (PEP 625). */
  #bestSdist(release: Release, { allowYanked }: ChoiceOptions, untilMs: number | undefined): ListedFile | undefined {
    const usable = release.files.filter(
      (file) =>
        file.kind === "sdist" && !isTooNew(file, untilMs) && this.#refusal(file, allowYanked)?.kind === "source",
    );
    return usable.find(({ filename }) => filename.endsWith(".tar.gz")) ?? usable[0];
  }

  /** The most telling reason why nothing of a release can be installed. */
  #fault(release: Release, allowYanked: boolean, untilMs: number | undefined): Unusable {
    let fault: Unusable = release.files.length === 0 ? { kind: "no-files" } : { kind: "too-new" };
    const tags: string[] = [];
    let hasSource = false;
    for (const file of release.files) {
      if (isTooNew(file, untilMs)) continue;
      const refusal = this.#refusal(file, allowYanked);
      if (refusal === undefined) continue;
      if (refusal.kind === "source") hasSource = true;
      if (refusal.kind === "platform") tags.push(...refusal.tags);
      if (weight[refusal.kind] > weight[fault.kind]) fault = refusal;
    }
    return fault.kind === "platform" ? { kind: "platform", tags, hasSource } : fault;
  }

  #refusal(file: ListedFile, allowYanked: boolean): Unusable | undefined {
    if (file.requiresPython !== undefined && !this.fitsPython(file.requiresPython)) {
      return { kind: "python", requiresPython: file.requiresPython };
    }
    if (file.yanked !== false && !allowYanked) return { kind: "yanked", reason: file.yanked };
    if (file.kind === "sdist" || file.wheel === undefined) return { kind: "source" };
    if (this.#ranks.ofSet(file.wheel.tagText) !== undefined) {
      return this.#unfit.size === 0 ? undefined : this.#unfit.get(unfitKey(file));
    }
    return { kind: "platform", tags: [file.wheel.tagText], hasSource: false };
  }
}

function isTooNew(file: ListedFile, untilMs: number | undefined): boolean {
  if (untilMs === undefined) return false;
  const uploaded = file.uploadTimeMs;
  // Files on this machine and those asked for by address have no upload time, and were chosen on purpose.
  if (uploaded === undefined) return !isByAddress(file) && !file.base.toString().startsWith("file:");
  return uploaded >= untilMs;
}

function isAtOrAbove(admitted: SpecifierSet | undefined, python: Version): boolean {
  if (admitted === undefined || admitted.contains(python)) return true;
  const bound = admitted.ranges[admitted.ranges.length - 1]?.to;
  return bound !== undefined && python.key >= bound;
}

/** How far a wheel's tags are from a target: another system is farther than any Python; another major is out of reach. */
function distanceOf(tagText: string, { pythonVersion, markers }: Target): number {
  const [pythons = "", , platforms = ""] = tagText.split("-");
  const [major, minor = "0"] = pythonVersion.split(".");
  const distances = pythons.split(".").flatMap((tag) => {
    const [, tagMajor, tagMinor = ""] = /^[a-z]+(\d)(\d*)$/.exec(tag) ?? [];
    if (tagMajor !== major) return [];
    return tagMinor === "" ? [0] : [Math.abs(Number(tagMinor) - Number(minor))];
  });
  const isSameSystem = platforms.includes(tagOfSystem[markers.sys_platform] ?? "") || platforms === "any";
  return Math.min(...distances, Number.POSITIVE_INFINITY) + (isSameSystem ? 0 : 1000);
}

/** What stands in the platform tags of a system, by `sys_platform`. */
const tagOfSystem: Readonly<Record<string, string>> = { linux: "linux", darwin: "macosx", win32: "win" };

function isLaterBuild(file: ListedFile, than: ListedFile | undefined): boolean {
  return compareBuilds(file.wheel?.build, than?.wheel?.build) > 0;
}

/** The more telling a reason, the heavier. */
const weight = { "too-new": 0, "no-files": 0, source: 1, platform: 2, python: 3, yanked: 4, host: 5 } as const;

/** Reads a `Requires-Python`, also in the broken forms that old packages carry (`>=3.6.*`, `>= '3.7'`, `>3.5 <4`). */
export function readRequiresPython(text: string): SpecifierSet | undefined {
  const plain = tryParseSpecifierSet(text);
  if (plain !== undefined) return plain;
  const mended = text
    .replace(/['"]/g, "")
    .replace(/([<>]=?|~=)\s*([0-9.]+?)\.\*/g, "$1$2")
    .replace(/([0-9*])\s*(?=[<>=!~])/g, "$1,");
  return tryParseSpecifierSet(mended);
}
