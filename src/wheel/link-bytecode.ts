import type { AbsPath } from "../base/index.ts";
import type { LinkMode, ListedPaths, Ports } from "../ports/index.ts";
import { type Artifact, cacheTag } from "../store/index.ts";
import { bytecodeList } from "./bytecode-list.ts";

/**
 * Links the bytecode of artifacts into a tree that is finished and perhaps in use: what Python has written there meanwhile
 * stays, and a package that somebody has taken out doesn't come back as an empty directory. Each file appears whole; a kill
 * leaves some missing, which Python makes itself.
 */
export async function linkBytecode(
  { fs }: Pick<Ports, "fs">,
  artifacts: readonly Artifact[],
  tree: { readonly sitePackages: AbsPath; readonly pythonVersion: string; readonly mode: LinkMode },
): Promise<void> {
  const tag = cacheTag(tree.pythonVersion);
  const plans: ListedPaths[] = [];
  for (const artifact of artifacts) {
    const isThere = (await fs.info(fs.path.join(tree.sitePackages, artifact.distInfo))) !== undefined;
    if (!isThere || !artifact.bytecode.includes(tag)) continue;
    plans.push({
      from: fs.path.join(artifact.root, "site"),
      to: tree.sitePackages,
      mode: tree.mode,
      gently: true,
      listing: { file: bytecodeList(fs, artifact, tag), list: "", files: artifact.fileCount, except: [] },
    });
  }
  await fs.linkTrees(plans);
}
