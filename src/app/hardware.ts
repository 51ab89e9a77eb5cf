import {
  type Accelerator,
  acceleratorWords,
  type Backend,
  type BackendName,
  backendIndexUrl,
  backendUnknown,
  detectAccelerator,
  findBackend,
  oldestDriver,
  otherBackends,
  runnableBackends,
  servedByBackend,
} from "../backend/index.ts";
import { isVenvoyError, type PackageName, VenvoyError } from "../base/index.ts";
import type { Settings } from "../config/index.ts";
import { parseVersion } from "../pep/index.ts";
import type { Lock, LockedPackage } from "../resolve/index.ts";
import type { Context } from "./context.ts";

/** Which builds for hardware may be taken. */
export interface HardwarePlan {
  /** As it was asked for: `auto`, `cu126`. */
  readonly asked: string;
  /** The best first; one unless `auto` leaves a choice. */
  readonly candidates: readonly BackendName[];
  readonly accelerator: Accelerator | undefined;
  /** What should be told when a build of these is taken; a clause. */
  readonly why: string | undefined;
}

/** The backend that packages of a lock were built for, if any of them is of one. */
export function backendOf(
  lock: { readonly packages: readonly Pick<LockedPackage, "name" | "version">[] } | undefined,
): BackendName | undefined {
  const labels = (lock?.packages ?? []).flatMap(({ name, version }) => {
    const label = labelOf(name, version);
    return label === undefined ? [] : [{ name, label }];
  });
  return (labels.find(({ name }) => name === "torch") ?? labels[0])?.label;
}

/** `cu126` of torch 2.5.1+cu126. */
function labelOf(name: PackageName, version: string): BackendName | undefined {
  const local = servedByBackend(name) === undefined ? undefined : parseVersion(version).local;
  if (local === undefined) return undefined;
  const found = findBackend(local) ?? findBackend(local.split(".")[0] ?? "");
  return found?.name;
}

/** Reads what was asked for, and the machine where that decides. Throws `ARGUMENT_INVALID` for an unknown name. */
export async function planHardware(
  context: Context,
  asked: string | undefined,
  settings: Settings,
): Promise<HardwarePlan | undefined> {
  if (asked === undefined || asked === "none") return undefined;
  const { cudaDriver, amdProcessor } = settings.backend;
  const system = context.system.os;
  const named = asked === "auto" ? undefined : backendNamed(asked);
  if (named?.kind === "cpu") return { asked, candidates: ["cpu"], accelerator: undefined, why: undefined };
  if (named !== undefined && !named.systems.includes(system)) {
    const why = `there are no builds for ${named.name} on ${system === "macos" ? "macOS" : "Windows"}: took those for cpu`;
    return { asked, candidates: ["cpu"], accelerator: undefined, why };
  }
  const accelerator = await detectAccelerator(context, { cudaDriver, amdProcessor });
  if (named !== undefined) {
    return { asked, candidates: [named.name], accelerator, why: misfit(named, accelerator, system) };
  }
  const runnable = runnableBackends(accelerator, system);
  if (runnable.length > 0) return { asked, candidates: runnable, accelerator, why: undefined };
  const none =
    accelerator === undefined
      ? "no driver of a graphics processor was found"
      : `nothing is built for ${acceleratorWords(accelerator)}`;
  const isUsual = system === "macos" && accelerator === undefined;
  return {
    asked,
    candidates: ["cpu"],
    accelerator: undefined,
    why: isUsual ? undefined : `${none}: took builds for cpu`,
  };
}

/** A backend's builds on a system; where there are none, those for the processor. */
export function backendOn(name: BackendName, system: Backend["systems"][number]): BackendName {
  return backendNamed(name).systems.includes(system) ? name : "cpu";
}

/** Throws `ARGUMENT_INVALID`, which lists what there is. */
export function backendNamed(name: string): Backend {
  const found = findBackend(name);
  if (found === undefined) throw backendUnknown(name);
  return found;
}

/** What was forced may not run here; that is told, and allowed: the machine that it is for may be another one. */
function misfit(
  backend: Backend,
  accelerator: Accelerator | undefined,
  system: Context["system"]["os"],
): string | undefined {
  if (accelerator !== undefined && runnableBackends(accelerator, system).includes(backend.name)) return undefined;
  const oldest = system === "macos" ? undefined : oldestDriver(backend, system);
  if (accelerator === undefined) return `no driver for ${backend.name} was found on this machine`;
  if (accelerator.kind === "cuda" && oldest !== undefined) {
    return `${backend.name} needs the NVIDIA driver ${oldest} or newer, and this machine has ${accelerator.driver}`;
  }
  return `${backend.name} may not run with ${acceleratorWords(accelerator)}`;
}

/** The settings with the indexes of these backends. Where no index may be asked, none is added. */
export function withBackendIndexes(settings: Settings, names: readonly BackendName[]): Settings {
  if (settings.index.indexes.length === 0 || names.length === 0) return settings;
  const added = names.map((name) => ({ url: backendIndexUrl(settings.backend.index, name), serves: servedByBackend }));
  return { ...settings, index: { ...settings.index, indexes: [...added, ...settings.index.indexes] } };
}

