import { type AbsPath, isVenvoyError, type VenvoyError } from "../../base/index.ts";
import {
  type AskedFor,
  type Environment,
  emptyPlainTrash,
  nothingWanted,
  type Wanted,
  withClaim,
} from "../../env/index.ts";
import {
  faultsOf,
  type HostProfile,
  listSiteEnvs,
  newSiteEnv,
  openProfile,
  runtimeId,
  type SiteEnv,
} from "../../host/index.ts";
import { parseRequirement, tryParseVersion } from "../../pep/index.ts";
import type { Base } from "../../python/index.ts";
import { applyChange } from "../change.ts";
import type { Context } from "../context.ts";
import { createWanted } from "../create.ts";
import type { ChangeReport } from "../outcomes.ts";
import { lockOptions } from "../packages.ts";
import type { ChangeOptions } from "../requests.ts";
import { livingClaims } from "../run/named.ts";
import { baseFor } from "../solve.ts";
import { clearDebris, keepAside } from "./heal.ts";
import { type HostScript, readHostScripts, type UnservedScript } from "./read-scripts.ts";
import { finishResets } from "./reset.ts";

export interface HostPrepareRequest extends ChangeOptions {
  readonly host: string;
  readonly files: readonly string[];
}

export interface PreparedEnvironment {
  /** What scripts call it. */
  readonly id: string;
  /** What the host puts on its search path. */
  readonly path: AbsPath;
  readonly scripts: readonly string[];
  readonly report: ChangeReport;
  /** What was wrong in the folder, and is not any more. */
  readonly healed: readonly string[];
}

export interface HostPrepareReport {
  readonly host: string;
  readonly environments: readonly PreparedEnvironment[];
  readonly unserved: readonly UnservedScript[];
  readonly notes: readonly string[];
}

interface Preparing {
  readonly context: Context;
  readonly profile: HostProfile;
  readonly base: Base;
  readonly request: HostPrepareRequest;
  readonly existing: readonly SiteEnv[];
}

/**
 * Fills the environments that scripts name with what their headers ask for, where the host looks for them, so that its
 * own installer has nothing left to do. What stands there is taken over. A script that can't be served is told, and the
 * environments of the others are made.
 */
export async function prepareHost(context: Context, request: HostPrepareRequest): Promise<HostPrepareReport> {
  const profile = await openProfile(context.fs, context.layout, request.host);
  if (profile.siteEnvs !== undefined && request.dryRun !== true) await finishResets(context, profile.siteEnvs);
  const base = await baseFor(context, profile.python, request.signal);
  const read = await readHostScripts(context, request.files, base.interpreter);
  const existing = profile.siteEnvs === undefined ? [] : await listSiteEnvs(context.fs, profile.siteEnvs);
  const preparing = { context, profile, base, request, existing };
  const environments: PreparedEnvironment[] = [];
  const unserved = [...read.unserved];
  for (const [id, scripts] of byId(read.scripts)) {
    if (id === runtimeId && profile.siteEnvs !== undefined) {
      unserved.push(...scripts.map((one) => leftToPip(profile, one)));
      continue;
    }
    const { environment, failed } = await prepareSome(preparing, id, scripts);
    if (environment !== undefined) environments.push(environment);
    unserved.push(...failed);
  }
  return { host: profile.title, environments, unserved, notes: read.notes };
}

/** All of them; or, where they can't be together, each that goes with those before it. */
async function prepareSome(
  preparing: Preparing,
  id: string,
  scripts: readonly HostScript[],
): Promise<{ readonly environment: PreparedEnvironment | undefined; readonly failed: readonly UnservedScript[] }> {
  const attempt = async (some: readonly HostScript[], dryRun: boolean): Promise<PreparedEnvironment | VenvoyError> => {
    const request = dryRun ? { ...preparing.request, dryRun, proposes: false } : preparing.request;
    try {
      return await prepareOne({ ...preparing, request }, id, some);
    } catch (error) {
      if (isVenvoyError(error) && error.code !== "ABORTED") return error;
      throw error;
    }
  };
  const whole = await attempt(scripts, false);
  if ("id" in whole) return { environment: whole, failed: [] };
  const unserved = ({ label }: HostScript, { message, code }: VenvoyError): UnservedScript => ({
    script: label,
    why: message,
    code,
  });
  if (scripts.length === 1) return { environment: undefined, failed: scripts.map((one) => unserved(one, whole)) };
  const served: HostScript[] = [];
  const failed: UnservedScript[] = [];
  for (const script of scripts) {
    const tried = await attempt([...served, script], true);
    if ("id" in tried) served.push(script);
    else failed.push(unserved(script, tried));
  }
  if (served.length === 0) return { environment: undefined, failed };
  const rest = await attempt(served, false);
  if ("id" in rest) return { environment: rest, failed };
  return { environment: undefined, failed: [...failed, ...served.map((one) => unserved(one, rest))] };
}

function byId(scripts: readonly HostScript[]): ReadonlyMap<string, readonly HostScript[]> {
  const found = new Map<string, HostScript[]>();
  for (const script of scripts) found.set(script.id, [...(found.get(script.id) ?? []), script]);
  return found;
}

/** The runtime's own folder is the host's; venvoy would have to own the host's packages to keep it in order. */
function leftToPip({ python }: HostProfile, { label, claim }: HostScript): UnservedScript {
  const wanted = claim.requirements.map(({ text }) => `'${text}'`).join(" ");
  const why = `it asks for the host's own folder (\`${runtimeId}\`), which only the host's pip fills: "${python}" -m pip install ${wanted}`;
  return { script: label, why, code: "HOST_INVALID" };
}

