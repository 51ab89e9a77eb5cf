import { type AbsPath, byCodePoint, parseSha256, type Sha256 } from "../base/index.ts";
import { checkArchivePath } from "../disk/index.ts";
import { normalizeName } from "../pep/index.ts";
import { publicationInvalid } from "./errors.ts";
import type { PublishedPackage } from "./records.ts";

export interface ListedFile {
  /** Relative to the tree, with `/`; proven to stay in it. */
  readonly path: string;
  readonly digest: Sha256;
  readonly executable: boolean;
}

export interface ListedLink {
  readonly path: string;
  /** As the link says it. */
  readonly target: string;
}

export interface FileList {
  readonly files: readonly ListedFile[];
  readonly links: readonly ListedLink[];
}

/** Where a carried tree lists its files, and where it says what it is (see `pack`). */
export const listPath = ".venvoy/files";
export const factsPath = ".venvoy/standalone.json";
/** What its packages were resolved to (PEP 751). The same packages may have come from another index. */
export const lockPath = ".venvoy/pylock.toml";

/** Reads what `pack` and `publish` write into a tree: `DIGEST x|- "PATH"` and `-> "TARGET" "PATH"`. Hostile text is refused. */
export function parseFileList(text: string, file: AbsPath): FileList {
  const files: ListedFile[] = [];
  const links: ListedLink[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const listed = /^([0-9a-f]{64}) ([-x]) (".*")$/.exec(line);
    const linked = /^-> ("(?:[^"\\]|\\.)*") (".*")$/.exec(line);
    if (listed !== null) {
      files.push({
        path: pathOf(listed[3], file),
        digest: parseSha256(listed[1] as string),
        executable: listed[2] === "x",
      });
    } else if (linked !== null) {
      links.push({ path: pathOf(linked[2], file), target: textOf(linked[1], file) });
    } else throw publicationInvalid(file, "is no list of files");
  }
  return { files, links };
}

function pathOf(json: string | undefined, file: AbsPath): string {
  return checkArchivePath(textOf(json, file));
}

function textOf(json: string | undefined, file: AbsPath): string {
  try {
    const value: unknown = JSON.parse(json ?? "");
    if (typeof value === "string" && value !== "") return value;
  } catch {
    // Told below with the file's name.
  }
  throw publicationInvalid(file, "is no list of files");
}

/** What has to be equal for two releases to be the same; the number of the environment's version doesn't count. */
export function contentOf(list: string): string {
  return list
    .split("\n")
    .filter((line) => ![factsPath, lockPath].some((path) => line.endsWith(` ${JSON.stringify(path)}`)))
    .join("\n");
}

/** The programs that a tree offers, by the names that a person types. */
export function programsOf({ files, links }: FileList): readonly string[] {
  const names = new Set<string>();
  const entries = [
    ...files.map(({ path, executable }) => ({ path, starts: executable })),
    ...links.map(({ path }) => ({ path, starts: true })),
  ];
  for (const { path, starts } of entries) {
    const posix = /^bin\/([^/]+)$/.exec(path)?.[1];
    const windows = /^(?:Scripts\/([^/]+)(?:\.exe|-script\.py)|(pythonw?)\.exe)$/i.exec(path);
    const name = posix !== undefined ? (starts ? posix : undefined) : (windows?.[1] ?? windows?.[2]);
    // Other names can't be typed without quotes, or mean something else to a shell.
    if (name !== undefined && /^[A-Za-z0-9_][\w.+-]*$/.test(name)) names.add(name);
  }
  return [...names].sort(byCodePoint);
}

/** The packages that lie in a tree, by the directories that describe them. */
export function packagesOf({ files }: Pick<FileList, "files">): readonly PublishedPackage[] {
  const found = files.flatMap(({ path }) => {
    const made = /\/site-packages\/([^/]+)-([^/-]+)\.dist-info\/METADATA$/i.exec(`/${path}`);
    return made === null ? [] : [{ name: normalizeName(made[1] as string) as string, version: made[2] as string }];
  });
  return found.sort((a, b) => byCodePoint(a.name, b.name));
}
