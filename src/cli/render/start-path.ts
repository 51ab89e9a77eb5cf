import { typedWord } from "../../base/index.ts";

/** How a person types a program below a directory: with that system's separators. */
export function startPath(
  directory: string,
  { posix, windows }: { readonly posix: string; readonly windows: string },
): string {
  const isWindows = /^(?:[A-Za-z]:[\\/]|\\\\)/.test(directory);
  return typedWord(isWindows ? `${directory}\\${windows}` : `${directory}/${posix}`);
}
