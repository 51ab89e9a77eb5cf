import { type AbsPath, isVenvoyError, printable, VenvoyError } from "../../base/index.ts";
import { readLock, readReceipt } from "../../env/index.ts";
import { launchEnvironment } from "../../launch/index.ts";
import { fits, parsePythonRequest } from "../../python/index.ts";
import type { AskedRequirement } from "../../resolve/index.ts";
import { askedOf, typedRequirements } from "../asked.ts";
import { type Context, pathFrom } from "../context.ts";
import { readRequirementFiles } from "../files.ts";
import { limitsOf } from "../host/limits.ts";
import type { RunPlan } from "../outcomes.ts";
import type { RunRequest } from "../requests.ts";
import { baseFor, preferencesOf } from "../solve.ts";
import { type Choice, choose } from "./choose.ts";
import { askedByHeader, askedByScript, type HeaderAsks, headerAsks } from "./header-asks.ts";
import { remember } from "./memo.ts";
import { readyNamed } from "./named.ts";
import { checkIsProgram } from "./not-programs.ts";
import { type OwnRun, readyOwn } from "./own.ts";
import { checkProgram } from "./program.ts";
import type { Ready } from "./ready.ts";
import { type Runnable, runnableOf } from "./runnable.ts";
import { shadowNotes } from "./shadow.ts";

/** Decides which environment a run means, makes it ready, and says how to start. */
export async function run(context: Context, request: RunRequest): Promise<RunPlan> {
  return (await readyRun(context, request)).plan;
}

/** A run that could be started, for whoever runs it in a process that is there already. */
export interface ReadyRun {
  readonly plan: RunPlan;
  readonly runnable: Runnable;
  readonly ready: Ready;
}

export async function readyRun(context: Context, request: RunRequest): Promise<ReadyRun> {
  if (request.target.kind === "file")
    checkIsProgram(context.fs.path.name(pathFrom(context, request.target.path)), request.target.path);
  const runnable = await runnableOf(context, request);
  const choice = await choose(context, runnable, request);
  const asks = headerAsks(runnable);
  const ready = await withExtras(
    context,
    { choice, runnable, asks, request },
    await readyFor(context, { choice, runnable, asks, request }),
  );
  const notes = [...asks.notes, ...ready.notes];
  return { plan: await planOf(context, { choice, runnable, request, ready, notes }), runnable, ready };
}

interface Decided {
  readonly choice: Choice;
  readonly runnable: Runnable;
  readonly asks: HeaderAsks;
  readonly request: RunRequest;
}

async function readyFor(context: Context, decided: Decided): Promise<Ready> {
  const { choice, asks } = decided;
  const own = ownRunOf(decided);
  if (decided.request.host !== undefined) {
    const onHost = await readyForHost(context, own, decided.request.host);
    if (onHost !== undefined) return onHost;
  }
  switch (choice.kind) {
    case "own":
      return readyOwn(context, own);
    case "project": {
      const files = await readRequirementFiles(context, [choice.project.file]);
      const asked = askedOf(context, { requirements: files.requirements, claims: [] });
      return readyOwn(context, {
        ...own,
        label: choice.project.shown,
        asked,
        constraints: files.constraints,
        hashes: files.hashes,
        choices: { ...files.choices, ...asks.choices },
      });
    }
    case "foreign":
      return {
        label: choice.active.root,
        environment: choice.active.root,
        tree: choice.active.root,
        version: undefined,
        notes: [],
        pointer: undefined,
        useMark: undefined,
        variables: {},
      };
    case "named":
      return readyNamedOrOwn(context, decided, choice, own);
  }
}

/**
 * On the Python of a host program: what the script asks for beside what the program brings. `undefined` where it asks for
 * another Python, and the request lets it have that. Throws `PYTHON_NOT_FOUND` where it doesn't.
 */
async function readyForHost(context: Context, own: OwnRun, name: string): Promise<Ready | undefined> {
  const { overrideBundled = [], hostMayNotFit = false, signal } = own.request;
  const host = await limitsOf(context, { host: { name, override: overrideBundled } });
  const python = host.profile?.python;
  const base = await baseFor(context, python, signal);
  if (own.python !== undefined && !fits(parsePythonRequest(own.python), base.interpreter)) {
    if (hostMayNotFit) return undefined;
    const { version } = base.interpreter;
    throw new VenvoyError(
      "PYTHON_NOT_FOUND",
      `\`${own.label}\` asks for Python ${own.python}, and ${host.profile?.title ?? name} has ${version}`,
      { hint: "run it without --host", data: { request: own.python, version } },
    );
  }
  return readyOwn(context, { ...own, host, python, base, layout: "plain" });
}

/** An environment of the script's own, as its header asks. */
export function ownRunOf({ runnable, asks, request }: Omit<Decided, "choice">): OwnRun {
  return {
    label: runnable.label,
    asked: askedByHeader(runnable.label, asks),
    python: asks.python,
    choices: asks.choices,
    request,
    askedBy: askedByScript(runnable, asks, { own: true }),
    notes: [],
  };
}

