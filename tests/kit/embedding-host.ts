import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RealPython, realPythons } from "./real-pythons.ts";

const sources = join(dirname(fileURLToPath(import.meta.url)), "../embed");

/** Why no program can be built that has a Python inside; `undefined` when one can. */
export function whyNoHost(minor: string): string | undefined {
  if (spawnSync("gcc", ["--version"]).status !== 0) return "gcc is not on this machine";
  const python = pythonOf(minor);
  if (python === undefined) return `Python ${minor} is not on this machine`;
  return existsSync(library(python)) ? undefined : `Python ${minor} has no shared library`;
}

export function pythonOf(minor: string): RealPython | undefined {
  return realPythons().find((one) => one.minor === minor);
}

const library = ({ prefix, minor }: RealPython): string => join(prefix, "lib", `libpython${minor}.so`);

/** Builds a program of `tests/embed` with a Python of this machine inside; answers the program. */
export function buildHost(python: RealPython, directory: string, name: "host" | "application" = "host"): string {
  const program = join(directory, name);
  const source = join(sources, `${name}.c`);
  const lib = join(python.prefix, "lib");
  const include = join(python.prefix, "include", `python${python.minor}`);
  const link = [`-L${lib}`, `-Wl,-rpath,${lib}`, `-lpython${python.minor}`];
  execFileSync("gcc", [source, "-o", program, "-I", include, `-DPYTHON_HOME="${python.prefix}"`, ...link]);
  return program;
}
