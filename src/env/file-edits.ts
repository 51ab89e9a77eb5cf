import type { AbsPath } from "../base/index.ts";
import type { FileInfo } from "../ports/index.ts";
import { type Artifact, readArtifactTree, readStoredFiles, type Store, sections } from "../store/index.ts";
import { sectionTarget, type TreePaths } from "../wheel/index.ts";
import type { EnvIo } from "./env-io.ts";
import { extraFilesIn } from "./extra-files.ts";
import { inspectTree, placesOf, type TreeInspection } from "./inspect.ts";
import { readIfThere } from "./read-files.ts";
import { pythonFile, type Receipt, type ReceiptPackage, readReceipt } from "./receipt.ts";

/** A file of a package that somebody edited or deleted in a tree. */
export interface FileEdit {
  /** Relative to the tree, with `/`. */
  readonly path: string;
  readonly package: ReceiptPackage;
  /** Relative to the artifact's root: `site/demo/core.py`. */
  readonly stored: string;
  readonly kind: "changed" | "deleted";
  /** The editor wrote into the file itself, which is the store's, too. */
  readonly reachesStore: boolean;
}

/** What hands did to the files of a tree, beside installing. */
export interface FileInspection {
  readonly edits: readonly FileEdit[];
  /** Files and links that no package brought; relative to the tree, with `/`. */
  readonly extra: readonly string[];
}

/** A file that venvoy put into a tree. */
interface Placed {
  readonly path: string;
  readonly at: AbsPath;
  readonly stored: string;
  readonly artifact: Artifact;
  readonly package: ReceiptPackage;
}

/**
 * Compares the files of a tree with the store, by what looking at each of them tells: some microseconds per file. Only
 * what looks different is read. A folded tree has no files of its own, and nothing is taken over from a copy of a release.
 */
export async function inspectFiles(
  io: Pick<EnvIo, "fs">,
  store: Store,
  tree: AbsPath,
  known?: TreeInspection,
): Promise<FileInspection> {
  const receipt = await readReceipt(io.fs, tree);
  if (receipt === undefined || receipt.linkMode === "fold" || receipt.pulled === true) return { edits: [], extra: [] };
  const inspection = known ?? (await inspectTree(io, tree));
  const { paths, suspects } = await lookThrough(io, store, { tree, receipt, inspection });
  const edits = await editsAmong(io, suspects);
  const extra = await extraFilesIn(io, { tree, receipt, inspection, placed: paths });
  return { edits, extra };
}

/**
 * Looks at every file that venvoy put into the tree and that no other tool took away or replaced since. Package by package:
 * what is known of all files at once would be most of the memory that a command needs.
 */
async function lookThrough(
  io: Pick<EnvIo, "fs">,
  store: Store,
  {
    tree,
    receipt,
    inspection,
  }: { readonly tree: AbsPath; readonly receipt: Receipt; readonly inspection: TreeInspection },
): Promise<{ readonly paths: ReadonlySet<string>; readonly suspects: readonly Placed[] }> {
  const touched = new Set([...inspection.removed, ...inspection.changed.map((one) => one.from)].map((one) => one.name));
  const places = { ...(await placesOf(io, tree)), data: tree };
  const carried = new Set(receipt.carried ?? []);
  const freed = new Set(receipt.freed ?? []);
  const paths = new Set<string>(await pythonsOwn(io, tree));
  const suspects: Placed[] = [];
  for (const item of receipt.packages) {
    const artifact = touched.has(item.name) ? undefined : await store.find(item.sha256);
    if (artifact === undefined) continue;
    const completedMs = await store.completedMs(artifact);
    const placed = await placedFiles(io, places, { artifact, item, layout: receipt.layout });
    const infos = await io.fs.linkInfos(placed.map((one) => one.at));
    for (const [index, one] of placed.entries()) {
      paths.add(one.path);
      if (freed.has(one.path) && (infos[index]?.modifiedMs ?? 0) <= receipt.madeMs + clockSlackMs) continue;
      if (carried.has(one.path) || looksEdited(infos[index], completedMs, receipt)) suspects.push(one);
    }
  }
  return { paths, suspects };
}

