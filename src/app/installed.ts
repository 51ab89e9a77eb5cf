import type { AbsPath } from "../base/index.ts";
import { type Environment, readReceipt } from "../env/index.ts";
import { type Distribution, readDistributions } from "../exchange/index.ts";
import { normalizeName } from "../pep/index.ts";
import { baseOfEnvironment } from "./bases.ts";
import type { Context } from "./context.ts";

/** A distribution that a Python in an environment sees, and the directory that it is found in. */
export interface Seen extends Distribution {
  readonly location: AbsPath;
  /** In the environment's own tree; else below it on the search path. */
  readonly local: boolean;
}

/**
 * What the Python of an environment sees from inside, each name once, the first on the search path: its own tree, the
 * base's packages where it lets them in, and the packages shared by all environments. Sorted by normalised name.
 */
export async function seenFrom(context: Context, environment: Environment): Promise<readonly Seen[]> {
  const { fs, layout } = context;
  const { systemSitePackages, standing } = environment.intent;
  const relative = (await readReceipt(fs, environment.current.root))?.sitePackages.split("/") ?? [];
  const minor = standing.pythonVersion.split(".").slice(0, 2).join(".");
  const system = systemSitePackages ? (await baseOfEnvironment(context, environment)).interpreter.sitePackages : [];
  const shared = fs.path.join(layout.envs, `site-packages-${minor}`, ...relative);
  const own = fs.path.join(environment.current.root, ...relative);
  const seen = new Map<string, Seen>();
  for (const directory of [own, ...system, shared]) {
    for (const one of (await readDistributions(fs, directory)).found) {
      const key = normalizeName(one.displayName);
      if (!seen.has(key)) seen.set(key, { ...one, location: directory, local: directory === own });
    }
  }
  return [...seen].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, one]) => one);
}
