import type { AbsPath } from "../base/index.ts";
import { type HookFacts, hookFileName, hookFiles, hookText, type ShellName, shellNames } from "../shell/index.ts";
import type { Context } from "./context.ts";
import { programDir, programPath } from "./setup/program.ts";

export interface HooksRequest {
  /** Activate by `.venvoy` files; left out: as it was. */
  readonly follows?: boolean;
  /** Say what would change, and write nothing. */
  readonly dryRun?: boolean;
}

export interface HooksReport {
  readonly directory: AbsPath;
  /** What a shell's own file sources, by shell. */
  readonly files: Readonly<Record<ShellName, AbsPath>>;
  readonly follows: boolean;
  /** False when every file was there with the same text. */
  readonly changed: boolean;
}

/** Writes what shells load, for every shell; nothing is written that is there already. */
export async function writeHooks(context: Context, request: HooksRequest = {}): Promise<HooksReport> {
  const { fs } = context;
  const directory = shellDir(context);
  const follows = request.follows ?? (await doesFollow(context));
  let changed = (await doesFollow(context)) !== follows;
  const write = request.dryRun !== true;
  if (write) await noteFollows(context, follows);
  const facts = { ...(await factsOf(context)), follows };
  for (const { path, text } of hookFiles(facts)) if (await writeChanged(context, path, text, write)) changed = true;
  const files = Object.fromEntries(shellNames.map((shell) => [shell, fs.path.join(directory, hookFileName(shell))]));
  return { directory, files: files as HooksReport["files"], follows, changed };
}

/**
 * Removes what `writeHooks` wrote, and answers its directory, or `undefined` when nothing was there. Answers about
 * `.venvoy` files stay.
 */
export async function removeHooks(
  context: Context,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<AbsPath | undefined> {
  const { fs } = context;
  const directory = shellDir(context);
  const paths = [...hookFiles(await factsOf(context)).map(({ path }) => path), "follows"];
  let found = false;
  for (const path of paths) {
    const file = fs.path.join(directory, ...path.split("/"));
    if ((await fs.linkInfo(file)) === undefined) continue;
    found = true;
    if (!dryRun) await fs.remove(file);
  }
  if (found && !dryRun) {
    for (const dir of [fs.path.join(directory, "zsh"), directory])
      if (((await fs.list(dir)) ?? []).length === 0) await fs.remove(dir);
  }
  return found ? directory : undefined;
}

/** A shell's hook as text, as `writeHooks` would write it now. */
export async function shellHook(context: Context, shell: ShellName): Promise<string> {
  return hookText(shell, await factsOf(context));
}

export function shellDir({ fs, layout }: Pick<Context, "fs" | "layout">): AbsPath {
  return fs.path.join(layout.data, "shell");
}

/** Where the answers about `.venvoy` files are kept. */
export function trustedFile(context: Pick<Context, "fs" | "layout">): AbsPath {
  return context.fs.path.join(shellDir(context), "trusted");
}

function followsMark(context: Context): AbsPath {
  return context.fs.path.join(shellDir(context), "follows");
}

async function doesFollow(context: Context): Promise<boolean> {
  return (await context.fs.info(followsMark(context))) !== undefined;
}

async function noteFollows(context: Context, follows: boolean): Promise<void> {
  await context.fs.makeDir(shellDir(context));
  if (follows) await context.fs.writeAtomic(followsMark(context), "");
  else await context.fs.remove(followsMark(context));
}

async function factsOf(context: Context): Promise<HookFacts> {
  const { fs, system, layout } = context;
  const binDir = programDir(context);
  const isThere = (await fs.linkInfo(programPath(context))) !== undefined;
  return {
    self: system.self,
    envs: layout.envs,
    shellDir: shellDir(context),
    ...(isThere ? { binDir } : {}),
    follows: await doesFollow(context),
  };
}

async function writeChanged({ fs, layout }: Context, path: string, text: string, write: boolean): Promise<boolean> {
  const file = fs.path.join(shellDir({ fs, layout }), ...path.split("/"));
  if ((await fs.info(file)) !== undefined && (await fs.readText(file)) === text) return false;
  if (!write) return true;
  await fs.makeDir(fs.path.directory(file));
  await fs.writeAtomic(file, text);
  return true;
}
