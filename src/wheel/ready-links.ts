import { type AbsPath, hasCode } from "../base/index.ts";
import type { Artifact } from "../store/index.ts";
import type { LinkIo } from "./link-artifacts.ts";

export interface WantedLink {
  readonly at: AbsPath;
  readonly text: string;
  readonly kind: "directory" | "file";
}

/**
 * Makes a symbolic link into an artifact as a second name of one that is kept beside it. The way into the store is too long
 * for an inode, so a new link takes an inode and a block, which costs ten times as much as a name. Every link of the same
 * text is the same, and nothing can be written through it. Where the disk or the system doesn't have it, a new link is made.
 */
export async function placeLink(
  { fs, system }: Pick<LinkIo, "fs" | "system">,
  artifact: Pick<Artifact, "root">,
  { at, text, kind }: WantedLink,
): Promise<void> {
  // Elsewhere a second name may be one of what the link leads to.
  const shelf = system.os === "linux" ? shelfFor(artifact, text) : undefined;
  if (shelf !== undefined) {
    const directory = fs.path.join(artifact.root, shelf.directory);
    const ready = fs.path.join(directory, shelf.name);
    try {
      return await fs.hardLink(ready, at).catch(async (error: unknown) => {
        if (!hasCode(error, "ENOENT")) throw error;
        await fs.makeDir(directory);
        await fs.symlink(text, ready, kind);
        await fs.hardLink(ready, at);
      });
    } catch (error) {
      if (!hasCode(error, ...refusals)) throw error;
    }
  }
  await fs.symlink(text, at, kind);
}

/** What a store of somebody else, another disk, or 65,000 names are answered with; and `EEXIST`, when two made the first one. */
const refusals = [
  "EACCES",
  "EDQUOT",
  "EEXIST",
  "EMLINK",
  "ENOENT",
  "ENOSPC",
  "ENOSYS",
  "ENOTSUP",
  "EOPNOTSUPP",
  "EPERM",
  "EROFS",
  "EXDEV",
];

/** Only for ways up to the directory of the store and down again: by how far up they go they are told apart. */
function shelfFor(
  { root }: Pick<Artifact, "root">,
  text: string,
): { readonly directory: string; readonly name: string } | undefined {
  const up = /^(?:\.\.\/)+/.exec(text)?.[0] ?? "";
  const within = /^store\/wheel\/([0-9a-f]{64})\/(.+)$/.exec(text.slice(up.length));
  if (up === "" || within === null || !root.endsWith(`/store/wheel/${within[1]}`)) return undefined;
  const name = encodeURIComponent(within[2] as string);
  return name.length > 200 ? undefined : { directory: `links-${up.length / 3}`, name };
}
