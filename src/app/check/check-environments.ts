import type { AbsPath } from "../../base/index.ts";
import { type Environment, readLock } from "../../env/index.ts";
import { parseRequirement } from "../../pep/index.ts";
import type { AskedRequirement } from "../../resolve/index.ts";
import { askedOf } from "../asked.ts";
import { baseOfEnvironment } from "../bases.ts";
import type { Context } from "../context.ts";
import { limitsOf } from "../host/limits.ts";
import { ownOfLock } from "../own-of-lock.ts";
import { withRemembered } from "../remembered.ts";
import { recallOwn } from "../run/own.ts";
import { ownRunOf } from "../run/run.ts";
import { preferencesOf } from "../solve.ts";
import type { ItemEnvironment, ReadScript } from "./check-item.ts";
import type { CheckRequest } from "./check-types.ts";

type ReadItem = Extract<ReadScript, { kind: "item" }>;

const nothingThere = { typed: [], others: [], holds: new Map(), limits: [], own: new Map(), remembered: {} } as const;

/** An environment that only one script is in. */
export function ownEnvironment(label: string): ItemEnvironment {
  const name = `${label}'s own`;
  return { ...nothingThere, key: `own ${label}`, name, kind: "own", refuses: false };
}

/** Looks at each environment once, however many scripts go there. */
export class CheckEnvironments {
  readonly #context: Context;
  readonly #request: CheckRequest;
  /** Real paths of the scripts of the check: what they claimed earlier is what they claim now. */
  readonly #scripts: ReadonlySet<string>;
  readonly #known = new Map<string, ItemEnvironment>();

  constructor(context: Context, request: CheckRequest, scripts: ReadonlySet<string>) {
    this.#context = context;
    this.#request = request;
    this.#scripts = scripts;
  }

  async of(read: ReadItem): Promise<ItemEnvironment> {
    const { where, runnable } = read;
    const key = where.kind === "named" ? where.name.toLowerCase() : where.kind === "own" ? runnable.label : where.root;
    const id = `${where.kind} ${key}`;
    const known = this.#known.get(id) ?? (await this.#look(id, read));
    this.#known.set(id, known);
    return known;
  }

  async #look(key: string, read: ReadItem): Promise<ItemEnvironment> {
    const { where, runnable } = read;
    const empty = { ...nothingThere, key };
    switch (where.kind) {
      case "own":
        return { ...ownEnvironment(runnable.label), holds: await this.#recall(read) };
      case "foreign":
        return { ...empty, name: where.root, kind: "foreign", refuses: true };
      case "named": {
        const base = { ...empty, name: where.name, kind: "named", refuses: where.refuses } as const;
        const found = await this.#context.home.find(where.name);
        return found === undefined ? base : { ...base, ...(await this.#contents(found)) };
      }
    }
  }

  async #contents(found: Environment): Promise<Partial<ItemEnvironment>> {
    const { fs } = this.#context;
    const { claims, requirements } = found.intent;
    const { interpreter } = await baseOfEnvironment(this.#context, found, this.#request.signal);
    const named = (asked: readonly AskedRequirement[]): readonly AskedRequirement[] =>
      asked.map((one) =>
        one.origin.kind === "typed"
          ? { ...one, origin: { kind: "environment", name: found.label, text: one.origin.text } }
          : one,
      );
    const others = [];
    for (const claim of claims) {
      if (this.#scripts.has(claim.script)) continue;
      const isGone = fs.path.isAbsolute(claim.script) && (await fs.info(claim.script as AbsPath)) === undefined;
      if (!isGone) others.push(claim);
    }
    const lock = await readLock(fs, found, found.current.number);
    const host = await limitsOf(this.#context, found.intent);
    return {
      found,
      limits: host.constraints,
      own: new Map([...host.own, ...(await ownOfLock(this.#context, lock, requirements))]),
      remembered: withRemembered({}, found.intent),
      python: interpreter,
      typed: named(askedOf(this.#context, { requirements, claims: [] })),
      others: askedOf(this.#context, { requirements: [], claims: others }),
      holds: preferencesOf(lock),
    };
  }

  /** The versions of an environment that was made for the same header before. */
  async #recall({ runnable, asks }: ReadItem): Promise<ItemEnvironment["holds"]> {
    const request = { ...this.#request, target: { kind: "file", path: runnable.label } } as const;
    const own = await recallOwn(this.#context, ownRunOf({ runnable, asks, request }));
    const packages = own?.receipt.packages ?? [];
    return new Map(packages.map(({ name, version }) => [parseRequirement(name).name, version]));
  }
}
