import { isVenvoyError } from "../base/index.ts";
import { type AskedFor, type Environment, type HeldEnvironment, readLock, type Wanted } from "../env/index.ts";
import type { Base } from "../python/index.ts";
import type { Lock } from "../resolve/index.ts";
import { askedOf } from "./asked.ts";
import { carryOver } from "./by-hand.ts";
import { type HandFiles, planHandFiles, settleHandFiles } from "./by-hand-files.ts";
import type { Context } from "./context.ts";
import { type CreateWantedOptions, carriesAll, createWanted, placeName } from "./create.ts";
import { materialiseCurrent } from "./materialise.ts";
import { manyPackages } from "./obtain.ts";
import type { ChangeReport } from "./outcomes.ts";
import { ownFor } from "./own-packages.ts";
import { lockOptions } from "./packages.ts";
import { remembering } from "./remembered.ts";
import type { ChangeOptions } from "./requests.ts";
import { withSharedName } from "./shared-packages.ts";
import { baseFor, baseOf, digestsOf, preferencesOf } from "./solve.ts";

export interface CloneRequest extends ChangeOptions {
  readonly name: string;
  /** The name of the copy, or a directory (`./env`). */
  readonly to: string;
  /** Else that of the original. */
  readonly purpose?: string;
  /** Else that of the original, or `venv` for a copy of a release. */
  readonly layout?: Wanted["layout"];
}

/**
 * Makes an environment with the same packages, requests and variables as another, from the same lock: nothing is resolved
 * and nothing is fetched, unless something was installed by hand or another Python is asked for. History, protection and
 * old names stay with the original.
 */
export async function clone(context: Context, request: CloneRequest): Promise<ChangeReport> {
  const startedMs = context.clock.elapsed();
  const place = await context.home.locate(await withSharedName(context, request.name));
  const name = await placeName(context, { name: request.to });
  const purpose = `clone ${request.name} to ${request.to}`;
  return context.home.using(place, lockOptions(purpose, request.signal), async (held) => {
    const copy = await copyOf(context, held, request);
    const { report } = await createWanted(context, name, copy.wanted, copy.options);
    return { ...report, elapsedMs: context.clock.elapsed() - startedMs };
  });
}

/** What a copy is asked to hold, and what is known of it already. */
interface Copy {
  readonly wanted: Wanted;
  readonly options: CreateWantedOptions;
}

async function copyOf(context: Context, held: HeldEnvironment, request: CloneRequest): Promise<Copy> {
  const { name: _name, to: _to, layout, ...options } = request;
  const hasPython = await materialiseIfPossible(context, held, request);
  const { environment } = held;
  const before = await readLock(context.fs, environment, environment.current.number);
  // Threads for linking come up while the original is looked through.
  if ((before?.packages.length ?? 0) >= manyPackages) context.fs.expectLinks();
  const carried = await carryOver(context, environment, before);
  const found = await settleHandFiles(context, environment, request);
  const { intent } = carried.environment;
  const base = await baseForCopy(context, carried.environment, request, hasPython);
  const own = ownWanted(intent, before);
  const { host, ...rest } = { ...own, layout: layout ?? own.layout };
  const isForHost = host !== undefined && rest.layout === "plain";
  const wanted: Wanted = {
    ...rest,
    ...(isForHost ? { host } : {}),
    claims: [],
    python: request.python ?? intent.python,
    linkMode: request.linkMode ?? intent.linkMode,
  };
  if (wanted.layout === "standalone" && wanted.systemSitePackages) throw carriesAll();
  // What a host brings is not in the lock of an environment that was made for it.
  const isSame =
    isForHost === (host !== undefined) &&
    carried.isUntouched &&
    base.key === intent.standing.base &&
    !isElse(request, intent) &&
    before !== undefined;
  const known = { preferences: new Map([...preferencesOf(before), ...carried.versions]) };
  const purpose = request.purpose ?? intent.purpose;
  return {
    wanted,
    options: {
      ...options,
      base,
      keep: known,
      notesFor: carried.notesFor,
      hand: (after) =>
        (intent.layout === "plain") === (wanted.layout === "plain")
          ? handFilesOf(context, environment, found, after)
          : handFilesLeft(environment, found),
      own: ownFor(carried.own, askedOf(context, wanted), "none"),
      variables: intent.variables,
      ...(isSame ? { lock: before } : {}),
      trusted: digestsOf(before),
      ...(purpose === undefined ? {} : { purpose }),
    },
  };
}

