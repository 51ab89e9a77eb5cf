import { type AbsPath, byCodePoint, mapLimit, VenvoyError } from "../../base/index.ts";
import { type Environment, readLock, seedsFor, writeActivation } from "../../env/index.ts";
import { parseDirectUrl } from "../../pep/index.ts";
import { createIndexClient } from "../../pypi/index.ts";
import { type Base, venvLayout } from "../../python/index.ts";
import type { Lock, LockedPackage } from "../../resolve/index.ts";
import { carryPython } from "../../runtime/index.ts";
import { linkArtifacts, type TreePaths } from "../../wheel/index.ts";
import { ownOfAddress } from "../building/addresses.ts";
import { type BuildingSource, type BuildWay, withBuilds } from "../building/source.ts";
import { carryOver } from "../by-hand.ts";
import { settingsFor } from "../choices.ts";
import type { Context } from "../context.ts";
import { obtain } from "../obtain.ts";
import { baseOf } from "../solve.ts";

/** A tree that carries its Python. */
export interface StandaloneTree {
  readonly pythonVersion: string;
  readonly packages: number;
  /** Libraries of this system that lie in it. */
  readonly libraries: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Builds a tree with an environment's packages and its Python in it, in an empty directory: it may be moved, copied and
 * mounted anywhere, also read-only. Throws `ENV_CHANGED` when somebody changed the environment by hand and venvoy hasn't
 * taken that over yet, and `PYTHON_UNSUITED`.
 */
export async function buildStandalone(
  context: Context,
  environment: Environment,
  root: AbsPath,
  signal: AbortSignal,
): Promise<StandaloneTree> {
  const { fs } = context;
  const lock = await readLock(fs, environment, environment.current.number);
  if (lock === undefined) throw changed(environment, "has no lock");
  const carried = await carryOver(context, environment, lock);
  if (!carried.isUntouched) throw changed(environment, "was changed by hand since its last version");
  const base = await baseOf(context, environment.intent.standing.base, signal);
  const { source, way } = await sourceFor(context, base);
  const real = await withoutEditables(context, lock, { source, way, signal });
  const { artifacts } = await obtain(context, real, source, { signal });
  const seeds = await seedsFor(context, context.store, { lock: real, base });
  const shape = venvLayout(base.interpreter);
  const at = (relative: string): AbsPath => fs.path.join(root, ...relative.split("/"));
  const paths: TreePaths = {
    root,
    sitePackages: at(shape.sitePackages),
    bin: at(shape.bin),
    data: root,
    include: at(shape.include),
  };
  const python = await carryPython(fs, base.interpreter, root, async () => {
    await fs.makeDir(paths.sitePackages);
    await linkArtifacts(context, [...artifacts, ...seeds], paths, {
      mode: "copy",
      requested: new Set(real.packages.filter((item) => item.requested).map((item) => item.name)),
      pythonVersion: base.interpreter.version,
      bytecode: "later",
      directUrls: new Map(
        real.packages.flatMap(({ name, directUrl }) =>
          directUrl !== undefined && isElsewhere(directUrl.reveal()) ? [[name, directUrl] as const] : [],
        ),
      ),
      origins: new Map(
        real.packages.flatMap(({ name, origin }) =>
          origin !== undefined && isElsewhere(parseDirectUrl(origin).url) ? [[name, origin] as const] : [],
        ),
      ),
      signal,
    });
    await writeActivation(context, paths.bin, shape);
  });
  await compileAll(context, root, signal);
  return {
    pythonVersion: base.interpreter.version,
    packages: artifacts.length + seeds.length,
    libraries: python.libraries,
    notes: [
      ...python.missing.map((name) => `${name} is asked for and not here: it has to be on the machines that run this`),
      ...python.stuck.map((file) => `${file} looks for its libraries in the old place only`),
    ],
  };
}

async function sourceFor(
  context: Context,
  base: Base,
): Promise<{ readonly source: BuildingSource; readonly way: BuildWay }> {
  const settings = await settingsFor(context, {});
  const way = { interpreter: base.interpreter, choices: {}, within: [] };
  return { source: withBuilds(context, createIndexClient(context, settings.index), way), way };
}

/** An address on the network is worth knowing anywhere; a place on this machine is not. */
function isElsewhere(url: string | undefined): boolean {
  return url !== undefined && !/^(?:git\+)?file:/.test(url);
}

/** What is installed editable leads into somebody's sources: it is built as what it would be when released. */
async function withoutEditables(
  context: Context,
  lock: Lock,
  { source, way, signal }: { readonly source: BuildingSource; readonly way: BuildWay; readonly signal: AbortSignal },
): Promise<Lock> {
  const packages: LockedPackage[] = [];
  for (const item of lock.packages) {
    const origin = item.origin === undefined ? undefined : parseDirectUrl(item.origin);
    if (origin?.directory?.editable !== true) {
      packages.push(item);
      continue;
    }
    const { url, subdirectory } = origin;
    const address = subdirectory === undefined ? url : `${url}#subdirectory=${subdirectory}`;
    const own = await ownOfAddress(context, address, { way, source, signal, name: item.name });
    const { directUrl: _address, origin: _origin, source: _source, ...rest } = item;
    packages.push({ ...rest, version: own.version, wheel: { filename: own.filename, sha256: own.sha256 } });
  }
  return { ...lock, packages };
}

/** Always so many: which constants a file of bytecode shares depends on what was compiled before it in the same process. */
const compilers = 4;

const compileProgram = `import py_compile, sys
for line in sys.stdin.read().split("\\0"):
    if not line: continue
    try:
        py_compile.compile(sys.argv[1] + "/" + line, dfile=line, doraise=True, quiet=2,
                           invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    except (py_compile.PyCompileError, OSError, ValueError, RecursionError): pass
`;

/**
 * Bytecode that is believed without a look at its source: times don't survive a copy, and a tree that nobody may write can't
 * be mended. Its paths are relative, Python puts in the true ones when it loads them; the same sources make the same bytes.
 * A file that is no Python of this version (a template, an old syntax) stays without.
 */
async function compileAll(context: Context, root: AbsPath, signal: AbortSignal): Promise<void> {
  const { fs, proc, system } = context;
  const caches: string[] = [];
  const sources: string[] = [];
  await fs.scan(root, ({ path, kind }) => {
    if (kind === "directory" && path.endsWith("/__pycache__")) caches.push(path);
    if (kind === "file" && /^lib\/python[^/]+\/.*\.py$/.test(path)) sources.push(path);
  });
  for (const path of caches) await fs.remove(fs.path.join(root, ...path.split("/")));
  sources.sort(byCodePoint);
  const env = Object.fromEntries(Object.entries(system.env).filter(([name]) => !name.startsWith("PYTHON")));
  const parts = Array.from({ length: compilers }, (_, part) =>
    sources.filter((_path, index) => index % compilers === part),
  );
  await mapLimit(parts, Math.max(1, system.cores), (part) =>
    proc.run({
      argv: [fs.path.join(root, "bin", "python3"), "-s", "-S", "-c", compileProgram, root],
      env: { ...env, PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" },
      input: part.join("\0"),
      signal,
    }),
  );
}

function changed({ label }: Environment, what: string): VenvoyError {
  return new VenvoyError("ENV_CHANGED", `\`${label}\` ${what}`, {
    hint: `venvoy rebuild ${label} takes over what is there, then run the command again`,
    data: { environment: label },
  });
}
