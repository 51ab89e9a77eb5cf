import type { FileMetadata, ListedFile, PackageSource } from "../pypi/index.ts";
import type { CandidateSet } from "../solver/index.ts";
import type { Project } from "./project.ts";

/** What the crawler asks of the provider. */
export interface CrawlerView {
  /** The candidate that would be chosen now, or undefined. */
  readonly favourite: (project: Project, allowed: CandidateSet) => ListedFile | undefined;
  /** Goes on to everything that a wheel's metadata leads to, with these extras. */
  readonly follow: (project: Project, metadata: FileMetadata, extras: ReadonlySet<string>) => void;
}

/**
 * Runs ahead of the solver on a guess: every project gets the version that it would have if nothing disagreed. So
 * listings and metadata arrive side by side while the solver still works on the first package. Failures are left to
 * the solver, which may never need what failed.
 */
export class Crawler {
  readonly #source: PackageSource;
  readonly #view: CrawlerView;
  readonly #signal: AbortSignal | undefined;
  readonly #wishes = new Map<Project, { allowed: CandidateSet; readonly extras: Set<string> }>();
  readonly #followed = new Map<ListedFile, number>();

  constructor(source: PackageSource, view: CrawlerView, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#view = view;
    this.#signal = signal;
  }

  /** Something wants `allowed` of a project whose listing is there. */
  want(project: Project, allowed: CandidateSet, extras: readonly string[]): void {
    const known = this.#wishes.get(project);
    if (known?.allowed.isSubsetOf(allowed) === true && extras.every((extra) => known.extras.has(extra))) return;
    const wish = known ?? { allowed, extras: new Set() };
    this.#wishes.set(project, wish);
    wish.allowed = wish.allowed.and(allowed);
    for (const extra of extras) wish.extras.add(extra);
    const file = this.#view.favourite(project, wish.allowed);
    if (file === undefined || this.#followed.get(file) === wish.extras.size) return;
    this.#followed.set(file, wish.extras.size);
    const now = this.#source.metadataNow(file);
    if (now !== undefined) {
      this.#view.follow(project, now, wish.extras);
      return;
    }
    // A guess is worth a request, but not running code.
    if (file.kind === "sdist") return;
    this.#source.metadata(file, this.#signal).then(
      (metadata) => this.#view.follow(project, metadata, wish.extras),
      () => {},
    );
  }
}
