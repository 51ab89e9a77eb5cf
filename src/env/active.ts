import { type AbsPath, hasCode } from "../base/index.ts";
import type { System } from "../ports/index.ts";
import type { EnvContext } from "./change.ts";
import type { EnvIo } from "./env-io.ts";
import { innerDirectory, type Place } from "./place.ts";
import { centralAt, findDirectory } from "./registry.ts";

/** The environment that the person's shell is in. */
export type ActiveEnvironment =
  | { readonly kind: "ours"; readonly place: Place }
  /** Another tool made it. */
  | { readonly kind: "foreign"; readonly root: AbsPath; readonly manager: "venv" | "conda" }
  /** The shell says so, but there is nothing. */
  | { readonly kind: "gone"; readonly root: AbsPath };

/** Reads `VIRTUAL_ENV`, then `CONDA_PREFIX`; `undefined` when no environment is active. */
export async function activeEnvironment(
  io: Pick<EnvIo, "fs">,
  { layout }: Pick<EnvContext, "layout">,
  env: System["env"],
): Promise<ActiveEnvironment | undefined> {
  const virtual = env["VIRTUAL_ENV"];
  if (virtual !== undefined && io.fs.path.isAbsolute(virtual)) return atRoot(io, layout, virtual as AbsPath);
  const conda = env["CONDA_PREFIX"];
  if (conda === undefined || !io.fs.path.isAbsolute(conda)) return undefined;
  const root = io.fs.path.resolve(conda as AbsPath, ".");
  const isThere = (await io.fs.info(io.fs.path.join(root, "conda-meta"))) !== undefined;
  return isThere ? { kind: "foreign", root, manager: "conda" } : { kind: "gone", root };
}

async function atRoot(io: Pick<EnvIo, "fs">, layout: EnvContext["layout"], text: AbsPath): Promise<ActiveEnvironment> {
  const { fs } = io;
  const root = fs.path.resolve(text, ".");
  const place = await oursAt(io, layout, root);
  if (place !== undefined) return { kind: "ours", place };
  const isThere = (await fs.info(fs.path.join(root, "pyvenv.cfg"))) !== undefined;
  return isThere ? { kind: "foreign", root, manager: "venv" } : { kind: "gone", root };
}

/** By the path as it is, then by the path behind links: a home may be reached through one. */
async function oursAt(io: Pick<EnvIo, "fs">, layout: EnvContext["layout"], root: AbsPath): Promise<Place | undefined> {
  const { fs } = io;
  for (const path of [root, await realOf(io, root)]) {
    if (path === undefined) continue;
    const central =
      (await centralAt(fs, layout, path)) ??
      (await centralAt(fs, { ...layout, envs: (await realOf(io, layout.envs)) ?? layout.envs }, path));
    if (central !== undefined) return central;
    const parts = path.split(/[\\/]/);
    const inner = parts.indexOf(innerDirectory);
    const directory = inner === -1 ? path : (parts.slice(0, inner).join(fs.path.separator) as AbsPath);
    const found = await findDirectory(fs, layout, directory);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function realOf(io: Pick<EnvIo, "fs">, path: AbsPath): Promise<AbsPath | undefined> {
  try {
    return await io.fs.realPath(path);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
    throw error;
  }
}
