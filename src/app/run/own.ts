import { type AbsPath, VenvoyError } from "../../base/index.ts";
import { createHash } from "../../codec/index.ts";
import { ensureScriptEnvironment, recallHeader, rememberHeader, type ScriptEnvironment } from "../../env/index.ts";
import type { Base } from "../../python/index.ts";
import type { AskedRequirement } from "../../resolve/index.ts";
import { plannedBuilds } from "../building/source.ts";
import type { Keep } from "../choices.ts";
import { compileLater } from "../compile.ts";
import type { Context } from "../context.ts";
import { diffLocks } from "../diff.ts";
import { extraFiles } from "../extra-files.ts";
import { withProof } from "../hash-proof.ts";
import { checkHashes, type HashRules } from "../hashes.ts";
import { type HostLimits, withoutBrought } from "../host/limits.ts";
import { type HostTruth, untilItRuns } from "../host-truth.ts";
import { costOf, obtain } from "../obtain.ts";
import type { AskedBy, ChangeReport } from "../outcomes.ts";
import type { ResolveChoices, RunRequest } from "../requests.ts";
import { baseFor, solve } from "../solve.ts";
import type { Ready } from "./ready.ts";

/** What an environment of a script's own is made of. */
export interface OwnRun {
  readonly label: string;
  readonly asked: readonly AskedRequirement[];
  readonly constraints?: readonly AskedRequirement[];
  /** What `--hash` lines of a project's file allow. */
  readonly hashes?: HashRules;
  readonly python: string | undefined;
  /** Decided already: whatever the requests say. */
  readonly base?: Base;
  /** Packages alone: the base is described, and can't be started. */
  readonly layout?: "plain";
  /** What the program brings whose Python it runs on. */
  readonly host?: HostLimits;
  readonly choices: ResolveChoices;
  readonly keep?: Keep;
  readonly request: RunRequest;
  /** For whoever is shown what will be made. */
  readonly askedBy?: AskedBy;
  readonly notes: readonly string[];
}

/**
 * An environment of a script's own, keyed by its lock: scripts that need the same share it. What was asked leads back
 * to it without resolving, until the caller asks for newer versions.
 */
export async function readyOwn(context: Context, run: OwnRun): Promise<Ready> {
  const remembered = await recallOwn(context, run);
  if (remembered !== undefined) return readyOf(context, run, remembered);
  return untilItRuns((truth) => makeOwn(context, run, truth));
}

async function makeOwn(context: Context, run: OwnRun, truth: HostTruth): Promise<Ready> {
  const startedMs = context.clock.elapsed();
  const { request, asked } = run;
  const digest = digestOf(run);
  const base = run.base ?? (await baseFor(context, request.python ?? run.python, request.signal));
  const { host } = run;
  const whole = await solve(context, base.interpreter, {
    asked,
    truth,
    choices: { ...run.choices, ...request },
    constraints: [...(host?.constraints ?? []), ...(run.constraints ?? [])],
    ...(host === undefined ? {} : { own: host.own }),
    hashes: run.hashes,
    ...(run.keep === undefined ? {} : { keep: run.keep }),
    proposing: "pythons",
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  const solved = host === undefined ? whole : { ...whole, lock: withoutBrought(whole.lock, host) };
  const hashCheck = { required: run.choices.requireHashes };
  checkHashes(solved.lock, run.hashes, { ...hashCheck, isPlan: true });
  const plan: Omit<ChangeReport, "environment"> = {
    version: 1,
    previousVersion: undefined,
    changed: true,
    dryRun: false,
    python: base.interpreter.version,
    changes: diffLocks(undefined, solved.lock),
    packageCount: solved.lock.packages.length,
    cost: await costOf(context, solved.lock, { links: false }),
    elapsedMs: 0,
    notes: [...solved.notes, ...(await plannedBuilds(context, solved, { ...run.choices, ...request }))],
    ...(run.askedBy === undefined ? {} : { askedBy: run.askedBy }),
  };
  const place = { name: run.label, id: "" as ChangeReport["environment"]["id"], path: context.layout.scripts };
  if ((await request.confirm?.({ ...plan, environment: place })) === false)
    throw new VenvoyError("ABORTED", `The environment of \`${run.label}\` was not made`);
  const hashes = await withProof(context, run.hashes, { ...solved, check: hashCheck, signal: request.signal });
  const { artifacts, lock } = await obtain(context, solved.lock, solved.source, {
    judge: solved.judge,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  checkHashes(lock, hashes, hashCheck);
  const made = await ensureScriptEnvironment(context, context.env, {
    lock,
    artifacts,
    base,
    extraFiles: run.layout === "plain" ? [] : extraFiles(context, "script"),
    ...(run.layout === undefined ? {} : { layout: run.layout }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  await rememberHeader(context, context.env, digest, made.key);
  if (run.layout !== "plain")
    await compileLater(context, { artifacts, base, when: request.compile ?? solved.settings.compile });
  const change = {
    ...plan,
    environment: { ...place, path: made.root },
    elapsedMs: context.clock.elapsed() - startedMs,
  };
  return { ...(await readyOf(context, run, made)), change };
}

/** The environment that was made for the same words before, unless the index is to be asked again. */
export async function recallOwn(context: Context, run: OwnRun): Promise<ScriptEnvironment | undefined> {
  return run.request.refresh === true ? undefined : recallHeader(context, context.env, digestOf(run));
}

async function readyOf(context: Context, run: OwnRun, { root, receipt }: ScriptEnvironment): Promise<Ready> {
  const useMark = context.fs.path.join(root, ".venvoy", "used");
  await noteUse(context, useMark);
  return {
    label: `${run.label} (its own, Python ${receipt.base.version})`,
    environment: root,
    tree: root,
    version: undefined,
    notes: run.notes,
    pointer: undefined,
    useMark,
    variables: {},
  };
}

async function noteUse(context: Context, mark: AbsPath): Promise<void> {
  const info = await context.fs.info(mark);
  if (info === undefined) await context.fs.write(mark, "");
  else if (context.clock.now() - info.modifiedMs > 3_600_000) await context.fs.setTimes(mark, context.clock.now());
}

/** Everything that decides which lock comes out, but for the state of the index. */
function digestOf(run: OwnRun): string {
  const { request, choices } = run;
  const facts = [
    run.asked.map(({ requirement }) => requirement.toString()).sort(),
    [...(run.host?.constraints ?? []), ...(run.constraints ?? [])]
      .map(({ requirement }) => requirement.toString())
      .sort(),
    request.python ?? run.python ?? null,
    [...(run.keep?.preferences ?? [])],
    [choices, request].map((one) => [
      one.indexUrl,
      one.extraIndexUrls,
      one.indexes,
      one.pins,
      one.constraintTexts,
      one.overrideTexts,
      one.findLinks,
      one.noIndex,
      one.indexStrategy,
      one.prerelease,
      one.resolution,
      one.excludeNewer,
      one.forHost,
      one.backend,
      one.constraintFiles,
      one.overrideFiles,
    ]),
    ...[...(run.hashes ?? [])].map(([name, { digests }]) => [name, ...digests]),
    ...(choices.requireHashes === true ? ["hashes"] : []),
  ];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 40);
}
