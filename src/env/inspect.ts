import type { AbsPath } from "../base/index.ts";
import { normalizeName, parseMetadata } from "../pep/index.ts";
import type { TreePaths } from "../wheel/index.ts";
import type { EnvIo } from "./env-io.ts";
import { readIfThere } from "./read-files.ts";
import { type Receipt, type ReceiptPackage, readReceipt } from "./receipt.ts";

/** One distribution as its directory in site-packages says it (core metadata, PEP 376, PEP 610). */
export interface Installed {
  readonly name: string;
  /** As its author writes the name. */
  readonly displayName: string;
  readonly version: string;
  /** `venvoy`, `pip`, `uv`, …; empty when nobody signed. */
  readonly installer: string;
  readonly requested: boolean;
  /** The text of `direct_url.json`: where it came from when not from an index. */
  readonly directUrl: string | undefined;
  readonly form: "dist-info" | "egg-info" | "egg-link";
  /** The name of the directory or file in site-packages. */
  readonly entry: string;
  readonly at: AbsPath;
}

/** What a tree holds against what venvoy put there. */
export interface TreeInspection {
  readonly installed: readonly Installed[];
  readonly added: readonly Installed[];
  readonly removed: readonly ReceiptPackage[];
  readonly changed: readonly { readonly from: ReceiptPackage; readonly to: Installed }[];
}

export function isUntouched(inspection: TreeInspection): boolean {
  return inspection.added.length + inspection.removed.length + inspection.changed.length === 0;
}

/**
 * Reads what is installed in a tree and compares it with the tree's receipt: what pip or another tool added, removed or
 * replaced by hand. A tree without a receipt (another tool's environment) has everything in `added`.
 */
export async function inspectTree(
  io: Pick<EnvIo, "fs">,
  tree: AbsPath,
  sitePackages?: string,
): Promise<TreeInspection> {
  const receipt = await readReceipt(io.fs, tree);
  const relative = sitePackages ?? receipt?.sitePackages ?? (await guessSitePackages(io, tree));
  const directory = io.fs.path.join(tree, ...relative.split("/"));
  return compare(await readInstalled(io, directory), receipt);
}

/** The directories of a tree, as its receipt says them. */
export async function placesOf(
  io: Pick<EnvIo, "fs">,
  tree: AbsPath,
): Promise<Pick<TreePaths, "root" | "sitePackages" | "bin" | "include">> {
  const receipt = await readReceipt(io.fs, tree);
  const sitePackages = receipt?.sitePackages ?? (await guessSitePackages(io, tree));
  const isWindows = sitePackages.startsWith("Lib/");
  // Installers put headers below a directory of the Python's version, except on Windows.
  const python = /^lib\/([^/]+)\//.exec(sitePackages)?.[1];
  const at = (path: string): AbsPath => io.fs.path.join(tree, ...path.split("/"));
  return {
    root: tree,
    sitePackages: at(sitePackages),
    bin: at(receipt?.bin ?? (isWindows ? "Scripts" : "bin")),
    include: at(python === undefined ? "Include" : `include/site/${python}`),
  };
}

/** All distributions in a site-packages directory, by name. What can't be read is left out. */
export async function readInstalled(io: Pick<EnvIo, "fs">, sitePackages: AbsPath): Promise<readonly Installed[]> {
  const found: Installed[] = [];
  for (const { name } of (await io.fs.list(sitePackages)) ?? []) {
    const form = formOf(name);
    if (form === undefined) continue;
    const installed = await readDistribution(io, sitePackages, name, form);
    if (installed !== undefined) found.push(installed);
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function compare(installed: readonly Installed[], receipt: Receipt | undefined): TreeInspection {
  const ours = new Map((receipt?.packages ?? []).map((item) => [normalizeName(item.name) as string, item]));
  const added: Installed[] = [];
  const changed: { from: ReceiptPackage; to: Installed }[] = [];
  for (const item of installed) {
    const put = ours.get(item.name);
    if (put === undefined) added.push(item);
    // The same version put in again by another tool may come from another place, or be a rebuilt one.
    else if (put.distInfo !== item.entry || item.installer !== "venvoy") changed.push({ from: put, to: item });
  }
  const present = new Set(installed.map((item) => item.name));
  const removed = [...ours].filter(([name]) => !present.has(name)).map(([, item]) => item);
  return { installed, added, removed, changed };
}

function formOf(entry: string): Installed["form"] | undefined {
  // pip renames what it is about to remove to `~ame`; a kill in between leaves that behind.
  if (entry.startsWith("~")) return undefined;
  if (entry.endsWith(".dist-info")) return "dist-info";
  if (entry.endsWith(".egg-info")) return "egg-info";
  return entry.endsWith(".egg-link") ? "egg-link" : undefined;
}

async function readDistribution(
  io: Pick<EnvIo, "fs">,
  sitePackages: AbsPath,
  entry: string,
  form: Installed["form"],
): Promise<Installed | undefined> {
  const { path } = io.fs;
  const at = path.join(sitePackages, entry);
  const metadata = form === "egg-link" ? at : path.join(at, form === "dist-info" ? "METADATA" : "PKG-INFO");
  // What an uninstall leaves behind (a cache, a file of its own) is no distribution. Old egg-infos may be single files.
  if (form === "dist-info" && (await io.fs.info(metadata)) === undefined) return undefined;
  const stated = namesIn(entry) ?? (await namesInMetadata(io, metadata));
  if (stated === undefined) return undefined;
  const read = (file: string) =>
    form === "dist-info" ? readIfThere(io.fs, path.join(at, file)) : Promise.resolve(undefined);
  return {
    ...stated,
    installer: ((await read("INSTALLER")) ?? "").trim(),
    requested: form === "dist-info" && (await io.fs.info(path.join(at, "REQUESTED"))) !== undefined,
    directUrl: await read("direct_url.json"),
    form,
    entry,
    at,
  };
}

/** `name-version.dist-info` (the name has no dash, PEP 427) or `name-version-py3.8.egg-info`. */
function namesIn(entry: string): Pick<Installed, "name" | "displayName" | "version"> | undefined {
  const stem = entry.replace(/\.(dist-info|egg-info|egg-link)$/, "").replace(/-py\d(\.\d+)?$/, "");
  const match = /^([A-Za-z0-9][A-Za-z0-9._]*)-(\d[^-]*)$/.exec(stem);
  if (match === null) return undefined;
  const [, displayName = "", version = ""] = match;
  return { name: normalizeName(displayName), displayName, version: version.replaceAll("_", "-") };
}

async function namesInMetadata(
  io: Pick<EnvIo, "fs">,
  file: AbsPath,
): Promise<Pick<Installed, "name" | "displayName" | "version"> | undefined> {
  try {
    const text = await readIfThere(io.fs, file);
    if (text === undefined) return undefined;
    const { name, version } = parseMetadata(text);
    return { name: normalizeName(name), displayName: name, version: String(version) };
  } catch {
    // Half-written or foreign: nothing to name.
    return undefined;
  }
}

/** The site-packages of an environment that another tool made. */
async function guessSitePackages(io: Pick<EnvIo, "fs">, tree: AbsPath): Promise<string> {
  const { path } = io.fs;
  if ((await io.fs.info(path.join(tree, "Lib", "site-packages"))) !== undefined) return "Lib/site-packages";
  for (const { name } of (await io.fs.list(path.join(tree, "lib"))) ?? []) {
    if (/^(python|pypy)\d/.test(name)) return `lib/${name}/site-packages`;
  }
  return "lib/site-packages";
}
