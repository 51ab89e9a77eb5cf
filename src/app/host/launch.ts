import { type AbsPath, printable, VenvoyError } from "../../base/index.ts";
import { explainingDisk } from "../../disk/index.ts";
import { markUse } from "../../env/index.ts";
import { type HostLaunch, type HostProfile, openProfile, snippetIn, templateOf } from "../../host/index.ts";
import { detectShell } from "../../profile/index.ts";
import { takeLease } from "../../share/index.ts";
import type { ProgramStart, ShellName } from "../../shell/index.ts";
import { type Context, pathFrom } from "../context.ts";
import type { RunPlan } from "../outcomes.ts";
import type { OperationOptions } from "../requests.ts";
import { hostFit, unfit } from "./fit.ts";
import { type HostTree, hostTree } from "./host-tree.ts";
import { searchPathOf } from "./search-path.ts";
import { factsOf } from "./snippet-facts.ts";

export interface HostLaunchRequest extends OperationOptions {
  /** A host that `host add` knows. */
  readonly host: string;
  /** The environment, a directory of packages, or a share; else the active one. */
  readonly name?: string;
  /** The program; else the one of the host. */
  readonly program?: string;
  readonly args?: readonly string[];
  /** Start it although the packages don't fit. */
  readonly force?: boolean;
  /** Say how a shell would start it; `dryRun` writes nothing for that. */
  readonly print?: boolean;
  readonly dryRun?: boolean;
}

export interface HostLaunchReport {
  readonly host: string;
  readonly title: string;
  readonly environment: {
    readonly name: string;
    readonly path: AbsPath;
    readonly tree: AbsPath;
    readonly release?: number;
  };
  /** What is different from the caller's own variables. */
  readonly start: ProgramStart;
  /** The caller's own shell, when it was to be printed. */
  readonly shell?: ShellName;
  /** How to start it; starting is the caller's. */
  readonly plan: RunPlan;
  readonly notes: readonly string[];
}

/**
 * How a program is started with an environment's packages, by the variable that it is known to honour. The version or release
 * is settled here, once. Throws `HOST_UNKNOWN`, `HOST_UNFIT`, `HOST_INVALID` for a host that no variable reaches.
 */
export async function launchHost(context: Context, request: HostLaunchRequest): Promise<HostLaunchReport> {
  const profile = await openProfile(context.fs, context.layout, request.host);
  const launch = launchOf(profile, request);
  const program = await programOf(context, profile, request);
  const tree = await hostTree(context, request.name, request.signal);
  const fit = await hostFit(context, profile, tree, request.signal);
  if (fit.faults.length > 0 && request.force !== true) throw unfit(profile, tree, fit.faults);
  const start = await startOf(context, { profile, launch, program, tree, request });
  const notes = [...fit.faults, ...fit.notes].map((note) => printable(note));
  const isShown = request.dryRun === true || request.print === true;
  const shell = isShown
    ? ((await detectShell(context)) ?? (context.system.os === "windows" ? "cmd" : "sh"))
    : undefined;
  if (!isShown) await noteUser(context, tree);
  return {
    host: profile.name,
    title: profile.title,
    environment: {
      name: tree.label,
      path: tree.root,
      tree: tree.tree,
      ...(tree.release === undefined ? {} : { release: tree.release }),
    },
    start,
    ...(shell === undefined ? {} : { shell }),
    plan: {
      argv: start.argv as RunPlan["argv"],
      env: withStart(context, start),
      environment: { name: tree.label, path: tree.root, version: tree.environment?.current.number },
      reasons: [`\`${tree.label}\` was named`],
      notes,
    },
    notes,
  };
}

/** Nobody takes away what the program uses: it takes this process's place, and with it the number. */
async function noteUser(context: Context, { environment, publication, release }: HostTree): Promise<void> {
  if (publication !== undefined && release !== undefined) await takeLease(context, publication, release);
  if (environment === undefined) return;
  await context.home.noteUse(environment, context.system.cwd);
  await markUse(context, environment, environment.current.number, context.system.pid);
}

