import { type AbsPath, isVenvoyError, VenvoyError } from "../../base/index.ts";
import {
  claimOf,
  currentClaims,
  type Environment,
  isAnswered,
  nothingWanted,
  readReceipt,
  unionOf,
  type Wanted,
  withClaim,
} from "../../env/index.ts";
import { parseRequirement } from "../../pep/index.ts";
import { fits, parsePythonRequest } from "../../python/index.ts";
import { canStart, type PythonOptions, withLivingPython } from "../another-python.ts";
import { originText } from "../asked.ts";
import { baseOfEnvironment } from "../bases.ts";
import { applyChange } from "../change.ts";
import type { Context } from "../context.ts";
import { createWanted } from "../create.ts";
import { materialiseCurrent } from "../materialise.ts";
import type { ChangeReport } from "../outcomes.ts";
import { lockOptions } from "../packages.ts";
import type { ChangeOptions, RunRequest } from "../requests.ts";
import { baseFor } from "../solve.ts";
import type { Choice } from "./choose.ts";
import { askedByScript, claimFrom, type HeaderAsks } from "./header-asks.ts";
import { checkPublished } from "./published.ts";
import type { Ready } from "./ready.ts";
import type { Runnable } from "./runnable.ts";

type Named = Extract<Choice, { kind: "named" }>;

/** What a run of a named environment needs beside the choice. */
export interface NamedRun {
  readonly choice: Named;
  readonly runnable: Runnable;
  readonly asks: HeaderAsks;
  readonly request: RunRequest;
  /** False when the caller has another way out of a conflict. */
  readonly proposes?: boolean;
}

/**
 * Makes a named environment serve a run: it is made when missing, and the header's lines become the script's claim on
 * it. A claim that can't join is refused with both scripts' lines, and the environment stays as it was.
 */
export async function readyNamed(context: Context, run: NamedRun): Promise<Ready> {
  const found = await context.home.find(run.choice.name);
  if (found === undefined) return readyNew(context, run);
  const { environment, change } = await withLivingPython(context, found, rebuildOptions(run));
  await checkPython(context, run, environment);
  if (environment.intent.publication !== undefined) {
    await checkPublished(context, environment, { ...run, label: run.runnable.label });
    if (!(await isWhole(context, environment))) await buildAgain(context, run, environment);
    return readyOf(context, run, environment, {});
  }
  if (await isServed(context, run, environment))
    return readyOf(context, run, environment, change === undefined ? {} : { change });
  return readyChanged(context, run, environment);
}

/** The Python that a run asks for is checked by itself; here it is only about one that is gone. */
function rebuildOptions({ request, runnable }: NamedRun): PythonOptions {
  const {
    target: _target,
    args: _args,
    name: _name,
    with: _with,
    python: _python,
    confirmRebuild,
    ...choices
  } = request;
  const mayAsk = confirmRebuild !== undefined && request.frozen !== true;
  return { ...choices, command: `venvoy run ${runnable.label}`, ...(mayAsk ? { confirmRebuild } : {}) };
}

/** An environment stands on one Python; a run that needs another can't join it. */
async function checkPython(context: Context, { asks, request, runnable }: NamedRun, found: Environment): Promise<void> {
  const wanted = request.python ?? asks.python;
  if (wanted === undefined) return;
  const { interpreter, key } = await baseOfEnvironment(context, found, request.signal);
  const parsed = parsePythonRequest(wanted);
  const isPlace = parsed.kind === "path" || parsed.kind === "command";
  if (isPlace ? (await baseFor(context, wanted, request.signal)).key === key : fits(parsed, interpreter)) return;
  throw new VenvoyError(
    "RESOLUTION_IMPOSSIBLE",
    `\`${runnable.label}\` asks for Python \`${wanted}\`, and the environment \`${found.label}\` stands on Python ${interpreter.version}`,
    {
      hint: `name another environment, or make one with venvoy create NAME --python ${wanted}`,
      data: { python: interpreter.version, request: wanted },
    },
  );
}

