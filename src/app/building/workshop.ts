import { type AbsPath, parseSha256, type Sha256 } from "../../base/index.ts";
import { type BuildEnvironments, type BuildOptions, buildWheel, canConfine } from "../../build/index.ts";
import { createHash } from "../../codec/index.ts";
import { withStage } from "../../disk/index.ts";
import { parseWheelName } from "../../pep/index.ts";
import { inOp } from "../../ports/index.ts";
import { targetOf } from "../../python/index.ts";
import type { Artifact } from "../../store/index.ts";
import type { Context } from "../context.ts";
import type { ResolveChoices } from "../requests.ts";
import { buildEnvironments } from "./environments.ts";
import type { BuildWay } from "./source.ts";

/** One build to do. */
export interface Job {
  /** What messages call it. */
  readonly label: string;
  /** Of the log file: letters, digits, dots and dashes. */
  readonly logName: string;
  /** Whose build it is, where that is known; for builds that need themselves. */
  readonly name: string | undefined;
  readonly editable?: boolean;
  /** Brings the sources, into `stage` or from where they lie. */
  readonly open: (stage: AbsPath) => Promise<AbsPath>;
}

/** Sources that lie ready, and what builds them. */
export interface Bench {
  readonly options: BuildOptions;
  readonly name: string | undefined;
  readonly environments: BuildEnvironments;
}

/** Where builds happen: their stages, logs, confinement; and where what they made is found again. */
export class Workshop {
  readonly #context: Context;
  readonly #way: BuildWay;

  constructor(context: Context, way: BuildWay) {
    this.#context = context;
    this.#way = way;
  }

  /** Brings the sources into a stage and hands on what a build of them needs. */
  open<T>(job: Job, signal: AbortSignal, body: (bench: Bench) => Promise<T>): Promise<T> {
    const { fs, layout, reporter } = this.#context;
    return withStage(this.#context, layout.stage, "build", async (stage) => {
      const source = await job.open(stage);
      const work = fs.path.join(stage, "work");
      const logs = fs.path.join(layout.cache, "builds");
      for (const directory of [work, logs]) await fs.makeDir(directory);
      const log = fs.path.join(logs, `${job.logName}.log`);
      await fs.remove(log);
      const confine = await this.#confinement();
      const { choices, interpreter } = this.#way;
      const options: BuildOptions = {
        label: job.label,
        source,
        stage: work,
        log,
        signal,
        settings: settingsOf(choices, job.name),
        ...(job.editable === true ? { editable: true } : {}),
        ...(confine === undefined ? {} : { confine }),
        ...(this.#isIsolated(job.name) ? {} : { withoutIsolation: interpreter.executable }),
      };
      const within = job.name === undefined ? this.#way.within : [...this.#way.within, job.name];
      const environments = buildEnvironments(this.#context, { ...this.#way, within }, signal);
      return inOp(reporter, { kind: "build", label: job.label }, () => body({ options, name: job.name, environments }));
    });
  }

  /** Builds a wheel and takes it into the store; `check` is asked before that. */
  async build(
    { options, name, environments }: Bench,
    from: string,
    check: (wheel: ReturnType<typeof parseWheelName>) => void,
  ): Promise<Artifact> {
    const { fs, layout, store } = this.#context;
    const file = await buildWheel(this.#context, options, environments);
    const filename = fs.path.name(file);
    check(parseWheelName(filename));
    const [sha256] = await fs.digests([file]);
    if (sha256 === undefined) throw new Error(`\`${file}\` is gone`);
    const artifact = (await store.find(sha256)) ?? (await store.add(file, { filename, sha256 }));
    await fs.makeDir(layout.built);
    await fs.writeAtomic(fs.path.join(layout.built, this.key(from, name)), `${sha256} ${filename}\n`);
    return artifact;
  }

  /** What was built from the same sources, with the same Python and settings, if it is still in the store. */
  async found(from: string, name: string | undefined): Promise<Artifact | undefined> {
    const { fs, layout, store } = this.#context;
    const text = await fs.readText(fs.path.join(layout.built, this.key(from, name))).catch(() => "");
    const digest = /^[0-9a-f]{64}/.exec(text)?.[0];
    return digest === undefined ? undefined : store.find(parseSha256(digest) as Sha256);
  }

  /** Without a name, the build of what says its name itself is meant: no settings are for it alone. */
  key(from: string, name: string | undefined): string {
    const { interpreter, choices } = this.#way;
    const facts = [from, targetOf(interpreter).tags[0], interpreter.prefix, settingsOf(choices, name)];
    return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 40);
  }

  async #confinement(): Promise<{ readonly network: boolean } | undefined> {
    const { buildNetwork = false } = this.#way.choices;
    return !buildNetwork && (await canConfine(this.#context)) ? { network: false } : undefined;
  }

  #isIsolated(name: string | undefined): boolean {
    const { noBuildIsolation } = this.#way.choices;
    if (noBuildIsolation === undefined) return true;
    return noBuildIsolation !== "all" && (name === undefined || !noBuildIsolation.includes(name));
  }
}

function settingsOf(
  { configSettings, packageSettings }: ResolveChoices,
  name: string | undefined,
): NonNullable<ResolveChoices["configSettings"]> {
  const own = name !== undefined && packageSettings !== undefined && Object.hasOwn(packageSettings, name);
  return { ...configSettings, ...(own ? packageSettings[name] : {}) };
}
