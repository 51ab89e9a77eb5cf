import { VenvoyError } from "../base/index.ts";
import type { Base } from "../python/index.ts";
import type { Lock } from "../resolve/index.ts";
import {
  type ArtifactsRequest,
  type BuildRequest,
  buildVersion,
  type ChangeRequest,
  type EnvContext,
  flip,
  makeVersion,
  writeIntent,
} from "./change.ts";
import { type Collected, type CollectOptions, collectVersions } from "./collect.ts";
import type { EnvIo } from "./env-io.ts";
import type { Environment } from "./environment.ts";
import { envProtected, historyEnd } from "./errors.ts";
import { followBase } from "./heal.ts";
import { readHistory, readLock, readRecord, type VersionRecord } from "./history.ts";
import type { Intent, Keeping, Wanted } from "./intent.ts";
import { isMaterialised } from "./materialised.ts";
import { generationDir, isInPlace, materialisedVersions } from "./place.ts";
import { deploy } from "./plain-swap.ts";
import { redoTarget, undoneAfter } from "./redo.ts";
import { collectTree, removeTree } from "./retire.ts";
import { shareCopies } from "./share-copies.ts";
import { stateOf } from "./tree-state.ts";
import { writeVariables } from "./variables.ts";
import { faultOfTree, holdsForeignPackages } from "./whole.ts";

export interface GoToRequest {
  /** The version; left out: the one before the current. */
  readonly number?: number;
  /** Called when the tree of that version was collected: brings base and artifacts for its lock. */
  readonly build: (version: { readonly record: VersionRecord; readonly lock: Lock }) => Promise<BuildRequest>;
  readonly force?: boolean;
}

/** A change that takes over what another tool did in the tree. */
export interface SinceRequest {
  readonly request: Extract<ChangeRequest, ArtifactsRequest>;
  /** Done at the last moment, before the tree is built. */
  readonly prepare: () => Promise<void>;
  readonly sharesCopies: boolean;
}

/** What may be edited without building a version. */
export type IntentEdit = Partial<Keeping & Pick<Wanted, "claims" | "publication">>;

/** An environment whose lock is held and that has been cleaned up; every way of changing one starts here. */
export class HeldEnvironment {
  readonly #io: EnvIo;
  readonly #context: EnvContext;
  #environment: Environment;

  constructor(io: EnvIo, context: EnvContext, environment: Environment) {
    this.#io = io;
    this.#context = context;
    this.#environment = environment;
  }

  /** As it is now; changes with every change made here. */
  get environment(): Environment {
    return this.#environment;
  }

