import type { AbsPath } from "../../base/index.ts";
import { applyProfileChange, type ProfileChange, planRemoving, profilePlaces } from "../../profile/index.ts";
import { hookFileName, type ShellName, shellNames } from "../../shell/index.ts";
import type { Context } from "../context.ts";
import { removeHooks } from "../hooks.ts";
import { type Made, readMade, removeEmptied, writeMade } from "./made.ts";
import { programDir, programPath } from "./program.ts";
import type { SetupReport, SetupRequest, SetupStep } from "./setup.ts";

/**
 * Takes the lines out again, of one shell or of all; with all shells also the hooks, the program and what else setup made.
 * What somebody has put into a directory meanwhile keeps it.
 */
export async function removeSetup(context: Context, { shell, dryRun = false }: SetupRequest): Promise<SetupReport> {
  const made = await readMade(context);
  const changes = await lineChanges(context, shell === undefined ? shellNames : [shell], made);
  const program = shell === undefined ? await programStep(context, made) : [];
  const hooks = shell === undefined && (await removeHooks(context, { dryRun: true }));
  if (!dryRun) {
    for (const change of changes) await applyProfileChange(context, change);
    for (const { path } of program) await context.fs.remove(context.fs.path.resolve(context.system.cwd, path));
    const left = await removeEmptied(context, made);
    await writeMade(context, shell === undefined ? new Set() : left);
    if (shell === undefined) await removeHooks(context);
  }
  const steps: SetupStep[] = [
    ...changes.map(({ path, action, reason }) => ({
      what: "line" as const,
      action,
      path,
      ...(reason === undefined ? {} : { reason }),
    })),
    ...(hooks ? [{ what: "hook" as const, action: "remove" as const, path: hooks }] : []),
    ...program,
  ];
  return {
    ...(shell === undefined ? {} : { shell }),
    removed: true,
    dryRun,
    changed: steps.some(({ action }) => action !== "none" && action !== "by-hand"),
    steps,
    programDir: programDir(context),
    home: context.system.home,
    onPath: false,
    foreign: [],
  };
}

async function lineChanges(
  context: Context,
  shells: readonly ShellName[],
  made: Made,
): Promise<readonly ProfileChange[]> {
  // Shells may share a file, which is changed once.
  const hooks = new Map<AbsPath, string[]>();
  for (const shell of shells)
    for (const path of new Set(await profilePlaces(context, shell)))
      hooks.set(path, [...(hooks.get(path) ?? []), hookFileName(shell)]);
  const changes: ProfileChange[] = [];
  for (const [path, names] of hooks) {
    const change = await planRemoving(context, path, { hooks: names, made });
    if (change.action !== "none") changes.push(change);
  }
  return changes;
}

/** Only what setup itself put there goes. */
async function programStep(context: Context, made: Made): Promise<readonly SetupStep[]> {
  const path = programPath(context);
  const isOurs = made.has(path) && (await context.fs.linkInfo(path)) !== undefined;
  return isOurs ? [{ what: "program", action: "delete", path }] : [];
}
