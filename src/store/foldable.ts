import type { PackageName } from "../base/index.ts";
import type { ElfFacts } from "../codec/index.ts";
import type { SectionFiles, TopLevel } from "./artifact.ts";
import { isLibrary } from "./native-files.ts";

/**
 * Packages that must not be folded although nothing in their files shows it, each with its case: what they write next
 * to themselves would land in the store and be seen by every environment.
 */
const writesBesideItself: ReadonlyMap<string, string> = new Map([
  ["chromedriver-autoinstaller", "downloads a chromedriver into its own package directory"],
  ["geckodriver-autoinstaller", "downloads a geckodriver into its own package directory"],
  ["static-ffmpeg", "downloads ffmpeg into its own package directory"],
  ["comtypes", "generates modules into comtypes/gen"],
  ["tldextract", "keeps its list of suffixes beside its sources when no cache directory can be made"],
  ["pip", "replaces its own files when it upgrades itself"],
]);

/**
 * Decides what of a wheel may stand in a tree as one symbolic link. A directory may not when a library in it looks for
 * others in a place that the wheel doesn't hold: the loader resolves `..` where the library really lies, in the store.
 */
export function topLevelOf({
  name,
  tree,
  binaries,
}: {
  readonly name: PackageName;
  readonly tree: SectionFiles;
  /** Libraries and programs by their path in site-packages; `undefined` for what is no ELF file. */
  readonly binaries: ReadonlyMap<string, ElfFacts | undefined>;
}): TopLevel[] {
  const directories = new Set(tree.directories);
  const pinned = new Set<string>();
  for (const [path, elf] of binaries) {
    const top = topOf(path);
    if (top !== path && leavesWheel(elf, path, directories)) pinned.add(top);
  }
  const tops = new Map<string, TopLevel["kind"]>();
  for (const directory of directories) tops.set(topOf(directory), "directory");
  for (const file of tree.files) if (!file.includes("/")) tops.set(file, "file");
  const isPinned = writesBesideItself.has(name);
  return [...tops].map(([top, kind]) => ({
    name: top,
    kind,
    // Python itself writes into a `__pycache__` that lies open, and that of single modules belongs to the tree.
    foldable: !isPinned && !pinned.has(top) && top !== "__pycache__",
  }));
}

function topOf(path: string): string {
  const slash = path.indexOf("/");
  return slash < 0 ? path : path.slice(0, slash);
}

function leavesWheel(elf: ElfFacts | undefined, path: string, directories: ReadonlySet<string>): boolean {
  // Not readable as ELF: a Mach-O or Windows library, whose search rules this doesn't know, or a script.
  if (elf === undefined) return isLibrary(path);
  return elf.searchPath.some((directory) => !staysInside(directory, path, directories));
}

/** `$ORIGIN/../demo.libs` from `demo/sub/x.so` is `demo.libs`: fine when the wheel holds such a directory. */
function staysInside(searched: string, path: string, directories: ReadonlySet<string>): boolean {
  const relative = /^\$(?:ORIGIN|\{ORIGIN\})(?:\/(.*))?$/.exec(searched);
  if (relative === null) {
    // An absolute path means the same everywhere; `$LIB` and the like can't be judged.
    return searched.startsWith("/") && !searched.includes("$");
  }
  const parts = path.split("/").slice(0, -1);
  for (const part of (relative[1] ?? "").split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return false;
  }
  return directories.has(parts.join("/"));
}
