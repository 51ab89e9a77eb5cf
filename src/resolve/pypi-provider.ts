import { type ErrorCode, isVenvoyError, type PackageName } from "../base/index.ts";
import type { FileMetadata, ListedFile, PackageSource } from "../pypi/index.ts";
import { CandidateSet, type Dependencies, type Dependency, type Provider, type Refusal } from "../solver/index.ts";
import { Crawler } from "./crawler.ts";
import type { Demands } from "./demands.ts";
import type { Need, Needs } from "./needs.ts";
import { type ExtraPackage, isFile, Project } from "./project.ts";
import type { ProjectBook } from "./project-book.ts";
import type { Ranking } from "./ranking.ts";
import type { Reason } from "./reasons.ts";
import type { WheelChooser } from "./wheel-choice.ts";

export interface RootPackage {
  readonly kind: "root";
}

/** What the solver calls a package: what was asked as a whole, a project, or one extra of a project. */
export type Pack = RootPackage | Project | ExtraPackage;

export interface ProviderOptions {
  readonly demands: Demands;
  readonly book: ProjectBook;
  readonly needs: Needs;
  readonly ranking: Ranking;
  readonly chooser: WheelChooser;
  readonly source: PackageSource;
  readonly signal: AbortSignal | undefined;
  /** Told whenever another project comes into play: how many they are. */
  readonly onProgress: (projects: number) => void;
}

/** What is wrong with one file says nothing about the next. */
const faultsOfOneFile: ReadonlySet<ErrorCode> = new Set([
  "ARCHIVE_INVALID",
  "BUILD_FAILED",
  "METADATA_INVALID",
  "SOURCE_INVALID",
  "WHEEL_INVALID",
]);

/** When a project had this many candidates tried, metadata of the next ones is fetched ahead, more each time. */
const triesBeforeBatch = 4;
const largestBatch = 40;

/** PyPI's world for the solver: releases are candidates, extras are packages that follow their project. */
export class PypiProvider implements Provider<Pack, Reason> {
  readonly root: RootPackage = { kind: "root" };
  /** Projects that the answer rests on. */
  readonly consulted = new Set<PackageName>();
  /** Something was passed over only because the network may not be used. */
  isPartial = false;
  readonly #options: ProviderOptions;
  readonly #crawler: Crawler;
  readonly #seen = new Map<ListedFile, FileMetadata>();
  readonly #answers = new Map<Pack, Map<number, Dependencies<Pack, Reason>>>();
  readonly #tries = new Map<Project, number>();

  constructor(options: ProviderOptions) {
    this.#options = options;
    this.#crawler = new Crawler(
      options.source,
      {
        favourite: (project, allowed) => options.ranking.favourite(project, allowed),
        follow: (_project, metadata, extras) => {
          for (const need of this.#options.needs.of(metadata, undefined)) this.#crawl(need);
          for (const extra of extras) for (const need of this.#options.needs.of(metadata, extra)) this.#crawl(need);
        },
      },
      options.signal,
    );
  }

  candidates(pack: Pack): number {
    return pack.kind === "root" ? 1 : projectOf(pack).releases.length;
  }

  tier(pack: Pack): number {
    return pack.kind !== "root" && this.#options.demands.pinned.has(projectOf(pack).name) ? 1 : 0;
  }

  whole(pack: Pack): Pack | undefined {
    return pack.kind === "extra" ? pack.project : undefined;
  }

  refusals(pack: Pack): readonly Refusal<Reason>[] {
    if (pack.kind === "root") return [];
    const project = projectOf(pack);
    const limits = this.#options.demands.constraints.get(project.name) ?? [];
    return limits.map((asked) => ({
      versions: project.all.minus(project.matching(asked.requirement.specifier)),
      why: { kind: "constraint", asked },
    }));
  }

  choose(pack: Pack, allowed: CandidateSet): number | readonly Refusal<Reason>[] {
    if (pack.kind === "root") return 0;
    const project = projectOf(pack);
    const found = this.#options.ranking.first(project, allowed);
    return found >= 0 ? found : this.#options.ranking.refusals(project, allowed);
  }

  dependencies(pack: Pack, index: number): Dependencies<Pack, Reason> | Promise<Dependencies<Pack, Reason>> {
    if (pack.kind === "root") return this.#edges(this.#options.needs.ofRequest());
    const known = this.#answers.get(pack)?.get(index);
    if (known !== undefined) return known;
    const answer = this.#ask(pack, index);
    if (answer instanceof Promise) return answer.then((late) => this.#keep(pack, index, late));
    return this.#keep(pack, index, answer);
  }

  /** After going back, the solver asks the same again. */
  #keep(pack: Pack, index: number, answer: Dependencies<Pack, Reason>): Dependencies<Pack, Reason> {
    const answers = this.#answers.get(pack) ?? new Map();
    this.#answers.set(pack, answers.set(index, answer));
    return answer;
  }

  #ask(pack: Project | ExtraPackage, index: number): Dependencies<Pack, Reason> | Promise<Dependencies<Pack, Reason>> {
    const project = projectOf(pack);
    const extra = pack.kind === "extra" ? pack.extra : undefined;
    const file = project.file(index);
    if (!isFile(file)) return { refused: { kind: "unusable", unusable: file } };
    const described = project.describing(index, file);
    const metadata = this.#seen.get(file) ?? this.#options.source.metadataNow(described);
    if (metadata !== undefined) return this.#judge(metadata, extra);
    this.#fetchAhead(project, index);
    return this.#fetch(file, described, extra);
  }

