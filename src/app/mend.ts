import { isVenvoyError, VenvoyError } from "../base/index.ts";
import { damagedPackages, type Finding, type Mending, type Patient, rewriteDeadScripts } from "../doctor/index.ts";
import { faultOfTree, type Place, restoreIntent } from "../env/index.ts";
import { type PythonOptions, rebuildElsewhere, withLivingPython } from "./another-python.ts";
import { applyChange } from "./change.ts";
import type { Context } from "./context.ts";
import { materialiseCurrent } from "./materialise.ts";
import type { ChangeReport } from "./outcomes.ts";
import { lockOptions } from "./packages.ts";
import { restoreStored } from "./restore-store.ts";

export interface Mended {
  readonly changes: readonly ChangeReport[];
  /** What could not be done, by what was to be done. */
  readonly failures: ReadonlyMap<Mending, Error>;
}

interface Case {
  readonly place: Place;
  readonly before: readonly Finding[];
  readonly look: (place: Place) => Promise<Patient>;
}

/** What a later step builds on comes first: nothing can be built without a Python, nor compared without a tree. */
const order: readonly Mending[] = [
  "restore-intent",
  "recover",
  "restore-package",
  "follow-python",
  "another-python",
  "build-tree",
  "build-version",
  "rewrite-scripts",
];

/** Does for one environment what its findings call for. What fails is told and doesn't stop the rest. */
export async function mend(context: Context, found: Case, options: PythonOptions): Promise<Mended> {
  const wanted = new Set(found.before.flatMap(({ mending }) => (mending === undefined ? [] : [mending])));
  // A new version has whole files and scripts of its own.
  if (wanted.has("another-python")) for (const one of ["build-tree", "build-version"] as const) wanted.delete(one);
  const changes: ChangeReport[] = [];
  const failures = new Map<Mending, Error>();
  for (const mending of order) {
    if (!wanted.has(mending)) continue;
    try {
      const change = await apply(context, mending, await found.look(found.place), options);
      if (change !== undefined) changes.push(change);
    } catch (error) {
      if (!isVenvoyError(error) || error.code === "ABORTED") throw error;
      failures.set(mending, error);
    }
  }
  return { changes, failures };
}

async function apply(
  context: Context,
  mending: Mending,
  patient: Patient,
  options: PythonOptions,
): Promise<ChangeReport | undefined> {
  const { place, environment } = patient;
  if (mending === "restore-intent") await restoreIntent(context, context.env, place, options.signal);
  if (environment === undefined) return undefined;
  const lock = lockOptions(`mend ${patient.label}`, options.signal);
  const rebuild = (): Promise<ChangeReport> =>
    context.home.using(place, lock, (held) =>
      applyChange(context, held, ({ intent }) => ({ wanted: intent, rebuild: true }), {
        ...withoutPython(options),
        command: options.command ?? "venvoy doctor --fix",
      }),
    );
  switch (mending) {
    case "restore-intent":
      return undefined;
    case "recover":
      await context.home.using(place, lock, async () => {});
      return undefined;
    case "follow-python":
      await withLivingPython(context, environment, options);
      return undefined;
    case "another-python":
      return rebuildElsewhere(context, environment, options);
    case "build-tree":
      await context.home.using(place, lock, (held) => materialiseCurrent(context, held, withoutPython(options)));
      // What another tool installed there is carried into a version of its own.
      return (await faultOfTree(context, environment.current.root)) === undefined ? undefined : rebuild();
    case "build-version":
      return rebuild();
    case "rewrite-scripts":
      await context.home.using(place, lock, () => rewriteDeadScripts(context, patient));
      return undefined;
    case "restore-package":
      await restorePackages(context, patient, options);
      return undefined;
  }
}

/** A Python that was named is for environments that have none. */
function withoutPython({ python: _python, ...options }: PythonOptions): Omit<PythonOptions, "python"> {
  return options;
}

/** An edit that came through a hard link stays with its environment; the store gets the original back. */
async function restorePackages(context: Context, patient: Patient, options: PythonOptions): Promise<void> {
  const here = patient.environment === undefined ? {} : { here: patient.environment };
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  for (const { artifact, files } of await damagedPackages(patient)) {
    const { left, why } = await restoreStored(context, artifact, files, { ...here, ...signal });
    if (left.length === 0) continue;
    throw new VenvoyError(
      "STORE_DAMAGED",
      `\`${artifact.filename}\` is damaged in the store: ${why ?? "its wheel has other files"}`,
      {
        hint: "venvoy store verify",
        data: { filename: artifact.filename, files: left },
      },
    );
  }
}
