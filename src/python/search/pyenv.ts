import type { AbsPath } from "../../base/index.ts";
import type { Ports } from "../../ports/index.ts";
import { look } from "./look.ts";
import { pathVariable, variable } from "./variables.ts";
import { readVersionFile, versionsIn } from "./version-file.ts";

type Io = Pick<Ports, "fs" | "system">;

/** Where pyenv (or pyenv-win) lives; it may not exist. */
export function pyenvRoot({ fs, system }: Io): AbsPath {
  const told = pathVariable({ fs, system }, "PYENV_ROOT") ?? pathVariable({ fs, system }, "PYENV");
  if (told !== undefined) return told;
  return system.os === "windows"
    ? fs.path.join(system.home, ".pyenv", "pyenv-win")
    : fs.path.join(system.home, ".pyenv");
}

/** The pyenv whose shims are in `directory` (a directory of PATH), if it is such a directory. */
export async function pyenvOfShims({ fs, system }: Io, directory: AbsPath): Promise<AbsPath | undefined> {
  if (fs.path.name(directory) !== "shims") return undefined;
  const root = fs.path.directory(directory);
  if (root === pyenvRoot({ fs, system })) return root;
  return (await look(fs).info(fs.path.join(root, "versions")))?.kind === "directory" ? root : undefined;
}

/**
 * The versions that pyenv has chosen, in order, by its own rules: `PYENV_VERSION`, the nearest `.python-version` above
 * `PYENV_DIR` or the current directory, the `version` file of its root. Nothing is run.
 */
export async function pyenvSelection(io: Io, root: AbsPath): Promise<readonly string[]> {
  const told = variable(io.system, "PYENV_VERSION");
  if (told !== undefined) return told.split(":").filter(Boolean);
  const from = pathVariable(io, "PYENV_DIR") ?? io.system.cwd;
  const local = await readVersionFile(io, from);
  if (local !== undefined) return local.versions;
  const global = await versionsIn(io, io.fs.path.join(root, "version"));
  return global === undefined || global.length === 0 ? ["system"] : global;
}

/** What a pyenv shim would start: the program of that name in the first chosen version that has it. */
export async function throughPyenv(
  { fs, system }: Io,
  root: AbsPath,
  { command, selection }: { readonly command: string; readonly selection: readonly string[] },
): Promise<AbsPath | undefined> {
  for (const name of selection) {
    const directory = await versionDirectory({ fs, system }, root, name);
    if (directory === undefined) continue;
    const path = system.os === "windows" ? fs.path.join(directory, command) : fs.path.join(directory, "bin", command);
    if ((await look(fs).info(path))?.kind === "file") return path;
  }
  return undefined;
}

/** The directory of a version that pyenv has, by the name it has there; `undefined` for other names. */
export async function pyenvVersion(io: Io, name: string): Promise<AbsPath | undefined> {
  return versionDirectory(io, pyenvRoot(io), name);
}

/** `3.11` means the newest 3.11 that is installed; `system` means none of pyenv's. */
async function versionDirectory({ fs }: Io, root: AbsPath, name: string): Promise<AbsPath | undefined> {
  const wanted = name.replace(/^python-/, "");
  if (wanted === "system" || !/^[A-Za-z0-9][A-Za-z0-9._+-]*(\/envs\/[A-Za-z0-9._+-]+)?$/.test(wanted)) return undefined;
  const versions = fs.path.join(root, "versions");
  const exact = fs.path.join(versions, ...wanted.split("/"));
  if ((await look(fs).info(exact))?.kind === "directory") return exact;
  if (!/^(.*-)?\d+(\.\d+)?$/.test(wanted)) return undefined;
  const installed = (await look(fs).list(versions))
    .map((entry) => entry.name)
    .filter((entry) => entry.startsWith(`${wanted}.`) && /^\d+(\.\d+)*$/.test(entry.slice(wanted.length + 1)));
  const newest = newestFirst(installed)[0];
  return newest === undefined ? undefined : fs.path.join(versions, newest);
}

/** Names with numbers in them, `3.13.0` before `3.9.18`. */
export function newestFirst(names: readonly string[]): string[] {
  const parts = (name: string): (string | number)[] =>
    name.split(/(\d+)/).map((part, i) => (i % 2 === 1 ? Number(part) : part));
  const compare = (a: string, b: string): number => {
    const left = parts(a);
    const right = parts(b);
    for (let i = 0; i < Math.max(left.length, right.length); i++) {
      const x = left[i] ?? "";
      const y = right[i] ?? "";
      if (x === y) continue;
      if (typeof x === "number" && typeof y === "number") return y - x;
      return String(x) < String(y) ? -1 : 1;
    }
    return 0;
  };
  return [...names].sort(compare);
}
