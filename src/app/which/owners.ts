import { fileURLToPath } from "node:url";
import type { AbsPath } from "../../base/index.ts";
import { type Installed, readInstalled } from "../../env/index.ts";
import { parseRecord } from "../../pep/index.ts";
import type { Context } from "../context.ts";

/** A distribution and the site-packages that it lies in. */
export interface Owned extends Installed {
  readonly site: AbsPath;
}

/** Which distribution brought a file, asked of several site-packages; each is read once, when it is first asked. */
export class Owners {
  readonly #context: Context;
  readonly #sites: readonly AbsPath[];
  readonly #read = new Map<AbsPath, Promise<readonly Owned[]>>();

  constructor(context: Context, sites: readonly AbsPath[]) {
    this.#context = context;
    this.#sites = sites;
  }

  /** By the RECORD that lists the file; else by the directory that an editable install stands for. */
  async of(file: AbsPath): Promise<Owned | undefined> {
    const { path } = this.#context.fs;
    for (const site of this.#sites.filter((one) => path.isInside(one, file))) {
      const relative = path.relative(site, file).split(path.separator).join("/");
      for (const one of await this.#in(site)) if (await this.#lists(one, relative)) return one;
    }
    for (const site of this.#sites) {
      for (const one of await this.#in(site)) {
        const directory = editableDirectory(one);
        if (directory !== undefined && path.isInside(directory, file)) return one;
      }
    }
    return undefined;
  }

  async #in(site: AbsPath): Promise<readonly Owned[]> {
    const reading =
      this.#read.get(site) ??
      readInstalled(this.#context, site).then((all) => all.map((one): Owned => ({ ...one, site })));
    this.#read.set(site, reading);
    return reading;
  }

  /** A look at the text is enough, and much cheaper than reading 20,000 lines into objects. */
  async #lists(one: Owned, relative: string): Promise<boolean> {
    const { fs } = this.#context;
    const at = fs.path.join(one.site, one.entry);
    if (one.form === "dist-info") {
      const record = await textOf(this.#context, fs.path.join(at, "RECORD"));
      return (
        record.startsWith(`${relative},`) || record.includes(`\n${relative},`) || record.includes(`"${relative}",`)
      );
    }
    const files = (await textOf(this.#context, fs.path.join(at, "installed-files.txt"))).split(/\r?\n/);
    if (files.includes(`../${relative}`)) return true;
    const [top = ""] = relative.split(/[/.]/);
    return (await textOf(this.#context, fs.path.join(at, "top_level.txt"))).split(/\r?\n/).includes(top);
  }
}

/** The distributions of a site-packages with the names that can be imported from each. */
export async function modulesIn(
  context: Pick<Context, "fs">,
  site: AbsPath,
): Promise<readonly { readonly name: string; readonly topLevel: readonly string[] }[]> {
  const modules = [];
  for (const one of await readInstalled(context, site)) {
    if (one.form !== "dist-info") continue;
    const record = await textOf(context, context.fs.path.join(site, one.entry, "RECORD"));
    const tops = parseRecord(record).map(({ path }) =>
      (path.split("/")[0] ?? "").replace(/\.py$|\.(cpython-|abi3\.|cp)?[\w.-]*(so|pyd)$/, ""),
    );
    modules.push({ name: one.displayName, topLevel: [...new Set(tops)].filter((top) => /^[^\W\d]\w*$/u.test(top)) });
  }
  return modules;
}

/** PEP 610: the project directory of an editable install. */
function editableDirectory({ directUrl }: Installed): AbsPath | undefined {
  if (directUrl === undefined) return undefined;
  try {
    const { url, dir_info: info } = JSON.parse(directUrl) as { url?: string; dir_info?: { editable?: boolean } };
    return info?.editable === true && url?.startsWith("file:") ? (fileURLToPath(url) as AbsPath) : undefined;
  } catch {
    // Not JSON, or not a path of this system: it says nothing about directories here.
    return undefined;
  }
}

async function textOf({ fs }: Pick<Context, "fs">, file: AbsPath): Promise<string> {
  return (await fs.info(file))?.kind === "file" ? fs.readText(file) : "";
}
