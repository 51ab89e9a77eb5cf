import { byCodePoint } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";
import { type Artifact, readStoredFiles, type Section } from "../store/index.ts";
import { type BytecodeKind, readBytecodeDigests } from "./bytecode-list.ts";
import { sectionTarget, type TreePaths } from "./tree-paths.ts";

/** What a file of a tree is as long as it looks as it was put there: of this size, and no younger. */
export interface KnownFile {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly latestMs: number;
}

/**
 * The digests of what a tree has from artifacts, by path relative to the tree with `/`, without reading the files again. What
 * a tree has of its own (RECORD) is not among them.
 */
export async function treeDigests(
  fs: Fs,
  tree: TreePaths,
  artifacts: readonly Artifact[],
  { bytecode, completedMs }: { readonly bytecode: BytecodeKind; completedMs(artifact: Artifact): Promise<number> },
): Promise<Map<string, KnownFile>> {
  const known = new Map<string, KnownFile>();
  // In the order in which they are linked: the first that has a path keeps it.
  for (const artifact of [...artifacts].sort((a, b) => byCodePoint(a.name, b.name))) {
    const targets = sectionTarget(fs.path, tree, artifact);
    const way = (section: Section): string => {
      const relative = fs.path.relative(tree.root, targets[section]).replaceAll(fs.path.separator, "/");
      return relative === "" ? "" : `${relative}/`;
    };
    const ways = { site: way("site"), scripts: way("scripts"), data: way("data"), headers: way("headers") };
    const add = (path: string, file: KnownFile): void => {
      if (!known.has(path)) known.set(path, file);
    };
    const latestMs = await completedMs(artifact);
    for (const { path, sizeBytes, sha256 } of await readStoredFiles(fs, artifact.root)) {
      const slash = path.indexOf("/");
      const inside = path.slice(slash + 1);
      if (inside === `${artifact.distInfo}/RECORD`) continue;
      const hex = Buffer.from(sha256, "base64url").toString("hex");
      add(ways[path.slice(0, slash) as Section] + inside, { sha256: hex, sizeBytes, latestMs });
    }
    const { files, writtenMs } = await readBytecodeDigests(fs, artifact, bytecode);
    for (const { path, sizeBytes, sha256 } of files) add(ways.site + path, { sha256, sizeBytes, latestMs: writtenMs });
  }
  return known;
}
