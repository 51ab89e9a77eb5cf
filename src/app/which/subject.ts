import { type AbsPath, VenvoyError } from "../../base/index.ts";
import { type Asked, type Environment, readReceipt, unionOf } from "../../env/index.ts";
import { launchEnvironment } from "../../launch/index.ts";
import { type Context, pathFrom } from "../context.ts";
import { choose } from "../run/choose.ts";
import { headerAsks } from "../run/header-asks.ts";
import { recallOwn } from "../run/own.ts";
import { envPaths, ownRunOf } from "../run/run.ts";
import { type Runnable, runnableOf } from "../run/runnable.ts";
import { targetPlace } from "../targets.ts";

/** Whose imports are asked about: an environment as it is, or a script where `run` would start it. */
export interface Subject {
  readonly label: string;
  /** Whose root the label stands for; absent for one that another tool made, or a script's own. */
  readonly environment: Environment | undefined;
  readonly tree: AbsPath;
  /** site-packages relative to the tree, where that is known. */
  readonly sitePackages: string | undefined;
  readonly pythonVersion: string | undefined;
  readonly asked: readonly Asked[];
  /** What `python` puts first on the search path. */
  readonly first: { readonly path: AbsPath; readonly kind: "script" | "working-directory" };
  /** Directories of the header's `env:` lines; they stand before PYTHONPATH. */
  readonly headerPaths: readonly AbsPath[];
  /** Of PYTHONPATH as the program will see it, without those of the header. */
  readonly pythonPath: readonly AbsPath[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface SubjectRequest {
  readonly name?: string | undefined;
  readonly script?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Throws `ENV_UNKNOWN`, also for a script whose environment the first run will make. */
export async function subjectOf(context: Context, request: SubjectRequest): Promise<Subject> {
  const { system } = context;
  if (request.script !== undefined) return scriptSubject(context, { ...request, script: request.script });
  const first = { path: system.cwd, kind: "working-directory" } as const;
  if (request.name === undefined) {
    const active = await context.home.active();
    if (active?.kind === "foreign") return subject(context, { label: active.root, tree: active.root, first });
  }
  const environment = await context.home.open((await targetPlace(context, request.name)).root);
  return subject(context, { ...ofEnvironment(environment), first });
}

async function scriptSubject(
  context: Context,
  request: SubjectRequest & { readonly script: string },
): Promise<Subject> {
  const { script: path, name, signal } = request;
  const run = {
    target: { kind: "file", path },
    ...(name === undefined ? {} : { name }),
    ...(signal === undefined ? {} : { signal }),
  } as const;
  const runnable = await runnableOf(context, run);
  const choice = await choose(context, runnable, run);
  const real = runnable.script ?? (await context.fs.realPath(pathFrom(context, path)));
  const first = { path: await directoryOfScript(context, pathFrom(context, path)), kind: "script" } as const;
  const more = { first, headerPaths: envPaths(context, runnable) };
  switch (choice.kind) {
    case "foreign":
      return subject(context, { label: choice.active.root, tree: choice.active.root, ...more });
    case "named": {
      const environment = await context.home.find(choice.name);
      if (environment === undefined) throw notMade(runnable, `\`${choice.name}\``);
      return subject(context, { ...ofEnvironment(environment), ...more });
    }
    case "own":
    case "project": {
      const asks = headerAsks(runnable);
      const own =
        choice.kind === "own" ? await recallOwn(context, ownRunOf({ runnable, asks, request: run })) : undefined;
      if (own === undefined) throw notMade(runnable, "an environment of its own");
      const asked = asks.lines.map(
        ({ text, line }): Asked => ({
          text,
          origin: { kind: "script", file: real, line, text },
        }),
      );
      return subject(context, { label: `${runnable.label} (its own)`, tree: own.root, asked, ...more });
    }
  }
}

/** A script that is a link counts as where it leads; links on the way to it stay as they are, as Python has it. */
async function directoryOfScript({ fs }: Context, script: AbsPath): Promise<AbsPath> {
  const isLink = (await fs.linkInfo(script))?.kind === "symlink";
  return fs.path.directory(isLink ? fs.path.resolve(fs.path.directory(script), await fs.readLink(script)) : script);
}

function ofEnvironment(environment: Environment) {
  const { label, current, intent } = environment;
  return {
    label,
    environment,
    tree: current.root,
    asked: unionOf(intent),
    variables: intent.variables,
    pythonVersion: intent.standing.pythonVersion,
  };
}

async function subject(
  context: Context,
  given: Pick<Subject, "label" | "tree" | "first"> &
    Partial<Pick<Subject, "environment" | "asked" | "headerPaths" | "pythonVersion">> & {
      readonly variables?: Readonly<Record<string, string>>;
    },
): Promise<Subject> {
  const { fs, system } = context;
  const separator = system.os === "windows" ? ";" : ":";
  const receipt = await readReceipt(fs, given.tree);
  const { variables = {}, headerPaths = [] } = given;
  const told = variables["PYTHONPATH"] ?? system.env["PYTHONPATH"] ?? "";
  const pythonPath = told
    .split(separator)
    .filter((entry) => entry !== "")
    .map((entry) => fs.path.resolve(system.cwd, entry));
  // A plain directory is on the path of the Python that it is for, as `run` puts it there.
  if (receipt?.layout === "plain") pythonPath.unshift(given.tree);
  const joined = [...headerPaths, ...pythonPath].join(separator);
  const bin = receipt?.bin ?? (system.os === "windows" ? "Scripts" : "bin");
  return {
    label: given.label,
    environment: given.environment,
    tree: given.tree,
    sitePackages: receipt?.sitePackages,
    pythonVersion: given.pythonVersion ?? receipt?.base.version,
    asked: given.asked ?? [],
    first: given.first,
    headerPaths,
    pythonPath,
    env: launchEnvironment(system.env, {
      environment: given.tree,
      bin: fs.path.join(given.tree, ...bin.split("/")),
      set: { ...variables, ...(joined === "" ? {} : { PYTHONPATH: joined }) },
      pathSeparator: separator,
    }),
  };
}

function notMade(runnable: Runnable, what: string): VenvoyError {
  return new VenvoyError("ENV_UNKNOWN", `\`${runnable.label}\` runs in ${what}, which does not exist yet`, {
    hint: `venvoy run ${runnable.label} makes it`,
    data: { script: runnable.label },
  });
}
