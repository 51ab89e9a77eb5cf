import { type AbsPath, byCodePoint } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";
import { type Harm, type KindFacts, kinds, type LeftPath, type Owner } from "./kinds.ts";
import { type Needle, needleOf } from "./needle.ts";
import { isSamePath, liesIn, withoutTail } from "./path-forms.ts";
import { existence, largestRead, type RawPath, searchFile } from "./search-file.ts";
import { isTooWide, readTreeFacts, type Said, type TreeFacts } from "./tree-facts.ts";
import { readable, type Skipped, type TreeFile, walkTree } from "./walk.ts";

export type RelocateIo = Pick<Ports, "fs" | "system">;

export interface TreeExamination {
  readonly root: AbsPath;
  readonly facts: TreeFacts;
  /** Where it was before, as it says itself or as somebody said; several when it isn't clear. */
  readonly former: readonly Said[];
  readonly paths: readonly LeftPath[];
  readonly files: readonly TreeFile[];
  readonly skipped: readonly Skipped[];
}

const breath = 500;

/**
 * Finds the absolute paths in a tree. A path counts when it stands where its format has a path (a first line, a search path, a
 * link), and isn't the operating system's; or when it names, anywhere in a file, where the tree was, where it is, or its base;
 * or, in the home directory or a directory that pip built in, when it is there. Changes nothing.
 */
export async function examineTree(
  io: RelocateIo,
  root: AbsPath,
  { from, signal }: { readonly from?: string; readonly signal: AbortSignal },
): Promise<TreeExamination> {
  const { fs } = io;
  const walk = await walkTree(fs, root, signal);
  const facts = await readTreeFacts(fs, walk);
  const here = [...new Set([root, await fs.realPath(root)])];
  const former = from === undefined ? await formerPlaces(io, facts, here) : [{ path: withoutTail(from), file: "" }];
  const owners = new Owners(io, { facts, here, former });
  const exists = existence(fs);
  const skipped = [...walk.skipped];
  const paths: LeftPath[] = [];
  const known = new Set(walk.files.map(({ path }) => path));
  const hasSource = (path: string): boolean => path.includes("__pycache__/") || known.has(path.replace(/[co]$/, ""));
  for (const [index, file] of walk.files.entries()) {
    if (index % breath === 0) {
      signal.throwIfAborted();
      await Promise.resolve();
    }
    if (file.sizeBytes > largestRead)
      skipped.push({ path: file.path, why: "is larger than 2 GB, and was not searched" });
    const raw = await readable(() => searchFile(fs, file, { needles: owners.needles, hasSource }), {
      path: file.path,
      skipped,
    });
    for (const one of raw ?? []) {
      const told = await tell(one, file, { owners, exists });
      if (told !== undefined) paths.push(told);
    }
  }
  paths.sort((a, b) => byCodePoint(a.file, b.file));
  return { root, facts, former, paths, files: walk.files, skipped };
}

/** Places that the tree names as its own and that are not where it is, by whatever path. */
async function formerPlaces({ fs }: RelocateIo, facts: TreeFacts, here: readonly string[]): Promise<readonly Said[]> {
  const exists = existence(fs);
  const former: Said[] = [];
  for (const one of facts.places) {
    if (here.some((place) => isSamePath(place, one.path))) continue;
    const isHere = (await exists(one.path)) && here.includes(await fs.realPath(one.path as AbsPath));
    if (!isHere) former.push(one);
  }
  return former;
}

async function tell(
  raw: RawPath,
  file: TreeFile,
  { owners, exists }: { readonly owners: Owners; readonly exists: (path: string) => Promise<boolean> },
): Promise<LeftPath | undefined> {
  const { path, kind, where, times, isWord } = raw;
  const owner = owners.of(path);
  const isThere = await exists(path);
  if (isWord && (owner === "elsewhere" || (owner === "home" && !isThere))) return undefined;
  const harm = harmOf(raw, { owner, isThere, isConda: owners.isConda(file.path) });
  const fix = owner !== "former" ? "other" : kind === "bytecode" || kind === "sourceless" ? "left" : "rewritten";
  const { breaks, misleads }: KindFacts = kinds[kind];
  const happens = owner === "former" && isThere ? (misleads ?? breaks) : breaks;
  const told = harm === "none" || happens === undefined ? {} : { breaks: happens };
  return { file: file.path, where, path, kind, owner, times, exists: isThere, harm, ...told, fix };
}

function harmOf(
  { kind, isWord }: RawPath,
  { owner, isThere, isConda }: { readonly owner: Owner; readonly isThere: boolean; readonly isConda: boolean },
): Harm {
  const { breaks, needsThere, isUnsure = false }: KindFacts = kinds[kind];
  if (breaks === undefined || kind === "sourceless") return "none";
  if (isWord && (owner === "home" || owner === "build")) return "none";
  // conda wrote its prefix into these because their programs use it.
  if (owner === "former" || owner === "placeholder") return isUnsure && !isConda ? "perhaps" : "now";
  if (isThere) return "moved";
  // Left over from the machine that built it; nobody misses it.
  return needsThere ? "now" : owner === "elsewhere" || owner === "build" ? "none" : "moved";
}

class Owners {
  readonly #conda: TreeFacts["conda"];
  readonly needles: readonly Needle[];
  readonly #rows: readonly (readonly [string, Owner])[];

  constructor(
    { system }: RelocateIo,
    {
      facts,
      here,
      former,
    }: { readonly facts: TreeFacts; readonly here: readonly string[]; readonly former: readonly Said[] },
  ) {
    const bases = facts.bases.map(({ path }) => path).filter((path) => !isTooWide(path));
    const placeholders = [...new Set([...facts.conda.values()].map(({ placeholder }) => placeholder))];
    this.#conda = facts.conda;
    this.#rows = [
      ...former.map(({ path }) => [path, "former"] as const),
      ...here.map((path) => [path, "here"] as const),
      ...placeholders.filter((path) => path.length > 8).map((path) => [path, "placeholder"] as const),
      ...bases.map((path) => [path, "base"] as const),
      ...(system.home.length > 3 ? [[system.home, "home"] as const] : []),
    ];
    this.needles = [...new Set(this.#rows.map(([path]) => path))].map(needleOf);
  }

  /** conda put its prefix into this file. */
  isConda(file: string): boolean {
    return this.#conda.has(file);
  }

  /** The longest place that the path lies in. */
  of(path: string): Owner {
    let best: readonly [string, Owner] | undefined;
    for (const row of this.#rows) {
      if (liesIn(row[0], path) && row[0].length > (best?.[0].length ?? -1)) best = row;
    }
    if (best !== undefined && best[1] !== "home") return best[1];
    if (/\/(?:pip-(?:install|build|req-build|wheel)-|builds-v0\/\.tmp)/.test(path)) return "build";
    return best?.[1] ?? "elsewhere";
  }
}
