import { VenvoyError } from "../../base/index.ts";
import { diskError } from "../../disk/index.ts";
import {
  applyProfileChange,
  detectShell,
  type ProfileChange,
  planAdding,
  profileTargets,
} from "../../profile/index.ts";
import { hookFileName, type ShellName } from "../../shell/index.ts";
import type { Context } from "../context.ts";
import { shellDir, writeHooks } from "../hooks.ts";
import type { OperationOptions } from "../requests.ts";
import { type ForeignHome, foreignHomes } from "./foreign-homes.ts";
import { type Made, missingAbove, readMade, writeMade } from "./made.ts";
import { installProgram, type ProgramPlan, planProgram, programDir } from "./program.ts";
import { removeSetup } from "./remove.ts";

export interface SetupRequest extends OperationOptions {
  /** Left out: the shell that venvoy was started from; with `remove`, all shells. */
  readonly shell?: ShellName;
  readonly remove?: boolean;
  /** Also activate by `.venvoy` files; left out: as it was. */
  readonly follows?: boolean;
  /** Say what would be done. */
  readonly dryRun?: boolean;
}

/** One thing that setup does or would do. */
export interface SetupStep {
  readonly what: "program" | "hook" | "line";
  readonly action: "none" | "create" | "add" | "replace" | "remove" | "delete" | "by-hand";
  readonly path: string;
  /** The line, for `line`. */
  readonly line?: string;
  /** What a program leads to. */
  readonly leadsTo?: string;
  /** For `by-hand`: why venvoy doesn't do it. */
  readonly reason?: string;
}

export interface SetupReport {
  /** None when setup is removed from all shells. */
  readonly shell?: ShellName;
  readonly removed: boolean;
  readonly dryRun: boolean;
  /** Something had to be done (and was, unless `dryRun`). */
  readonly changed: boolean;
  readonly steps: readonly SetupStep[];
  /** The directory of the program, and whether it was on PATH. */
  readonly programDir: string;
  readonly onPath: boolean;
  /** The home directory, for showing paths briefly. */
  readonly home: string;
  /** Environments of other tools that could be taken over. */
  readonly foreign: readonly ForeignHome[];
}

interface Plan {
  readonly shell: ShellName;
  readonly program: ProgramPlan;
  readonly hookChanges: boolean;
  readonly lines: readonly { readonly line: string; readonly change: ProfileChange }[];
}

/** Puts venvoy on PATH and its hook into a shell, or takes both away again. A second time there is nothing to do. */
export async function setup(context: Context, request: SetupRequest): Promise<SetupReport> {
  try {
    return await (request.remove === true ? removeSetup(context, request) : addSetup(context, request));
  } catch (error) {
    throw diskError(error);
  }
}

async function addSetup(context: Context, request: SetupRequest): Promise<SetupReport> {
  const shell = request.shell ?? (await detectShell(context));
  if (shell === undefined) throw shellUnknown();
  const plan = await makePlan(context, shell, request.follows);
  const steps = stepsOf(context, plan);
  if (request.dryRun !== true) await carryOut(context, plan, request.follows);
  return {
    shell,
    removed: false,
    dryRun: request.dryRun === true,
    changed: steps.some(({ action }) => action !== "none" && action !== "by-hand"),
    steps,
    programDir: programDir(context),
    home: context.system.home,
    onPath: plan.program.onPath,
    foreign: await foreignHomes(context),
  };
}

function shellUnknown(): VenvoyError {
  return new VenvoyError("ARGUMENT_INVALID", "Which shell you use can't be told from here", {
    hint: "venvoy setup bash",
  });
}

async function makePlan(context: Context, shell: ShellName, follows: boolean | undefined): Promise<Plan> {
  const hooks = await writeHooks(context, { dryRun: true, ...(follows === undefined ? {} : { follows }) });
  const lines = [];
  for (const target of await profileTargets(context, shell, shellDir(context)))
    lines.push({ line: target.line, change: await planAdding(context, target) });
  return { shell, program: await planProgram(context), hookChanges: hooks.changed, lines };
}

function stepsOf(context: Context, { shell, program, hookChanges, lines }: Plan): readonly SetupStep[] {
  const hook = context.fs.path.join(shellDir(context), hookFileName(shell));
  const taken = { reason: "another program of that name is there" };
  return [
    {
      what: "program",
      action: program.action,
      path: program.path,
      leadsTo: program.leadsTo,
      ...(program.action === "by-hand" ? taken : {}),
    },
    { what: "hook", action: hookChanges ? "create" : "none", path: hook },
    ...lines.map(({ line, change: { path, action, reason } }) => ({
      what: "line" as const,
      action,
      path,
      line,
      ...(reason === undefined ? {} : { reason }),
    })),
    ...(shell === "cmd" ? [autoRun(hook)] : []),
  ];
}

/** cmd has no file of its own, but a value in the registry. */
function autoRun(hook: string): SetupStep {
  const key = "HKCU\\Software\\Microsoft\\Command Processor";
  return {
    what: "line",
    action: "by-hand",
    path: `${key}\\AutoRun`,
    line: `reg add "${key}" /v AutoRun /t REG_EXPAND_SZ /d "\\"${hook}\\""`,
    reason: "cmd keeps what it loads in the registry",
  };
}

async function carryOut(context: Context, plan: Plan, follows: boolean | undefined): Promise<void> {
  const made = await readMade(context);
  const news: string[] = [...(await missingAbove(context, context.fs.path.join(shellDir(context), "venvoy")))];
  const { program } = plan;
  if (program.action === "create" || program.action === "replace") {
    news.push(...(await missingAbove(context, program.path)), program.path);
    // Noted before anything is made, so that a kill in between leaves nothing that nobody knows.
    await note(context, made, news);
    await installProgram(context, program);
  }
  // After the program, whose place the hook puts on PATH.
  await writeHooks(context, follows === undefined ? {} : { follows });
  for (const { change } of plan.lines) {
    if (change.action !== "create") continue;
    news.push(...(await missingAbove(context, change.file)), change.file);
  }
  await note(context, made, news);
  for (const { change } of plan.lines) await applyProfileChange(context, change);
}

async function note(context: Context, made: Made, news: readonly string[]): Promise<void> {
  if (news.length > 0) await writeMade(context, new Set([...made, ...news]));
}
