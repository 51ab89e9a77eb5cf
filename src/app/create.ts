import { type AbsPath, printable, typedWord, VenvoyError } from "../base/index.ts";
import { type Environment, isDirectoryName, nothingWanted, parseEnvName, type Wanted } from "../env/index.ts";
import { openProfile } from "../host/index.ts";
import { targetOf } from "../python/index.ts";
import { eachOnce, joinRequirements, typedOrNamed } from "./asked.ts";
import { applyChange } from "./change.ts";
import { bytecodeTime, compileLater } from "./compile.ts";
import { type Context, pathFrom } from "./context.ts";
import { extraFiles } from "./extra-files.ts";
import { isLockFile, type RequirementFiles, readRequirementFiles } from "./files.ts";
import { type FirstOptions, planFirst } from "./first-version.ts";
import { withProof } from "./hash-proof.ts";
import { checkHashes } from "./hashes.ts";
import { type HostTruth, hostOf, untilItRuns } from "./host-truth.ts";
import { type LockFile, pythonForLock, readLockFile } from "./lock-file.ts";
import { backendOfLock } from "./locking/lock-backends.ts";
import { obtain } from "./obtain.ts";
import type { ChangeReport } from "./outcomes.ts";
import { remembering } from "./remembered.ts";
import type { ChangeOptions, CreateRequest } from "./requests.ts";
import { withSharedName } from "./shared-packages.ts";
import { baseFor } from "./solve.ts";
import { baseOfVersionFile, unlessRuledOut } from "./version-file.ts";

/** Makes an environment with its first version. Throws `ENV_EXISTS` before anything is downloaded. */
export async function create(context: Context, request: CreateRequest): Promise<ChangeReport> {
  const host = request.host === undefined ? undefined : await openProfile(context.fs, context.layout, request.host);
  const typedPython = request.python ?? host?.python;
  return createFor(context, typedPython === undefined ? request : { ...request, python: typedPython });
}

async function createFor(context: Context, request: CreateRequest): Promise<ChangeReport> {
  if (request.layout === "standalone" && request.systemSitePackages === true) {
    throw carriesAll();
  }
  const locked = await lockedStart(context, request);
  const { signal } = request;
  const here =
    request.python === undefined && locked === undefined ? await baseOfVersionFile(context, signal) : undefined;
  const naming = {
    choices: request,
    interpreter: async () => (here ?? (await baseFor(context, request.python, signal))).interpreter,
    signal,
  };
  const files = locked ?? (await readRequirementFiles(context, request.files ?? [], { naming, wish: request }));
  const typed = await typedOrNamed(context, request.requirements ?? [], naming);
  const wanted: Wanted = {
    ...nothingWanted,
    requirements: eachOnce([...files.requirements, ...typed]),
    // The Python that a lock was made for is nobody's wish.
    python: request.python ?? (locked === undefined ? files.choices.python : undefined),
    linkMode: request.linkMode,
    systemSitePackages: request.systemSitePackages ?? false,
    layout: request.layout ?? (request.host === undefined ? "venv" : "plain"),
    ...(request.host === undefined ? {} : { host: { name: request.host, override: request.overrideBundled ?? [] } }),
  };
  const base = here === undefined ? undefined : unlessRuledOut(context, here, wanted.python);
  const options = {
    ...files.choices,
    ...request,
    ...(base === undefined ? {} : { base }),
    constraints: files.constraints,
    hashes: files.hashes,
    ...(locked === undefined ? {} : { lock: locked.lock }),
  };
  const name = await placeName(context, request);
  const taken = wanted.layout === "plain" ? await directoryInUse(context, name) : undefined;
  if (taken !== undefined && request.dryRun !== true) return takeOver(context, taken, wanted, options);
  return (await createWanted(context, name, wanted, options)).report;
}

export function carriesAll(): VenvoyError {
  return new VenvoyError("ARGUMENT_INVALID", "A tree that carries its Python can't see packages that stay behind", {
    hint: "leave out --system-site-packages, or --layout standalone",
  });
}

/** A lock file says everything by itself; the Python is chosen first, because the lock's wheels depend on it. */
async function lockedStart(
  context: Context,
  request: CreateRequest,
): Promise<(RequirementFiles & LockFile) | undefined> {
  const [file, ...others] = (request.files ?? []).map((path) => pathFrom(context, path));
  if (file === undefined || !isLockFile(context, file)) return undefined;
  if (others.length > 0 || (request.requirements ?? []).length > 0) {
    throw new VenvoyError("ARGUMENT_INVALID", "A lock file says everything: nothing else can stand beside it", {
      hint: "create it from the lock, and `venvoy add` the rest",
    });
  }
  const python = request.python ?? (await pythonForLock(context, file, request.signal));
  const base = await baseFor(context, python, request.signal);
  const { interpreter } = base;
  const target = targetOf(interpreter, hostOf(context, interpreter, request.forHost).libc);
  const { choice, remembered } = await backendOfLock(context, file, request);
  const read = await readLockFile(context, file, { target, interpreter, request, choice });
  const choices = {
    ...(python === undefined ? {} : { python }),
    ...(remembered === undefined ? {} : { backend: remembered }),
  };
  return { constraints: [], hashes: new Map(), choices, ...read };
}

/** A directory that holds something, and that is no environment yet. */
async function directoryInUse(context: Context, name: string): Promise<AbsPath | undefined> {
  if (!isDirectoryName(name)) return undefined;
  const directory = pathFrom(context, name);
  const entries = await context.fs.list(directory);
  if (entries === undefined || entries.length === 0) return undefined;
  return (await context.home.find(name, { exact: true })) === undefined ? directory : undefined;
}