/** `default` never refuses: a script that doesn't fit there gets an environment of its own, and one line says so. */
async function readyNamedOrOwn(
  context: Context,
  decided: Decided,
  choice: Extract<Choice, { kind: "named" }>,
  own: OwnRun,
): Promise<Ready> {
  const { request, asks } = decided;
  const mayOwn = !choice.refuses && (own.asked.length > 0 || (request.python ?? asks.python) !== undefined);
  if (own.asked.length > 0 && mayOwn && decided.runnable.script === undefined) return readyOwn(context, own);
  try {
    return await readyNamed(context, { ...decided, choice, proposes: !mayOwn });
  } catch (error) {
    if (!mayOwn || !isVenvoyError(error, "RESOLUTION_IMPOSSIBLE")) throw error;
    const note = `${decided.runnable.label} does not fit into \`${choice.name}\`, so it runs in an environment of its own`;
    return readyOwn(context, { ...own, notes: [note] });
  }
}

/** `--with`: everything that the environment is asked for, at its versions, and these; in a tree of their own. */
async function withExtras(context: Context, decided: Decided, ready: Ready): Promise<Ready> {
  const extra = typedRequirements(decided.request.with ?? []);
  if (extra.length === 0) return ready;
  const { choice, runnable, asks, request } = decided;
  const typed = askedOf(context, { requirements: extra, claims: [] });
  const named =
    choice.kind === "named" && ready.version !== undefined ? await context.home.open(ready.environment) : undefined;
  const lock = named === undefined ? undefined : await readLock(context.fs, named, named.current.number);
  const below: readonly AskedRequirement[] =
    named === undefined ? askedByHeader(runnable.label, asks) : askedOf(context, named.intent);
  return readyOwn(context, {
    label: `${ready.label} with ${extra.map((item) => item.text).join(" ")}`,
    asked: [...below, ...typed],
    python: named === undefined ? asks.python : `==${named.intent.standing.pythonVersion}`,
    choices: asks.choices,
    keep: { preferences: preferencesOf(lock) },
    request,
    notes: ready.notes,
  });
}

async function planOf(
  context: Context,
  {
    choice,
    runnable,
    request,
    ready,
    notes,
  }: Omit<Decided, "asks"> & { readonly ready: Ready; readonly notes: readonly string[] },
): Promise<RunPlan> {
  const { fs, system } = context;
  const receipt = await readReceipt(fs, ready.tree);
  const isWindows = system.os === "windows";
  const bin = fs.path.join(ready.tree, ...(receipt?.bin ?? (isWindows ? "Scripts" : "bin")).split("/"));
  const isPlain = receipt?.layout === "plain";
  const python = isPlain
    ? fs.path.join(receipt.base.link, ...receipt.base.program.split("/"))
    : fs.path.join(bin, isWindows ? "python.exe" : "python");
  const inherited = { ...system.env };
  if (request.isolated === true) delete inherited["PYTHONPATH"];
  const own = envPaths(context, runnable);
  const first = isPlain ? [...own, ready.tree] : own;
  const searchPath = [...first, ...(inherited["PYTHONPATH"] ? [inherited["PYTHONPATH"]] : [])];
  const set: Record<string, string> = {
    ...ready.variables,
    VENVOY_HINT: JSON.stringify([...system.self, "internal", "hint"]),
    ...(request.isolated === true ? { PYTHONNOUSERSITE: "1" } : {}),
    ...(first.length === 0 ? {} : { PYTHONPATH: searchPath.join(isWindows ? ";" : ":") }),
  };
  const launched = launchEnvironment(inherited, {
    environment: ready.environment,
    bin,
    set,
    pathSeparator: isWindows ? ";" : ":",
  });
  // A plain directory is no virtual environment, and nothing may take it for one.
  const env = isPlain ? { ...launched, VIRTUAL_ENV: undefined, PATH: inherited["PATH"] } : launched;
  if (runnable.starts === "itself" && !isPlain) {
    const [program = ""] = runnable.words;
    const isOurs = choice.kind === "named";
    await checkProgram(context, program, { bin, path: env["PATH"] ?? "", label: ready.label, isOurs });
  }
  if (!isPlain) await remember(context, { runnable, choice, ready, request, python, bin, set });
  const typed = runnable.words as readonly [string, ...string[]];
  // A plain directory has no program of its own: `python` means the one that it is for.
  const isPython = isPlain && runnable.starts === "itself" && /^python(?:3(?:\.\d+)?)?(?:\.exe)?$/.test(typed[0]);
  const words: readonly [string, ...string[]] = isPython ? [python, ...typed.slice(1)] : typed;
  return {
    argv: runnable.starts === "python" ? [python, ...words] : words,
    env,
    environment: { name: ready.label, path: ready.environment, version: ready.version },
    reasons: [
      choice.reason,
      `the environment is ${ready.label}${ready.version === undefined ? "" : `, version ${ready.version}`}`,
    ],
    ...(ready.change === undefined ? {} : { change: ready.change }),
    notes: [
      ...notes,
      ...(await shadowNotes(
        context,
        inherited["PYTHONPATH"],
        sitePackages(context, ready.tree, receipt?.sitePackages),
      )),
    ].map((note) => printable(note)),
  };
}

/** Folders that the header puts on `sys.path` (`env:`); relative ones count from the script. */
export function envPaths(context: Context, { header, script }: Runnable): readonly AbsPath[] {
  const { fs, system } = context;
  const from = script === undefined ? system.cwd : fs.path.directory(script);
  return (header?.envPaths ?? []).map(({ text }) => fs.path.resolve(from, text));
}

function sitePackages(context: Context, tree: AbsPath, relative: string | undefined): AbsPath | undefined {
  return relative === undefined || relative === "" ? undefined : context.fs.path.join(tree, ...relative.split("/"));
}