  async #fetch(
    file: ListedFile,
    described: ListedFile,
    extra: string | undefined,
  ): Promise<Dependencies<Pack, Reason>> {
    try {
      const metadata = await this.#options.source.metadata(described, this.#options.signal);
      this.#seen.set(file, metadata);
      return await this.#judge(metadata, extra);
    } catch (error) {
      // The wheel beside an sdist is only the shorter way.
      if (described !== file && isVenvoyError(error)) return await this.#fetch(file, file, extra);
      if (isVenvoyError(error, "OFFLINE_MISSING")) {
        this.isPartial = true;
        return { refused: { kind: "offline" } };
      }
      if (isVenvoyError(error) && faultsOfOneFile.has(error.code) && error.data["isFinal"] !== true) {
        return { refused: { kind: "broken", detail: error.message.replace(/\n\s*/g, "; ").slice(0, 400) } };
      }
      throw error;
    }
  }

  #judge(
    metadata: FileMetadata,
    extra: string | undefined,
  ): Dependencies<Pack, Reason> | Promise<Dependencies<Pack, Reason>> {
    const { requiresPython } = metadata;
    if (requiresPython !== undefined && !this.#options.chooser.fitsPython(requiresPython)) {
      return { refused: { kind: "metadata-python", requiresPython } };
    }
    const broken = this.#options.needs.brokenLine(metadata, extra);
    if (broken !== undefined) return { refused: { kind: "broken", detail: `it asks for \`${broken.slice(0, 120)}\`` } };
    return this.#edges(this.#options.needs.of(metadata, extra));
  }

  /** Metadata that was judged; kept for the lock whatever the source forgets. */
  metadataSeen(file: ListedFile): FileMetadata | undefined {
    return this.#seen.get(file);
  }

  #edges(needs: readonly Need[]): Dependencies<Pack, Reason> | Promise<Dependencies<Pack, Reason>> {
    for (const need of needs) this.#crawl(need);
    const names = new Set(needs.map(({ requirement }) => requirement.name));
    const absent = [...names].filter((name) => this.#options.book.now(name) === undefined);
    if (absent.length === 0) return this.#edgesNow(needs);
    return Promise.all(absent.map((name) => this.#options.book.load(name))).then(() => this.#edgesNow(needs));
  }

  #edgesNow(needs: readonly Need[]): Dependencies<Pack, Reason> {
    const edges: Dependency<Pack, Reason>[] = [];
    const before = this.consulted.size;
    for (const { requirement, extras, why, isExact } of needs) {
      const project = this.#options.book.now(requirement.name) as Project;
      this.consulted.add(requirement.name);
      if (requirement.url !== undefined && !this.#options.demands.pinned.has(requirement.name)) {
        return { refused: { kind: "address", name: requirement.name, requirement } };
      }
      const allowed = project.matching(requirement.specifier);
      edges.push({ package: project, allowed, why, isExact });
      for (const extra of extras) edges.push({ package: project.extra(extra), allowed, why, isExact });
    }
    if (this.consulted.size > before) this.#options.onProgress(this.consulted.size);
    return edges;
  }

  /** Lets the crawler follow a requirement as soon as its listing is there. */
  #crawl({ requirement, extras }: Need): void {
    const loaded = this.#options.book.load(requirement.name);
    const want = (project: Project): void => {
      this.#crawler.want(project, project.matching(requirement.specifier), extras);
    };
    if (loaded instanceof Project) want(loaded);
    else loaded.then(want, () => {});
  }

  prefetch(wanted: readonly { readonly package: Pack; readonly allowed: CandidateSet }[]): void {
    for (const { package: pack, allowed } of wanted) {
      if (pack.kind !== "project") continue;
      const file = this.#options.ranking.favourite(pack, allowed);
      if (file !== undefined && this.#options.source.metadataNow(file) === undefined) {
        this.#options.source.prefetchMetadata(file);
      }
    }
  }

  /** A project whose candidates fail one after the other gets the metadata of the next ones in one go. */
  #fetchAhead(project: Project, index: number): void {
    const tries = (this.#tries.get(project) ?? 0) + 1;
    this.#tries.set(project, tries);
    if (tries < triesBeforeBatch || tries % triesBeforeBatch !== 0) return;
    const oldestFirst = this.#options.ranking.oldestFirst(project.name);
    const rest = CandidateSet.range(
      project.releases.length,
      oldestFirst ? index : 0,
      oldestFirst ? project.releases.length : index,
    );
    let left = Math.min(largestBatch, tries * 2);
    for (const next of project.inOrder(rest, oldestFirst)) {
      const file = project.file(next);
      if (isFile(file)) this.#options.source.prefetchMetadata(project.describing(next, file));
      left -= 1;
      if (left <= 0) return;
    }
  }
}

export function projectOf(pack: Project | ExtraPackage): Project {
  return pack.kind === "extra" ? pack.project : pack;
}
