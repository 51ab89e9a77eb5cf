/** How a path is written: as it is, with `/` for `\`, with every `\` doubled, or as part of a URL. */
export type WrittenAs = "plain" | "slashes" | "escaped" | "url";

/** True for `C:\x`, `C:/x` and `\\server\share`. */
export function isWindowsPath(path: string): boolean {
  return /^[A-Za-z]:[\\/]/.test(path) || path.startsWith("\\\\");
}

/** An absolute path of either family, whatever machine this is. */
export function isAbsolutePath(path: string): boolean {
  return path.startsWith("/") || isWindowsPath(path);
}

/** Without a separator at its end; a root stays what it is. */
export function withoutTail(path: string): string {
  return path.length > 1 ? path.replace(/(?<=[^\\/:])[\\/]+$/, "") : path;
}

export function writtenAs(path: string, form: WrittenAs): string {
  const isWindows = isWindowsPath(path);
  switch (form) {
    case "plain":
      return path;
    case "slashes":
      return isWindows ? path.replaceAll("\\", "/") : path;
    case "escaped":
      return isWindows ? path.replaceAll("\\", "\\\\") : path;
    case "url": {
      const slashed = isWindows ? path.replaceAll("\\", "/") : path;
      return encodeURI(slashed).replaceAll("#", "%23").replaceAll("?", "%3F");
    }
  }
}

const allForms: readonly WrittenAs[] = ["plain", "slashes", "escaped", "url"];

/** Every different way in which a path may stand in a file. */
export function formsOf(path: string): readonly { readonly form: WrittenAs; readonly text: string }[] {
  const forms: { form: WrittenAs; text: string }[] = [];
  for (const form of allForms) {
    const text = writtenAs(path, form);
    if (!forms.some((one) => one.text === text)) forms.push({ form, text });
  }
  return forms;
}

/** True when `path` is `root` or lies below it, by its letters alone; Windows' paths in either way of writing. */
export function liesIn(root: string, path: string): boolean {
  const [outer, inner] = [comparable(root), comparable(path)];
  return inner === outer || inner.startsWith(outer.endsWith("/") ? outer : `${outer}/`);
}

/** The same place by its letters: Windows' paths don't tell `a` from `A`. */
export function isSamePath(one: string, other: string): boolean {
  return comparable(one) === comparable(other);
}

function comparable(path: string): string {
  return isWindowsPath(path) ? withoutTail(path).replaceAll("\\", "/").toLowerCase() : withoutTail(path);
}

/** The directory that holds it. */
export function parentOf(path: string): string {
  const cut = Math.max(path.lastIndexOf("/"), isWindowsPath(path) ? path.lastIndexOf("\\") : -1);
  if (cut <= 0) return "/";
  return /^[A-Za-z]:$/.test(path.slice(0, cut)) ? path.slice(0, cut + 1) : path.slice(0, cut);
}

export function lastPart(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), isWindowsPath(path) ? path.lastIndexOf("\\") : -1) + 1);
}
