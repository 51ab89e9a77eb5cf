import type { AbsPath, Sha256 } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";
import { readIfThere } from "./read-files.ts";

/** One package that venvoy put into a tree. */
export interface ReceiptPackage {
  readonly name: string;
  readonly version: string;
  readonly sha256: Sha256;
  /** Name of its `.dist-info` directory. */
  readonly distInfo: string;
  readonly requested: boolean;
  /** Put in without being asked for: pip in a named environment. */
  readonly seeded?: true;
}

/** What a tree says about itself, in `.venvoy/receipt`; its presence is how a tree is known to be whole. */
export interface Receipt {
  readonly format: 1;
  /** Id of the environment, or the key of a script environment. */
  readonly id: string;
  readonly generation: number;
  readonly tool: string;
  readonly madeMs: number;
  readonly lockDigest: string;
  readonly linkMode: string;
  readonly base: { readonly key: string; readonly link: AbsPath; readonly version: string; readonly program: string };
  /** Relative to the tree, with `/`. */
  readonly bin: string;
  readonly sitePackages: string;
  readonly packages: readonly ReceiptPackage[];
  /** Files that hands made what they are, from the version before; relative to the tree, with `/`. */
  readonly carried?: readonly string[];
  /** Libraries whose search path was changed so that the tree can be moved; relative to the tree, with `/`. */
  readonly freed?: readonly string[];
  /** Files of venvoy's own in the tree's site-packages. */
  readonly owned: readonly string[];
  /** Missing for an ordinary virtual environment. A `standalone` tree's own program is `base.program`. */
  readonly layout?: "plain" | "standalone";
  /** A verified copy of a release: its files stand in `.venvoy/files`, and its packages came with it. */
  readonly pulled?: true;
  /** The key of the prepared Python that such a tree carries, where it was made from one. */
  readonly python?: Sha256;
  /** The tree lies in the directory that a person chose, among files of others. */
  readonly inPlace?: true;
}

export function receiptFile(fs: Fs, tree: AbsPath): AbsPath {
  return fs.path.join(tree, ".venvoy", "receipt");
}

/** The list of the files that a tree has from the Python that it carries; in one that was linked here. */
export function pythonFile(fs: Fs, tree: AbsPath): AbsPath {
  return fs.path.join(tree, ".venvoy", "python");
}

export function formatReceipt(receipt: Receipt): string {
  return `${JSON.stringify(receipt, undefined, 1)}\n`;
}

/** `undefined` when the tree has none: it is not venvoy's, or not whole. */
export async function readReceipt(fs: Fs, tree: AbsPath): Promise<Receipt | undefined> {
  const text = await readIfThere(fs, receiptFile(fs, tree));
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isReceipt(value) ? value : undefined;
  } catch {
    // Cut short by a full disk or edited by hand: the same as none, and the tree is rebuilt from its lock.
    return undefined;
  }
}

/** True when the packages lie in the chosen directory itself, not in a version below it. */
export async function liesInPlace(fs: Fs, root: AbsPath): Promise<boolean> {
  return (await readReceipt(fs, root))?.inPlace === true;
}

function isReceipt(value: unknown): value is Receipt {
  if (typeof value !== "object" || value === null) return false;
  const receipt = value as Record<string, unknown>;
  return (
    receipt["format"] === 1 &&
    typeof receipt["id"] === "string" &&
    typeof receipt["sitePackages"] === "string" &&
    typeof receipt["base"] === "object" &&
    Array.isArray(receipt["packages"])
  );
}