/** True when the environment, as it is, has what the script asks for, and its tree can be started. */
export async function isServed(context: Context, { runnable, asks }: NamedRun, found: Environment): Promise<boolean> {
  const { script } = runnable;
  const claim = script === undefined || asks.lines.length === 0 ? undefined : claimFrom(context, script, asks);
  const isKnown =
    claim === undefined
      ? asks.lines.length === 0 && (script === undefined || claimOf(found.intent, script) === undefined)
      : isAnswered(found.intent, claim);
  return isKnown && (await isWhole(context, found));
}

async function readyNew(context: Context, run: NamedRun): Promise<Ready> {
  const { choice, asks, request, runnable } = run;
  if (!choice.mayCreate) await context.home.locate(choice.name);
  if (request.frozen === true) throw frozen(choice.name, "it does not exist yet");
  const claims =
    runnable.script === undefined || asks.lines.length === 0 ? [] : [claimFrom(context, runnable.script, asks)];
  if (claims.length === 0 && asks.lines.length > 0) throw onlyFiles(run);
  const wanted: Wanted = { ...nothingWanted, claims, python: request.python };
  try {
    const { report, environment } = await createWanted(context, choice.name, wanted, {
      ...changeOptions(run),
      ...(request.python === undefined && asks.python !== undefined ? { python: asks.python } : {}),
    });
    if (environment === undefined) throw declined(choice.name);
    return readyOf(context, run, environment, { change: report });
  } catch (error) {
    // Another process made it in the meantime: join that one.
    if (isVenvoyError(error, "ENV_EXISTS")) return readyNamed(context, run);
    throw error;
  }
}

/** One script's header doesn't change what builds all others of an environment run with. */
function keepingBackend(run: NamedRun, { intent }: Environment): ReturnType<typeof changeOptions> {
  const { backend: ofHeader, ...options } = changeOptions(run);
  const backend = run.request.backend ?? (intent.backend === undefined ? ofHeader : undefined);
  return backend === undefined ? options : { ...options, backend };
}

async function readyChanged(context: Context, run: NamedRun, found: Environment): Promise<Ready> {
  const { asks, request, runnable } = run;
  const { script } = runnable;
  const report = await context.home.using(found, lockOptions(`run ${runnable.label}`, request.signal), async (held) => {
    const before = held.environment;
    let { claims } = before.intent;
    const change = await applyChange(
      context,
      held,
      async ({ intent }) => {
        claims = await livingClaims(context, intent);
        const current = { ...intent, claims };
        if (script === undefined || asks.lines.length === 0) return { wanted: withoutFile(run, current) };
        return { wanted: withClaim(current, claimFrom(context, script, asks)) };
      },
      { ...keepingBackend(run, found), dryRun: request.frozen === true || script === undefined },
    );
    if (change.changed && request.frozen === true) throw frozen(before.label, changeSentence(change));
    if (script === undefined) {
      // It leaves nothing behind; whether its lines were asked for before is no matter, as long as they are met.
      if (change.changes.length > 0) throw onlyFiles(run);
      return { ...change, changed: false };
    }
    return {
      ...change,
      notes: [...change.notes, ...movedUnderOthers(context, run, { ...before.intent, claims }, change)],
    };
  });
  const after = await context.home.open(found.root);
  return readyOf(context, run, after, report.changed ? { change: report } : {}, report.notes);
}

/** A script that lost its lines loses its claim; one without a file is only measured against what is there. */
function withoutFile(run: NamedRun, wanted: Wanted): Wanted {
  const { script } = run.runnable;
  if (script !== undefined) return { ...wanted, claims: wanted.claims.filter((one) => one.script !== script) };
  return {
    ...wanted,
    requirements: [
      ...wanted.requirements,
      ...run.asks.lines.map(({ text }) => ({ text, source: { kind: "typed" } as const })),
    ],
  };
}

/** Without those of scripts that are gone, or were not run for long. */
export async function livingClaims(context: Context, wanted: Wanted): Promise<Wanted["claims"]> {
  const gone = new Set<string>();
  for (const { script } of wanted.claims) {
    // A host's own ids name no file and are never gone.
    if (context.fs.path.isAbsolute(script) && (await context.fs.info(script as AbsPath)) === undefined)
      gone.add(script);
  }
  return currentClaims(wanted.claims, { nowMs: context.clock.now(), exists: (script) => !gone.has(script) }).kept;
}

