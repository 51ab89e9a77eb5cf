import { type AbsPath, hasCode } from "../../base/index.ts";
import { nameKey } from "../../env/index.ts";
import { findForeign, readDistributions } from "../../exchange/index.ts";
import type { Context } from "../context.ts";

/** One environment of another tool. */
export interface ForeignEnvironment {
  readonly name: string;
  readonly path: string;
  /** The version of its Python, as far as it says. */
  readonly python?: string;
  readonly packages: number;
  /** An environment here has that name already. */
  readonly taken: boolean;
}

/** A directory in which another tool keeps environments by name. */
export interface ForeignHome {
  readonly tool: "MultiVenv" | "virtualenvwrapper";
  readonly path: string;
  readonly environments: readonly ForeignEnvironment[];
}

/** What MultiVenv and virtualenvwrapper have made on this machine and is not here yet; other homes are left out. */
export async function foreignHomes(context: Context): Promise<readonly ForeignHome[]> {
  const { fs, system, layout } = context;
  const taken = new Set(((await fs.list(layout.envs)) ?? []).map(({ name }) => nameKey(name)));
  const found = new Map<string, ForeignHome>();
  for (const [tool, variable, usual] of homes) {
    const told = system.env[variable];
    const candidates = [
      ...(told === undefined || told === "" ? [] : [fs.path.resolve(system.cwd, told)]),
      ...usual.map((name) => fs.path.join(system.home, name)),
    ];
    for (const path of candidates) {
      const real = await realOf(context, path);
      if (real === undefined || found.has(real) || fs.path.isInside(layout.data, real)) continue;
      const environments = await environmentsIn(context, path, taken);
      if (environments.some((one) => !one.taken)) found.set(real, { tool, path, environments });
    }
  }
  return [...found.values()];
}

/** MultiVenv's own pages name its directory in both ways. */
const homes = [
  ["MultiVenv", "MULTIVENV_HOME", [".multivenv", ".multivenvs"]],
  ["virtualenvwrapper", "WORKON_HOME", [".virtualenvs"]],
] as const;

async function realOf({ fs }: Context, path: AbsPath): Promise<AbsPath | undefined> {
  try {
    return await fs.realPath(path);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "ELOOP", "EACCES")) return undefined;
    throw error;
  }
}

async function environmentsIn(
  { fs }: Context,
  home: AbsPath,
  taken: ReadonlySet<string>,
): Promise<readonly ForeignEnvironment[]> {
  const { isHome, places } = await findForeign(fs, home);
  if (!isHome) return [];
  const found: ForeignEnvironment[] = [];
  for (const { name, root, python, sitePackages } of places) {
    const packages = sitePackages === undefined ? 0 : (await readDistributions(fs, sitePackages)).found.length;
    found.push({
      name,
      path: root,
      ...(python === undefined ? {} : { python }),
      packages,
      taken: taken.has(nameKey(name)),
    });
  }
  return found;
}
