import { readInstalled, type Wanted } from "../env/index.ts";
import type { Base } from "../python/index.ts";
import type { Lock } from "../resolve/index.ts";
import type { Context } from "./context.ts";

const shownPackages = 8;

/**
 * With `--system-site-packages` the packages of the base Python are seen, too. Those that the environment has itself hide
 * the base's: a sentence says which, because a program that worked with the base's version may not with this one.
 */
export async function hiddenNotes(
  context: Context,
  base: Base,
  lock: Pick<Lock, "packages">,
  wanted: Pick<Wanted, "systemSitePackages">,
): Promise<readonly string[]> {
  if (!wanted.systemSitePackages || lock.packages.length === 0) return [];
  const ours = new Map<string, string>(lock.packages.map((item) => [item.name, item.version]));
  const hidden: string[] = [];
  for (const { name, displayName, version } of await basePackages(context, base)) {
    const own = ours.get(name);
    if (own !== undefined)
      hidden.push(own === version ? `${displayName} ${version}` : `${displayName} ${version} (${own} here)`);
  }
  if (hidden.length === 0) return [];
  const more = hidden.length > shownPackages ? ` and ${hidden.length - shownPackages} more` : "";
  return [`hides from Python ${base.interpreter.version}: ${hidden.slice(0, shownPackages).join(", ")}${more}`];
}

async function basePackages(context: Context, { interpreter }: Base) {
  const found = await Promise.all(interpreter.sitePackages.map((directory) => readInstalled(context, directory)));
  // The first directory of the search path wins, as for Python itself.
  return new Map(found.reverse().flatMap((all) => all.map((one) => [one.name, one] as const))).values();
}
