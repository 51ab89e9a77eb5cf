import type { AbsPath, Sha256 } from "../../base/index.ts";
import { type Environment, inspectTree, readReceipt } from "../../env/index.ts";
import { parseRecord } from "../../pep/index.ts";
import type { ScannedEntry } from "../../ports/index.ts";
import type { Context } from "../context.ts";

/** A package of the current version. */
export interface Part {
  readonly name: string;
  readonly version: string;
  /** `undefined` for what another tool installed. */
  readonly sha256: Sha256 | undefined;
}

export interface Parts {
  readonly parts: readonly Part[];
  /** The index of the part that an entry of the environment's directory belongs to; `undefined`: to none. */
  readonly partOf: (path: string, entry: ScannedEntry) => number | undefined;
}

/** The packages of an environment's current version, and which files of it are whose, by what stands in site-packages. */
export async function readParts(context: Context, environment: Environment): Promise<Parts> {
  const { fs } = context;
  const { root, number } = environment.current;
  const receipt = await readReceipt(fs, root);
  const sitePackages = receipt?.sitePackages ?? "";
  const site = fs.path.join(root, ...sitePackages.split("/"));
  const parts: Part[] = [];
  const owners = new Map<string, number | undefined>();
  const claim = (entry: string, part: number): void => {
    // A directory that several share (a namespace) belongs to none of them.
    owners.set(entry, owners.has(entry) && owners.get(entry) !== part ? undefined : part);
  };
  const stored = new Map((receipt?.packages ?? []).map((one) => [one.distInfo, one.sha256]));
  for (const one of (await inspectTree(context, root)).installed) {
    const isOurs = one.installer === "venvoy" || stored.has(one.entry);
    const sha256 = isOurs ? stored.get(one.entry) : undefined;
    const index = parts.push({ name: one.displayName, version: one.version, sha256 }) - 1;
    claim(one.entry, index);
    const artifact = sha256 === undefined ? undefined : await context.store.find(sha256);
    const tops =
      artifact?.topLevel.map(({ name }) => name) ?? (await recordedTops(context, fs.path.join(site, one.entry)));
    for (const top of tops) claim(top, index);
  }
  const below = `generations/${number}/${sitePackages}/`;
  return {
    parts,
    partOf: (path) => {
      if (!path.startsWith(below)) return undefined;
      const end = path.indexOf("/", below.length);
      return owners.get(path.slice(below.length, end === -1 ? undefined : end));
    },
  };
}

/** First components of what a RECORD lists in site-packages. */
async function recordedTops({ fs }: Context, distInfo: AbsPath): Promise<readonly string[]> {
  const record = fs.path.join(distInfo, "RECORD");
  if ((await fs.info(record)) === undefined) return [];
  const tops = parseRecord(await fs.readText(record)).map(({ path }) => path.split("/")[0] ?? "");
  return [...new Set(tops)].filter((top) => top !== ".." && top !== "__pycache__" && top !== "");
}
