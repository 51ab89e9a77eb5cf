import type { Target } from "../../pep/index.ts";
import { type Attempt, attempt } from "../attempt.ts";
import { askedIn, factsOf } from "../failure/facts.ts";
import { type AskedRequirement, noPackages, type ResolveRequest } from "../request.ts";
import { hittingSets } from "./hitting-sets.ts";
import { type Loosened, looserForms } from "./loosen.ts";

/** One word of a request changed. */
export type ProposedChange =
  /** `version` is what would be installed then. */
  | {
      readonly kind: "loosen";
      readonly asked: AskedRequirement;
      readonly to: string;
      readonly loosened: Loosened;
      readonly version: string;
    }
  | { readonly kind: "drop"; readonly asked: AskedRequirement }
  | { readonly kind: "python"; readonly label: string };

/** Changes that together make a request resolve; it was solved with them. */
export interface Proposal {
  readonly changes: readonly ProposedChange[];
}

/** Another Python that the request could be for. */
export interface OtherPython {
  readonly label: string;
  readonly target: Target;
}

export interface ProposeOptions {
  /** The nearest first. */
  readonly pythons?: readonly OtherPython[];
  /** Proposals at most. */
  readonly most?: number;
  /** Solving at most this often. */
  readonly mostSolves?: number;
  /** Asked before each solving; false ends the search with what was found. */
  readonly goOn?: () => boolean;
  readonly signal?: AbortSignal;
}

const mostChanges = 6;

/**
 * The smallest changes to a request that can't be satisfied which make it resolve, best first: a bound less, another
 * Python, a requirement less. Each was solved before it is returned. Finds conflicting sets of requirements one by one
 * and removes the smallest set that breaks all of them (implicit hitting sets).
 */
export async function propose(request: ResolveRequest, options: ProposeOptions = {}): Promise<readonly Proposal[]> {
  const search = new Search(request, options);
  const proposals = [...(await search.otherPythons()), ...(await search.smallestChanges())];
  return proposals.sort((a, b) => costOf(a) - costOf(b)).slice(0, options.most ?? 3);
}

/** What becomes of each item that is changed; the others stay as they are. */
type Changed = ReadonlyMap<number, AskedRequirement | undefined>;

class Search {
  readonly #request: ResolveRequest;
  readonly #options: ProposeOptions;
  /** Requirements first, then constraints; what a repair may change. */
  readonly #items: readonly AskedRequirement[];
  #solves = 0;
  #hasEnded = false;

  constructor(request: ResolveRequest, options: ProposeOptions) {
    this.#request = request;
    this.#options = options;
    this.#items = [...request.requirements, ...request.constraints];
  }

  async otherPythons(): Promise<readonly Proposal[]> {
    for (const { label, target } of this.#options.pythons ?? []) {
      const outcome = await this.#solve(new Map(), target);
      if (outcome?.kind === "solved") return [{ changes: [{ kind: "python", label }] }];
    }
    return [];
  }

