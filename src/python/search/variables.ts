import type { AbsPath } from "../../base/index.ts";
import type { Ports } from "../../ports/index.ts";

type Io = Pick<Ports, "fs" | "system">;

/** A variable that is set and not empty; Windows ignores the case of names. */
export function variable({ os, env }: Ports["system"], name: string): string | undefined {
  const value = env[name];
  if (value !== undefined || os !== "windows") return value === "" ? undefined : value;
  const lower = name.toLowerCase();
  const found = Object.keys(env).find((key) => key.toLowerCase() === lower);
  return found === undefined || env[found] === "" ? undefined : env[found];
}

/** A variable that holds an absolute path; anything else counts as not set. */
export function pathVariable({ fs, system }: Io, name: string): AbsPath | undefined {
  const value = variable(system, name);
  return value === undefined || !fs.path.isAbsolute(value) ? undefined : fs.path.resolve(system.cwd, value);
}

/** The directories of PATH in order, each once. Relative and empty entries mean the current directory: never looked at. */
export function searchPath({ fs, system }: Io): readonly AbsPath[] {
  const text = variable(system, "PATH") ?? "";
  const parts = text.split(system.os === "windows" ? ";" : ":").map((part) => part.replace(/^"(.*)"$/, "$1"));
  return [
    ...new Set(parts.filter((part) => fs.path.isAbsolute(part)).map((part) => fs.path.resolve(system.cwd, part))),
  ];
}