/** What a copy stands on. A release is taken apart: its packages on a Python of this machine that is like its own. */
async function baseForCopy(
  context: Context,
  { intent }: Environment,
  { python, signal }: CloneRequest,
  hasPython: boolean,
): Promise<Base> {
  if (intent.publication !== undefined) {
    const minor = intent.standing.pythonVersion.split(".").slice(0, 2).join(".");
    return baseFor(context, python ?? minor, signal);
  }
  if (python === undefined || (hasPython && python === intent.python))
    return baseOf(context, intent.standing.base, signal);
  return baseFor(context, python, signal);
}

/** Of a copy of a release: what its publisher asked for, from the lock, as something that can be changed. */
function ownWanted(intent: Wanted, lock: Lock | undefined): Wanted {
  if (intent.publication === undefined) return { ...intent, requirements: withoutClaims(intent) };
  const { publication: _publication, ...own } = intent;
  const asked = (lock?.packages ?? []).filter(({ requested }) => requested);
  return {
    ...own,
    layout: "venv",
    requirements: asked.map(({ name }) => ({ text: name, source: { kind: "typed" } })),
  };
}

/** True when the copy is for other hardware, or another machine, than the original. */
function isElse({ backend, forHost }: CloneRequest, intent: Wanted): boolean {
  const wanted = remembering(intent, {
    ...(backend === undefined ? {} : { backend }),
    ...(forHost === undefined ? {} : { forHost }),
  });
  return wanted.backend !== intent.backend || wanted.forHost !== intent.forHost;
}

/** Edits come along with the package that they belong to; of another version, they stay where they are. */
function handFilesOf(
  context: Context,
  environment: Environment,
  { files, notes }: Awaited<ReturnType<typeof settleHandFiles>>,
  after: Lock,
): Pick<HandFiles, "carried" | "notes"> {
  const versions = new Map<string, string>(after.packages.map((item) => [item.name, item.version]));
  const edits = files.edits.filter(({ package: its }) => its.seeded === true || versions.get(its.name) === its.version);
  const left = files.edits.length - edits.length;
  const plan = planHandFiles(context, environment, { ...files, edits }, after);
  const stay =
    left === 0 ? [] : [`what was edited by hand in packages that change stays in ${environment.label} alone`];
  return { carried: plan.carried, notes: [...notes, ...plan.notes, ...stay] };
}

/** Where packages lie elsewhere in the tree, nobody can say where what hands put there belongs. */
function handFilesLeft(
  { label }: Environment,
  { files: { edits, extra }, notes }: Awaited<ReturnType<typeof settleHandFiles>>,
): Pick<HandFiles, "carried" | "notes"> {
  const stays = `what was edited or put in by hand stays in ${label}: it has another place in the other layout`;
  return { carried: [], notes: edits.length + extra.length === 0 ? notes : [...notes, stays] };
}

/** With another Python asked for, an original whose own is gone can be copied, too. */
async function materialiseIfPossible(context: Context, held: HeldEnvironment, request: CloneRequest): Promise<boolean> {
  try {
    await materialiseCurrent(context, held, request);
    return true;
  } catch (error) {
    if (!isVenvoyError(error, "PYTHON_GONE") || request.python === undefined) throw error;
    return false;
  }
}

/**
 * A claim belongs to a script, and the scripts name the original. What they ask is written down as asked for from their
 * files, so that the next change of the copy doesn't lose it.
 */
function withoutClaims({ requirements, claims }: Wanted): readonly AskedFor[] {
  const claimed = claims.flatMap(({ script, requirements: lines }) =>
    lines.map(({ text, line }): AskedFor => ({ text, source: { kind: "file", file: script, line } })),
  );
  const known = new Set(requirements.map(({ text }) => text));
  return [...requirements, ...claimed.filter(({ text }) => !known.has(text) && known.add(text))];
}
