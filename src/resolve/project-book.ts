import { isVenvoyError, type PackageName } from "../base/index.ts";
import type { Listing, PackageSource } from "../pypi/index.ts";
import { Project, type ProjectOptions } from "./project.ts";

export interface ProjectBookOptions extends Pick<ProjectOptions, "chooser"> {
  readonly source: PackageSource;
  /** Projects asked for by address: their only release. */
  readonly pinned: ReadonlyMap<PackageName, Listing>;
  readonly allowsYanked: (name: PackageName, versionText: string) => boolean;
  readonly signal: AbortSignal | undefined;
}

/** Projects by name, each loaded once. What is in memory is answered without a promise. */
export class ProjectBook {
  readonly #options: ProjectBookOptions;
  readonly #projects = new Map<PackageName, Project>();
  readonly #loading = new Map<PackageName, Promise<Project>>();

  constructor(options: ProjectBookOptions) {
    this.#options = options;
  }

  get all(): Iterable<Project> {
    return this.#projects.values();
  }

  now(name: PackageName): Project | undefined {
    const known = this.#projects.get(name);
    if (known !== undefined) return known;
    const listing = this.#options.pinned.get(name) ?? this.#options.source.listingNow(name);
    return listing === undefined ? undefined : this.#keep(name, listing, undefined);
  }

  load(name: PackageName): Project | Promise<Project> {
    const known = this.now(name);
    if (known !== undefined) return known;
    let loading = this.#loading.get(name);
    if (loading === undefined) {
      loading = this.#ask(name);
      this.#loading.set(name, loading);
    }
    return loading;
  }

  async #ask(name: PackageName): Promise<Project> {
    try {
      const listing = await this.#options.source.listing(name, this.#options.signal);
      return this.#keep(name, listing, listing === undefined ? "unknown" : undefined);
    } catch (error) {
      // Offline is a state: another version may do without this project.
      if (isVenvoyError(error, "OFFLINE_MISSING")) return this.#keep(name, undefined, "offline");
      throw error;
    }
  }

  #keep(name: PackageName, listing: Listing | undefined, missing: Project["missing"]): Project {
    const known = this.#projects.get(name);
    if (known !== undefined) return known;
    const { chooser, allowsYanked } = this.#options;
    const project = new Project({
      name,
      listing,
      missing,
      chooser,
      allowsYanked: ({ versionText }) => allowsYanked(name, versionText),
    });
    this.#projects.set(name, project);
    return project;
  }
}
