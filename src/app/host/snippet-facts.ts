import { type LanguageFacts, templateOf } from "../../host/index.ts";
import type { Context } from "../context.ts";
import type { HostTree } from "./host-tree.ts";
import { searchPathOf } from "./search-path.ts";

export interface SnippetOptions {
  /** The kind of program. */
  readonly template: string | undefined;
  /** The same place as other machines see it, best first; left out, as this one does. */
  readonly seenAs?: readonly string[];
  readonly program?: string | undefined;
}

/** What the lines for a program's startup file have to know of an environment. */
export async function factsOf(
  context: Context,
  tree: HostTree,
  { template: id, seenAs = [], program }: SnippetOptions,
): Promise<LanguageFacts> {
  const template = id === undefined ? undefined : templateOf(id);
  const [first = tree.root, ...others] = seenAs;
  const minor = tree.python.split(".").slice(0, 2).join(".");
  return {
    label: tree.label,
    kind: tree.kind,
    roots: [first, ...others],
    layout: tree.layout,
    python: minor,
    entries: await entriesOf(context, tree, seenAs[0]),
    separator: isWindowsPath(first) || (seenAs.length === 0 && context.system.os === "windows") ? ";" : ":",
    isModule: template?.id === "blender",
    title: template?.title ?? "the program",
    variable: template?.launch?.variable ?? "PYTHONPATH",
    arguments: template?.launch?.arguments ?? [],
    program,
    startup: template?.launch?.startup?.file,
  };
}

const isWindowsPath = (path: string): boolean => /^[A-Za-z]:[\\/]|^\\\\/.test(path);

/** Directories for a file that can't look for the current version: by the path that leads to whichever is. */
async function entriesOf(context: Context, tree: HostTree, seenAs: string | undefined): Promise<readonly string[]> {
  const { path } = context.fs;
  const stable = path.join(tree.root, ...(tree.kind === "publication" ? ["current"] : []));
  const from = seenAs === undefined ? stable : tree.kind === "publication" ? `${seenAs}/current` : seenAs;
  return (await searchPathOf(context, tree.sitePackages)).map((entry) => {
    if (!path.isInside(tree.tree, entry)) return entry;
    const inner = path.relative(tree.tree, entry).replaceAll("\\", "/");
    const whole = inner === "" || inner === "." ? from : `${from}/${inner}`;
    return isWindowsPath(from) ? whole.replaceAll("/", "\\") : whole;
  });
}
