import type { AbsPath } from "../../base/index.ts";
import type { DirEntry } from "../../ports/index.ts";
import type { Context } from "../context.ts";
import type { Entry, Look, Place } from "./look.ts";
import type { Subject } from "./subject.ts";

/**
 * What the files of an environment tell when its Python is gone: the search path without Python's own part, and what a
 * name leads to on it. Code in `.pth` files is not run, so what it adds is missing.
 */
export async function lookAtFiles(context: Context, subject: Subject, module: string | undefined): Promise<Look> {
  const path = await searchPath(context, subject);
  const copies: (Place & { readonly entry: string })[] = [];
  if (module !== undefined) {
    for (const { path: entry } of path) {
      const place = await findIn(context, entry as AbsPath, module.split("."));
      if (place !== undefined) copies.push({ ...place, entry });
    }
  }
  const found = copies.find((one) => one.kind !== "namespace") ?? copies[0];
  return {
    version: subject.pythonVersion,
    first: subject.first.path,
    path,
    finders: [],
    user: null,
    found:
      found === undefined
        ? null
        : { ...found, folders: foldersOf(found, copies), finder: null, real: module ?? "", loaded: false },
    copies,
  };
}

function foldersOf(found: Place, copies: readonly Place[]): readonly string[] {
  return found.kind === "namespace" ? copies.flatMap((one) => one.folders ?? []) : (found.folders ?? []);
}

async function searchPath(context: Context, { first, headerPaths, pythonPath, ...subject }: Subject): Promise<Entry[]> {
  const { fs } = context;
  const entries: Entry[] = [];
  const add = async (path: AbsPath, how: Entry["how"]): Promise<void> => {
    if (entries.some((entry) => entry.path === path)) return;
    const info = await fs.info(path);
    if (how !== null && info === undefined) return;
    entries.push({ path, how, is_file: info?.kind === "file", exists: info !== undefined });
  };
  for (const path of [first.path, ...headerPaths, ...pythonPath]) await add(path, null);
  const site = fs.path.join(subject.tree, ...(subject.sitePackages ?? "").split("/"));
  await add(site, { kind: "site" });
  for (const { name } of (await fs.list(site)) ?? []) {
    if (!name.endsWith(".pth")) continue;
    const file = fs.path.join(site, name);
    const lines = (await fs.readText(file)).split(/\r?\n/);
    for (const [index, text] of lines.entries()) {
      const word = text.trimEnd();
      if (word === "" || word.startsWith("#") || /^import[ \t]/.test(word)) continue;
      await add(fs.path.resolve(site, word), { kind: "pth", file, line: index + 1 });
    }
  }
  return entries;
}

/** As Python's path finder does: a package before an extension before a source, and a bare directory at last. */
async function findIn(context: Context, directory: AbsPath, parts: readonly string[]): Promise<Place | undefined> {
  const { fs } = context;
  const [part = "", ...rest] = parts;
  const entries = (await fs.list(directory)) ?? [];
  const folder = entries.find((entry) => entry.name === part);
  const inside = folder === undefined ? undefined : await fs.list(fs.path.join(directory, part));
  if (rest.length > 0) return inside === undefined ? undefined : findIn(context, fs.path.join(directory, part), rest);
  const init = inside === undefined ? undefined : fileFor(inside, "__init__");
  if (init !== undefined) {
    const folders = [fs.path.join(directory, part)];
    return { kind: "package", file: fs.path.join(directory, part, init), folders };
  }
  const file = fileFor(entries, part);
  if (file !== undefined) {
    return { kind: /\.(so|pyd)$/.test(file) ? "extension" : "module", file: fs.path.join(directory, file) };
  }
  return inside === undefined ? undefined : { kind: "namespace", file: null, folders: [fs.path.join(directory, part)] };
}

function fileFor(entries: readonly DirEntry[], stem: string): string | undefined {
  const names = entries.map(({ name }) => name).filter((name) => name.startsWith(`${stem}.`));
  const endings = [/^\.[\w.-]*(so|pyd)$/, /^\.py$/, /^\.pyc$/];
  for (const ending of endings) {
    const found = names.find((name) => ending.test(name.slice(stem.length)));
    if (found !== undefined) return found;
  }
  return undefined;
}
