import { isVenvoyError, printable, typedWord, VenvoyError } from "../base/index.ts";
import { type Environment, pythonRequestsOf, readEnvironment, readReceipt, type Wanted } from "../env/index.ts";
import {
  type Base,
  ensureBase,
  findInterpreters,
  fits,
  type Interpreter,
  isSupported,
  type PythonRequest,
  parseBaseKey,
  parsePythonRequest,
} from "../python/index.ts";
import { livingBase, minorOfBase, pythonGone } from "./bases.ts";
import { applyChange } from "./change.ts";
import type { Context } from "./context.ts";
import type { ChangeReport } from "./outcomes.ts";
import { lockOptions } from "./packages.ts";
import type { ChangeOptions, OperationOptions, ResolveChoices } from "./requests.ts";
import { askOptions, baseFor } from "./solve.ts";

/** How an environment may be given another Python when its own is gone. */
export interface PythonOptions extends OperationOptions, ResolveChoices {
  /**
   * Called with the finished plan before an environment is rebuilt on another Python; false leaves it as it is. Left
   * out, nobody can be asked, and nothing is rebuilt.
   */
  readonly confirmRebuild?: (plan: ChangeReport) => Promise<boolean>;
  readonly command?: string;
  readonly dryRun?: boolean;
}

/** An environment with a Python that can be started, and the change that it took. */
export interface WithPython {
  readonly environment: Environment;
  /** Its base was gone and leads elsewhere now, or its Python was upgraded in place. */
  readonly mended: boolean;
  readonly change?: ChangeReport;
}

/** So many other Pythons are tried before it is said that none will do. */
const triedPythons = 4;

/**
 * Makes sure that the environment's Python can be started. A base that leads nowhere is led to another Python of the
 * same kind; one that was upgraded in place is written down. When there is none of that kind, the environment is
 * rebuilt on another, if whoever is asked says so. Throws `PYTHON_GONE`, and `ABORTED` when the answer was no.
 */
export async function withLivingPython(
  context: Context,
  environment: Environment,
  options: PythonOptions,
): Promise<WithPython> {
  // It lies in the tree: that is whole, or is built again.
  if (environment.intent.layout === "standalone") return { environment, mended: false };
  // A Python of the same kind that somebody names takes the link over, and all is well.
  if (options.python !== undefined) await baseFor(context, options.python, options.signal);
  const base = await livingBase(context, keyOf(environment), options.signal);
  if (base !== undefined) {
    const wasDead = !(await canStart(context, environment));
    if (!wasDead && environment.intent.standing.pythonVersion === base.interpreter.version)
      return { environment, mended: false };
    return { environment: await follow(context, environment, base, options.signal), mended: true };
  }
  if (options.confirmRebuild === undefined) throw await unasked(context, environment, options);
  const change = await rebuildElsewhere(context, environment, options);
  if (change.declined === true) throw new VenvoyError("ABORTED", `\`${environment.label}\` was not rebuilt`);
  return { environment: await readEnvironment(context.fs, environment), mended: true, change };
}

/** Rebuilds an environment on the first Python for which its packages can be had. Throws `PYTHON_GONE`. */
export async function rebuildElsewhere(
  context: Context,
  environment: Environment,
  options: PythonOptions,
): Promise<ChangeReport> {
  const others = await successors(context, environment, options);
  let failure: unknown;
  let hasAsked = false;
  const ask = options.confirmRebuild;
  const confirmRebuild = (plan: ChangeReport): Promise<boolean> => {
    hasAsked = true;
    return ask === undefined ? Promise.resolve(true) : ask(plan);
  };
  for (const interpreter of others.slice(0, triedPythons)) {
    const base = await ensureBase(context, context.layout, interpreter);
    try {
      return await rebuildOn(context, environment, base, { ...options, confirmRebuild });
    } catch (error) {
      // What fails after the answer is no reason to ask again about another Python.
      if (hasAsked || !isVenvoyError(error) || !solvable.has(error.code)) throw error;
      failure ??= error;
    }
  }
  throw noSuccessor(environment, others[0], failure);
}

/** Failures of a solve that another Python may not have. */
const solvable: ReadonlySet<string> = new Set([
  "INDEX_UNREACHABLE",
  "OFFLINE_MISSING",
  "PACKAGE_BLOCKED",
  "PACKAGE_UNKNOWN",
  "RESOLUTION_IMPOSSIBLE",
  "WHEEL_UNFIT",
]);

function rebuildOn(
  context: Context,
  environment: Environment,
  base: Base,
  { confirmRebuild, python: _python, ...options }: PythonOptions,
): Promise<ChangeReport> {
  const change: ChangeOptions = {
    ...options,
    ...(confirmRebuild === undefined ? {} : { confirm: confirmRebuild }),
    command: options.command ?? "venvoy doctor --fix",
  };
  const purpose = `rebuild ${environment.label} on Python ${base.interpreter.version}`;
  return context.home.using(environment, lockOptions(purpose, options.signal), (held) =>
    applyChange(
      context,
      held,
      ({ intent }) => ({ wanted: onPython(intent, base.interpreter), rebuild: true, onto: base }),
      change,
    ),
  );
}

