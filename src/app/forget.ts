import { type AbsPath, type PackageName, printable, typedWord, VenvoyError } from "../base/index.ts";
import { claimOf, type Environment, readLock, unionOf, type Wanted, withoutClaim } from "../env/index.ts";
import { parseRequirement } from "../pep/index.ts";
import type { LockedPackage } from "../resolve/index.ts";
import { type Context, pathFrom, shownPath } from "./context.ts";
import { lockOptions } from "./packages.ts";
import type { OperationOptions } from "./requests.ts";
import { targetEnvironment } from "./targets.ts";

export interface ForgetRequest extends OperationOptions {
  /** The script, by its path, also when it is gone; or the id that a host gave it. */
  readonly file: string;
  /** The environment; else the active one if the script has a claim there, else every one where it has. */
  readonly name?: string;
  readonly dryRun?: boolean;
}

export interface ForgetReport {
  readonly script: string;
  readonly dryRun: boolean;
  readonly environments: readonly {
    readonly name: string;
    /** What the script asked for there. */
    readonly requirements: readonly string[];
    /** What nobody else wants: it leaves with the next version. */
    readonly leaving: readonly { readonly name: PackageName; readonly version: string }[];
  }[];
}

/** Drops a script's claim. Builds nothing: what only it wanted leaves with the next version. Throws `CLAIM_UNKNOWN`. */
export async function forget(context: Context, request: ForgetRequest): Promise<ForgetReport> {
  const scripts = await spellings(context, request.file);
  const claiming = await environmentsOf(context, request, scripts);
  if (claiming.length === 0) throw claimUnknown(request);
  const environments: ForgetReport["environments"][number][] = [];
  for (const environment of claiming) {
    const script = claimedAs(environment.intent, scripts) ?? "";
    environments.push({
      name: environment.label,
      requirements: (claimOf(environment.intent, script)?.requirements ?? []).map(({ text }) => text),
      leaving: await leaving(context, environment, withoutClaim(environment.intent, script)),
    });
    if (request.dryRun) continue;
    await context.home.using(environment, lockOptions(`forget ${request.file}`, request.signal), async (held) => {
      await held.edit({ claims: withoutClaim(held.environment.intent, script).claims });
    });
  }
  const [first] = claiming;
  const script = first === undefined ? request.file : (claimedAs(first.intent, scripts) ?? request.file);
  return { script: shownPath(context, script), dryRun: request.dryRun ?? false, environments };
}

/** A claim is kept by the script's real path; one that is gone can only be known by the path as it was. */
async function spellings(context: Context, file: string): Promise<readonly string[]> {
  const path = pathFrom(context, file);
  const real: AbsPath = (await context.fs.info(path)) === undefined ? path : await context.fs.realPath(path);
  return [...new Set([real, path, file])];
}

function claimedAs(wanted: Pick<Wanted, "claims">, scripts: readonly string[]): string | undefined {
  return scripts.find((script) => claimOf(wanted, script) !== undefined);
}

async function environmentsOf(
  context: Context,
  { name }: ForgetRequest,
  scripts: readonly string[],
): Promise<readonly Environment[]> {
  const hasClaim = ({ intent }: Environment): boolean => claimedAs(intent, scripts) !== undefined;
  if (name !== undefined) return [await targetEnvironment(context, name)].filter(hasClaim);
  const active = await context.home.active();
  if (active?.kind === "ours") {
    const environment = await context.home.open(active.place.root);
    if (hasClaim(environment)) return [environment];
  }
  const found: Environment[] = [];
  for (const { root, problem } of await context.home.list()) {
    if (problem !== undefined) continue;
    const environment = await context.home.find(root);
    if (environment !== undefined && hasClaim(environment)) found.push(environment);
  }
  return found;
}

/** The packages of the current version that nothing leads to any more. */
async function leaving(
  context: Context,
  environment: Environment,
  wanted: Pick<Wanted, "requirements" | "claims">,
): Promise<readonly { readonly name: PackageName; readonly version: string }[]> {
  const lock = await readLock(context.fs, environment, environment.current.number);
  const packages = new Map((lock?.packages ?? []).map((one): [PackageName, LockedPackage] => [one.name, one]));
  const reached = new Set<PackageName>();
  const open = unionOf(wanted).map(({ text }) => parseRequirement(text).name);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    open.push(...(packages.get(name)?.dependencies ?? []));
  }
  return [...packages.values()]
    .filter(({ name }) => !reached.has(name))
    .map(({ name, version }) => ({ name, version }));
}

function claimUnknown({ file, name }: ForgetRequest): VenvoyError {
  return new VenvoyError(
    "CLAIM_UNKNOWN",
    name === undefined
      ? `\`${printable(file)}\` has a claim on no environment`
      : `\`${printable(file)}\` has no claim on \`${printable(name)}\``,
    {
      hint: `venvoy show${name === undefined ? " NAME" : ` ${typedWord(name)}`} lists claims, with their scripts`,
      data: { script: file, environment: name },
    },
  );
}
