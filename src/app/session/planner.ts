import type { AbsPath } from "../../base/index.ts";
import { VenvoyError } from "../../base/index.ts";
import { markUse, type Receipt, readReceipt } from "../../env/index.ts";
import type { HostProfile } from "../../host/index.ts";
import type { Event } from "../../ports/index.ts";
import type { LaneTree, Needs, Planner, Purpose, RequestName, SpareStart, Where } from "../../session/index.ts";
import type { Context } from "../context.ts";
import { pathFrom } from "../context.ts";
import type { ChangeReport } from "../outcomes.ts";
import type { RunRequest, RunTarget } from "../requests.ts";
import { type ReadyRun, readyRun } from "../run/run.ts";
import { NeedsMemo } from "./needs-memo.ts";
import { interpreterKey, Spares } from "./spares.ts";

/** What a host is asked of a change that a call needs. */
export type ConfirmChange = (plan: ChangeReport, asked: { readonly request?: RequestName }) => Promise<boolean>;

/** Progress, and the call that it is for. */
export type ProgressListener = (event: Event & { readonly request?: RequestName }) => void;

export interface PlannerOptions {
  /** Stands behind calls and the shell when they name nothing. */
  readonly environment: string | undefined;
  /** The host program whose Python and packages scripts are to be served with, where they leave the choice. */
  readonly profile: HostProfile | undefined;
  readonly confirm: ConfirmChange | undefined;
  /** Hears of downloads and the like; else the context's reporter does. */
  readonly onProgress: ProgressListener | undefined;
}

/** Variables that only count when a process starts: the loader's, the locale's, and Python's own. */
const startOnly = /^(LD_|DYLD_|MALLOC_|GLIBC_|LC_|LANG$|PYTHON(?!PATH$|STARTUP$|HOME$|NOUSERSITE$))/;

/** The session's way to environments: headers become claims or trees of their own, exactly as with `venvoy run`. */
export class SessionPlanner implements Planner {
  readonly #context: Context;
  readonly #options: PlannerOptions;
  readonly #spares: Spares;
  readonly #memo: NeedsMemo;

  constructor(context: Context, options: PlannerOptions) {
    this.#context = context;
    this.#options = options;
    this.#spares = new Spares(context);
    this.#memo = new NeedsMemo(context);
  }

  async script(file: string, { args, ...purpose }: Purpose & { readonly args: readonly string[] }): Promise<Needs> {
    return this.#needs({ kind: "file", path: file }, { args }, purpose);
  }

