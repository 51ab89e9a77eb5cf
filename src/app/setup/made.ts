import type { AbsPath } from "../../base/index.ts";
import type { Context } from "../context.ts";
import { shellDir } from "../hooks.ts";

/** What setup made that was not there: files and directories, so that removing leaves nothing behind and takes nothing. */
export type Made = ReadonlySet<string>;

export async function readMade(context: Context): Promise<Made> {
  const file = madeFile(context);
  if ((await context.fs.info(file)) === undefined) return new Set();
  try {
    const paths: unknown = JSON.parse(await context.fs.readText(file));
    return new Set(Array.isArray(paths) ? paths.filter((path) => typeof path === "string") : []);
  } catch (error) {
    // Only what would be cleaned up is forgotten.
    if (error instanceof SyntaxError) return new Set();
    throw error;
  }
}

export async function writeMade(context: Context, made: Made): Promise<void> {
  if (made.size === 0) return context.fs.remove(madeFile(context));
  await context.fs.makeDir(shellDir(context));
  await context.fs.writeAtomic(madeFile(context), `${JSON.stringify([...made], undefined, 2)}\n`);
}

/** The directories above `path` that are not there yet. */
export async function missingAbove({ fs }: Context, path: AbsPath): Promise<readonly AbsPath[]> {
  const missing: AbsPath[] = [];
  for (let dir = fs.path.directory(path); (await fs.info(dir)) === undefined; dir = fs.path.directory(dir)) {
    missing.push(dir);
    if (fs.path.directory(dir) === dir) break;
  }
  return missing;
}

/** Removes those directories of `made` that are empty now, the deepest first, and answers what is left of it. */
export async function removeEmptied({ fs, system }: Context, made: Made): Promise<Made> {
  const left = new Set(made);
  for (const text of [...made].sort((a, b) => b.length - a.length)) {
    const path = fs.path.resolve(system.cwd, text);
    const info = await fs.linkInfo(path);
    if (info !== undefined && info.kind !== "directory") continue;
    if (info !== undefined && ((await fs.list(path)) ?? []).length > 0) continue;
    await fs.remove(path);
    left.delete(text);
  }
  return left;
}

function madeFile(context: Context): AbsPath {
  return context.fs.path.join(shellDir(context), "setup.json");
}
