import { type AbsPath, hasCode } from "../base/index.ts";
import { explainingDisk } from "../disk/index.ts";
import type { Ports } from "../ports/index.ts";
import { lineState, withLine, withoutLines } from "./edit.ts";
import type { ProfileTarget } from "./targets.ts";

type Io = Pick<Ports, "fs" | "system">;

/** What has to happen to one file. */
export interface ProfileChange {
  readonly path: AbsPath;
  /** Where the bytes are, behind links. */
  readonly file: AbsPath;
  readonly action: "none" | "create" | "add" | "replace" | "remove" | "delete" | "by-hand";
  /** For `by-hand`: why the file can't be written. */
  readonly reason?: string;
  /** The new content; none for `none`, `delete` and `by-hand`. */
  readonly bytes?: Uint8Array;
}

/** What adding the line needs. */
export async function planAdding(io: Io, target: ProfileTarget): Promise<ProfileChange> {
  const { path } = target;
  const file = await behindLinks(io, path);
  const old = await readBytes(io, file);
  if (old === undefined) {
    const reason = await parentRefuses(io, file);
    if (reason !== undefined) return { path, file, action: "by-hand", reason };
    return { path, file, action: "create", bytes: withLine(new Uint8Array(), target) };
  }
  const state = lineState(old, target);
  if (state === "present" || state === "by-hand") return { path, file, action: "none" };
  const reason = await refuses(io, file);
  if (reason !== undefined) return { path, file, action: "by-hand", reason };
  return { path, file, action: state === "other" ? "replace" : "add", bytes: withLine(old, target) };
}

/** What removing the lines that load `hooks` needs; a file of `made` was not there before, so it goes when nothing is left in it. */
export async function planRemoving(
  io: Io,
  path: AbsPath,
  { hooks, made }: { readonly hooks: readonly string[]; readonly made: ReadonlySet<string> },
): Promise<ProfileChange> {
  const file = await behindLinks(io, path);
  const old = await readBytes(io, file);
  if (old === undefined) return { path, file, action: "none" };
  const bytes = withoutLines(old, hooks);
  if (bytes.length === old.length) return { path, file, action: "none" };
  const reason = await refuses(io, file);
  if (reason !== undefined) return { path, file, action: "by-hand", reason };
  return bytes.length === 0 && made.has(file)
    ? { path, file, action: "delete" }
    : { path, file, action: "remove", bytes };
}

/**
 * What another edit of a person's file needs: it gets the old content (`undefined` without a file) and answers the new one,
 * or `undefined` for no file any more.
 */
export async function planEdit(
  io: Io,
  path: AbsPath,
  edit: (old: Uint8Array | undefined) => Uint8Array | undefined,
): Promise<ProfileChange> {
  const file = await behindLinks(io, path);
  const old = await readBytes(io, file);
  const bytes = edit(old);
  if (old === undefined) {
    if (bytes === undefined) return { path, file, action: "none" };
    const reason = await parentRefuses(io, file);
    return reason === undefined ? { path, file, action: "create", bytes } : { path, file, action: "by-hand", reason };
  }
  if (bytes !== undefined && sameBytes(old, bytes)) return { path, file, action: "none" };
  const reason = await refuses(io, file);
  if (reason !== undefined) return { path, file, action: "by-hand", reason };
  return bytes === undefined ? { path, file, action: "delete" } : { path, file, action: "replace", bytes };
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);

/**
 * Makes the change. The new content appears at once, with the mode of the old; only where a rename would break something
 * (another owner, several hard links, a directory that can't be written) the bytes are written in place.
 */
export async function applyProfileChange({ fs, system }: Io, { file, action, bytes }: ProfileChange): Promise<void> {
  if (action === "delete") return fs.remove(file);
  if (bytes === undefined) return;
  await explainingDisk(file, async () => {
    const old = await fs.info(file);
    if (old === undefined) {
      await fs.makeDir(fs.path.directory(file));
      return fs.writeAtomic(file, bytes, { mode: 0o644 });
    }
    if (old.links > 1 || old.owner !== system.uid) return fs.write(file, bytes);
    try {
      await fs.writeAtomic(file, bytes, { mode: old.mode & 0o7777 });
    } catch (error) {
      if (!hasCode(error, "EACCES", "EPERM")) throw error;
      await fs.write(file, bytes);
    }
  });
}

const mostLinks = 40;

/** Follows links to the file that is written, also to one that does not exist yet. */
async function behindLinks({ fs }: Io, path: AbsPath): Promise<AbsPath> {
  let at = path;
  for (let hops = 0; hops < mostLinks && (await fs.linkInfo(at))?.kind === "symlink"; hops++)
    at = fs.path.resolve(await fs.realPath(fs.path.directory(at)), await fs.readLink(at));
  return at;
}

async function readBytes({ fs }: Io, file: AbsPath): Promise<Uint8Array | undefined> {
  try {
    return await fs.read(file);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/** Why the person doesn't want it written, or the system won't let us. */
async function refuses({ fs, system }: Io, file: AbsPath): Promise<string | undefined> {
  if (file.startsWith("/nix/store/")) return "it is made by Nix";
  const info = await fs.info(file);
  if (info === undefined) return undefined;
  if (info.kind !== "file") return "it is not a file";
  if ((info.mode & 0o200) === 0) return "it is read-only";
  const isTheirs = system.uid !== 0 && info.owner !== system.uid && (info.mode & 0o022) === 0;
  return isTheirs ? "it belongs to somebody else" : undefined;
}

async function parentRefuses(io: Io, file: AbsPath): Promise<string | undefined> {
  if (file.startsWith("/nix/store/")) return "it is made by Nix";
  const { fs } = io;
  let parent = fs.path.directory(file);
  while ((await fs.info(parent)) === undefined && fs.path.directory(parent) !== parent)
    parent = fs.path.directory(parent);
  const mode = (await fs.info(parent))?.mode ?? 0o700;
  return (mode & 0o200) === 0 ? `\`${parent}\` is read-only` : undefined;
}
