import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type AbsPath, absPath } from "../../src/base/index.ts";
import { type RealPython, realPythons } from "./real-pythons.ts";

/**
 * A real Python of its own prefix that a test may move and remove: its program is a copy, its library a link to that of
 * an installed one.
 */
export function pythonAt(real: RealPython, prefix: string): AbsPath {
  const { minor } = real;
  mkdirSync(join(prefix, "bin"), { recursive: true });
  mkdirSync(join(prefix, "lib"), { recursive: true });
  copyFileSync(real.program, join(prefix, "bin", `python${minor}`));
  for (const name of ["python", "python3"]) symlinkSync(`python${minor}`, join(prefix, "bin", name));
  symlinkSync(join(real.prefix, "lib", `python${minor}`), join(prefix, "lib", `python${minor}`));
  return absPath(prefix);
}

/** Two real Pythons next to each other, the older one first; `undefined` where the machine has not got them. */
export function twoPythons(): readonly [RealPython, RealPython] | undefined {
  const [older, newer] = ["3.9", "3.10"].map((minor) => realPythons().find((one) => one.minor === minor));
  return older === undefined || newer === undefined ? undefined : [older, newer];
}

/** What `pyenv uninstall` does. */
export function removePython(prefix: string): void {
  rmSync(prefix, { recursive: true, force: true });
}

/** What a mount that moved does. */
export function movePython(from: string, to: string): void {
  renameSync(from, to);
}