/** What `pip --target` made so far: its packages are carried into the first change, and what else lies there stays. */
async function takeOver(
  context: Context,
  directory: AbsPath,
  wanted: Wanted,
  options: ChangeOptions & FirstOptions & Pick<CreateRequest, "purpose">,
): Promise<ChangeReport> {
  const { constraints, hashes, lock, purpose, command = "", signal } = options;
  const base = options.base ?? (await baseFor(context, options.python ?? wanted.python, signal));
  const environment = await context.home.adopt(directory, {
    command,
    base,
    artifacts: [],
    lock: { packages: [] },
    wanted: { ...wanted, requirements: [] },
    ...(purpose === undefined ? {} : { purpose }),
    ...(signal === undefined ? {} : { signal }),
  });
  const { python: _python, ...rest } = options;
  const purposeOfLock = { purpose: `create ${directory}`, ...(signal === undefined ? {} : { signal }) };
  try {
    const report = await context.home.using(environment, purposeOfLock, (held) =>
      applyChange(
        context,
        held,
        ({ intent }) => ({
          wanted: { ...intent, requirements: joinRequirements(intent.requirements, wanted.requirements) },
          ...(constraints === undefined ? {} : { constraints }),
          ...(hashes === undefined ? {} : { hashes }),
          ...(lock === undefined ? {} : { lock }),
        }),
        rest,
      ),
    );
    if (report.declined !== true) return report;
    await context.home.remove(environment, { force: true });
    return report;
  } catch (error) {
    // Nothing was made: the directory is as it was.
    await context.home.remove(environment, { force: true });
    throw error;
  }
}

/** A path is taken only where it is meant as one: `./env`, an absolute one, or `at`; `../x` and `a/b` are slips. */
export async function placeName(context: Context, { name, at, python, signal }: CreateRequest): Promise<string> {
  if (at !== undefined) return pathFrom(context, at);
  const text = name ?? "";
  if (text === "" || !isDirectoryName(text))
    return parseEnvName(await withSharedName(context, text, { python, signal }));
  if (/^\.[\\/]./.test(text) || context.fs.path.isAbsolute(text)) return text;
  throw new VenvoyError("ENV_NAME_INVALID", `\`${printable(text)}\` can't name an environment: it is a path`, {
    hint: `venvoy create --at ${typedWord(text)} makes one in that directory`,
    data: { name: text },
  });
}

export interface CreateWantedOptions extends ChangeOptions, FirstOptions {
  readonly purpose?: string;
  readonly temporary?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
}

/** The same for an intent that is already formed (a script's header). The environment is missing after a dry run. */
export async function createWanted(
  context: Context,
  name: string,
  wanted: Wanted,
  options: CreateWantedOptions,
): Promise<Created> {
  return untilItRuns((truth) => createOnce(context, name, wanted, { ...options, truth }));
}

interface Created {
  readonly report: ChangeReport;
  readonly environment: Environment | undefined;
}

async function createOnce(
  context: Context,
  name: string,
  given: Wanted,
  options: CreateWantedOptions & { readonly truth: HostTruth },
): Promise<Created> {
  const wanted = remembering(given, options);
  const startedMs = context.clock.elapsed();
  const existing = await context.home.find(name, { exact: true });
  if (existing !== undefined) {
    const isHere = existing.kind === "central" ? "is named" : "lies in";
    throw new VenvoyError("ENV_EXISTS", `An environment ${isHere} \`${existing.label}\` already`, {
      hint: `venvoy add -n ${typedWord(existing.label)} PACKAGE, or venvoy delete ${typedWord(existing.label)}`,
      data: { name, path: existing.root },
    });
  }
  const first = await planFirst(context, wanted, options);
  const planned: ChangeReport = {
    ...first.report,
    environment: {
      name,
      id: "" as ChangeReport["environment"]["id"],
      path: isDirectoryName(name) ? pathFrom(context, name) : context.fs.path.join(context.layout.envs, name),
    },
    version: 1,
    previousVersion: undefined,
    changed: true,
    dryRun: options.dryRun ?? false,
    elapsedMs: context.clock.elapsed() - startedMs,
  };
  if (planned.dryRun) return { report: planned, environment: undefined };
  if (options.confirm !== undefined && !(await options.confirm(planned))) {
    return {
      report: { ...planned, changed: false, declined: true },
      environment: undefined,
    };
  }
  const { source, settings } = first.solved;
  const check = { required: options.requireHashes };
  const { signal } = options;
  const hashes = await withProof(context, options.hashes, { ...first.solved, check, signal });
  const { artifacts, lock } = await obtain(context, first.solved.lock, source, {
    judge: first.solved.judge,
    ...(options.own === undefined ? {} : { own: options.own }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const when = options.compile ?? settings.compile;
  checkHashes(lock, hashes, check);
  const environment = await context.home.create(name, {
    lock,
    artifacts,
    base: first.base,
    extraFiles: extraFiles(context, isDirectoryName(name) ? "directory" : "named"),
    bytecode: bytecodeTime(artifacts, when),
    carried: first.carried,
    command: options.command ?? "",
    wanted,
    ...(options.purpose === undefined ? {} : { purpose: options.purpose }),
    ...(options.temporary === undefined ? {} : { temporary: options.temporary }),
    ...(options.variables === undefined ? {} : { variables: options.variables }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  await compileLater(context, { artifacts, base: first.base, when, tree: environment.current.root });
  const report: ChangeReport = {
    ...planned,
    environment: { name: environment.label, id: environment.id, path: environment.root },
    elapsedMs: context.clock.elapsed() - startedMs,
  };
  return { report, environment };
}
