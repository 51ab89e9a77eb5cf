import { type AbsPath, hasCode } from "../../base/index.ts";
import { nameKey } from "../../env/index.ts";
import { parsePyvenvCfg } from "../../python/index.ts";
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

/** What MultiVenv and virtualenvwrapper have made on this machine; homes without environments are left out. */
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
      if (environments.length > 0) found.set(real, { tool, path, environments });
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
  context: Context,
  home: AbsPath,
  taken: ReadonlySet<string>,
): Promise<readonly ForeignEnvironment[]> {
  const { fs } = context;
  const found: ForeignEnvironment[] = [];
  for (const { name, kind } of await entries(context, home)) {
    if (kind !== "directory" && kind !== "symlink") continue;
    const path = fs.path.join(home, name);
    const python = await pythonOf(context, path);
    if (python === undefined) continue;
    found.push({
      name,
      path,
      ...(python === "" ? {} : { python }),
      packages: await packagesIn(context, path),
      taken: taken.has(nameKey(name)),
    });
  }
  return found;
}

/** The version that its `pyvenv.cfg` says, `""` when that says none; `undefined` when it is not an environment. */
async function pythonOf({ fs }: Context, path: AbsPath): Promise<string | undefined> {
  try {
    const cfg = parsePyvenvCfg(await fs.readText(fs.path.join(path, "pyvenv.cfg")));
    return /^\d+(?:\.\d+)*/.exec(cfg.get("version") ?? cfg.get("version_info") ?? "")?.[0] ?? "";
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EACCES", "EISDIR", "ELOOP")) return undefined;
    throw error;
  }
}

async function packagesIn(context: Context, path: AbsPath): Promise<number> {
  const { fs, system } = context;
  const sites =
    system.os === "windows"
      ? [fs.path.join(path, "Lib", "site-packages")]
      : (await entries(context, fs.path.join(path, "lib"))).map(({ name }) =>
          fs.path.join(path, "lib", name, "site-packages"),
        );
  let count = 0;
  for (const site of sites)
    count += (await entries(context, site)).filter(({ name }) => /\.(?:dist|egg)-info$/.test(name)).length;
  return count;
}

async function entries({ fs }: Context, path: AbsPath) {
  try {
    return (await fs.list(path)) ?? [];
  } catch (error) {
    if (hasCode(error, "EACCES", "ENOTDIR", "ELOOP")) return [];
    throw error;
  }
}
