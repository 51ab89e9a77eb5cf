import { type AbsPath, hasCode } from "../../base/index.ts";
import type { Fs } from "../../ports/index.ts";
import { entriesOf } from "./entries.ts";

export type ForeignKind = "venv" | "virtualenv" | "uv" | "conda" | "directory of packages";

/** Where an environment of another tool keeps what, as far as its own files tell. */
export interface ForeignPlace {
  readonly root: AbsPath;
  readonly kind: ForeignKind;
  /** The name that a person knows it by. */
  readonly name: string;
  /** `3.11`, where anything tells it. */
  readonly python: string | undefined;
  readonly systemSitePackages: boolean;
  readonly sitePackages: AbsPath | undefined;
}

/** What lies at a directory, or `undefined` when it is no environment. Starts nothing: its Python may be gone. */
export async function foreignAt(fs: Fs, root: AbsPath): Promise<ForeignPlace | undefined> {
  const settings = await venvSettings(fs, root);
  const library = await libraryOf(fs, root, minorOf(settings?.get("version_info") ?? settings?.get("version")));
  const isConda = (await entriesOf(fs, fs.path.join(root, "conda-meta"))).some((entry) => entry.endsWith(".json"));
  const name = nameOf(fs, root);
  if (isConda || settings !== undefined || (library !== undefined && (await hasActivate(fs, root)))) {
    return {
      root,
      kind: isConda ? "conda" : kindOf(settings),
      name,
      python: minorOf(settings?.get("version_info") ?? settings?.get("version")) ?? library?.python,
      systemSitePackages: settings?.get("include-system-site-packages")?.toLowerCase() === "true",
      sitePackages: library?.path,
    };
  }
  if (library !== undefined && fs.path.name(fs.path.directory(root)) === "site-envs")
    return { ...flat(fs, root, name), python: library.python, sitePackages: library.path };
  const isFlat = (await entriesOf(fs, root)).some((entry) => entry.endsWith(".dist-info"));
  return isFlat ? flat(fs, root, name) : undefined;
}

/** `pip install --target` without anything around it: what Rhino's script editor makes. */
function flat(fs: Fs, root: AbsPath, name: string): ForeignPlace {
  const [, major, minor] = /[\\/]py(\d)(\d+)-[^\\/]+[\\/]/.exec(`${root}${fs.path.separator}`) ?? [];
  const python = major === undefined ? undefined : `${major}.${minor}`;
  return { root, kind: "directory of packages", name, python, systemSitePackages: false, sitePackages: root };
}

function kindOf(settings: ReadonlyMap<string, string> | undefined): ForeignKind {
  if (settings?.has("uv")) return "uv";
  // Before version 20, virtualenv wrote no pyvenv.cfg.
  return settings === undefined || settings.has("virtualenv") ? "virtualenv" : "venv";
}

async function hasActivate(fs: Fs, root: AbsPath): Promise<boolean> {
  for (const directory of ["bin", "Scripts"])
    if ((await fs.info(fs.path.join(root, directory, "activate"))) !== undefined) return true;
  return false;
}

/** The lines of `pyvenv.cfg` (PEP 405), keys in lower case; `undefined` without the file. */
async function venvSettings(fs: Fs, root: AbsPath): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const text = await fs.readText(fs.path.join(root, "pyvenv.cfg"));
    const pairs = text.split(/\r?\n/).flatMap((line) => {
      const [, key, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      return key === undefined ? [] : [[key.toLowerCase(), value ?? ""] as const];
    });
    return new Map(pairs);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EACCES", "EISDIR")) return undefined;
    throw error;
  }
}

/** `lib/python3.11/site-packages`; where an upgrade left several, that of the version given, else the latest. */
async function libraryOf(
  fs: Fs,
  root: AbsPath,
  wanted: string | undefined,
): Promise<{ readonly path: AbsPath; readonly python: string | undefined } | undefined> {
  const windows = fs.path.join(root, "Lib", "site-packages");
  if ((await fs.info(windows)) !== undefined) return { path: windows, python: undefined };
  const found: { path: AbsPath; python: string; order: number }[] = [];
  for (const name of await entriesOf(fs, fs.path.join(root, "lib"))) {
    const [, minor] = /^(?:python|pypy)3\.(\d+)t?$/.exec(name) ?? [];
    const path = fs.path.join(root, "lib", name, "site-packages");
    if (minor === undefined || (await fs.info(path)) === undefined) continue;
    found.push({ path, python: `3.${minor}`, order: Number(minor) });
  }
  found.sort((a, b) => b.order - a.order);
  return found.find(({ python }) => python === wanted) ?? found[0];
}

function minorOf(version: string | undefined): string | undefined {
  return /^\d+\.\d+/.exec(version ?? "")?.[0];
}

/** Without what a tool puts around the name that a person gave. */
function nameOf(fs: Fs, root: AbsPath): string {
  const name = fs.path.name(root);
  const parent = fs.path.directory(root);
  if (/^\.?(venv|env|virtualenv)$/.test(name)) return fs.path.name(parent);
  if (fs.path.name(parent) === "site-envs") return name.replace(/-[A-Za-z0-9]{8}$/, "");
  // Poetry: name, digest of the project's path, Python.
  const [, project] = /^(.+)-[\w-]{8}-py\d+\.\d+$/.exec(name) ?? [];
  return project ?? name;
}