/** What the kind of program takes; of a kind that isn't known, what was measured of its Python. */
function launchOf(profile: HostProfile, { host, name }: HostLaunchRequest): HostLaunch {
  const template = profile.template === undefined ? undefined : templateOf(profile.template);
  if (template?.launch !== undefined) return template.launch;
  if (template === undefined && profile.honours.includes("PYTHONPATH")) return { variable: "PYTHONPATH" };
  throw new VenvoyError("HOST_INVALID", `No variable reaches the Python of ${printable(profile.title)}`, {
    hint: `venvoy host snippet --for ${host} -n ${name ?? "NAME"} --write puts lines into its own startup file`,
    data: { host, ignores: profile.ignores },
  });
}

async function programOf(context: Context, profile: HostProfile, request: HostLaunchRequest): Promise<AbsPath> {
  const program = request.program === undefined ? profile.program : pathFrom(context, request.program);
  if (program === undefined) {
    throw new VenvoyError("HOST_INVALID", `Where the program of ${printable(profile.title)} is, isn't known`, {
      hint: `venvoy host launch ${profile.name} --program PATH, or venvoy host add ${profile.name} --refresh --program PATH to keep it`,
      data: { host: profile.name },
    });
  }
  if ((await context.fs.info(program))?.kind === "file") return program;
  throw new VenvoyError("PROGRAM_NOT_STARTED", `\`${printable(program, { newlines: false })}\` is no program`, {
    hint: `venvoy host add ${profile.name} --refresh --program PATH`,
    data: { program },
  });
}

interface Starting {
  readonly profile: HostProfile;
  readonly launch: HostLaunch;
  readonly program: AbsPath;
  readonly tree: HostTree;
  readonly request: HostLaunchRequest;
}

/** Variables that lead a Python or its tools to another one. */
const misleading = ["PYTHONHOME", "__PYVENV_LAUNCHER__", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT"];

async function startOf(context: Context, { profile, launch, program, tree, request }: Starting): Promise<ProgramStart> {
  const { env } = context.system;
  const separator = context.system.os === "windows" ? ";" : ":";
  const first =
    launch.startup === undefined
      ? await searchPathOf(context, tree.sitePackages)
      : [await startupDirectory(context, { profile, launch, tree, request })];
  const before = env[launch.variable];
  return {
    argv: [program, ...(launch.arguments ?? []), ...(request.args ?? [])],
    set: {
      ...tree.environment?.intent.variables,
      ...launch.set,
      [launch.variable]: [...first, ...(before === undefined || before === "" ? [] : [before])].join(separator),
    },
    unset: misleading.filter((name) => env[name] !== undefined),
    ...(tree.bin === undefined ? {} : { pathFirst: tree.bin }),
  };
}

/** A directory with our lines alone, for a program that looks for startup files where a variable says. */
async function startupDirectory(
  context: Context,
  { profile, launch, tree, request }: Omit<Starting, "program">,
): Promise<AbsPath> {
  const { fs, layout } = context;
  const key = tree.label.replace(/[^A-Za-z0-9._-]/g, "_");
  const directory = fs.path.join(layout.hosts, "startup", `${profile.name}-${key}`);
  const startup = launch.startup;
  if (startup !== undefined && request.dryRun !== true) {
    const text = snippetIn(startup.language, await factsOf(context, tree, { template: profile.template }));
    await explainingDisk(directory, async () => {
      await fs.makeDir(directory);
      await fs.writeAtomic(fs.path.join(directory, startup.file), text);
    });
  }
  return directory;
}

function withStart(context: Context, { set, unset, pathFirst }: ProgramStart): Record<string, string | undefined> {
  const { env, os } = context.system;
  const path = env["PATH"];
  const rest = path === undefined || path === "" ? [] : [path];
  const without = Object.fromEntries(Object.entries(env).filter(([name]) => !unset.includes(name)));
  return {
    ...without,
    ...set,
    ...(pathFirst === undefined ? {} : { PATH: [pathFirst, ...rest].join(os === "windows" ? ";" : ":") }),
  };
}
