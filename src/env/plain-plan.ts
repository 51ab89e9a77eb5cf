import type { AbsPath } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";
import { at, filesOf, type Manifest, type Node, sameNode } from "./plain-manifest.ts";

export interface Plan {
  /** As high up as possible: a whole directory where nothing in it is somebody else's. */
  readonly paths: readonly string[];
  /** A file of somebody's own that a package would replace. */
  readonly clash: string | undefined;
}

/** What has to move so that `fresh` stands where `old` stood. What is the same already, and intact, stays untouched. */
export async function planMoves(fs: Fs, root: AbsPath, old: Manifest, fresh: Manifest): Promise<Plan> {
  const paths: string[] = [];
  const strangers: { readonly path: string; readonly content: string }[] = [];
  const visit = async (before: Node | undefined, after: Node | undefined, path: string): Promise<void> => {
    const info = await fs.linkInfo(at(fs, root, path));
    if (info === undefined) {
      if (after !== undefined) paths.push(path);
      return;
    }
    const isSame = before !== undefined && after !== undefined && sameNode(before, after);
    if (isSame && (await isIntact(fs, root, path, before))) return;
    if (info.kind !== "directory") {
      if (before === undefined && after !== undefined) strangers.push({ path, content: after.content ?? "" });
      paths.push(path);
      return;
    }
    const isMixed = await holdsOthers(fs, at(fs, root, path), { before, after, path, strangers });
    if (!isMixed) paths.push(path);
    else
      for (const name of namesOf(before, after))
        await visit(before?.children.get(name), after?.children.get(name), `${path}/${name}`);
  };
  for (const name of namesOf(old, fresh)) await visit(old.children.get(name), fresh.children.get(name), name);
  return { paths, clash: await firstClash(fs, root, strangers) };
}

function namesOf(before: Node | undefined, after: Node | undefined): ReadonlySet<string> {
  return new Set([...(before?.children.keys() ?? []), ...(after?.children.keys() ?? [])]);
}

async function isIntact(fs: Fs, root: AbsPath, path: string, node: Node): Promise<boolean> {
  const files = [...filesOf(node, path)];
  const infos = await fs.linkInfos(files.map(([file]) => at(fs, root, file)));
  return files.every(([, content], index) => {
    const info = infos[index];
    return content.startsWith("link:") ? info?.kind === "symlink" : Number(content.split(":")[1]) === info?.sizeBytes;
  });
}

/** Python and file managers make these by themselves; nobody misses them. */
const nobodys = /^(?:__pycache__|\.DS_Store|Thumbs\.db|.*\.py[co])$/;

interface Known {
  readonly before: Node | undefined;
  readonly after: Node | undefined;
  readonly path: string;
  readonly strangers: { readonly path: string; readonly content: string }[];
}

async function holdsOthers(fs: Fs, directory: AbsPath, known: Known): Promise<boolean> {
  let found = false;
  for (const { name, kind } of (await fs.list(directory)) ?? []) {
    if (nobodys.test(name)) continue;
    const path = `${known.path}/${name}`;
    const before = known.before?.children.get(name);
    const after = known.after?.children.get(name);
    if (before === undefined && after === undefined) found = true;
    else if (kind === "directory") {
      if (await holdsOthers(fs, fs.path.join(directory, name), { ...known, before, after, path })) found = true;
    } else if (before === undefined) known.strangers.push({ path, content: after?.content ?? "" });
  }
  return found;
}

/** What was put in by hand and carried into the new version is there twice, with the same content. */
async function firstClash(fs: Fs, root: AbsPath, strangers: Known["strangers"]): Promise<string | undefined> {
  const digests = await fs.digests(strangers.map(({ path }) => at(fs, root, path)));
  for (const [index, { path, content }] of strangers.entries()) {
    const digest = Buffer.from(digests[index] ?? "", "hex").toString("base64url");
    if (content.split(":")[0] !== digest) return path;
  }
  return undefined;
}
