import { isVenvoyError, type PackageName, type VenvoyError } from "../../base/index.ts";
import { joinVersions, type Verdict } from "../../lanes/index.ts";
import type { Interpreter } from "../../python/index.ts";
import type { AskedRequirement, Lock } from "../../resolve/index.ts";
import type { BuildingSource } from "../building/source.ts";
import type { Context } from "../context.ts";
import type { ResolveChoices } from "../requests.ts";
import { type Question, SharedClients, solve } from "../solve.ts";
import type { CheckItem } from "./check-item.ts";
import type { CheckRequest } from "./check-types.ts";
import { hostsAgree, joinChoices } from "./common-ground.ts";
import { type PythonPool, takes } from "./python-pool.ts";

/** A set of versions that serves scripts on one Python. */
export interface Witness {
  readonly members: ReadonlySet<number>;
  readonly python: Interpreter;
  readonly lock: Lock;
  readonly source: BuildingSource;
}

/** A script that resolves alone. */
export interface Solo extends Omit<Witness, "members"> {
  readonly item: CheckItem;
}

/** Why scripts can't live together. */
export type Obstacle =
  | { readonly kind: "host" }
  | { readonly kind: "python" }
  | { readonly kind: "index" }
  | { readonly kind: "resolution"; readonly failure: VenvoyError };

type Outcome = Omit<Witness, "members" | "python"> | { readonly failure: VenvoyError };

/**
 * Answers whether scripts can live together. Equal questions are solved once; where sets of versions that are known
 * already agree, nothing is solved at all. `Knowledge` keeps further questions away.
 */
export class Answers {
  /** Questions that went to the resolver. */
  solved = 0;
  readonly #context: Context;
  readonly #request: CheckRequest;
  #items: readonly CheckItem[] = [];
  #pool: PythonPool["pythons"] = [];
  readonly #outcomes = new Map<string, Promise<Outcome>>();
  readonly #clients = new SharedClients();
  readonly #witnesses: Witness[] = [];
  readonly #obstacles = new Map<string, Obstacle>();

  constructor(context: Context, request: CheckRequest) {
    this.#context = context;
    this.#request = request;
  }

  /** Solves one script on the Python that a run would take, or says what stands against it. */
  async alone(item: CheckItem, python: Interpreter): Promise<Solo | { readonly failure: VenvoyError }> {
    const outcome = await this.#solve([item], python);
    return "failure" in outcome ? outcome : { item, python, ...outcome };
  }

  /** Begins with scripts that resolve alone: members are counted in this order from now on. */
  among(solos: readonly Solo[], pool: PythonPool["pythons"]): void {
    this.#items = solos.map(({ item }) => item);
    this.#pool = pool;
    for (const [member, { python, ...outcome }] of solos.entries()) this.#keep([member], python, outcome);
  }

