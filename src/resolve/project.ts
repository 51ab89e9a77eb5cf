import type { PackageName } from "../base/index.ts";
import type { HostFault } from "../native/index.ts";
import type { KeyRange, SpecifierSet } from "../pep/index.ts";
import type { ListedFile, Listing, Release } from "../pypi/index.ts";
import { CandidateSet } from "../solver/index.ts";
import type { ChoiceOptions, Unusable, WheelChooser } from "./wheel-choice.ts";

/** Why a project has no releases at all. */
export type Missing = "unknown" | "offline" | "quarantined";

/** One extra of a project, a package of its own to the solver. */
export interface ExtraPackage {
  readonly kind: "extra";
  readonly project: Project;
  readonly extra: string;
}

export interface ProjectOptions {
  readonly name: PackageName;
  readonly listing: Listing | undefined;
  readonly missing?: Missing | undefined;
  readonly chooser: WheelChooser;
  /** True for the versions that may be taken although they were yanked. */
  readonly allowsYanked: (release: Release) => boolean;
}

/**
 * A project and its releases, numbered for the solver. Nothing is computed before it is asked: which releases a
 * specifier admits takes two binary searches, whether a release can be installed is found out when it is tried.
 */
export class Project {
  readonly kind = "project";
  readonly name: PackageName;
  readonly listing: Listing | undefined;
  readonly missing: Missing | undefined;
  readonly releases: readonly Release[];
  readonly all: CandidateSet;
  /** The releases of each tier, lower tiers first: `[from, to)`. */
  readonly #tiers: readonly (readonly [number, number])[];
  readonly #files: (ListedFile | Unusable | undefined)[];
  /** By the set itself: a requirement is read once however often it is asked, and to write it down takes longer. */
  readonly #sets = new Map<SpecifierSet, CandidateSet>();
  readonly #extras = new Map<string, ExtraPackage>();
  readonly #options: ProjectOptions;
  #anyWheel: boolean | undefined;

  constructor(options: ProjectOptions) {
    this.name = options.name;
    this.listing = options.listing;
    this.missing = options.missing ?? (options.listing?.status === "quarantined" ? "quarantined" : undefined);
    this.releases = options.listing?.releases ?? [];
    this.all = CandidateSet.all(this.releases.length);
    this.#tiers = tiersOf(this.releases);
    this.#files = new Array(this.releases.length).fill(undefined);
    this.#options = options;
  }

  extra(extra: string): ExtraPackage {
    let made = this.#extras.get(extra);
    if (made === undefined) {
      made = { kind: "extra", project: this, extra };
      this.#extras.set(extra, made);
    }
    return made;
  }

  release(index: number): Release {
    return this.releases[index] as Release;
  }

  /** The releases that a specifier admits, pre-releases included. */
  matching(specifier: SpecifierSet): CandidateSet {
    if (specifier.isEmpty) return this.all;
    let set = this.#sets.get(specifier);
    if (set === undefined) {
      set = this.#match(specifier);
      this.#sets.set(specifier, set);
    }
    return set;
  }

  #match(specifier: SpecifierSet): CandidateSet {
    const set = CandidateSet.none(this.releases.length);
    if (specifier.specifiers.some(({ operator }) => operator === "===")) {
      for (let i = 0; i < this.releases.length; i++) {
        if (specifier.contains(this.release(i).versionText)) set.add(i);
      }
      return set;
    }
    for (const [from, to] of this.#tiers) {
      for (const range of specifier.ranges) {
        const end = range.to === undefined ? to : this.#firstAt(range.to, from, to);
        for (let i = this.#firstAt(range.from, from, end); i < end; i++) set.add(i);
      }
    }
    return set;
  }

  /** The first release in `[from, to)` whose version key is not below `key`. */
  #firstAt(key: KeyRange["from"], from: number, to: number): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.release(middle).version.key < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The wheel (or sdist) to install for a release, or why there is none. */
  file(index: number): ListedFile | Unusable {
    let file = this.#files[index];
    if (file === undefined) {
      const release = this.release(index);
      file = this.#options.chooser.choose(release, this.#choice(release));
      this.#files[index] = file;
    }
    return file;
  }

  /** The file whose metadata tells what a release needs that is installed from `file`. */
  describing(index: number, file: ListedFile): ListedFile {
    if (file.kind === "wheel") return file;
    const release = this.release(index);
    return this.#options.chooser.describing(release, file, this.#choice(release));
  }

  #choice(release: Release): ChoiceOptions {
    const allowYanked = this.#options.allowsYanked(release);
    return { name: this.name, allowYanked, hasWheels: () => this.#hasWheels() };
  }

  #hasWheels(): boolean {
    this.#anyWheel ??= this.releases.some((release) => this.#options.chooser.hasWheel(release));
    return this.#anyWheel;
  }

  /** The releases that were passed over because their wheels don't run on the machine, newest first. */
  unfit(): readonly { readonly release: Release; readonly fault: HostFault }[] {
    const found: { release: Release; fault: HostFault }[] = [];
    for (const [index, file] of this.#files.entries()) {
      // Nobody came past what was not looked at.
      const fault = file === undefined ? undefined : this.#options.chooser.unfitIn(this.release(index));
      if (fault !== undefined) found.unshift({ release: this.release(index), fault });
    }
    return found;
  }

  /** `allowed` in the order of preference: by tier, then newest (or oldest) first. */
  *inOrder(allowed: CandidateSet, oldestFirst: boolean): IterableIterator<number> {
    for (const [from, to] of this.#tiers) {
      if (oldestFirst) {
        for (let i = allowed.lowest(from); i >= 0 && i < to; i = allowed.lowest(i + 1)) yield i;
      } else {
        for (let i = allowed.highest(to - 1); i >= from; i = allowed.highest(i - 1)) yield i;
      }
    }
  }

  /** The release of exactly this version, or -1. */
  indexOf(versionText: string): number {
    return this.releases.findIndex((release) => release.versionText === versionText);
  }
}

export function isFile(choice: ListedFile | Unusable): choice is ListedFile {
  return "filename" in choice;
}

function tiersOf(releases: readonly Release[]): (readonly [number, number])[] {
  const tiers: (readonly [number, number])[] = [];
  for (let from = 0; from < releases.length; ) {
    const tier = (releases[from] as Release).tier;
    let to = releases.length;
    // Nearly always there is one tier: look at the end before walking.
    if ((releases[to - 1] as Release).tier !== tier) {
      to = from;
      while (to < releases.length && (releases[to] as Release).tier === tier) to += 1;
    }
    tiers.push([from, to]);
    from = to;
  }
  return tiers;
}
