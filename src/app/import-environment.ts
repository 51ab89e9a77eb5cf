import { type PackageName, printable, typedWord, VenvoyError } from "../base/index.ts";
import { type AskedFor, adaptEnvName, nothingWanted, parseEnvName } from "../env/index.ts";
import {
  type ForeignEnvironment,
  type ForeignPlace,
  foreignWishes,
  type LeftOut,
  readForeign,
} from "../exchange/index.ts";
import type { Target } from "../pep/index.ts";
import { createIndexClient } from "../pypi/index.ts";
import { targetOf } from "../python/index.ts";
import { isWheelFor, type LockedFile, lockOfPins, type MissingPin, type Pin } from "../resolve/index.ts";
import type { Artifact } from "../store/index.ts";
import { policyFor, settingsFor } from "./choices.ts";
import type { Context } from "./context.ts";
import { createWanted } from "./create.ts";
import type { Imported, ImportRequest } from "./import.ts";
import { baseFor, digestsOf } from "./solve.ts";

/** Makes an environment with the versions that another tool's environment has. */
export async function importEnvironment(
  context: Context,
  place: ForeignPlace,
  request: ImportRequest,
): Promise<Imported> {
  const name = request.name === undefined ? adaptEnvName(place.name) : parseEnvName(request.name);
  const foreign = await readForeign(context.fs, place);
  const python = request.python ?? foreign.python;
  const { interpreter } = await baseFor(context, python, request.signal).catch((error: unknown) => {
    throw request.python === undefined ? otherPython(error, place) : error;
  });
  const target = targetOf(interpreter);
  const wishes = foreignWishes(foreign.packages, target.markers);
  const pins = pinsOf(foreign, wishes.dependencies, new Set(wishes.asked));
  const { lock, missing } = await pinned(context, pins, target, request);
  if (missing.length > 0 && request.skipMissing !== true) throw incomplete(place, missing, name);
  const gone = new Set<PackageName>(missing.map((one) => one.name));
  const wanted = {
    ...nothingWanted,
    requirements: requirementsOf(
      foreign,
      wishes.asked.filter((one) => !gone.has(one)),
    ),
    python,
    linkMode: request.linkMode,
    systemSitePackages: foreign.systemSitePackages,
  };
  const { report } = await createWanted(context, name, wanted, {
    ...request,
    ...(python === undefined ? {} : { python }),
    lock,
    // They are in use there.
    trusted: digestsOf(lock),
  });
  const skipped = missing.map((one): LeftOut => ({ what: `${one.name} ${one.version}`, why: one.why }));
  const absent = wishes.absent.map(
    ({ name: needed, neededBy }) => `${neededBy} needs ${needed}, which is not installed there either`,
  );
  const isRenamed = request.name === undefined && name !== place.name;
  const renamed = isRenamed ? [`${place.name} can't be a name here: it is ${name}`] : [];
  const change = { ...report, notes: [...renamed, ...report.notes, ...absent] };
  return { name, from: place.root, kind: foreign.kind, change, leftOut: [...foreign.leftOut, ...skipped] };
}

/** Its own Python is not here, or too old: another one may do. */
function otherPython(error: unknown, { root }: ForeignPlace): unknown {
  if (!(error instanceof VenvoyError) || !/^PYTHON_(NOT_FOUND|UNSUPPORTED)$/.test(error.code)) return error;
  return new VenvoyError(error.code, error.message, {
    hint: `venvoy import ${typedWord(root)} --python 3.12 takes it over to another Python, where its versions allow that`,
    data: error.data,
    cause: error,
  });
}

function pinsOf(
  { packages }: ForeignEnvironment,
  dependencies: ReadonlyMap<PackageName, readonly PackageName[]>,
  asked: ReadonlySet<PackageName>,
): readonly Pin[] {
  return packages.map(({ name, version, wheel }) => ({
    name,
    version,
    dependencies: dependencies.get(name) ?? [],
    requested: asked.has(name),
    ...(wheel === undefined ? {} : { wheel }),
  }));
}

function requirementsOf({ packages }: ForeignEnvironment, asked: readonly PackageName[]): readonly AskedFor[] {
  const byName = new Map(packages.map((one) => [one.name, one]));
  return asked.flatMap((name) => {
    const one = byName.get(name);
    if (one === undefined) return [];
    const text = one.wheel === undefined ? name : `${name} @ ${one.wheel.url}`;
    return [{ text, source: { kind: "noticed" as const, installer: one.installer } }];
  });
}

async function pinned(context: Context, pins: readonly Pin[], target: Target, request: ImportRequest) {
  const settings = await settingsFor(context, request);
  const { build, noWheels } = policyFor(context, request, settings, {});
  let artifacts: Promise<readonly Artifact[]> | undefined;
  return lockOfPins(pins, {
    target,
    build,
    noWheels,
    source: createIndexClient(context, settings.index),
    offline: settings.index.offline,
    stored: async (name, version): Promise<LockedFile | undefined> => {
      artifacts ??= context.store.list();
      const same = (await artifacts).find(
        (one) => one.name === name && isWheelFor(one.filename, { name, version }, target),
      );
      return same === undefined ? undefined : { filename: same.filename, sha256: same.sha256 };
    },
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
}

const shownMissing = 5;

function incomplete(place: ForeignPlace, missing: readonly MissingPin[], name: string): VenvoyError {
  const shown = missing.slice(0, shownMissing).map((one) => `\`${one.name}\` ${one.version} (${printable(one.why)})`);
  const more = missing.length > shownMissing ? ` and ${missing.length - shownMissing} others` : "";
  const what = missing.length === 1 ? "A package" : `${missing.length} packages`;
  return new VenvoyError(
    "IMPORT_INCOMPLETE",
    `${what} of \`${printable(place.root, { newlines: false })}\` can't be had: ${shown.join(", ")}${more}`,
    {
      hint: `venvoy import ${typedWord(place.root)} ${name} --skip-missing leaves ${missing.length === 1 ? "it" : "them"} out`,
      data: { path: place.root, missing },
    },
  );
}
