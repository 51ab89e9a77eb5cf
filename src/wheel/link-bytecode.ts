import type { AbsPath } from "../base/index.ts";
import type { LinkMode, ListedPaths, Ports } from "../ports/index.ts";
import type { Artifact } from "../store/index.ts";
import { bytecodeKind, bytecodeList } from "./bytecode-list.ts";

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
  const kind = bytecodeKind(tree.pythonVersion, "checked");
  const plans: ListedPaths[] = [];
  for (const artifact of artifacts) {
    const isThere = (await fs.info(fs.path.join(tree.sitePackages, artifact.distInfo))) !== undefined;
    if (!isThere || !artifact.bytecode.includes(kind.mark)) continue;
    plans.push({
      from: fs.path.join(artifact.root, kind.directory),
      to: tree.sitePackages,
      mode: tree.mode,
      gently: true,
      listing: { file: bytecodeList(fs, artifact, kind), list: "", files: artifact.fileCount, except: [] },
    });
  }
  await fs.linkTrees(plans);
}
