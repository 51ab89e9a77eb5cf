/** What stands at a path of the tree that an archive makes. */
export type ArchiveNode = { readonly kind: "file" | "directory" } | { readonly kind: "symlink"; readonly link: string };

/** More links than this behind one path are a trap (Linux has the same limit). */
const mostLinks = 40;

/** Why a link's target may not be written at all, to follow "a member `x` that"; `undefined` when it may. */
export function linkReason(link: string): string | undefined {
  if (link === "" || link.startsWith("/") || link.includes("\\") || /^[A-Za-z]:/.test(link)) {
    return "is a link to an absolute path";
  }
  return link.length > 4_096 || link.includes("\0") ? "is a link that can't be read" : undefined;
}

/**
 * The place that a path stands for, with links of the archive followed as the system would. `refuse` makes the error for a
 * path that leaves the archive's directory, or goes on for ever.
 */
export function placeInArchive(
  nodes: ReadonlyMap<string, ArchiveNode>,
  path: string,
  refuse: (why: string) => Error,
): string {
  let links = 0;
  const rest = path.split("/");
  const at: string[] = [];
  for (let segment = rest.shift(); segment !== undefined; segment = rest.shift()) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") {
      if (at.pop() === undefined) throw refuse("leads out of the archive's directory");
      continue;
    }
    const node = nodes.get([...at, segment].join("/"));
    if (node?.kind !== "symlink") {
      at.push(segment);
      continue;
    }
    links += 1;
    if (links > mostLinks) throw refuse("goes through too many links");
    rest.unshift(...node.link.split("/"));
  }
  return at.join("/");
}
