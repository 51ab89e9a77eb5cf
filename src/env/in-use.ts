import { type AbsPath, hasCode } from "../base/index.ts";
import type { EnvIo } from "./env-io.ts";
import { parseDirectoryName } from "./environment-id.ts";
import { aliasesOf } from "./former-names.ts";
import { type Place, usesDir } from "./place.ts";
import { readIfThere } from "./read-files.ts";

/** A program that stands in an environment. */
export interface TreeUser {
  readonly pid: number;
  /** As `ps` shows it: the program and its first argument. */
  readonly program: string;
  /** `undefined`: it came through the stable path, so any version may be the one. */
  readonly generation: number | undefined;
}

/**
 * Programs that use an environment: Python started in it, a shell whose directory lies in it, one that loaded a library
 * of it. On Linux `/proc` tells; elsewhere, and for processes of other people, only the marks that `run` leaves.
 */
export async function usersOf(io: EnvIo, place: Pick<Place, "dir" | "root">): Promise<readonly TreeUser[]> {
  const marked = await markedUsers(io, place);
  if (io.system.os !== "linux") return marked;
  const seen = new Set(marked.map((user) => user.pid));
  const places = await placesOf(io, place);
  const found: TreeUser[] = [...marked];
  for (const { name } of (await io.fs.list("/proc" as AbsPath)) ?? []) {
    const pid = Number(name);
    if (!/^\d+$/.test(name) || pid === io.system.pid || seen.has(pid)) continue;
    const user = await processUse(io, places, pid);
    if (user !== undefined) found.push(user);
  }
  return found;
}

/** Leaves a mark that `pid` runs in a version; removed when the process is gone. */
export async function markUse(io: Pick<EnvIo, "fs">, place: Place, generation: number, pid: number): Promise<void> {
  const { fs } = io;
  await fs.makeDir(usesDir(fs, place));
  await fs.write(fs.path.join(usesDir(fs, place), `${generation}.${pid}`), "");
}

async function markedUsers(io: EnvIo, place: Pick<Place, "dir">): Promise<TreeUser[]> {
  const users: TreeUser[] = [];
  for (const { name } of (await io.fs.list(usesDir(io.fs, place))) ?? []) {
    const match = /^(\d+)\.(\d+)$/.exec(name);
    const pid = Number(match?.[2]);
    if (match === null || pid === io.system.pid || !io.proc.isAlive(pid)) continue;
    users.push({ pid, program: (await commandOf(io, pid)) ?? "a program", generation: Number(match[1]) });
  }
  return users;
}

/** Every path that a process may know the environment by: what was started before a rename knows the old ones. */
async function placesOf(io: EnvIo, { dir, root }: Pick<Place, "dir" | "root">): Promise<readonly AbsPath[]> {
  const own = parseDirectoryName(io.fs.path.name(dir));
  const aliases = own === undefined ? [] : await aliasesOf(io, io.fs.path.directory(dir), own);
  return [dir, root, ...aliases];
}

async function processUse(io: EnvIo, places: readonly AbsPath[], pid: number): Promise<TreeUser | undefined> {
  const cwd = await linkOf(io, pid, "cwd");
  const texts = [
    cwd,
    await linkOf(io, pid, "exe"),
    await programPath(io, pid, cwd),
    ...(await procText(io, pid, "maps")).split("\n"),
    ...(await environmentOf(io, pid)),
  ];
  const byTree = texts
    .flatMap((text) => places.map((path) => generationIn(text, path)))
    .find((number) => number !== undefined);
  if (byTree === undefined && !texts.some((text) => places.some((path) => mentions(text, path)))) return undefined;
  return { pid, program: (await commandOf(io, pid)) ?? "a program", generation: byTree };
}

/**
 * The path that the program was started by: the interpreter of a tree is a link, so `exe` doesn't show it. Arguments
 * don't count: whoever runs `venvoy delete ./env` in a wrapper doesn't use it.
 */
async function programPath(io: EnvIo, pid: number, cwd: string): Promise<string> {
  const [program = ""] = (await procText(io, pid, "cmdline")).split("\0");
  if (!program.includes("/")) return "";
  return cwd === "" ? program : io.fs.path.resolve(cwd as AbsPath, program);
}

/** Only what says that the process stands there: a PATH that merely lists the directory is a shell's own business. */
async function environmentOf(io: EnvIo, pid: number): Promise<readonly string[]> {
  const lines = (await procText(io, pid, "environ")).split("\0");
  return lines.filter((line) => line.startsWith("VIRTUAL_ENV=")).map((line) => line.slice("VIRTUAL_ENV=".length));
}

function generationIn(text: string, dir: string): number | undefined {
  const at = text.indexOf(`${dir}/generations/`);
  const match = at === -1 ? null : /^(\d+)(?:\/|$| )/.exec(text.slice(at + dir.length + "/generations/".length));
  return match === null ? undefined : Number(match[1]);
}

function mentions(text: string, path: string): boolean {
  const at = text.indexOf(path);
  if (at === -1) return false;
  const next = text[at + path.length];
  return next === undefined || next === "/" || next === " ";
}

async function commandOf(io: EnvIo, pid: number): Promise<string | undefined> {
  const words = (await procText(io, pid, "cmdline")).split("\0").filter((word) => word !== "");
  return words.length === 0 ? undefined : words.slice(0, 2).join(" ").slice(0, 200);
}

async function linkOf(io: EnvIo, pid: number, name: string): Promise<string> {
  try {
    return await io.fs.readLink(`/proc/${pid}/${name}` as AbsPath);
  } catch (error) {
    if (isGoneOrForeign(error)) return "";
    throw error;
  }
}

async function procText(io: EnvIo, pid: number, name: string): Promise<string> {
  try {
    return (await readIfThere(io.fs, `/proc/${pid}/${name}` as AbsPath)) ?? "";
  } catch (error) {
    if (isGoneOrForeign(error)) return "";
    throw error;
  }
}

/** It ended while we looked, or it belongs to somebody else (who then has an environment of their own). */
function isGoneOrForeign(error: unknown): boolean {
  return hasCode(error, "ENOENT", "ESRCH", "ENAMETOOLONG", "EACCES", "EPERM", "ENOTDIR", "EINVAL");
}
