/** Paths relative to some root, with `/`; parents before children. */
export interface PathList {
  readonly directories: readonly string[];
  readonly files: readonly string[];
}

/** Writes named lists. Lines: `:name`, `directory/`, `file`; no path may hold a newline or begin with a colon. */
export function formatPathLists(lists: Iterable<readonly [string, PathList]>): string {
  let text = "";
  for (const [name, { directories, files }] of lists) {
    if (directories.length + files.length === 0) continue;
    text += `:${name}\n`;
    for (const directory of directories) text += `${directory}/\n`;
    for (const file of files) text += `${file}\n`;
  }
  return text;
}

/**
 * Reads what `formatPathLists` wrote; lists that were empty are absent. Lines before the first name are the list "". Of
 * a list that `only` names nothing is read but what lies at or below these names.
 */
export function parsePathLists(
  text: string,
  only: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
): ReadonlyMap<string, PathList> {
  const lists = new Map<string, { directories: string[]; files: string[] }>();
  let list = { directories: [] as string[], files: [] as string[] };
  let wanted = only.get("");
  lists.set("", list);
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    if (end < 0) break;
    if (text.charCodeAt(at) === 0x3a) {
      list = { directories: [], files: [] };
      lists.set(text.slice(at + 1, end), list);
      wanted = only.get(text.slice(at + 1, end));
    } else if (wanted !== undefined && !wanted.has(topOf(text, at, end))) {
      at = end + 1;
      continue;
    } else if (text.charCodeAt(end - 1) === 0x2f) list.directories.push(text.slice(at, end - 1));
    else list.files.push(text.slice(at, end));
    at = end + 1;
  }
  return lists;
}

function topOf(text: string, at: number, end: number): string {
  const slash = text.indexOf("/", at);
  return text.slice(at, slash < 0 || slash > end ? end : slash);
}
