/** Stands in texts for the root of the tree, until somebody asks where that is. */
export const rootMark = "@PYTHON_ROOT@";

/** Every place where a path is, or begins with, `prefix`: what follows must end a name. */
export function replacePrefix(text: string, prefix: string, by: string): string {
  return text.replace(new RegExp(`${escaped(prefix)}(?![\\w.+@%-])`, "g"), () => by);
}

/** The text as a pattern that finds itself. */
export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** True when the text names the prefix, or something below it. */
export function namesPrefix(text: string, prefix: string): boolean {
  return replacePrefix(text, prefix, "") !== text;
}