async function prepareOne(
  preparing: Preparing,
  id: string,
  scripts: readonly HostScript[],
): Promise<PreparedEnvironment> {
  const { context, profile, existing, request } = preparing;
  const site =
    profile.siteEnvs === undefined
      ? undefined
      : (existing.find((one) => one.id === id) ?? newSiteEnv(context, profile.siteEnvs, id));
  // A host without environments of its own gets named ones: each is one path for its search path.
  const name = site?.packages ?? (id === "default" ? profile.name : `${profile.name}-${id}`);
  const found = await context.home.find(name);
  const isThere = site !== undefined && (await context.fs.info(site.packages)) !== undefined;
  const labels = scripts.map(({ label }) => label);
  const done = (path: AbsPath, report: ChangeReport, healed: readonly string[] = []): PreparedEnvironment => ({
    id,
    path,
    scripts: labels,
    report,
    healed,
  });
  if (found === undefined && (!isThere || request.dryRun === true)) {
    const { report } = await createWanted(context, name, wantedFor(preparing, scripts), optionsFor(preparing, scripts));
    return done(report.environment.path, report);
  }
  const environment = found ?? (await adopt(preparing, name as AbsPath));
  const { report, healed } = await change(preparing, environment, scripts);
  return done(environment.root, report, healed);
}

function optionsFor(
  { request, base }: Preparing,
  scripts: readonly HostScript[],
): ChangeOptions & { readonly base: Base } {
  const { host: _host, files: _files, ...options } = request;
  const choices = Object.assign({}, ...scripts.map((script) => script.choices)) as HostScript["choices"];
  return { ...choices, ...options, base };
}

function wantedFor(preparing: Preparing, scripts: readonly HostScript[]): Wanted {
  return scripts.reduce((wanted, { claim }) => withClaim(wanted, claim), emptyFor(preparing));
}

function emptyFor({ profile }: Pick<Preparing, "profile">): Wanted {
  return { ...nothingWanted, layout: "plain", python: profile.python, host: { name: profile.name, override: [] } };
}

/** The folder that the host's pip has filled so far. */
function adopt({ context, profile, base, request }: Preparing, directory: AbsPath): Promise<Environment> {
  return context.home.adopt(directory, {
    command: request.command ?? "",
    base,
    artifacts: [],
    lock: { packages: [] },
    wanted: emptyFor({ profile }),
    purpose: `of ${profile.title}`,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
}

/** So many files of nobody may lie in the way before somebody should look. */
const mostInTheWay = 200;

async function change(
  preparing: Preparing,
  environment: Environment,
  scripts: readonly HostScript[],
): Promise<{ readonly report: ChangeReport; readonly healed: readonly string[] }> {
  const { context, base, request } = preparing;
  const purpose = lockOptions(`prepare ${environment.label}`, request.signal);
  return context.home.using(environment, purpose, async (held) => {
    const healed = request.dryRun === true ? [] : [...(await clearDebris(context, held.environment))];
    const damaged = await damagedIn(context, environment.root);
    for (let tries = 0; ; tries++) {
      try {
        const report = await applyChange(
          context,
          held,
          async ({ intent }) => {
            const living = { ...intent, claims: await livingClaims(context, intent) };
            const wanted = scripts.reduce((all, { claim }) => withClaim(all, claim), living);
            const moved = intent.standing.base === base.key ? {} : { onto: base };
            const rebuild = damaged.length > 0;
            return { wanted: { ...wanted, requirements: again(wanted, damaged) }, rebuild, ...moved };
          },
          optionsFor(preparing, scripts),
        );
        await emptyPlainTrash(context, held.environment);
        return { report, healed: [...healed, ...damaged.map(({ name, why }) => `${name}: ${why}`)] };
      } catch (error) {
        const inTheWay = isVenvoyError(error, "ENV_EXISTS") ? fileInTheWay(error) : undefined;
        if (inTheWay === undefined || tries >= mostInTheWay) throw error;
        healed.push(await keepAside(context, held.environment, inTheWay));
      }
    }
  });
}

function fileInTheWay({ data }: VenvoyError): string | undefined {
  const path = data["path"];
  return typeof path === "string" && typeof data["directory"] === "string" ? path : undefined;
}

interface Damaged {
  readonly name: string;
  readonly version: string;
  readonly why: string;
}

async function damagedIn({ fs }: Context, packages: AbsPath): Promise<readonly Damaged[]> {
  return (await faultsOf(fs, packages)).flatMap((fault) =>
    fault.kind === "damaged" && fault.version !== undefined && tryParseVersion(fault.version) !== undefined
      ? [{ name: fault.name, version: fault.version, why: fault.why }]
      : [],
  );
}

/** What is damaged can't be taken over from its files, so it is asked for again, unless a script asks for it anyway. */
function again(wanted: Wanted, damaged: readonly Damaged[]): readonly AskedFor[] {
  const asked = new Set<string>(
    [...wanted.requirements, ...wanted.claims.flatMap((claim) => claim.requirements)].map(
      ({ text }) => parseRequirement(text).name,
    ),
  );
  const missing = damaged.filter(({ name }) => !asked.has(name));
  return [
    ...wanted.requirements,
    ...missing.map(({ name, version }) => ({
      text: `${name}==${version}`,
      source: { kind: "noticed" as const, installer: "pip" },
    })),
  ];
}
