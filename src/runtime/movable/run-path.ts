/**
 * The search path of a library with every directory below `prefix` said from the library's own place (`$ORIGIN`), and
 * directories that are not told from there and lie elsewhere left as they are. Empty entries, which mean the directory
 * that a program happens to be started in, are dropped.
 */
export function movedRunPath(
  text: string,
  { file, prefix }: { readonly file: string; readonly prefix: string | undefined },
): string {
  const depth = file.split("/").slice(0, -1);
  const moved = text.split(":").flatMap((entry): string[] => {
    if (entry === "") return [];
    const below = prefix === undefined ? undefined : belowPrefix(entry, prefix);
    return [below === undefined ? entry : fromOrigin(depth, below)];
  });
  return [...new Set(moved)].join(":");
}

function belowPrefix(entry: string, prefix: string): readonly string[] | undefined {
  const path = entry.replace(/\/+$/, "");
  if (path === prefix) return [];
  return path.startsWith(`${prefix}/`)
    ? path
        .slice(prefix.length + 1)
        .split("/")
        .filter(Boolean)
    : undefined;
}

function fromOrigin(from: readonly string[], to: readonly string[]): string {
  let shared = 0;
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared += 1;
  const up = from.slice(shared).map(() => "..");
  return ["$ORIGIN", ...up, ...to.slice(shared)].join("/");
}
