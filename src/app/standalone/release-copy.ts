import { type AbsPath, VenvoyError } from "../../base/index.ts";
import { linkModes } from "../../disk/index.ts";
import { type Environment, readLock, readReceipt } from "../../env/index.ts";
import { factsPath, listPath, lockPath } from "../../share/index.ts";
import type { Context } from "../context.ts";
import { contentOfList } from "../pull/release.ts";
import { membersOf } from "./listing.ts";
import type { StandaloneOptions, StandaloneTree } from "./tree.ts";

/** What a seal writes anew. A file that is one with the store's must not be written over. */
const ownFiles: ReadonlySet<string> = new Set([factsPath, lockPath]);

/**
 * The tree of an environment that is a copy of a release, as it was published: for another share, or an archive. Throws
 * `ENV_CHANGED` when somebody wrote into it.
 */
export async function copyRelease(
  context: Context,
  environment: Environment,
  root: AbsPath,
  signal: AbortSignal,
  { files: wish }: StandaloneOptions,
): Promise<StandaloneTree> {
  const { fs } = context;
  const from = environment.current.root;
  const file = fs.path.join(from, ...listPath.split("/"));
  const { directories, files, links } = contentOfList(context, await fs.readText(file), file);
  const taken = files.filter(({ path }) => !ownFiles.has(path));
  const at = (path: string, of = root): AbsPath => fs.path.join(of, ...path.split("/"));
  const digests = await fs.digests(taken.map(({ path }) => at(path, from)));
  const changed = taken.find(({ sha256 }, index) => digests[index] !== sha256);
  if (changed !== undefined) {
    throw new VenvoyError("ENV_CHANGED", `\`${changed.path}\` in \`${environment.label}\` isn't what was published`, {
      hint: "venvoy store verify brings it back from where it was published",
      data: { environment: environment.label, file: changed.path },
    });
  }
  const best = await linkModes(fs).between(from, root);
  const mode = best === "hardlink" && wish === "own" ? "copy" : best;
  await fs.linkTrees([{ from, to: root, mode, directories, files: taken.map(({ path }) => path) }], { signal });
  for (const { path, target } of links) {
    const info = await fs.info(at(path, from));
    await fs.symlink(target, at(path), info?.kind === "directory" ? "directory" : "file");
  }
  const known = new Map(taken.map(({ path, sha256 }) => [path, sha256]));
  return {
    pythonVersion: environment.intent.standing.pythonVersion,
    packages: (await readReceipt(fs, from))?.packages.length ?? 0,
    lock: (await readLock(fs, environment, environment.current.number)) ?? { packages: [] },
    libraries: [],
    notes: [],
    members: async () =>
      (await membersOf(fs, root)).map((member) => {
        const digest = known.get(member.path);
        return digest === undefined ? member : { ...member, digest };
      }),
  };
}
