import { byCodePoint } from "../base/index.ts";
import { describeSpecifiers } from "./specifier-words.ts";
import { canonicalVersion, partsOf, tryParseVersion, type Version } from "./version.ts";
import { everything, inRanges, intersectAll, type KeyRange, type OrderedOperator, rangesOf } from "./version-range.ts";

export type SpecifierOperator = OrderedOperator | "===";

export interface PrereleasePolicy {
  /** `true` admits pre-releases, `false` refuses them; left out, PEP 440's default holds. */
  readonly prereleases?: boolean | undefined;
}

/** One clause, `>=1.2`. */
export class Specifier {
  readonly operator: SpecifierOperator;
  /** The version as it was written, with `.*` when there is one; any text after `===`. */
  readonly versionText: string;
  /** The version, without `.*`; `undefined` after `===` when the text is not a version. */
  readonly version: Version | undefined;
  readonly isWildcard: boolean;
  #ranges: readonly KeyRange[] | undefined;

  constructor(operator: SpecifierOperator, versionText: string) {
    this.operator = operator;
    this.versionText = versionText;
    this.isWildcard = operator !== "===" && versionText.endsWith(".*");
    this.version = tryParseVersion(this.isWildcard ? versionText.slice(0, -2) : versionText);
  }

  /** The versions that the clause admits; everything for `===`, which compares texts. */
  get ranges(): readonly KeyRange[] {
    if (this.#ranges === undefined) {
      const { operator, version } = this;
      const isOrdered = operator !== "===" && version !== undefined;
      this.#ranges = isOrdered ? rangesOf(operator, version.key, () => partsOf(version), this.isWildcard) : everything;
    }
    return this.#ranges;
  }

  /** True when the clause itself names a pre-release and so asks for them: `>=2.0rc1`. */
  get namesPrerelease(): boolean {
    if (this.operator === "!=" || this.isWildcard) return false;
    return this.version?.isPrerelease ?? false;
  }

  /** True when the clause admits a version; a text that is not a version can only match `===`. */
  contains(item: Version | string, policy: PrereleasePolicy = {}): boolean {
    const version = typeof item === "string" ? tryParseVersion(item) : item;
    if (policy.prereleases === false && version?.isPrerelease === true) return false;
    return this.admits(item, version);
  }

  /** Membership without any policy on pre-releases. `version` is `item` parsed. */
  admits(item: Version | string, version: Version | undefined): boolean {
    if (this.operator === "===") return String(item).toLowerCase() === this.versionText.toLowerCase();
    return version !== undefined && inRanges(this.ranges, version.key);
  }

  /** The same for clauses that mean the same: `==1.0` and `== 1`. */
  get canonicalText(): string {
    if (this.operator === "===" || this.isWildcard) return this.operator + this.versionText;
    const stripTrailingZeros = this.operator !== "~=";
    return this.operator + canonicalVersion(this.versionText, { stripTrailingZeros });
  }

  toString(): string {
    return this.operator + this.versionText;
  }
}

/** A comma-joined list of clauses that must all hold; immutable. The empty set admits everything. */
export class SpecifierSet {
  /** In the order in which they were written. */
  readonly specifiers: readonly Specifier[];
  readonly #hasArbitrary: boolean;
  #ranges: readonly KeyRange[] | undefined;
  #text: string | undefined;

  constructor(specifiers: readonly Specifier[]) {
    this.specifiers = specifiers;
    this.#hasArbitrary = specifiers.some((specifier) => specifier.operator === "===");
  }

  get isEmpty(): boolean {
    return this.specifiers.length === 0;
  }

  /** True when a clause names a pre-release, which PEP 440 takes as consent to all of them. */
  get namesPrerelease(): boolean {
    return this.specifiers.some((specifier) => specifier.namesPrerelease);
  }

  /** The versions that every clause admits, as ranges of `Version.key`; clauses with `===` are left out. */
  get ranges(): readonly KeyRange[] {
    if (this.#ranges === undefined) {
      this.#ranges = intersectAll(this.specifiers.map((specifier) => specifier.ranges));
    }
    return this.#ranges;
  }

  /**
   * True when the set admits a version. A pre-release is refused only when the policy says `false`: one version alone
   * has no final release that could be taken in its place.
   */
  contains(item: Version | string, policy: PrereleasePolicy = {}): boolean {
    const version = typeof item === "string" ? tryParseVersion(item) : item;
    if (policy.prereleases === false && version?.isPrerelease === true) return false;
    if (this.#hasArbitrary) return this.specifiers.every((specifier) => specifier.admits(item, version));
    if (version === undefined) return this.isEmpty;
    return inRanges(this.ranges, version.key);
  }

  /**
   * The versions that the set admits, in the given order. Without a policy, pre-releases stay when a clause names one,
   * or when nothing else would be left (PEP 440).
   */
  filter<T extends Version | string>(items: Iterable<T>, policy: PrereleasePolicy = {}): T[] {
    const prereleases = policy.prereleases ?? (this.namesPrerelease ? true : undefined);
    const admitted: T[] = [];
    const finals: T[] = [];
    let hasFinal = false;
    for (const item of items) {
      if (!this.contains(item)) continue;
      admitted.push(item);
      const version: Version | undefined = typeof item === "string" ? tryParseVersion(item) : item;
      if (version?.isPrerelease !== true) finals.push(item);
      if (version?.isPrerelease === false) hasFinal = true;
    }
    if (prereleases === undefined) return hasFinal ? finals : admitted;
    return prereleases ? admitted : finals;
  }

  /** A predicate for hot loops; the second argument says whether pre-releases may pass. */
  matcher(): (version: Version, allowPrerelease: boolean) => boolean {
    if (this.#hasArbitrary) return (version, allow) => this.contains(version, { prereleases: allow });
    const ranges = this.ranges;
    const [only] = ranges;
    if (only === undefined) return () => false;
    if (ranges.length > 1) {
      return (version, allow) => (allow || !version.isPrerelease) && inRanges(ranges, version.key);
    }
    const { from, to } = only;
    if (to === undefined) return (version, allow) => version.key >= from && (allow || !version.isPrerelease);
    return (version, allow) => version.key >= from && version.key < to && (allow || !version.isPrerelease);
  }

  /** The set that admits what both admit. */
  and(other: SpecifierSet): SpecifierSet {
    if (this.isEmpty) return other;
    return other.isEmpty ? this : new SpecifierSet([...this.specifiers, ...other.specifiers]);
  }

  /** In plain words, for sentences: `>=1.2,<2` is "1.2 or newer, below 2". */
  describe(): string {
    return describeSpecifiers(this.specifiers);
  }

  /** The clauses sorted by text, without repetitions. */
  toString(): string {
    if (this.specifiers.length < 2) return this.specifiers.join("");
    if (this.#text === undefined) {
      const seen = new Map<string, string>();
      const sorted = this.specifiers.map(String).sort(byCodePoint);
      const canonical = new Map(this.specifiers.map((specifier) => [String(specifier), specifier.canonicalText]));
      for (const text of sorted) {
        const key = canonical.get(text) ?? text;
        if (!seen.has(key)) seen.set(key, text);
      }
      this.#text = [...seen.values()].join(",");
    }
    return this.#text;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** The set that admits everything. */
export const anyVersion = new SpecifierSet([]);