/** The request for a Python stays while it is met; else the one that it stands on takes its place. */
function onPython(intent: Environment["intent"], interpreter: Interpreter): Wanted {
  const { python } = intent;
  const isMet = python === undefined || meets([parsePythonRequest(python)], interpreter);
  return isMet ? intent : { ...intent, python: interpreter.versionInfo.slice(0, 2).join(".") };
}

/**
 * The Pythons to rebuild on, best first: those that everything asked of the environment agrees with, then the same
 * implementation, then the nearest newer version, then the nearest older one. One of each minor version.
 */
export async function successors(
  context: Context,
  environment: Environment,
  { python, signal }: PythonOptions,
): Promise<readonly Interpreter[]> {
  if (python !== undefined) return [(await baseFor(context, python, signal)).interpreter];
  const gone = parseBaseKey(keyOf(environment));
  const requests = pythonRequestsOf(environment.intent).map(({ request }) => parsePythonRequest(request));
  const [, oldMinor = 0] = gone?.version ?? [];
  const distance = ({ versionInfo: [, minor] }: Interpreter): number =>
    minor >= oldMinor ? minor - oldMinor : 100 + oldMinor - minor;
  const rank = (one: Interpreter): readonly number[] => [
    meets(requests, one) ? 0 : 1,
    gone === undefined || one.implementation === gone.implementation ? 0 : 1,
    one.freeThreaded === (gone?.freeThreaded ?? false) && one.debug === (gone?.debug ?? false) ? 0 : 1,
    one.prerelease ? 1 : 0,
    distance(one),
    -one.versionInfo[2],
  ];
  const found = await findInterpreters(context, askOptions(context, signal));
  const usable = found.flatMap((one) => ("ok" in one && isSupported(one.ok) ? [one.ok] : []));
  const sorted = usable.map((one) => ({ one, rank: rank(one) })).sort((a, b) => compareRanks(a.rank, b.rank));
  const minors = new Set<string>();
  return sorted.flatMap(({ one }) => {
    const kind = `${one.implementation} ${one.versionInfo[1]} ${one.freeThreaded} ${one.debug}`;
    if (minors.has(kind)) return [];
    minors.add(kind);
    return [one];
  });
}

/** Paths and names of programs can't be met by another Python: whoever typed one meant that very one. */
function meets(requests: readonly PythonRequest[], interpreter: Interpreter): boolean {
  return requests.every((one) => one.kind !== "path" && one.kind !== "command" && fits(one, interpreter));
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) if (value !== b[index]) return value - (b[index] ?? 0);
  return 0;
}

function follow(context: Context, environment: Environment, base: Base, signal?: AbortSignal): Promise<Environment> {
  const purpose = `follow Python ${base.interpreter.version} in ${environment.label}`;
  return context.home.using(environment, lockOptions(purpose, signal), async (held) => {
    await held.follow(base);
    return held.environment;
  });
}

/** The program in its tree leads to something. A tree that is gone is another matter, and is built again on its own. */
export async function canStart(context: Context, { current }: Environment): Promise<boolean> {
  const { fs, system } = context;
  const receipt = await readReceipt(fs, current.root);
  if (receipt === undefined) return true;
  if (receipt.layout === "plain")
    return (await fs.info(fs.path.join(receipt.base.link, ...receipt.base.program.split("/")))) !== undefined;
  const program = system.os === "windows" ? "python.exe" : "python";
  return (await fs.info(fs.path.join(current.root, ...receipt.bin.split("/"), program))) !== undefined;
}

/** There is nobody to ask: the sentence, and the command that does it without a question. */
async function unasked(context: Context, environment: Environment, options: PythonOptions): Promise<VenvoyError> {
  const [best] = await successors(context, environment, options);
  if (best === undefined) return noSuccessor(environment, undefined, undefined);
  return pythonGone(environment, best.version);
}

function noSuccessor(environment: Environment, best: Interpreter | undefined, failure: unknown): VenvoyError {
  const minor = minorOfBase(keyOf(environment));
  const label = printable(environment.label, { newlines: false });
  const why =
    best === undefined
      ? "there is no other Python to rebuild it on"
      : `it can't be rebuilt on ${best.versionInfo.slice(0, 2).join(".")}${isVenvoyError(failure) ? `: ${failure.message}` : ""}`;
  return new VenvoyError("PYTHON_GONE", `Python ${minor} is gone, \`${label}\` stands on it, and ${why}`, {
    hint: `Install Python ${minor} again, or try another with venvoy doctor ${typedWord(label)} --fix --python PYTHON`,
    data: { environment: environment.label, base: keyOf(environment) },
    ...(failure === undefined ? {} : { cause: failure }),
  });
}

function keyOf({ intent }: Environment): string {
  return intent.standing.base;
}
