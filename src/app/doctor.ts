import { type AbsPath, isVenvoyError } from "../base/index.ts";
import {
  checkShell,
  examine,
  type Finding,
  type Patient,
  type PythonState,
  type ShellSubject,
} from "../doctor/index.ts";
import {
  type Environment,
  faultOfTree,
  findLeftovers,
  knownVersion,
  type Place,
  readEnvironment,
  readLock,
  readReceipt,
} from "../env/index.ts";
import { seeBase } from "../python/index.ts";
import { canStart, type PythonOptions, successors } from "./another-python.ts";
import type { Context } from "./context.ts";
import { configuredAdvisories, knownFaults } from "./known-faults.ts";
import { mend } from "./mend.ts";
import type { ChangeReport } from "./outcomes.ts";
import { askOptions, baseFor } from "./solve.ts";

export interface DoctorRequest extends Omit<PythonOptions, "confirmRebuild"> {
  /** The environment; else all of them. */
  readonly name?: string;
  /** Mend what can be mended. */
  readonly fix?: boolean;
}

/** A finding that `fix` could not mend says why. */
export interface DoctorFinding extends Finding {
  readonly failure?: { readonly message: string; readonly hint?: string };
}

export interface DoctorReport {
  /** How many environments were looked at. */
  readonly checked: number;
  /** What is wrong; after `fix`, what still is. */
  readonly findings: readonly DoctorFinding[];
  /** What was wrong and is not any more. */
  readonly mended: readonly Finding[];
  /** Versions that were made for it. */
  readonly changes: readonly ChangeReport[];
  readonly dryRun: boolean;
}

/** Looks for what is wrong with environments and with the shell around them; with `fix`, mends what it can. */
export async function doctor(context: Context, request: DoctorRequest): Promise<DoctorReport> {
  // A Python that somebody names takes over the link of one of its kind that is gone.
  if (request.python !== undefined && request.fix === true) await baseFor(context, request.python, request.signal);
  const places = request.name === undefined ? await context.home.list() : [await context.home.locate(request.name)];
  const look = patientReader(context, request);
  const advisories = await configuredAdvisories(context);
  const examined = async (patient: Patient): Promise<readonly Finding[]> => [
    ...(await examine(context, patient)),
    ...(advisories === undefined || patient.environment === undefined || !patient.hasLock
      ? []
      : await knownFaults(context, patient.environment, advisories)),
  ];
  const findings: DoctorFinding[] = [];
  const mended: Finding[] = [];
  const changes: ChangeReport[] = [];
  for (const place of places) {
    request.signal?.throwIfAborted();
    const patient = await look(place);
    const before = await examined(patient);
    if (request.fix !== true || request.dryRun === true || before.length === 0) {
      findings.push(...before);
      continue;
    }
    const outcome = await mend(context, { place, before, look }, request);
    const after = await examined(await look(place));
    const remaining = new Set(after.map(keyOf));
    mended.push(...before.filter((one) => !remaining.has(keyOf(one))));
    findings.push(...after.map((one) => withFailure(one, outcome.failures)));
    changes.push(...outcome.changes);
  }
  findings.unshift(...(await checkShell(context, await shellSubject(context, request))));
  return { checked: places.length, findings, mended, changes, dryRun: request.dryRun ?? false };
}

function keyOf({ code, place }: Finding): string {
  return `${code} ${place}`;
}

function withFailure(one: Finding, failures: ReadonlyMap<string, Error>): DoctorFinding {
  const error = one.mending === undefined ? undefined : failures.get(one.mending);
  if (error === undefined) return one;
  const hint = isVenvoyError(error) ? error.hint : undefined;
  return { ...one, failure: { message: error.message, ...(hint === undefined ? {} : { hint }) } };
}

/** Reads everything that is known of an environment. Bases are looked at once for all that stand on them. */
export function patientReader(context: Context, request: PythonOptions): (place: Place) => Promise<Patient> {
  const sights = new Map<string, Awaited<ReturnType<typeof seeBase>>>();
  const pythonOf = async (environment: Environment): Promise<PythonState> => {
    const { layout, standing } = environment.intent;
    // It is part of the tree, and what the tree lacks is told of that.
    if (layout === "standalone")
      return { kind: "alive", version: standing.pythonVersion, prefix: environment.current.root };
    const key = standing.base;
    const known = sights.get(key);
    const seen =
      known ?? (await seeBase(context, context.layout, key, { ...askOptions(context, request.signal), refresh: true }));
    // One that is not there may be there after mending.
    if (seen.kind === "alive") sights.set(key, seen);
    if (seen.kind !== "gone")
      return { kind: seen.kind, version: seen.interpreter.version, prefix: seen.interpreter.prefix };
    return { kind: "gone", successor: (await successors(context, environment, request))[0]?.version };
  };
  return async (place) => {
    const label = place.kind === "central" ? place.name : place.root;
    const read = await readable(context, place);
    const common = { label, place, store: context.store };
    if ("why" in read) {
      const python = { kind: "gone", successor: undefined } as const;
      const nothing = { environment: undefined, receipt: undefined, leftovers: [], pythonStarts: false };
      const hasHistory = (await knownVersion(context, place)) !== undefined;
      const tree = { treeFault: undefined, hasLock: false, hasHistory };
      return { ...common, ...nothing, ...tree, unreadable: read.why, python };
    }
    const { environment } = read;
    return {
      ...common,
      environment,
      unreadable: undefined,
      receipt: await readReceipt(context.fs, environment.current.root),
      treeFault: await faultOfTree(context, environment.current.root),
      hasLock: await hasLock(context, environment),
      hasHistory: true,
      leftovers: await findLeftovers(context, context.env, place),
      python: await pythonOf(environment),
      pythonStarts: await canStart(context, environment),
    };
  };
}

async function hasLock(context: Context, environment: Environment): Promise<boolean> {
  try {
    return (await readLock(context.fs, environment, environment.current.number)) !== undefined;
  } catch (error) {
    if (isVenvoyError(error, "ENV_BROKEN")) return false;
    throw error;
  }
}

async function readable(
  context: Context,
  place: Place,
): Promise<{ readonly environment: Environment } | { readonly why: string }> {
  try {
    return { environment: await readEnvironment(context.fs, place) };
  } catch (error) {
    if (isVenvoyError(error, "ENV_BROKEN") || isVenvoyError(error, "ENV_UNKNOWN")) return { why: error.message };
    throw error;
  }
}

/** What the shell's variables are held against: the environment that is asked about, else the active one. */
async function shellSubject(context: Context, { name }: DoctorRequest): Promise<ShellSubject | undefined> {
  const active = await context.home.active();
  const place =
    name === undefined ? (active?.kind === "ours" ? active.place : undefined) : await context.home.locate(name);
  if (place === undefined) return undefined;
  const read = await readable(context, place);
  if ("why" in read) return undefined;
  const { environment } = read;
  const { fs } = context;
  const { root } = environment.current;
  const receipt = await readReceipt(fs, root);
  if (receipt === undefined) return undefined;
  const at = (directory: AbsPath, relative: string): AbsPath => fs.path.join(directory, ...relative.split("/"));
  const isActive = active?.kind === "ours" && active.place.id === place.id;
  const roots = [environment.root, root, fs.path.join(environment.dir, "current")];
  return {
    label: environment.label,
    sitePackages: at(root, receipt.sitePackages),
    bins: isActive ? roots.map((one) => at(one, receipt.bin)) : [],
  };
}
