import type { AbsPath } from "../base/index.ts";
import { parseRecord } from "../pep/index.ts";
import type { Fs } from "../ports/index.ts";
import { innerDirectory } from "./place.ts";
import { readIfThere } from "./read-files.ts";

/** A file, by what it holds; or a directory, by what is in it. */
export interface Node {
  /** `<base64url sha256>:<size>`; `link:<text>` for a link; absent for a directory. */
  readonly content?: string;
  readonly children: Map<string, Node>;
}

/** Which files of a directory are venvoy's, each with what it held when it came. */
export type Manifest = Node;

export function manifestFile(fs: Fs, tree: AbsPath): AbsPath {
  return fs.path.join(tree, innerDirectory, "manifest");
}

export function emptyManifest(): Manifest {
  return { children: new Map() };
}

export function addFile(manifest: Manifest, path: string, content: string): void {
  const parts = path.split("/");
  const last = parts.pop() ?? "";
  let node: Node = manifest;
  for (const part of parts) {
    const next: Node = node.children.get(part) ?? { children: new Map() };
    node.children.set(part, next);
    node = next;
  }
  node.children.set(last, { content, children: new Map() });
}

/** The node at a path; `undefined` when the manifest knows nothing there. */
export function nodeAt(manifest: Manifest, path: string): Node | undefined {
  let node: Node | undefined = manifest;
  for (const part of path.split("/")) node = node?.children.get(part);
  return node;
}

export function sameNode(a: Node, b: Node): boolean {
  if (a.content !== b.content || a.children.size !== b.children.size) return false;
  for (const [name, child] of a.children) {
    const other = b.children.get(name);
    if (other === undefined || !sameNode(child, other)) return false;
  }
  return true;
}

/** Every file below a node, with its content. */
export function* filesOf(node: Node, path = ""): Generator<readonly [path: string, content: string]> {
  if (node.content !== undefined) yield [path, node.content];
  for (const [name, child] of node.children) yield* filesOf(child, path === "" ? name : `${path}/${name}`);
}

/** One line per file: what it holds, a blank, its path with `/`. */
export function formatManifest(manifest: Manifest): string {
  return `${[...filesOf(manifest)].map(([path, content]) => `${content} ${path}`).join("\n")}\n`;
}

export async function readManifest(fs: Fs, tree: AbsPath): Promise<Manifest> {
  const manifest = emptyManifest();
  for (const line of ((await readIfThere(fs, manifestFile(fs, tree))) ?? "").split("\n")) {
    const blank = line.indexOf(" ");
    const path = line.slice(blank + 1);
    // What leads out of the directory is nobody's entry; somebody edited the file.
    if (blank < 1 || path.startsWith("/") || path.split("/").some((part) => part === ".." || part === "")) continue;
    addFile(manifest, path, line.slice(0, blank));
  }
  return manifest;
}

/**
 * Writes the manifest of a tree that was just built. Digests are those of the packages' own lists, save for `edited` files
 * and what no list names.
 */
export async function writeManifest(fs: Fs, tree: AbsPath, edited: ReadonlySet<string>): Promise<void> {
  const found: { path: string; kind: string }[] = [];
  await fs.scan(tree, ({ path, kind }) => {
    if (path === "" || path === innerDirectory || path.startsWith(`${innerDirectory}/`) || kind === "directory") return;
    found.push({ path, kind });
  });
  const promised = await recordedIn(fs, tree);
  const infos = await fs.linkInfos(found.map(({ path }) => at(fs, tree, path)));
  const open = found.filter(({ path, kind }, index) => {
    const told = promised.get(path);
    return kind === "file" && (told === undefined || edited.has(path) || told.sizeBytes !== infos[index]?.sizeBytes);
  });
  const digests = await fs.digests(open.map(({ path }) => at(fs, tree, path)));
  const asked = new Map(open.map(({ path }, index) => [path, digests[index]]));
  const manifest = emptyManifest();
  for (const [index, { path, kind }] of found.entries()) {
    if (kind === "symlink") addFile(manifest, path, `link:${await linkContent(fs, at(fs, tree, path))}`);
    else {
      const hex = asked.get(path);
      const digest = hex === undefined ? promised.get(path)?.digest : Buffer.from(hex, "hex").toString("base64url");
      addFile(manifest, path, `${digest ?? ""}:${infos[index]?.sizeBytes ?? 0}`);
    }
  }
  await fs.write(manifestFile(fs, tree), formatManifest(manifest));
}

async function linkContent(fs: Fs, path: AbsPath): Promise<string> {
  return encodeURIComponent(await fs.readLink(path));
}

async function recordedIn(fs: Fs, tree: AbsPath) {
  const found = new Map<string, { readonly digest: string; readonly sizeBytes: number }>();
  for (const { name } of (await fs.list(tree)) ?? []) {
    for (const { path, hash, sizeBytes } of await recordOf(fs, tree, name)) {
      if (hash?.algorithm === "sha256" && sizeBytes !== undefined) found.set(path, { digest: hash.digest, sizeBytes });
    }
  }
  return found;
}

/** The files of a distribution, by its own list; nothing when it has none that can be read. */
export async function recordOf(fs: Fs, tree: AbsPath, entry: string): Promise<ReturnType<typeof parseRecord>> {
  if (!entry.endsWith(".dist-info")) return [];
  try {
    return parseRecord((await readIfThere(fs, fs.path.join(tree, entry, "RECORD"))) ?? "");
  } catch {
    // A list that can't be read claims nothing.
    return [];
  }
}

export function at(fs: Fs, root: AbsPath, path: string): AbsPath {
  return fs.path.join(root, ...path.split("/"));
}
