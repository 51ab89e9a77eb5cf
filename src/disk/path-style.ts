import { posix, win32 } from "node:path";
import type { AbsPath } from "../base/index.ts";
import type { PathStyle } from "../ports/index.ts";

function style(kind: PathStyle["kind"], rules: typeof posix): PathStyle {
  const fold = kind === "windows" ? (path: string) => path.toLowerCase() : (path: string) => path;
  return {
    kind,
    separator: rules.sep,
    join: (base, ...parts) => rules.join(base, ...parts) as AbsPath,
    resolve: (from, path) => rules.resolve(from, path) as AbsPath,
    directory: (path) => rules.dirname(path) as AbsPath,
    name: (path) => rules.basename(path),
    relative: (from, to) => rules.relative(from, to),
    isAbsolute: (path) => rules.isAbsolute(path),
    isInside(root, path) {
      const above = fold(root);
      const below = fold(path);
      if (!below.startsWith(above)) return false;
      return below.length === above.length || above.endsWith(rules.sep) || below[above.length] === rules.sep;
    },
  };
}

/** Path arithmetic of Linux and macOS. */
export const posixPaths: PathStyle = style("posix", posix);
/** Path arithmetic of Windows; comparisons ignore case. */
export const windowsPaths: PathStyle = style("windows", win32);
