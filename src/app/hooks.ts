import type { AbsPath } from "../base/index.ts";
import { type HookFacts, hookFileName, hookFiles, hookText, type ShellName, shellNames } from "../shell/index.ts";
import type { Context } from "./context.ts";

export interface HooksRequest {
  /** Activate by `.venvoy` files; left out: as it was. */
  readonly follows?: boolean;
  /** Text that goes below a hook: what completes words at TAB. */
  readonly completions?: Readonly<Partial<Record<ShellName, string>>>;
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
  await fs.makeDir(directory);
  if (follows) await fs.writeAtomic(followsMark(context), "");
  else await fs.remove(followsMark(context));
  const below = new Map(shellNames.map((shell) => [hookFileName(shell), request.completions?.[shell] ?? ""]));
  for (const { path, text } of hookFiles(factsOf(context, follows))) {
    if (await writeChanged(context, path, text + (below.get(path) ?? ""))) changed = true;
  }
  const files = Object.fromEntries(shellNames.map((shell) => [shell, fs.path.join(directory, hookFileName(shell))]));
  return { directory, files: files as HooksReport["files"], follows, changed };
}

/** A shell's hook as text, as `writeHooks` would write it now. */
export async function shellHook(context: Context, shell: ShellName): Promise<string> {
  return hookText(shell, factsOf(context, await doesFollow(context)));
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

function factsOf(context: Context, follows: boolean): HookFacts {
  return { self: context.system.self, envs: context.layout.envs, shellDir: shellDir(context), follows };
}

async function writeChanged({ fs, layout }: Context, path: string, text: string): Promise<boolean> {
  const file = fs.path.join(shellDir({ fs, layout }), ...path.split("/"));
  if ((await fs.info(file)) !== undefined && (await fs.readText(file)) === text) return false;
  await fs.makeDir(fs.path.directory(file));
  await fs.writeAtomic(file, text);
  return true;
}