  /** Whether there is a Python of the pool on which all of them resolve together. */
  async fits(members: readonly number[]): Promise<Verdict> {
    const apart = this.#apart(members);
    if (apart !== undefined) return this.#refuse(apart.members, apart.obstacle);
    const pythons = this.#pythonsOf(members);
    if (this.#joined(members, pythons) !== undefined) return { fits: true };
    const failures: VenvoyError[] = [];
    for (const python of pythons) {
      const outcome = await this.#solve(this.#some(members), python);
      if ("failure" in outcome) failures.push(outcome.failure);
      else {
        this.#keep(members, python, outcome);
        return { fits: true };
      }
    }
    const [failure] = failures;
    if (failure === undefined) throw new Error("scripts without a common Python have none that fails");
    return this.#refuse(this.#coreOf(members, failures), { kind: "resolution", failure });
  }

  /** The versions that serve scripts which fit together. */
  async witness(members: readonly number[]): Promise<Witness | undefined> {
    const exact = this.#witnesses.find((one) => isSame(one.members, members));
    if (exact !== undefined) return exact;
    const joined = this.#joined(members, this.#pythonsOf(members));
    if (joined !== undefined) return joined;
    await this.fits(members);
    return this.#witnesses.find((one) => isSame(one.members, members));
  }

  /** Why these were found not to fit; asked again when that followed from something else. */
  async obstacle(members: readonly number[]): Promise<Obstacle> {
    const key = [...members].sort((a, b) => a - b).join();
    if (!this.#obstacles.has(key)) await this.fits(members);
    return this.#obstacles.get(key) ?? { kind: "python" };
  }

  /** What stands against scripts in an environment that is asked for other things, too; nothing when they fit in. */
  async besides(
    items: readonly CheckItem[],
    others: readonly AskedRequirement[],
    python: Interpreter,
  ): Promise<VenvoyError | undefined> {
    const outcome = await this.#solve(items, python, others);
    return "failure" in outcome ? outcome.failure : undefined;
  }

  #pythonsOf(members: readonly number[]): readonly Interpreter[] {
    return this.#pool.filter((python) => members.every((member) => takes(this.#item(member), python)));
  }

  /** What keeps scripts apart before any package is looked at. */
  #apart(members: readonly number[]): { readonly members: readonly number[]; readonly obstacle: Obstacle } | undefined {
    for (const [a, b] of pairsOf(members))
      if (!hostsAgree(this.#item(a), this.#item(b))) return { members: [a, b], obstacle: { kind: "host" } };
    if (this.#pythonsOf(members).length === 0) {
      const pair = pairsOf(members).find((one) => this.#pythonsOf(one).length === 0);
      return { members: pair ?? members, obstacle: { kind: "python" } };
    }
    const isJoined = (some: readonly number[]): boolean => this.#choicesOf(some) !== undefined;
    if (isJoined(members)) return undefined;
    return { members: pairsOf(members).find((one) => !isJoined(one)) ?? members, obstacle: { kind: "index" } };
  }

  #refuse(members: readonly number[], obstacle: Obstacle): Verdict {
    const core = [...members].sort((a, b) => a - b);
    if (!this.#obstacles.has(core.join())) this.#obstacles.set(core.join(), obstacle);
    return { fits: false, core };
  }

  /** Known sets of versions that agree, put together. Their limits must be the same, or one would break the other's. */
  #joined(members: readonly number[], pythons: readonly Interpreter[]): Witness | undefined {
    if (new Set(this.#some(members).map(rulesOf)).size > 1) return undefined;
    for (const python of pythons) {
      const parts = this.#cover(members, python);
      const packages = parts === undefined ? undefined : joinVersions(parts.map(({ lock }) => lock));
      const [first] = parts ?? [];
      if (packages !== undefined && first !== undefined)
        return this.#keep(members, python, { lock: { packages }, source: first.source });
    }
    return undefined;
  }

  /** Sets of versions for parts of the members, the largest parts first; `undefined` when a member is in none. */
  #cover(members: readonly number[], python: Interpreter): readonly Witness[] | undefined {
    const open = new Set(members);
    const parts: Witness[] = [];
    const usable = this.#witnesses.filter((one) => one.python === python && isWithin(one.members, open));
    for (const one of usable.sort((a, b) => b.members.size - a.members.size)) {
      if (![...one.members].every((member) => open.has(member))) continue;
      parts.push(one);
      for (const member of one.members) open.delete(member);
    }
    return open.size === 0 ? parts : undefined;
  }

  #keep(
    members: readonly number[],
    python: Interpreter,
    { lock, source }: Omit<Witness, "members" | "python">,
  ): Witness {
    const witness = { members: new Set(members), python, lock, source };
    if (!this.#witnesses.some((one) => one.python === python && isSame(one.members, members)))
      this.#witnesses.push(witness);
    return witness;
  }

  /** Those whose requirements the failures rest on, and those that keep other Pythons out: they don't fit by themselves. */
  #coreOf(members: readonly number[], failures: readonly VenvoyError[]): readonly number[] {
    const core = new Set<number>();
    for (const { data } of failures) {
      const asked = Array.isArray(data["asked"]) ? (data["asked"] as { readonly requirement: string }[]) : [];
      if (asked.length === 0) return members;
      for (const { requirement } of asked) {
        const says = (one: AskedRequirement): boolean => String(one.requirement) === requirement;
        const owner =
          members.find((member) => this.#item(member).needs.some(says)) ??
          members.find((member) => this.#item(member).environment.limits.some(says));
        // A limit that no header line states: whose it is can't be told.
        if (owner === undefined) return members;
        core.add(owner);
      }
    }
    for (const python of this.#pool) {
      const refusing = members.find((member) => !takes(this.#item(member), python));
      if (refusing !== undefined) core.add(refusing);
    }
    return [...core];
  }

  #choicesOf(members: readonly number[]): ResolveChoices | undefined {
    return joinChoices(this.#some(members).map(choicesOfItem));
  }

  #solve(items: readonly CheckItem[], python: Interpreter, others: readonly AskedRequirement[] = []): Promise<Outcome> {
    const asked = distinct([...items.flatMap(({ needs }) => needs), ...others]);
    const preferences = new Map<PackageName, string>();
    for (const { environment } of items)
      for (const [name, version] of environment.holds) if (!preferences.has(name)) preferences.set(name, version);
    const { signal } = this.#request;
    const typed = choicesOf(this.#request);
    const choices = { ...joinChoices(items.map(choicesOfItem)), ...typed };
    const limits = distinct(items.flatMap(({ environment }) => environment.limits));
    const own = new Map(items.flatMap(({ environment }) => [...environment.own]));
    const texts = asked.map(({ requirement }) => String(requirement)).sort();
    const limitTexts = limits.map(({ requirement }) => String(requirement));
    const key = JSON.stringify([python.executable, texts, [...preferences], choices, limitTexts, [...own.keys()]]);
    const known = this.#outcomes.get(key);
    if (known !== undefined) return known;
    const outcome = this.#ask(python, {
      asked,
      constraints: limits,
      own,
      choices,
      keep: { preferences },
      clients: this.#clients,
      ...(signal === undefined ? {} : { signal }),
    });
    this.#outcomes.set(key, outcome);
    return outcome;
  }

  async #ask(python: Interpreter, question: Question): Promise<Outcome> {
    if (question.asked.length > 0) this.solved++;
    try {
      const { lock, source } = await solve(this.#context, python, question);
      return { lock, source };
    } catch (error) {
      if (!isVenvoyError(error) || error.code === "ABORTED") throw error;
      return { failure: error };
    }
  }

  #some(members: readonly number[]): readonly CheckItem[] {
    return members.map((member) => this.#item(member));
  }

  #item(member: number): CheckItem {
    const item = this.#items[member];
    if (item === undefined) throw new RangeError(`there is no script ${member}`);
    return item;
  }
}

/** The choices of a request, without what it wants besides. */
function choicesOf(request: CheckRequest): ResolveChoices {
  const {
    files: _1,
    prepare: _2,
    write: _3,
    dryRun: _4,
    confirm: _5,
    confirmWrite: _6,
    signal: _7,
    ...choices
  } = request;
  return choices;
}

function choicesOfItem({ asks, environment }: CheckItem): ResolveChoices {
  return { ...environment.remembered, ...asks.choices };
}

/** What sets of versions must have in common before they may be put together. */
function rulesOf(item: CheckItem): string {
  const limits = item.environment.limits.map(({ requirement }) => String(requirement));
  return JSON.stringify([choicesOfItem(item), limits]);
}

/** Each text once; who said it first is named. */
function distinct(asked: readonly AskedRequirement[]): readonly AskedRequirement[] {
  const byText = new Map<string, AskedRequirement>();
  for (const one of asked) if (!byText.has(String(one.requirement))) byText.set(String(one.requirement), one);
  return [...byText.values()];
}

function pairsOf(members: readonly number[]): readonly (readonly [number, number])[] {
  return members.flatMap((a, index) => members.slice(index + 1).map((b) => [a, b] as const));
}

function isSame(known: ReadonlySet<number>, members: readonly number[]): boolean {
  return known.size === members.length && members.every((member) => known.has(member));
}

function isWithin(known: ReadonlySet<number>, members: ReadonlySet<number>): boolean {
  return [...known].every((member) => members.has(member));
}
