import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import { type AbsPath, absPath } from "../../src/base/index.ts";

export interface RealPython {
  /** `3.11` */
  readonly minor: string;
  readonly prefix: AbsPath;
  readonly program: AbsPath;
}

const wanted = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"];

/**
 * One real Python of each minor version that environments are made for, where pyenv keeps them.
 */
export function realPythons(): readonly RealPython[] {
  return pythonsOf(wanted);
}

/** Of these minor versions, also old ones, those that are here. */
export function pythonsOf(minors: readonly string[]): readonly RealPython[] {
  const versions = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const installed = existsSync(versions) ? readdirSync(versions) : [];
  return minors.flatMap((minor) => {
    const name = installed.find((entry) => entry.startsWith(`${minor}.`) && /^[0-9.]+$/.test(entry));
    const program = name === undefined ? "" : join(versions, name, "bin", `python${minor}`);
    return name !== undefined && existsSync(program)
      ? [{ minor, prefix: absPath(join(versions, name)), program: absPath(program) }]
      : [];
  });
}

/** Counts a skipped test for every minor version that is not here, so that a green run doesn't look like more than it is. */
export function skipMissing(present: readonly RealPython[]): void {
  for (const minor of wanted) {
    if (present.some((one) => one.minor === minor)) continue;
    test.skipIf(true)(`with Python ${minor}, which is not on this machine`, () => {});
  }
}
