import type { AbsPath } from "../../base/index.ts";
import { readInstalled } from "../../env/index.ts";
import { parseRecord } from "../../pep/index.ts";
import type { Fs, System } from "../../ports/index.ts";

/** One of Rhino's environments: `site-envs/<id>-<8 mixed-case alphanumerics>`. */
export interface SiteEnv {
  /** What scripts call it: `# venv: <id>`. */
  readonly id: string;
  readonly suffix: string;
  readonly path: AbsPath;
  /** Where its packages lie: the folder itself, or `lib/python3.X/site-packages` below it. */
  readonly packages: AbsPath;
}

/** Scripts that name no environment use this one. */
export const defaultId = "default";
/** Not a folder of `site-envs`: the runtime's own packages, which all scripts see. */
export const runtimeId = "site-packages";

const folderName = /^(.+)-([A-Za-z0-9]{8})$/;
/** What an id may be as part of a folder's name. */
const idForm = /^[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}$/;

export function isSiteEnvId(text: string): boolean {
  return idForm.test(text) && !text.endsWith(".") && !text.endsWith(" ");
}

/** All environments, by id; of several folders with one id, the one that was changed last comes first. */
export async function listSiteEnvs(fs: Fs, root: AbsPath): Promise<readonly SiteEnv[]> {
  const found: (SiteEnv & { readonly changedMs: number })[] = [];
  for (const { name, kind } of (await fs.list(root)) ?? []) {
    const [, id, suffix] = folderName.exec(name) ?? [];
    if (kind !== "directory" || id === undefined || suffix === undefined) continue;
    const path = fs.path.join(root, name);
    const changedMs = (await fs.info(path))?.modifiedMs ?? 0;
    found.push({ id, suffix, path, packages: await packagesOf(fs, path), changedMs });
  }
  return found
    .sort((a, b) => (a.id === b.id ? b.changedMs - a.changedMs : a.id < b.id ? -1 : 1))
    .map(({ changedMs: _, ...env }) => env);
}

/** The folder for an id that has none yet, named as the host names them. */
export function newSiteEnv(
  io: { readonly fs: Fs; readonly system: Pick<System, "random"> },
  root: AbsPath,
  id: string,
): SiteEnv {
  const suffix = newSuffix(io.system);
  const path = io.fs.path.join(root, `${id}-${suffix}`);
  return { id, suffix, path, packages: path };
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function newSuffix(system: Pick<System, "random">): string {
  let suffix = "";
  while (suffix.length < 8) {
    for (const byte of system.random(16)) {
      // Above the last multiple of 62 some letters would come more often.
      if (byte < 248 && suffix.length < 8) suffix += letters[byte % 62];
    }
  }
  return suffix;
}

/** Newer hosts keep a whole prefix in the folder. */
async function packagesOf(fs: Fs, path: AbsPath): Promise<AbsPath> {
  for (const { name } of (await fs.list(fs.path.join(path, "lib"))) ?? []) {
    if (!/^python3(\.\d+)?$/.test(name)) continue;
    const inner = fs.path.join(path, "lib", name, "site-packages");
    if ((await fs.info(inner))?.kind === "directory") return inner;
  }
  return path;
}

export type SiteEnvFault =
  /** Two versions of one project, which `pip --target --upgrade` leaves behind. */
  | {
      readonly kind: "duplicate";
      readonly name: string;
      readonly versions: readonly string[];
      readonly entries: readonly string[];
    }
  /** Files are missing, or pip was stopped in the middle: what the host calls Invalid. */
  | { readonly kind: "damaged"; readonly name: string; readonly version: string | undefined; readonly why: string };

const mostChecked = 200_000;

/** What is wrong with a folder of packages, whoever filled it. */
export async function faultsOf(fs: Fs, packages: AbsPath): Promise<readonly SiteEnvFault[]> {
  const faults: SiteEnvFault[] = [];
  const installed = await readInstalled({ fs }, packages);
  const byName = new Map<string, typeof installed>();
  for (const one of installed) byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  for (const [name, all] of byName) {
    if (all.length < 2) continue;
    faults.push({
      kind: "duplicate",
      name,
      versions: all.map((one) => one.version),
      entries: all.map((one) => one.entry),
    });
  }
  const names = ((await fs.list(packages)) ?? []).map(({ name }) => name);
  for (const name of names) {
    if (name.startsWith("~"))
      faults.push({ kind: "damaged", name, version: undefined, why: "pip was stopped while it replaced it" });
    if (name.endsWith(".dist-info") && !installed.some((one) => one.entry === name)) {
      const [project = name, version] = name.replace(/\.dist-info$/, "").split("-");
      faults.push({ kind: "damaged", name: project, version, why: "its metadata is missing" });
    }
  }
  for (const one of installed) {
    // Of two, the one whose files were replaced can't be whole; it is told already.
    if (one.form !== "dist-info" || (byName.get(one.name)?.length ?? 0) > 1) continue;
    const missing = await missingFile(fs, packages, one.at);
    if (missing !== undefined)
      faults.push({ kind: "damaged", name: one.name, version: one.version, why: `\`${missing}\` is missing` });
  }
  return faults;
}

async function missingFile(fs: Fs, packages: AbsPath, at: AbsPath): Promise<string | undefined> {
  let paths: readonly string[];
  try {
    paths = parseRecord(await fs.readText(fs.path.join(at, "RECORD"))).map(({ path }) => path);
  } catch {
    return `${fs.path.name(at)}/RECORD`;
  }
  // Programs lie elsewhere or nowhere in such a folder, and bytecode comes and goes.
  const needed = paths.filter(
    (path) => !path.startsWith("..") && !path.startsWith("/") && !path.startsWith("bin/") && !path.endsWith(".pyc"),
  );
  const looked = needed.slice(0, mostChecked);
  const infos = await fs.linkInfos(looked.map((path) => fs.path.join(packages, ...path.split("/"))));
  const index = infos.indexOf(undefined);
  return index < 0 ? undefined : looked[index];
}
