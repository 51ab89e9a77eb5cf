import type { AbsPath } from "../../base/index.ts";
import { intentFile } from "../../env/index.ts";
import type { Needs } from "../../session/index.ts";
import type { Context } from "../context.ts";
import type { ReadyRun } from "../run/run.ts";

interface Remembered {
  readonly needs: Needs;
  /** Everything that the decision rests on, as it was. */
  readonly facts: readonly (readonly [path: AbsPath, fact: string])[];
  readonly untilMs: number;
}

/** After this the whole way is taken again, which also says that the environment is in use. */
const lifetimeMs = 600_000;

/** What a session found out about scripts before, for as long as nothing that it rests on has changed: a few looks at the disk. */
export class NeedsMemo {
  readonly #context: Context;
  readonly #known = new Map<string, Remembered>();

  constructor(context: Context) {
    this.#context = context;
  }

  async recall(key: string): Promise<Needs | undefined> {
    const found = this.#known.get(key);
    if (found === undefined) return undefined;
    if (this.#context.clock.now() < found.untilMs) {
      const facts = await Promise.all(found.facts.map(([path]) => this.#factOf(path)));
      if (facts.every((fact, index) => fact === found.facts[index]?.[1])) return found.needs;
    }
    this.#known.delete(key);
    return undefined;
  }

  async remember(key: string, needs: Needs, { runnable, ready, plan }: ReadyRun): Promise<void> {
    // Notes are told once; what a run has changed may be changed back.
    if (plan.change !== undefined) return;
    const { fs } = this.#context;
    const named =
      ready.pointer === undefined
        ? []
        : [ready.pointer, ready.environment, intentFile(fs, { dir: fs.path.directory(ready.pointer) })];
    const script = runnable.given === undefined ? [] : [runnable.given];
    const paths = [...script, ...named, ...needs.tree.sites, needs.tree.python];
    const facts = await Promise.all(paths.map(async (path) => [path, await this.#factOf(path)] as const));
    this.#known.set(key, { needs, facts, untilMs: this.#context.clock.now() + lifetimeMs });
  }

  async #factOf(path: AbsPath): Promise<string> {
    const { fs } = this.#context;
    const [own, target] = await Promise.all([fs.linkInfo(path), fs.info(path)]);
    const isLink = own?.kind === "symlink";
    return [isLink ? await fs.readLink(path) : "", target?.inode, target?.sizeBytes, target?.modifiedMs].join(" ");
  }
}
