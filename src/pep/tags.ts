import { tagInvalid } from "./artifact-errors.ts";

/** What compatible tags are computed for. `abis` is best first (`["cp312d", "cp312"]`); `none` and the stable ABI are added. */
export interface TagTarget {
  /** `cpython`, `pypy`, `graalpy` or another value of `sys.implementation.name`. */
  readonly implementation: string;
  readonly pythonVersion: readonly [major: number, minor: number];
  readonly abis: readonly string[];
  /** Platform tags, best first; made by `linuxPlatforms`, `macPlatforms` or `windowsPlatforms`. */
  readonly platforms: readonly string[];
}

/** No real wheel comes near; a name that expands to more is hostile. */
const maxExpandedTags = 4096;

const shortNames: Readonly<Record<string, string>> = {
  python: "py",
  cpython: "cp",
  pypy: "pp",
  ironpython: "ip",
  jython: "jy",
};

/**
 * Expands a compressed tag set (`py2.py3-none-any`) by PEP 425, lower-cased, without repetition, in the order written.
 * Throws `WHEEL_INVALID`.
 */
export function parseTag(text: string): readonly string[] {
  const [pythons, abis, platforms] = splitTag(text);
  const tags = new Set<string>();
  for (const python of pythons) {
    for (const abi of abis) for (const platform of platforms) tags.add(`${python}-${abi}-${platform}`);
  }
  return [...tags];
}

/** A set that `parseTag` takes for sure: plain names, and few enough of them. */
const plainTag = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,9}-[^.-]+(?:\.[^.-]+){0,9}-[^.-]+(?:\.[^.-]+){0,9}$/;

/** Throws `WHEEL_INVALID` for what `parseTag` refuses, without expanding anything. */
export function checkTag(text: string): void {
  if (!plainTag.test(text)) splitTag(text);
}

type TagParts = readonly [pythons: readonly string[], abis: readonly string[], platforms: readonly string[]];

function splitTag(text: string): TagParts {
  const fields = text.toLowerCase().split("-");
  if (fields.length !== 3) throw tagInvalid(text, "it must have three parts");
  const [pythons = [], abis = [], platforms = []] = fields.map((field) => field.split("."));
  for (const part of [pythons, abis, platforms]) if (part.includes("")) throw tagInvalid(text, "a part is empty");
  for (const python of pythons) {
    if (!isIdentifier(python)) throw tagInvalid(text, `\`${python.slice(0, 40)}\` can't name a Python`);
  }
  const count = pythons.length * abis.length * platforms.length;
  if (count > maxExpandedTags) throw tagInvalid(text, `it stands for more than ${maxExpandedTags} tags`);
  return [pythons, abis, platforms];
}

/** As Python's `str.isidentifier`. Newer Unicode lets joiners continue an identifier; Python's grammar does not. */
export function isIdentifier(text: string): boolean {
  return (
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) || (/^[\p{XIDS}_][\p{XIDC}]*$/u.test(text) && !/[\u200c\u200d]/.test(text))
  );
}

/** All tags that the target can use, best first (PEP 425, with the stable ABIs of PEP 384 and PEP 803). */
export function compatibleTags(target: TagTarget): readonly string[] {
  const tags: string[] = [];
  const { implementation, pythonVersion, platforms } = target;
  const version = pythonVersion.join("");
  const interpreter = `${shortNames[implementation] ?? implementation}${version}`;
  if (implementation === "cpython") addCpythonTags(tags, target, interpreter);
  else {
    const abis = target.abis.includes("none") ? target.abis : [...target.abis, "none"];
    for (const abi of abis) addAll(tags, `${interpreter}-${abi}`, platforms);
  }
  const pythons = pureInterpreters(pythonVersion);
  for (const python of pythons) addAll(tags, `${python}-none`, platforms);
  if (implementation === "cpython") tags.push(`${interpreter}-none-any`);
  else if (implementation === "pypy") tags.push("pp3-none-any");
  for (const python of pythons) tags.push(`${python}-none-any`);
  return tags;
}

function addCpythonTags(tags: string[], target: TagTarget, interpreter: string): void {
  const { pythonVersion, platforms } = target;
  const [major, minor] = pythonVersion;
  const isFreeThreaded = /^cp\d+.*t/.test(target.abis[0] ?? "");
  const implied = isFreeThreaded ? ["abi3", "abi3t", "none"] : ["abi3", "none"];
  // PEP 703 builds can't load abi3 extensions; PEP 803 gives them abi3t. Neither exists before 3.2.
  const stable = major > 3 || (major === 3 && minor >= 2) ? (isFreeThreaded ? "abi3t" : "abi3") : undefined;
  for (const abi of target.abis) if (!implied.includes(abi)) addAll(tags, `${interpreter}-${abi}`, platforms);
  if (stable !== undefined) addAll(tags, `${interpreter}-${stable}`, platforms);
  addAll(tags, `${interpreter}-none`, platforms);
  if (stable === undefined) return;
  for (let older = minor - 1; older >= 2; older--) addAll(tags, `cp${major}${older}-${stable}`, platforms);
}

function addAll(tags: string[], prefix: string, platforms: readonly string[]): void {
  for (const platform of platforms) tags.push(`${prefix}-${platform}`);
}

/** `py311`, `py3`, `py310`, … `py30`. */
function pureInterpreters([major, minor]: readonly [number, number]): string[] {
  const pythons = [`py${major}${minor}`, `py${major}`];
  for (let older = minor - 1; older >= 0; older--) pythons.push(`py${major}${older}`);
  return pythons;
}

/** Ranks wheels for one target: the smaller the better. Compressed tag sets are looked at once and remembered. */
export class TagRank {
  private readonly ranks = new Map<string, number>();
  /** `cp311-abi3` of every tag: by it most wheels of a release are told to be for another Python. */
  private readonly abis = new Set<string>();
  private readonly sets = new Map<string, number>();

  constructor(tags: readonly string[]) {
    for (const [rank, tag] of tags.entries()) {
      if (this.ranks.has(tag)) continue;
      this.ranks.set(tag, rank);
      this.abis.add(tag.slice(0, tag.lastIndexOf("-")));
    }
  }

  /**
   * The best rank among the tags of a compressed set, as it stands in a file name
   * (`cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64`); `undefined` when the target can use none of them.
   */
  ofSet(tagText: string): number | undefined {
    let rank = this.sets.get(tagText);
    if (rank === undefined) {
      rank = this.isForOthers(tagText) ? -1 : this.bestOf(splitTag(tagText));
      this.sets.set(tagText, rank);
    }
    return rank < 0 ? undefined : rank;
  }

  /** Seen without taking the set apart: most have one Python and one ABI. */
  private isForOthers(tagText: string): boolean {
    const end = tagText.lastIndexOf("-");
    const dot = tagText.indexOf(".");
    return (dot < 0 || dot > end) && !this.abis.has(tagText.slice(0, end).toLowerCase());
  }

  private bestOf([pythons, abis, platforms]: TagParts): number {
    let best = -1;
    for (const python of pythons) {
      for (const abi of abis) {
        if (!this.abis.has(`${python}-${abi}`)) continue;
        for (const platform of platforms) {
          const rank = this.ranks.get(`${python}-${abi}-${platform}`) ?? -1;
          if (rank >= 0 && (best < 0 || rank < best)) best = rank;
        }
      }
    }
    return best;
  }
}