  /** Throws `ENV_PROTECTED`; `change` and `goTo` do so too, after the caller's work. */
  checkUnprotected(): void {
    if (this.#environment.intent.protected) throw envProtected(this.#environment.label);
  }

  /** What is installed in the current tree, for `changeSince`. */
  state(): Promise<string> {
    return stateOf(this.#io, this.#environment.current.root);
  }

  /** Builds the next version and makes it current. Throws `ENV_PROTECTED`. */
  async change(request: ChangeRequest, { force = false }: { readonly force?: boolean } = {}): Promise<Environment> {
    if (!force) this.checkUnprotected();
    this.#environment = await makeVersion(this.#io, this.#context, this.#environment, request);
    return this.#environment;
  }

  /**
   * The same for a request that rests on what was in the tree: `undefined`, and nothing done, when another tool has
   * changed that since. What the tool had copied into the tree, and the store has too, becomes a link to the store's file.
   */
  async changeSince(
    state: string | undefined,
    { request, prepare, sharesCopies }: SinceRequest,
  ): Promise<Environment | undefined> {
    this.checkUnprotected();
    const before = this.#environment.current.root;
    if (state !== undefined && state !== (await this.state())) return undefined;
    await prepare();
    const next = await this.change(request);
    if (sharesCopies) await shareCopies(this.#io, before, request.artifacts);
    return next;
  }

  /** Undo and redo: makes another version current. Throws `HISTORY_END`, `ENV_PROTECTED`. */
  async goTo({ number, build, force = false }: GoToRequest): Promise<Environment> {
    if (!force) this.checkUnprotected();
    const record = await this.#target(number);
    await this.#materialise(record, build);
    const undone = undoneAfter(this.#environment, record.number);
    this.#environment = await flip(this.#io, this.#environment, record, undone);
    return this.#environment;
  }

  /** The version that takes the last undo back. Throws `HISTORY_END`. */
  redoTarget(): Promise<number> {
    return redoTarget(this.#io, this.#environment);
  }

  /** Builds the tree of the current version again when it is gone; for an environment that came back without its trees. */
  async materialise(build: GoToRequest["build"]): Promise<Environment> {
    // Also without a record of it: the next change makes one.
    if (await this.#isWhole(this.#environment.current.number)) return this.#environment;
    await this.#materialise(await this.#target(this.#environment.current.number), build);
    return this.#environment;
  }

  /** Changes what is kept beside the packages; builds nothing. */
  async edit(patch: IntentEdit): Promise<Environment> {
    const intent: Intent = { ...this.#environment.intent, ...patch };
    await writeIntent(this.#io, this.#environment, intent);
    if (patch.variables !== undefined) await writeVariables(this.#io, this.#environment, patch.variables);
    this.#environment = { ...this.#environment, intent };
    return this.#environment;
  }

  /**
   * Makes all trees on this base say what it is now: the Python was upgraded in place, or its link was led elsewhere.
   * True when the environment said something else before.
   */
  async follow(base: Base): Promise<boolean> {
    const { fs } = this.#io;
    let hasChanged = false;
    for (const number of await materialisedVersions(fs, this.#environment)) {
      hasChanged = (await followBase(this.#io, generationDir(fs, this.#environment, number), base)) || hasChanged;
    }
    const { standing } = this.#environment.intent;
    if (standing.base !== base.key || standing.pythonVersion === base.interpreter.version) return hasChanged;
    const intent = {
      ...this.#environment.intent,
      standing: { ...standing, pythonVersion: base.interpreter.version },
    };
    await writeIntent(this.#io, this.#environment, intent);
    this.#environment = { ...this.#environment, intent };
    return true;
  }

  /** All versions, oldest first. */
  versions(): Promise<readonly VersionRecord[]> {
    return readHistory(this.#io.fs, this.#environment);
  }

  /** Removes trees that nothing needs; worth doing after the answer is out. */
  collect(options: CollectOptions = {}): Promise<Collected> {
    return collectVersions(this.#io, this.#context.store, this.#environment, options);
  }

  /** Removes the tree of a version, used or not; its lock stays. Not of the current one. False when the system refuses. */
  async dematerialise(number: number): Promise<boolean> {
    if (number === this.#environment.current.number) {
      throw new VenvoyError(
        "ARGUMENT_INVALID",
        `Version ${number} of \`${this.#environment.label}\` is the current one`,
        {
          hint: "venvoy undo goes to another version",
          data: { number },
        },
      );
    }
    if (!(await isMaterialised(this.#io, this.#environment, number))) return true;
    return collectTree(this.#io, this.#environment, number);
  }

  async #materialise(record: VersionRecord, build: GoToRequest["build"]): Promise<void> {
    const { number } = record;
    if (await this.#isWhole(number)) return;
    const lock = await readLock(this.#io.fs, this.#environment, number);
    if (lock === undefined) throw historyEnd(this.#environment.label, number, await this.#known());
    const request = await build({ record, lock });
    if (await isMaterialised(this.#io, this.#environment, number))
      await removeTree(this.#io, this.#environment, number);
    await buildVersion(this.#io, this.#context, this.#environment, { number, request, wanted: record.wanted });
    // What is current lies in the directory itself.
    const isHere = number === this.#environment.current.number && isInPlace(this.#environment, record.wanted);
    if (isHere) await deploy(this.#io, this.#environment, number);
  }

  /** There, and nothing to be built. A damaged tree in which another tool installed is left for the next change to carry over. */
  async #isWhole(number: number): Promise<boolean> {
    const { current } = this.#environment;
    const tree = number === current.number ? current.root : generationDir(this.#io.fs, this.#environment, number);
    if ((await faultOfTree(this.#io, tree)) === undefined) return true;
    const isThere = tree === current.root || (await isMaterialised(this.#io, this.#environment, number));
    return isThere && (await holdsForeignPackages(this.#io, tree));
  }

  async #target(number: number | undefined): Promise<VersionRecord> {
    const { fs } = this.#io;
    const wanted = number ?? (await readRecord(fs, this.#environment, this.#environment.current.number))?.from;
    const record = wanted === undefined ? undefined : await readRecord(fs, this.#environment, wanted);
    if (record === undefined) throw historyEnd(this.#environment.label, wanted, await this.#known());
    return record;
  }

  async #known(): Promise<readonly number[]> {
    return (await this.versions()).map((record) => record.number);
  }
}