/** Versions of other backends, as the same versions of this one: who changes the backend wants nothing newer. */
export function relabelled(
  preferences: ReadonlyMap<PackageName, string>,
  candidates: readonly BackendName[],
): ReadonlyMap<PackageName, string> {
  const [backend] = candidates;
  if (backend === undefined) return preferences;
  return new Map(
    [...preferences].map(([name, version]) => {
      const label = labelOf(name, version);
      if (label === undefined || candidates.includes(label)) return [name, version];
      return [name, `${parseVersion(version).public}+${backend}`];
    }),
  );
}

/** Resolves with builds for these backends; `isLast`: a failure is told as it is, with ways out. */
type Ask<T> = (names: readonly BackendName[], isLast: boolean) => Promise<T>;

interface Found {
  readonly lock: Lock;
}

/**
 * Resolves so that all builds are for one backend. With several to choose from, all of them are offered together first:
 * the newest version that any has counts, then the best backend that has it; then that one alone. Throws `BACKEND_UNFIT`
 * when only backends that this machine doesn't run have what is asked for, and what `ask` throws.
 */
export async function forHardware<T extends Found>(
  plan: HardwarePlan,
  system: Context["system"]["os"],
  ask: Ask<T>,
): Promise<T> {
  const { candidates } = plan;
  if (candidates.length === 1)
    return ask(candidates, true).catch((error: unknown) => Promise.reject(notBuilt(error, plan)));
  let left = candidates;
  let taken: BackendName | undefined;
  while (left.length > 0) {
    const all = await orImpossible(ask(left, false));
    if (all === undefined) break;
    const labels = labelsOf(all.lock);
    taken = backendOf(all.lock);
    if (taken === undefined || labels.size === 1) return all;
    const alone = await orImpossible(ask([taken], false));
    if (alone !== undefined) return alone;
    left = left.filter((name) => name !== taken);
  }
  throw await nothingRuns(plan, system, ask);
}

function labelsOf({ packages }: Lock): ReadonlySet<BackendName> {
  return new Set(packages.flatMap(({ name, version }) => labelOf(name, version) ?? []));
}

const impossible: ReadonlySet<string> = new Set(["RESOLUTION_IMPOSSIBLE", "PACKAGE_UNKNOWN", "PACKAGE_BLOCKED"]);

async function orImpossible<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isVenvoyError(error) && impossible.has(error.code)) return undefined;
    throw error;
  }
}

/** Whether the backends are the reason, and which would do; else the ordinary failure. */
async function nothingRuns<T extends Found>(
  { candidates, accelerator }: HardwarePlan,
  system: Context["system"]["os"],
  ask: Ask<T>,
): Promise<unknown> {
  const withCpu = await orImpossible(ask(["cpu"], false));
  let withOther: T | undefined;
  for (const names of accelerator === undefined ? [] : otherBackends(accelerator, system)) {
    withOther ??= await orImpossible(ask(names, false));
  }
  const found = [withOther, withCpu].flatMap((one) => one?.lock.packages ?? []);
  const built = found.find(({ name }) => name === "torch") ?? found.find(({ name, version }) => labelOf(name, version));
  if (accelerator === undefined || built === undefined) {
    await ask(candidates, true);
    return new Error("what was impossible is possible now");
  }
  const other = backendOf(withOther?.lock);
  const driver = other === undefined || system === "macos" ? undefined : oldestDriver(backendNamed(other), system);
  const ways = [
    ...(withCpu === undefined ? [] : ["`--backend cpu` takes the build that needs no driver"]),
    ...(other === undefined
      ? []
      : [
          driver === undefined
            ? `\`--backend ${other}\` has one`
            : `${other} needs the NVIDIA driver ${driver} or newer`,
        ]),
  ];
  const version = parseVersion(built.version).public;
  return new VenvoyError(
    "BACKEND_UNFIT",
    `No build of \`${built.name}\` that is asked for runs with ${acceleratorWords(accelerator)}: it takes ${candidates[0]} at most, and there is ${version} for others`,
    {
      hint: ways.join("; "),
      data: {
        name: built.name,
        version,
        candidates,
        wouldDo: [...(withCpu === undefined ? [] : ["cpu"]), ...(other === undefined ? [] : [other])],
      },
    },
  );
}

/** A package that comes from a backend's index or not at all. */
function notBuilt(error: unknown, { asked, candidates }: HardwarePlan): unknown {
  if (!isVenvoyError(error, "PACKAGE_UNKNOWN")) return error;
  const name = error.data["name"];
  if (typeof name !== "string" || servedByBackend(name as PackageName) !== "only") return error;
  return new VenvoyError("PACKAGE_UNKNOWN", `There are no builds of \`${name}\` for ${candidates[0] ?? asked}`, {
    hint: "`--backend auto` takes what runs here, `--backend none` what the usual index has",
    data: { ...error.data, backend: asked },
    cause: error,
  });
}
