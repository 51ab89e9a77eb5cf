import type { AbsPath } from "../../base/index.ts";
import type { Context } from "../context.ts";

/**
 * What a directory of packages puts on the search path of its own Python: itself, and what path lines of its `.pth` files name
 * (editable installs), in the order of `site.py`. A variable has room for paths only, so `import` lines don't count.
 */
export async function searchPathOf({ fs }: Pick<Context, "fs">, sitePackages: AbsPath): Promise<readonly AbsPath[]> {
  const found: AbsPath[] = [sitePackages];
  for (const { name, kind } of (await fs.list(sitePackages)) ?? []) {
    if (kind === "directory" || !name.endsWith(".pth") || name.startsWith(".")) continue;
    const text = await fs.readText(fs.path.join(sitePackages, name)).catch(() => "");
    for (const line of text.split(/\r?\n/)) {
      const path = line.trimEnd();
      if (path === "" || path.startsWith("#") || /^import[ \t]/.test(path)) continue;
      const entry = fs.path.resolve(sitePackages, path);
      if (!found.includes(entry) && (await fs.info(entry)) !== undefined) found.push(entry);
    }
  }
  return found;
}
