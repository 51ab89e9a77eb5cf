import type { AbsPath } from "../../base/index.ts";
import { type Environment, type Installed, plainTrash, readInstalled, readReceipt } from "../../env/index.ts";
import {
  faultsOf,
  type HostProfile,
  listSiteEnvs,
  openProfile,
  type PathFile,
  readPathFiles,
  type SiteEnv,
  type SiteEnvFault,
} from "../../host/index.ts";
import { inspect } from "../../python/index.ts";
import type { Context } from "../context.ts";
import { askOptions } from "../solve.ts";
import { finishResets } from "./reset.ts";

/** One environment of a host, as it lies there. */
export interface HostEnvironment {
  /** What scripts call it. */
  readonly id: string;
  readonly path: AbsPath;
  /** Made or taken over by venvoy. */
  readonly managed: boolean;
  readonly version: number | undefined;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly bytes: number;
  /** Scripts whose headers ask for something there. */
  readonly scripts: readonly { readonly script: string; readonly present: boolean }[];
  readonly faults: readonly SiteEnvFault[];
  /** Sentences: why nobody needs it any more, or can't use it as it is. */
  readonly stale: readonly string[];
  /** Files of former versions that a program has loaded; they go when it has ended. */
  readonly pending: boolean;
}

/** A package that is not the same everywhere: the first one that is imported wins in the whole program. */
export interface HostClash {
  readonly name: string;
  readonly versions: readonly { readonly version: string; readonly environments: readonly string[] }[];
}

export interface HostStatus {
  readonly host: string;
  readonly title: string;
  readonly python: { readonly program: AbsPath; readonly asked: string; readonly now: string | undefined };
  readonly environments: readonly HostEnvironment[];
  readonly clashes: readonly HostClash[];
  readonly pathFiles: readonly PathFile[];
}

/** What stands in a host's directories: sizes, faults, what clashes, what nobody asks for any more. Finishes resets, and changes nothing else. */
export async function hostStatus(context: Context, name: string): Promise<HostStatus> {
  const profile = await openProfile(context.fs, context.layout, name);
  if (profile.siteEnvs !== undefined) await finishResets(context, profile.siteEnvs);
  const asked = await inspect(context, profile.python, askOptions(context));
  const now = "ok" in asked ? asked.ok.version : undefined;
  const environments = [...(await siteEnvironments(context, profile)), ...(await ownEnvironments(context, profile))];
  return {
    host: name,
    title: profile.title,
    python: { program: profile.python, asked: profile.version, now },
    environments,
    clashes: clashesAmong(environments, profile),
    pathFiles: await readPathFiles(context.fs, profile.pathDirs, profile.version),
  };
}

async function siteEnvironments(context: Context, profile: HostProfile): Promise<HostEnvironment[]> {
  if (profile.siteEnvs === undefined) return [];
  const found: HostEnvironment[] = [];
  const seen = new Map<string, SiteEnv>();
  for (const site of await listSiteEnvs(context.fs, profile.siteEnvs)) {
    const newer = seen.get(site.id);
    seen.set(site.id, newer ?? site);
    const stale =
      newer === undefined ? [] : [`${context.fs.path.name(newer.path)} has the same id, and was changed later`];
    const environment = await context.home.find(site.packages);
    found.push(await describe(context, profile, { id: site.id, packages: site.packages, environment, stale }));
  }
  return found;
}

/** Environments made with `create --host`, wherever they lie. */
async function ownEnvironments(context: Context, profile: HostProfile): Promise<HostEnvironment[]> {
  const { siteEnvs } = profile;
  const found: HostEnvironment[] = [];
  // A directory that was removed by hand and made again is registered twice.
  const all = new Map((await context.home.list()).map((one) => [one.root, one]));
  for (const { label, root, problem } of all.values()) {
    if (problem !== undefined || (siteEnvs !== undefined && context.fs.path.isInside(siteEnvs, root))) continue;
    const environment = await context.home.find(root);
    if (environment?.intent.host?.name !== profile.name) continue;
    found.push(
      await describe(context, profile, { id: label, packages: environment.current.root, environment, stale: [] }),
    );
  }
  return found;
}

interface Seen {
  readonly id: string;
  readonly packages: AbsPath;
  readonly environment: Environment | undefined;
  readonly stale: readonly string[];
}

async function describe(
  context: Context,
  profile: HostProfile,
  { id, packages, environment, stale }: Seen,
): Promise<HostEnvironment> {
  const { fs } = context;
  const installed = await readInstalled(context, packages);
  const scripts = await Promise.all(
    (environment?.intent.claims ?? []).map(async ({ script }) => ({
      script,
      present: !fs.path.isAbsolute(script) || (await fs.info(script as AbsPath)) !== undefined,
    })),
  );
  const reasons = [...stale, ...(await strangeWheels(context, profile, installed))];
  if (environment !== undefined) {
    const { requirements, claims } = environment.intent;
    const isAsked = requirements.length > 0 || scripts.some(({ present }) => present);
    if (!isAsked && installed.length > 0)
      reasons.push(claims.length === 0 ? "nobody asks for anything in it" : "the scripts that asked for it are gone");
    const receipt = await readReceipt(fs, environment.current.root);
    if (receipt !== undefined && minor(receipt.base.version) !== minor(profile.version))
      reasons.push(`it was made for Python ${receipt.base.version}, and the host has ${profile.version}`);
  }
  let bytes = 0;
  await fs.scan(packages, ({ diskBytes }) => {
    bytes += diskBytes;
  });
  return {
    id,
    path: environment?.root ?? packages,
    managed: environment !== undefined,
    version: environment?.current.number,
    packages: installed.map((one) => ({ name: one.name, version: one.version })),
    bytes,
    scripts,
    faults: await faultsOf(fs, packages),
    stale: reasons,
    pending: environment !== undefined && (await fs.linkInfo(plainTrash(fs, environment))) !== undefined,
  };
}

/** Native packages say in `WHEEL` which Python they are for. */
async function strangeWheels(
  { fs }: Context,
  profile: HostProfile,
  installed: readonly Installed[],
): Promise<readonly string[]> {
  const own = `cp${minor(profile.version).replace(".", "")}`;
  const strange: string[] = [];
  for (const { at, displayName, form } of installed) {
    if (form !== "dist-info" || profile.implementation !== "cpython") continue;
    const text = await fs.readText(fs.path.join(at, "WHEEL")).catch(() => "");
    const tags = [...text.matchAll(/^Tag: ([^\s-]+)-([^\s-]+)-/gm)];
    const isFit =
      tags.length === 0 ||
      tags.some(([, python = "", abi]) => /^py\d/.test(python) || python === own || abi === "abi3");
    const [first] = tags;
    if (!isFit && first?.[1] !== undefined)
      strange.push(`${displayName} is for ${first[1]}, and the host needs ${own}`);
  }
  return strange;
}

function clashesAmong(environments: readonly HostEnvironment[], { bundled, title }: HostProfile): readonly HostClash[] {
  const byName = new Map<string, Map<string, string[]>>();
  const add = (name: string, version: string, where: string): void => {
    const versions = byName.get(name) ?? new Map<string, string[]>();
    byName.set(name, versions.set(version, [...(versions.get(version) ?? []), where]));
  };
  for (const { name, version } of bundled) add(name, version, title);
  for (const { id, packages } of environments) for (const { name, version } of packages) add(name, version, id);
  return [...byName]
    .filter(([, versions]) => versions.size > 1)
    .map(([name, versions]) => ({
      name,
      versions: [...versions].map(([version, where]) => ({ version, environments: where })),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function minor(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