async function buildAgain(context: Context, { request, runnable }: NamedRun, environment: Environment): Promise<void> {
  const purpose = lockOptions(`run ${runnable.label}`, request.signal);
  await context.home.using(environment, purpose, (held) =>
    materialiseCurrent(context, held, request.signal === undefined ? {} : { signal: request.signal }),
  );
}

/** The tree is there and its interpreter can be started. */
async function isWhole(context: Context, environment: Environment): Promise<boolean> {
  return (await readReceipt(context.fs, environment.current.root)) !== undefined && canStart(context, environment);
}

/** One sentence per package that changed its version under others: old, new, who asked, who else uses it. */
function movedUnderOthers(
  context: Context,
  run: NamedRun,
  before: Pick<Wanted, "requirements" | "claims">,
  change: ChangeReport,
): readonly string[] {
  if (!change.changed) return [];
  return change.changes.flatMap(({ name, from, to }) => {
    if (from === undefined || to === undefined) return [];
    const line = run.asks.lines.find(({ text }) => parseRequirement(text).name === name);
    const asker = line === undefined ? run.runnable.label : `${run.runnable.label} line ${line.line}`;
    const others = unionOf(before).filter(
      (item) =>
        parseRequirement(item.text).name === name &&
        !(item.origin.kind === "script" && item.origin.file === run.runnable.script),
    );
    const users =
      others.length === 0 ? "" : `; also used by ${others.map((item) => originText(context, item)).join(", ")}`;
    return [`${name} ${from} → ${to} in ${change.environment.name}: ${asker} asked${users}`];
  });
}

async function readyOf(
  context: Context,
  { runnable: { script } }: NamedRun,
  environment: Environment,
  patch: Partial<Ready>,
  notes: readonly string[] = [],
): Promise<Ready> {
  const { fs, system } = context;
  await context.home.noteUse(environment, system.cwd);
  if (script !== undefined) await context.home.noteUse(environment, fs.path.directory(script));
  return {
    label: environment.label,
    environment: environment.root,
    tree: environment.current.root,
    version: environment.current.number,
    notes,
    pointer: fs.path.join(environment.dir, "current"),
    useMark: fs.path.join(environment.dir, "used"),
    variables: environment.intent.variables,
    ...patch,
  };
}

function changeOptions({ request, asks, runnable, proposes = true }: NamedRun): ChangeOptions {
  const { target: _target, args: _args, name: _name, with: _with, ...choices } = request;
  return {
    ...asks.choices,
    ...(choices as ChangeOptions),
    command: `venvoy run ${runnable.label}`,
    proposes,
    ...(asks.lines.length === 0 ? {} : { askedBy: askedByScript(runnable, asks, { own: false }) }),
  };
}

function changeSentence(change: ChangeReport): string {
  const words = change.changes
    .slice(0, 4)
    .map(({ name, from, to }) =>
      from === undefined
        ? `add ${name} ${to}`
        : to === undefined
          ? `remove ${name}`
          : `take ${name} from ${from} to ${to}`,
    );
  return `the run would ${words.join(", ") || "change it"}`;
}

function frozen(name: string, why: string): VenvoyError {
  return new VenvoyError("RUN_FROZEN", `The environment \`${name}\` must not change (--frozen): ${why}`, {
    hint: "leave --frozen out, or change the environment first",
    data: { name },
  });
}

function declined(name: string): VenvoyError {
  return new VenvoyError("ABORTED", `The environment \`${name}\` was not made`, {});
}

function onlyFiles({ choice, runnable }: NamedRun): VenvoyError {
  return new VenvoyError(
    "RUN_FROZEN",
    `\`${runnable.label}\` has no file here, so it may not add packages to \`${choice.name}\``,
    {
      hint: `venvoy add -n ${choice.name} PACKAGE, or save the script and run the file`,
      data: { name: choice.name, script: runnable.label },
    },
  );
}
