import { type AbsPath, hasCode } from "../../base/index.ts";
import type { Fs } from "../../ports/index.ts";
import { entriesOf } from "./entries.ts";
import { type ForeignPlace, foreignAt } from "./kinds.ts";

/** What a directory holds: one environment, or a home of several. */
export interface ForeignFound {
  readonly isHome: boolean;
  /** By name; in a home each name once. */
  readonly places: readonly ForeignPlace[];
}

/**
 * Finds the environments at a directory: it is one, it has one (`.venv`), or it is a home (`~/.multivenv`, `WORKON_HOME`,
 * pyenv's root or its versions, poetry's cache, conda's `envs`, Rhino's `site-envs` or what is above them).
 */
export async function findForeign(fs: Fs, directory: AbsPath): Promise<ForeignFound> {
  const own = await foreignAt(fs, directory);
  if (own !== undefined) return { isHome: false, places: [own] };
  for (const name of [".venv", "venv", "env"]) {
    const inside = await foreignAt(fs, fs.path.join(directory, name));
    if (inside !== undefined && inside.kind !== "directory of packages") return { isHome: false, places: [inside] };
  }
  const found = new Map<string, ForeignPlace>();
  const roots = new Set<string>();
  for (const home of await homesAt(fs, directory)) {
    for (const name of await entriesOf(fs, home)) {
      const place = await foreignAt(fs, fs.path.join(home, name));
      if (place === undefined) continue;
      // A link beside what it leads to is the same environment: pyenv makes one for each.
      const real = await realPath(fs, place.root);
      if (roots.has(real)) continue;
      roots.add(real);
      found.set(freeName(found, place), { ...place, name: freeName(found, place) });
    }
  }
  const places = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { isHome: true, places };
}

/** Two of one name: Rhino's differ by their suffix, poetry's by the Python. */
function freeName(found: ReadonlyMap<string, unknown>, { name, python, root }: ForeignPlace): string {
  if (!found.has(name)) return name;
  const withPython = python === undefined ? name : `${name}-py${python}`;
  return found.has(withPython) ? (root.split(/[\\/]/).at(-1) ?? withPython) : withPython;
}

async function homesAt(fs: Fs, directory: AbsPath): Promise<readonly AbsPath[]> {
  const { path } = fs;
  const homes = [directory];
  const versions = path.name(directory) === "versions" ? directory : path.join(directory, "versions");
  for (const name of await entriesOf(fs, versions)) homes.push(path.join(versions, name, "envs"));
  if (versions !== directory) homes.push(versions);
  for (const name of await entriesOf(fs, directory))
    if (/^py\d+/.test(name)) homes.push(path.join(directory, name, "site-envs"));
  homes.push(path.join(directory, "site-envs"), path.join(directory, "envs"));
  return homes;
}

async function realPath(fs: Fs, path: AbsPath): Promise<string> {
  try {
    return await fs.realPath(path);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ELOOP", "EACCES")) return path;
    throw error;
  }
}