  async smallestChanges(): Promise<readonly Proposal[]> {
    const repairs = await this.#smallestRepairs();
    const proposals: Proposal[] = [];
    for (const repair of repairs) {
      const proposal = await this.#gentlest(repair);
      // Out of time in the middle of one: nobody knows whether something gentler would do.
      if (this.#hasEnded && proposals.length > 0) break;
      if (!this.#leavesNothing(proposal)) proposals.push(proposal);
    }
    return proposals;
  }

  /** To ask for nothing is no way out. */
  #leavesNothing({ changes }: Proposal): boolean {
    const { requirements } = this.#request;
    const dropped = changes.flatMap((change) => (change.kind === "drop" ? [change.asked] : []));
    return requirements.every((asked) => dropped.includes(asked));
  }

  /** The smallest sets of items without which the rest resolves. */
  async #smallestRepairs(): Promise<readonly ReadonlySet<number>[]> {
    const cores: ReadonlySet<number>[] = [];
    const first = await this.#solve(new Map());
    if (first?.kind !== "failed") return [];
    if (!this.#learn(cores, first)) return [];
    for (let size = 1; size <= mostChanges; size++) {
      const repairs = await this.#repairsOf(size, cores);
      if (repairs === undefined || repairs.length > 0) return repairs ?? [];
    }
    return [];
  }

  /** `undefined` when no repair can exist, or the search was ended before one was found. */
  async #repairsOf(size: number, cores: ReadonlySet<number>[]): Promise<readonly ReadonlySet<number>[] | undefined> {
    const repairs: ReadonlySet<number>[] = [];
    const tried = new Set<string>();
    for (;;) {
      const next = untried(hittingSets(cores, size), tried);
      if (next === undefined) return repairs;
      tried.add(keyOf(next));
      const outcome = await this.#solve(new Map([...next].map((item) => [item, undefined])));
      if (outcome === undefined) return repairs.length > 0 ? repairs : undefined;
      if (outcome.kind === "solved") repairs.push(next);
      else if (!this.#learn(cores, outcome)) return undefined;
      if (repairs.length >= mostRepairs) return repairs;
    }
  }

  /** False when a conflict has nothing in it that could be changed. */
  #learn(cores: ReadonlySet<number>[], { derivation }: Extract<Attempt, { kind: "failed" }>): boolean {
    const asked = new Set(askedIn(factsOf(derivation)));
    // What a program brings is no wish that could be changed.
    const isWish = (item: AskedRequirement): boolean => asked.has(item) && item.origin.kind !== "host";
    const core = new Set(this.#items.flatMap((item, at) => (isWish(item) ? [at] : [])));
    if (core.size === 0) return false;
    cores.push(core);
    return true;
  }

  /** Of a set that is known to be enough when dropped: keeps each requirement in the least loose form that resolves. */
  async #gentlest(repair: ReadonlySet<number>): Promise<Proposal> {
    const changed = new Map<number, AskedRequirement | undefined>([...repair].map((item) => [item, undefined]));
    const changes: ProposedChange[] = [];
    for (const item of [...repair].sort((a, b) => a - b)) {
      const asked = this.#items[item] as AskedRequirement;
      changes.push((await this.#loosened(item, asked, changed)) ?? { kind: "drop", asked });
    }
    return { changes };
  }

  async #loosened(
    item: number,
    asked: AskedRequirement,
    changed: Map<number, AskedRequirement | undefined>,
  ): Promise<ProposedChange | undefined> {
    // A constraint without bounds says nothing: it is dropped.
    const forms = looserForms(asked.requirement).filter(
      ({ requirement }) => item < this.#request.requirements.length || !requirement.specifier.isEmpty,
    );
    for (const { requirement, loosened } of forms) {
      const looser = { ...asked, requirement };
      const outcome = await this.#solve(new Map(changed).set(item, looser));
      if (outcome?.kind !== "solved") continue;
      const chosen = outcome.lock.packages.find(({ name }) => name === requirement.name);
      if (chosen === undefined && item < this.#request.requirements.length) continue;
      changed.set(item, looser);
      return { kind: "loosen", asked, to: requirement.toString(), loosened, version: chosen?.version ?? "" };
    }
    return undefined;
  }

  async #solve(changed: Changed, target = this.#request.target): Promise<Attempt | undefined> {
    const { mostSolves = 60, goOn = () => true, signal } = this.#options;
    if (this.#solves >= mostSolves || !goOn()) {
      this.#hasEnded = true;
      return undefined;
    }
    this.#solves += 1;
    const { requirements, constraints } = this.#request;
    const pick = (list: readonly AskedRequirement[], offset: number): AskedRequirement[] =>
      list.flatMap((asked, at) => {
        if (!changed.has(offset + at)) return [asked];
        const instead = changed.get(offset + at);
        return instead === undefined ? [] : [instead];
      });
    const request = {
      ...this.#request,
      target,
      // A search among guesses must not run anybody's build: what only sources could answer is no proposal.
      policy: { ...this.#request.policy, build: noPackages },
      requirements: pick(requirements, 0),
      constraints: pick(constraints, requirements.length),
    };
    return attempt(request, { signal, onProgress: () => {} });
  }
}

const mostRepairs = 6;

function untried(sets: Iterable<ReadonlySet<number>>, tried: ReadonlySet<string>): ReadonlySet<number> | undefined {
  for (const set of sets) if (!tried.has(keyOf(set))) return set;
  return undefined;
}

function keyOf(set: ReadonlySet<number>): string {
  return [...set].sort((a, b) => a - b).join(",");
}

/** Fewer changes first; then what keeps more of what was asked, and moves forward rather than back. */
function costOf({ changes }: Proposal): number {
  return changes.length * 100 + changes.reduce((sum, change) => sum + weightOf(change), 0);
}

function weightOf(change: ProposedChange): number {
  if (change.kind === "drop") return 20;
  if (change.kind === "python") return 4;
  return { above: 1, below: 2, all: 3 }[change.loosened];
}
