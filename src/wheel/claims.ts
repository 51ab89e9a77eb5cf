import { foldedName } from "../disk/index.ts";
import type { Artifact, Section } from "../store/index.ts";
import type { LinkJob } from "./link-artifacts.ts";

/**
 * Which package holds which path of a tree. Only what several packages can hold is looked at: names in site-packages that
 * more than one of them has, and everything outside site-packages.
 */
export class Claims {
  readonly clashes: string[] = [];
  readonly #shared = new Set<string>();
  readonly #taken = new Map<string, string>();

  /** Finds the top-level names of site-packages that several packages have. */
  expectShared(jobs: readonly LinkJob[]): ReadonlySet<string> {
    const seen = new Set<string>();
    for (const { artifact } of jobs) {
      for (const { name } of artifact.topLevel) {
        const folded = foldedName(name);
        if (seen.has(folded)) this.#shared.add(folded);
        seen.add(folded);
      }
    }
    return this.#shared;
  }

  isShared(topLevel: string): boolean {
    return this.#shared.has(foldedName(topLevel));
  }

  /** The files that are this package's to have; the first that asks for a path gets it. Directories may be shared. */
  take(
    section: Section,
    files: readonly string[],
    { name, topLevel }: Pick<Artifact, "name" | "topLevel">,
  ): readonly string[] {
    // Nearly all packages share nothing in site-packages: then none of their thousand paths needs a look.
    if (section === "site" && !topLevel.some((top) => this.isShared(top.name))) return files;
    return files.filter((path) => this.#takeOne(section, path, name));
  }

  #takeOne(section: Section, path: string, owner: string): boolean {
    if (section === "site") {
      const slash = path.indexOf("/");
      if (!this.isShared(slash < 0 ? path : path.slice(0, slash))) return true;
    }
    const key = `${section}/${path}`;
    const holder = this.#taken.get(key);
    if (holder === undefined) this.#taken.set(key, owner);
    if (holder === undefined || holder === owner) return true;
    this.clashes.push(path);
    return false;
  }
}