  async place(
    { script, environment = script === undefined ? this.#options.environment : undefined }: Where,
    { module, ...purpose }: Purpose & { readonly module?: string } = {},
  ): Promise<Needs> {
    const nothing: RunTarget = { kind: "code", code: "" };
    if (environment !== undefined) return this.#needs(nothing, { name: environment }, purpose);
    const file = script ?? (module === undefined ? undefined : await this.#fileOf(module));
    if (file === undefined) return this.#needs(nothing, {}, purpose);
    // What is called is no run of the script: its flags are not for it.
    return { ...(await this.#needs({ kind: "file", path: file }, {}, purpose)), keepsScope: false, reloads: false };
  }

  /** The Python that a script without words gets. */
  async first(): Promise<Pick<Needs, "interpreter" | "spare"> | undefined> {
    return this.#spares.first(this.#options.profile?.python);
  }

  /** A module of the working directory has a header that says what it needs. */
  async #fileOf(module: string): Promise<AbsPath | undefined> {
    const { fs, system } = this.#context;
    const file = fs.path.join(system.cwd, ...`${module.replaceAll(".", "/")}.py`.split("/"));
    // Python says what is wrong with a name that no file can have.
    const info = await fs.info(file).catch(() => undefined);
    return info?.kind === "file" ? file : undefined;
  }

  async #needs(target: RunTarget, options: Omit<RunRequest, "target">, purpose: Purpose): Promise<Needs> {
    const { profile } = this.#options;
    const args = options.args ?? [];
    const key = JSON.stringify([target, options.name, profile]);
    const known = await this.#memo.recall(key);
    if (known !== undefined) return withArguments(known, args);
    // An environment that is named stands on its own Python; what names none gets the host's.
    const host = profile === undefined || options.name !== undefined ? {} : { host: profile.name, hostMayNotFit: true };
    const found = await readyRun(this.#contextFor(purpose), { ...options, ...host, target, ...this.#asking(purpose) });
    if (found.runnable.starts !== "python")
      throw new VenvoyError("PROGRAM_NOT_STARTED", `\`${found.runnable.label}\` is no Python script`, {
        hint: "a session runs Python; start other programs with venvoy run",
      });
    const receipt = await readReceipt(this.#context.fs, found.ready.tree);
    const needs = await this.#needsOf(found, { target, receipt });
    await this.#memo.remember(key, { ...needs, notes: [] }, found);
    return withArguments(needs, args);
  }

  /** What is told on the way says whose it is. */
  #contextFor({ request }: Purpose): Context {
    const { onProgress } = this.#options;
    if (onProgress === undefined) return this.#context;
    const { reporter } = this.#context;
    const emit = (event: Event): void => onProgress(request === undefined ? event : { ...event, request });
    return { ...this.#context, reporter: { nextOp: () => reporter.nextOp(), emit } };
  }

  /** Whoever is asked may never answer: a call that is cancelled doesn't wait for that. */
  #asking({ request, signal }: Purpose): Pick<RunRequest, "signal" | "confirm"> {
    const { confirm } = this.#options;
    const asked = request === undefined ? {} : { request };
    const ask = (plan: ChangeReport): Promise<boolean> =>
      confirm === undefined ? Promise.resolve(true) : unlessAborted(confirm(plan, asked), signal);
    return { ...(signal === undefined ? {} : { signal }), ...(confirm === undefined ? {} : { confirm: ask }) };
  }

  async #needsOf(
    { plan, runnable, ready }: ReadyRun,
    { target, receipt }: { readonly target: RunTarget; readonly receipt: Receipt | undefined },
  ): Promise<Needs> {
    const { fs, system } = this.#context;
    const python = plan.argv[0] as AbsPath;
    const spare = receipt === undefined ? undefined : await this.#spares.of(receipt);
    const env = withoutHint(plan.env);
    const separator = system.os === "windows" ? ";" : ":";
    const paths = (env["PYTHONPATH"] ?? "").split(separator).filter((entry) => entry !== "");
    const file = target.kind === "file" ? pathFrom(this.#context, target.path) : undefined;
    const own = runnable.script === undefined ? system.cwd : fs.path.directory(runnable.script);
    const flags = new Set((runnable.header?.flags ?? []).map(({ text }) => text));
    return {
      interpreter: receipt === undefined ? `the Python of ${ready.tree}` : interpreterKey(receipt),
      environment: plan.environment,
      tree: await this.#tree(ready.tree, python, receipt),
      spare,
      env,
      startVariables: startVariables(env, spare),
      front: [own, ...paths.map((path) => fs.path.resolve(system.cwd, path))],
      file,
      argv: target.kind === "file" ? [target.path] : [""],
      isAsync: runnable.header?.async === true,
      keepsScope: flags.has("python.keepScope"),
      reloads: flags.has("python.reloadEngine") || flags.has("python.resetEngine"),
      notes: plan.notes,
      markUse: (pid) => this.#markUse(ready, pid),
    };
  }

  async #tree(root: AbsPath, python: AbsPath, receipt: Receipt | undefined): Promise<LaneTree> {
    const { fs } = this.#context;
    if (receipt === undefined)
      return { root, prefix: root, python, sites: [], packages: {}, systemSites: false, inPlace: true };
    if (receipt.layout === "plain") return this.#plainTree(root, python, receipt);
    const site = fs.path.join(root, ...receipt.sitePackages.split("/"));
    const settings = await fs.readText(fs.path.join(root, "pyvenv.cfg")).catch(() => "");
    return {
      root,
      prefix: root,
      python,
      sites: [site],
      packages: await this.#packages(root, site, receipt),
      systemSites: /^include-system-site-packages\s*=\s*true\s*$/im.test(settings),
      inPlace: false,
    };
  }

  /** Packages beside what the host brings, which counts as one more place of them. */
  async #plainTree(root: AbsPath, python: AbsPath, receipt: Receipt): Promise<LaneTree> {
    const { bundled = [], siteDirs = [] } = this.#options.profile ?? {};
    const brought = bundled.map(({ name, version }) => [name, `${version} of the host`] as const);
    return {
      root,
      prefix: receipt.base.link,
      python,
      sites: [root, ...siteDirs],
      packages: { ...Object.fromEntries(brought), ...(await this.#packages(root, root, receipt)) },
      systemSites: false,
      inPlace: false,
    };
  }

  /** What the receipt knows is told apart by its file; what others installed or edited is the same only in this tree. */
  async #packages(root: AbsPath, site: AbsPath, receipt: Receipt): Promise<Readonly<Record<string, string>>> {
    const isEdited = (receipt.carried ?? []).length > 0;
    const known = new Map(receipt.packages.map((one) => [one.distInfo, one]));
    const packages: Record<string, string> = {};
    for (const { name: entry } of (await this.#context.fs.list(site)) ?? []) {
      const [, name, version] = /^(.+?)-([^-]+?)(?:-py[\d.]+)?\.(?:dist|egg)-info$/.exec(entry) ?? [];
      if (name === undefined || version === undefined) continue;
      const one = known.get(entry);
      const identity = one === undefined || isEdited ? root : one.sha256;
      packages[name.replace(/[-_.]+/g, "-").toLowerCase()] = `${version} ${identity}`;
    }
    return packages;
  }

  /** A process that has entered a version isn't to be seen from outside: it was started elsewhere. */
  async #markUse(ready: ReadyRun["ready"], pid: number): Promise<void> {
    if (ready.version === undefined || ready.pointer === undefined) return;
    const environment = await this.#context.home.open(ready.environment);
    await markUse(this.#context, environment, ready.version, pid);
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

function withArguments(needs: Needs, args: readonly string[]): Needs {
  return args.length === 0 ? needs : { ...needs, argv: [...needs.argv, ...args] };
}

/** A lane tells of errors as data; a line of help behind a traceback would hold it up. */
function withoutHint(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const known = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(known.filter(([name]) => name !== "VENVOY_HINT"));
}

function startVariables(env: Readonly<Record<string, string>>, spare: SpareStart | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => startOnly.test(name) && spare?.env[name] !== value),
  );
}
