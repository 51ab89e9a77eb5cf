/*
 * Names for completion: read from directories only, because somebody waits for them at a key press. What can't be read
 * is left out.
 */
import type { AbsPath } from "../base/index.ts";
import { listNames } from "../env/index.ts";
import { normalizeName } from "../pep/index.ts";
import type { Ports } from "../ports/index.ts";
import { supportedMinors } from "../python/index.ts";
import { type Context, type OpenOptions, openContext } from "./context.ts";

export type NameKind = "environment" | "deleted" | "package" | "module" | "version" | "python" | "program";

/** The names of one kind, in order; `environment` is the one whose packages or programs are meant (else the active). */
export async function namesOf(
  ports: Ports,
  options: OpenOptions,
  kind: NameKind,
  environment?: string,
): Promise<readonly string[]> {
  const context = openContext(ports, options);
  try {
    return unique(await readers[kind](context, environment));
  } catch {
    return [];
  }
}

/** Paths that begin with what was typed, directories with a final `/`. */
export async function pathsOf(
  { fs, system }: Pick<Ports, "fs" | "system">,
  typed: string,
  kind: "file" | "directory",
): Promise<readonly string[]> {
  const lead = typed.slice(0, typed.lastIndexOf("/") + 1);
  const parent = fs.path.resolve(system.cwd, lead.startsWith("~/") ? `${system.home}/${lead.slice(2)}` : lead || ".");
  const found: string[] = [];
  for (const entry of (await fs.list(parent)) ?? []) {
    const path = `${lead}${entry.name}`;
    if (!path.startsWith(typed) || (entry.name.startsWith(".") && typed === lead)) continue;
    const isDirectory = (await fs.info(fs.path.join(parent, entry.name)))?.kind === "directory";
    if (isDirectory || kind === "file") found.push(isDirectory ? `${path}/` : path);
  }
  return found;
}

const readers: Readonly<
  Record<NameKind, (context: Context, environment: string | undefined) => Promise<readonly string[]>>
> = {
  environment: async ({ fs, layout }) => listNames(fs, layout),
  deleted: async ({ home }) =>
    (await home.deleted()).flatMap(({ name, directory }) => (directory === undefined ? [name] : [])),
  package: installedPackages,
  module: importableModules,
  version: versionNumbers,
  python: knownPythons,
  program: programs,
};

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

/** The root of the environment that is meant. */
async function rootOf(context: Context, environment: string | undefined): Promise<AbsPath | undefined> {
  if (environment !== undefined) return (await context.home.locate(environment)).root;
  const active = await context.home.active();
  if (active === undefined) return undefined;
  return active.kind === "ours" ? active.place.root : active.root;
}

async function installedPackages(context: Context, environment: string | undefined): Promise<readonly string[]> {
  const root = await rootOf(context, environment);
  if (root === undefined) return [];
  const names: string[] = [];
  for (const site of await siteDirectories(context, root)) {
    for (const { name } of (await context.fs.list(site)) ?? []) {
      const match = /^([A-Za-z0-9._]+)-.*\.(?:dist|egg)-info$/.exec(name);
      if (match?.[1] !== undefined) names.push(normalizeName(match[1]));
    }
  }
  return names.sort();
}

async function importableModules(context: Context, environment: string | undefined): Promise<readonly string[]> {
  const root = await rootOf(context, environment);
  if (root === undefined) return [];
  const names: string[] = [];
  for (const site of await siteDirectories(context, root)) {
    for (const { name } of (await context.fs.list(site)) ?? []) {
      const module = /^([^\W\d]\w*)(?:\.py|\.(?:[\w-]+\.)?(?:so|pyd))?$/u.exec(name)?.[1];
      if (module !== undefined && !/^(?:__pycache__|_virtualenv)$/.test(module)) names.push(module);
    }
  }
  return names.sort();
}

/** The newest first, which is the likeliest to be wanted. */
async function versionNumbers(context: Context, environment: string | undefined): Promise<readonly string[]> {
  const { fs, home } = context;
  const active = environment === undefined ? await home.active() : undefined;
  const place =
    environment !== undefined ? await home.locate(environment) : active?.kind === "ours" ? active.place : undefined;
  if (place === undefined) return [];
  const entries = (await fs.list(fs.path.join(place.dir, "history"))) ?? [];
  const numbers = entries.flatMap(({ name }) => /^(\d+)\.toml$/.exec(name)?.[1] ?? []);
  return numbers.sort((a, b) => Number(b) - Number(a));
}

async function siteDirectories({ fs, system }: Context, root: AbsPath): Promise<readonly AbsPath[]> {
  if (system.os === "windows") return [fs.path.join(root, "Lib", "site-packages")];
  const pythons = ((await fs.list(fs.path.join(root, "lib"))) ?? []).filter(({ name }) =>
    /^(?:python|pypy)/.test(name),
  );
  return pythons.map(({ name }) => fs.path.join(root, "lib", name, "site-packages"));
}

async function programs(context: Context, environment: string | undefined): Promise<readonly string[]> {
  const { fs, system } = context;
  const root = await rootOf(context, environment);
  if (root === undefined) return [];
  const entries = (await fs.list(fs.path.join(root, system.os === "windows" ? "Scripts" : "bin"))) ?? [];
  return entries
    .map(({ name }) => (system.os === "windows" ? name.replace(/\.exe$/i, "") : name))
    .filter((name) => !/^activate/i.test(name));
}

/** By their names on PATH and below pyenv, the newest first; none is started. */
async function knownPythons({ fs, system }: Context): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const dir of (system.env["PATH"] ?? "").split(system.os === "windows" ? ";" : ":")) {
    if (!fs.path.isAbsolute(dir)) continue;
    for (const { name } of (await fs.list(fs.path.resolve(system.cwd, dir))) ?? []) {
      const minor = /^python(3\.\d+)$/.exec(name)?.[1];
      if (minor !== undefined) found.add(minor);
    }
  }
  const pyenv = system.env["PYENV_ROOT"] ?? fs.path.join(system.home, ".pyenv");
  for (const { name } of (await fs.list(fs.path.join(fs.path.resolve(system.cwd, pyenv), "versions"))) ?? []) {
    const minor = /^(3\.\d+)\.\d/.exec(name)?.[1];
    if (minor !== undefined) found.add(minor);
  }
  return [...found].filter((minor) => isSupportedMinor(minor)).sort((a, b) => minorOf(b) - minorOf(a));
}

function minorOf(version: string): number {
  return Number(version.slice(2));
}

function isSupportedMinor(version: string): boolean {
  return minorOf(version) >= supportedMinors.oldest && minorOf(version) <= supportedMinors.newest;
}
