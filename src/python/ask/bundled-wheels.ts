import type { AbsPath } from "../../base/index.ts";
import type { Fs } from "../../ports/index.ts";
import type { Interpreter } from "../interpreter.ts";
import { look } from "../search/look.ts";

/** Where Debian keeps the wheels that it takes out of `ensurepip`. */
const debianWheels = "/usr/share/python-wheels" as AbsPath;

/**
 * The interpreter with the wheels that lie beside it now. A distribution installs and upgrades them apart from the
 * program, whose file then stays the same; the kept answer would name a wheel that is gone, or miss one that has come.
 */
export async function withCurrentWheels({ fs }: { readonly fs: Fs }, interpreter: Interpreter): Promise<Interpreter> {
  const { bundledPip, stdlib } = interpreter;
  if (bundledPip !== undefined && (await look(fs).info(bundledPip)) !== undefined) return interpreter;
  const own = await wheelsIn(fs, fs.path.join(stdlib, "ensurepip", "_bundled"));
  const wheels = own.length > 0 || fs.path.kind === "windows" ? own : await wheelsIn(fs, debianWheels);
  return { ...interpreter, bundledWheels: wheels, bundledPip: newestPip(wheels) };
}

async function wheelsIn(fs: Fs, directory: AbsPath): Promise<readonly AbsPath[]> {
  const names = (await look(fs).list(directory)).map((entry) => entry.name);
  return names.filter((name) => name.endsWith(".whl")).map((name) => fs.path.join(directory, name));
}

/** A patch upgrade may leave the older wheel lying there; the newest is the one `ensurepip` installs. */
export function newestPip(wheels: readonly AbsPath[]): AbsPath | undefined {
  let best: { readonly path: AbsPath; readonly version: readonly number[] } | undefined;
  for (const path of wheels) {
    const match = /[\\/]pip-([0-9.]+)[^\\/]*\.whl$/.exec(path);
    if (match === null) continue;
    const version = (match[1] ?? "").split(".").map(Number);
    if (best === undefined || isNewer(version, best.version)) best = { path, version };
  }
  return best?.path;
}

function isNewer(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
