import { type AbsPath, byCodePoint, VenvoyError } from "../../base/index.ts";
import { fits, type Interpreter, inspect, listBases, parsePythonRequest } from "../../python/index.ts";
import type { Context } from "../context.ts";
import type { OperationOptions } from "../requests.ts";
import { askOptions } from "../solve.ts";
import { installedPythons } from "./install-python.ts";

export interface RemovePythonRequest extends OperationOptions {
  /** A version (`3.11.7`, `3.11`), or the directory. */
  readonly what: string;
  /** Although environments stand on it: they are mended or rebuilt on another. */
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export interface RemovedPython {
  readonly path: AbsPath;
  readonly version: string;
  /** Environments that stood on it. */
  readonly environments: readonly string[];
}

/** Removes a Python that `python install` brought. Throws `PYTHON_NOT_FOUND`, `PYTHON_IN_USE`. */
export async function removePython(context: Context, request: RemovePythonRequest): Promise<RemovedPython> {
  const { fs } = context;
  const found = await named(context, request);
  const environments = await standingOn(context, found.path);
  if (environments.length > 0 && request.force !== true) {
    const [first = "", ...others] = environments;
    const rest = others.length === 0 ? "stands" : `and ${others.length} more stand`;
    throw new VenvoyError("PYTHON_IN_USE", `\`${first}\` ${rest} on Python ${found.version}`, {
      hint: `move them with \`venvoy rebuild ${first} --python OTHER\`, or add \`--force\``,
      data: { path: found.path, environments },
    });
  }
  if (request.dryRun !== true) {
    // Renamed first: a Python that is half there must never be found.
    const aside = fs.path.join(fs.path.directory(found.path), `.removed-${fs.path.name(found.path)}`);
    await fs.remove(aside);
    await fs.rename(found.path, aside);
    await fs.remove(aside);
  }
  return { ...found, environments };
}

async function named(
  context: Context,
  { what, signal }: RemovePythonRequest,
): Promise<{ readonly path: AbsPath; readonly version: string }> {
  const { fs } = context;
  const root = installedPythons(context);
  const here: { readonly path: AbsPath; readonly version: string; readonly ok: Interpreter | undefined }[] = [];
  for (const { name, kind } of (await fs.list(root)) ?? []) {
    if (kind !== "directory" || name.startsWith(".")) continue;
    const path = fs.path.join(root, name);
    const program = fs.path.join(path, ...(context.system.os === "windows" ? ["python.exe"] : ["bin", "python3"]));
    const answer = await inspect(context, program, askOptions(context, signal));
    const ok = "ok" in answer ? answer.ok : undefined;
    here.push({ path, version: ok?.version ?? name, ok });
  }
  const request = parsePythonRequest(what);
  const fitting = here.filter(({ path, ok }) =>
    request.kind === "path"
      ? path === fs.path.resolve(context.system.cwd, request.path)
      : ok !== undefined && fits(request, ok),
  );
  const [only, ...others] = fitting;
  if (only === undefined || others.length > 0) {
    const versions = (only === undefined ? here : fitting).map((one) => one.version).sort(byCodePoint);
    const which =
      only === undefined ? "No Python that venvoy installed is" : "Several Pythons that venvoy installed are";
    throw new VenvoyError("PYTHON_NOT_FOUND", `${which} \`${what}\``, {
      hint: versions.length === 0 ? "venvoy installed none" : `it installed ${versions.join(", ")}`,
      data: { request: what, versions },
    });
  }
  return { path: only.path, version: only.version };
}

async function standingOn(context: Context, path: AbsPath): Promise<readonly string[]> {
  const keys = new Set(
    (await listBases(context, context.layout)).filter(({ prefix }) => prefix === path).map(({ key }) => key),
  );
  if (keys.size === 0) return [];
  const all = await context.home.list();
  return all.flatMap(({ name, base }) => (base !== undefined && keys.has(base) ? [name] : [])).sort(byCodePoint);
}
