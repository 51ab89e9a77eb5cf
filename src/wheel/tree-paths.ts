import type { AbsPath } from "../base/index.ts";
import type { PathStyle } from "../ports/index.ts";
import type { Artifact, RecordScheme, Section } from "../store/index.ts";

/** The directories of one tree (`sysconfig` calls them a scheme). */
export interface TreePaths {
  readonly root: AbsPath;
  readonly sitePackages: AbsPath;
  readonly bin: AbsPath;
  readonly data: AbsPath;
  readonly include: AbsPath;
  /**
   * Where the tree will lie once it is finished, when that isn't `root`. Only then can links into the store be relative;
   * without it they are absolute.
   */
  readonly home?: AbsPath;
  /** A directory for some program's `sys.path`: no interpreter lies in it, so it gets no programs either. */
  readonly noScripts?: boolean;
}

/** Where a section of an artifact goes. */
export function sectionTarget(
  paths: PathStyle,
  tree: TreePaths,
  artifact: Artifact,
): Readonly<Record<Section, AbsPath>> {
  return {
    site: tree.sitePackages,
    scripts: tree.bin,
    data: tree.data,
    // As pip lays them out, so that two packages never meet.
    headers: paths.join(tree.include, artifact.displayName),
  };
}

/** The ways that RECORD names them by, from site-packages, with `/`. */
export function recordScheme(paths: PathStyle, tree: TreePaths, artifact: Artifact): RecordScheme {
  const target = sectionTarget(paths, tree, artifact);
  const way = (to: AbsPath): string => `${paths.relative(tree.sitePackages, to).replaceAll(paths.separator, "/")}/`;
  return { scripts: way(target.scripts), data: way(target.data), headers: way(target.headers) };
}

/** The text of a link in the tree (`at`, below `tree.root`) to something in the store. */
export function linkText(
  paths: PathStyle,
  tree: TreePaths,
  { at, target }: { readonly at: AbsPath; readonly target: AbsPath },
): string {
  // A junction holds an absolute path anyway, found out where the tree is built.
  if (tree.home === undefined || paths.kind === "windows") return target;
  const final = paths.join(tree.home, paths.relative(tree.root, paths.directory(at)));
  return paths.relative(final, target);
}