/** What a tree that carries its Python has of it: nobody's own, and like an installation's not looked at for edits. */
async function pythonsOwn({ fs }: Pick<EnvIo, "fs">, tree: AbsPath): Promise<readonly string[]> {
  const text = await readIfThere(fs, pythonFile(fs, tree));
  return (text ?? "").split("\n").filter((line) => /^[^:].*[^/]$/.test(line));
}

async function placedFiles(
  io: Pick<EnvIo, "fs">,
  places: TreePaths,
  {
    artifact,
    item,
    layout,
  }: { readonly artifact: Artifact; readonly item: ReceiptPackage; readonly layout: Receipt["layout"] },
): Promise<readonly Placed[]> {
  const { path: paths } = io.fs;
  const isPosix = paths.kind === "posix";
  const content = await readArtifactTree(io.fs, artifact);
  const targets = sectionTarget(paths, places, artifact);
  return sections.flatMap((section) => {
    if (section === "scripts" && layout === "plain") return [];
    const root = targets[section];
    const way = paths.relative(places.root, root).replaceAll(paths.separator, "/");
    // Every tree may have a RECORD of its own.
    const own = section === "site" ? `${artifact.distInfo}/RECORD` : undefined;
    return content[section].files
      .filter((file) => file !== own)
      .map((file) => ({
        path: way === "" ? file : `${way}/${file}`,
        // Joined by hand: normalising each of many thousand paths costs more than looking at them.
        at: `${root}${paths.separator}${isPosix ? file : file.replaceAll("/", "\\")}` as AbsPath,
        stored: `${section}/${file}`,
        artifact,
        package: item,
      }));
  });
}

/** Clocks of file systems lag behind ours, or run ahead, by some milliseconds. */
const clockSlackMs = 1_000;

function looksEdited(
  info: FileInfo | undefined,
  completedMs: number,
  { linkMode, madeMs }: Pick<Receipt, "linkMode" | "madeMs">,
): boolean {
  if (info === undefined || info.modifiedMs > completedMs + clockSlackMs) return true;
  // Replaced by a file with an older time: the store's has a second name, and a copy changes with nobody else.
  return linkMode === "hardlink" ? info.links === 1 : info.changedMs > madeMs + clockSlackMs;
}

async function editsAmong(io: Pick<EnvIo, "fs">, suspects: readonly Placed[]): Promise<readonly FileEdit[]> {
  if (suspects.length === 0) return [];
  const digests = new Map<AbsPath, ReadonlyMap<string, string>>();
  for (const { root } of new Set(suspects.map((one) => one.artifact))) {
    const files = await readStoredFiles(io.fs, root);
    digests.set(root, new Map(files.map(({ path, sha256 }) => [path, hexOf(sha256)])));
  }
  const found = await io.fs.digests(suspects.map((one) => one.at));
  const promised = suspects.map((one) => digests.get(one.artifact.root)?.get(one.stored));
  // A path that several packages hold is as one of them has it.
  const right = new Set(suspects.filter((_, index) => promised[index] === found[index]).map((one) => one.path));
  const edits: FileEdit[] = [];
  for (const [index, one] of suspects.entries()) {
    if (right.has(one.path) || edits.some((edit) => edit.path === one.path)) continue;
    const kind = found[index] === undefined ? "deleted" : "changed";
    const { path, package: item, stored } = one;
    edits.push({ path, package: item, stored, kind, reachesStore: await isStored(io, one) });
  }
  return edits;
}

async function isStored({ fs }: Pick<EnvIo, "fs">, { at, artifact, stored }: Placed): Promise<boolean> {
  const [mine, its] = await fs.linkInfos([at, fs.path.join(artifact.root, ...stored.split("/"))]);
  return mine !== undefined && mine.inode === its?.inode && mine.device === its.device;
}

function hexOf(base64url: string): string {
  return Buffer.from(base64url, "base64url").toString("hex");
}
