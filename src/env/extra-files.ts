import type { AbsPath } from "../base/index.ts";
import { parseRecord } from "../pep/index.ts";
import { activationScripts } from "../shell/index.ts";
import type { EnvIo } from "./env-io.ts";
import type { Installed, TreeInspection } from "./inspect.ts";
import { readIfThere } from "./read-files.ts";
import type { Receipt } from "./receipt.ts";

interface Known {
  readonly tree: AbsPath;
  readonly receipt: Receipt;
  readonly inspection: TreeInspection;
  /** Of venvoy's packages; relative to the tree. */
  readonly placed: ReadonlySet<string>;
}

/** Python writes bytecode wherever it runs, pip leaves `~ame` behind when it is killed, file managers their own. */
const nobodysOwn = /(?:^|\/)(?:__pycache__|~[^/]*|\.DS_Store|Thumbs\.db|[^/]*\.py[co])$/;
/** What a tree says about its own installation of a package. */
const marks = /\.dist-info\/(?:RECORD|REQUESTED|INSTALLER|direct_url\.json)$/;
const interpreters = /^(?:python|pypy)w?[0-9.]*(?:\.exe)?$/;
/** The clock of the file system against ours. */
const slackMs = 2_000;

/**
 * Files that somebody put into a tree: a `sitecustomize.py`, a `.pth`, a kernel, a program. Only directories that changed
 * since the tree was made are read.
 */
export async function extraFilesIn(io: Pick<EnvIo, "fs">, known: Known): Promise<readonly string[]> {
  const { tree, receipt, inspection } = known;
  const { fs } = io;
  const own = new Set([...ownFiles(receipt), ...(await filesOfOthers(io, known, inspection))]);
  // Tens of thousands of paths: they are not put together into one list.
  const mine = { has: (path: string): boolean => known.placed.has(path) || own.has(path) };
  const directories = new Set<string>([""]);
  for (const path of [`${receipt.bin}/python`, `${receipt.sitePackages}/x`, ...own]) addDirectories(directories, path);
  for (const path of known.placed) addDirectories(directories, path);
  const infos = await fs.linkInfos([...directories].map((path) => at(io, tree, path)));
  const open = [...directories].filter((_, index) => (infos[index]?.modifiedMs ?? 0) > receipt.madeMs - slackMs);
  const extra: string[] = [];
  for (const directory of open) {
    // Beside the packages in a directory of somebody's own lies what is theirs; it is not touched, and not carried.
    if (directory === "" && receipt.inPlace === true) continue;
    for (const { name, kind } of (await fs.list(at(io, tree, directory))) ?? []) {
      const path = directory === "" ? name : `${directory}/${name}`;
      if (mine.has(path) || directories.has(path) || nobodysOwn.test(path) || marks.test(path)) continue;
      if (directory === receipt.bin && interpreters.test(name)) continue;
      const info = await fs.linkInfo(at(io, tree, path));
      // What was there when the tree was finished is part of it.
      if (info === undefined || info.changedMs <= receipt.madeMs + slackMs) continue;
      if (kind === "directory") extra.push(...(await filesBelow(io, tree, path)).filter((file) => !mine.has(file)));
      else extra.push(path);
    }
  }
  for (const path of receipt.carried ?? []) {
    if (!mine.has(path) && (await fs.linkInfo(at(io, tree, path))) !== undefined) extra.push(path);
  }
  return [...new Set(extra)].sort();
}

function ownFiles({ bin, sitePackages, owned }: Receipt): readonly string[] {
  const system = bin === "Scripts" ? "windows" : "posix";
  return [
    "pyvenv.cfg",
    ".venvoy",
    "lib64",
    "include",
    ...activationScripts(system).map(({ name }) => `${bin}/${name}`),
    ...owned.map((path) => `${sitePackages}/${path}`),
  ];
}

/** What other tools installed lists its own files. */
async function filesOfOthers(
  io: Pick<EnvIo, "fs">,
  { receipt }: Known,
  { added, changed }: TreeInspection,
): Promise<readonly string[]> {
  const found: string[] = [];
  const site = receipt.sitePackages === "" ? [] : receipt.sitePackages.split("/");
  for (const one of [...added, ...changed.map((item) => item.to)]) {
    const record = await recordOf(io, one);
    if (record === undefined) continue;
    for (const path of record) found.push(resolve(site, path));
  }
  return found;
}

async function recordOf(io: Pick<EnvIo, "fs">, { at: entry, form }: Installed): Promise<string[] | undefined> {
  if (form !== "dist-info") return undefined;
  try {
    const text = await readIfThere(io.fs, io.fs.path.join(entry, "RECORD"));
    return text === undefined ? undefined : parseRecord(text).map((line) => line.path);
  } catch {
    // A list that can't be read claims nothing.
    return undefined;
  }
}

function resolve(from: readonly string[], path: string): string {
  const parts = [...from];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** Adds all directories above a file, where they aren't known yet. */
function addDirectories(found: Set<string>, file: string): void {
  for (let end = file.lastIndexOf("/"); end > 0; end = file.lastIndexOf("/", end - 1)) {
    const directory = file.slice(0, end);
    if (found.has(directory)) break;
    found.add(directory);
  }
}

async function filesBelow(io: Pick<EnvIo, "fs">, tree: AbsPath, directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const { name, kind } of (await io.fs.list(at(io, tree, directory))) ?? []) {
    const path = `${directory}/${name}`;
    if (nobodysOwn.test(path)) continue;
    if (kind === "directory") found.push(...(await filesBelow(io, tree, path)));
    else found.push(path);
  }
  return found;
}

function at({ fs }: Pick<EnvIo, "fs">, tree: AbsPath, path: string): AbsPath {
  if (path === "") return tree;
  // Joined by hand where that gives the same: normalising thousands of paths takes longer than looking at them.
  return fs.path.kind === "posix" ? (`${tree}/${path}` as AbsPath) : fs.path.join(tree, ...path.split("/"));
}
