import type { PackageName } from "../../base/index.ts";
import type { HostChoice } from "../../env/index.ts";
import { type Bundled, type HostProfile, openProfile } from "../../host/index.ts";
import { parseMetadata, parsePackageName, parseRequirement } from "../../pep/index.ts";
import type { AskedRequirement, Lock } from "../../resolve/index.ts";
import type { Context } from "../context.ts";
import type { OwnPackage, OwnPackages } from "../own-packages.ts";

/** What a host brings, for the resolver: those versions and no others, known without an index. */
export interface HostLimits {
  readonly profile: HostProfile | undefined;
  readonly constraints: readonly AskedRequirement[];
  readonly own: OwnPackages;
}

const noLimits: HostLimits = { profile: undefined, constraints: [], own: new Map() };

/** Throws `HOST_UNKNOWN` when the environment's host was forgotten. */
export async function limitsOf(
  context: Context,
  wanted: { readonly host?: HostChoice | undefined },
): Promise<HostLimits> {
  const { host } = wanted;
  if (host === undefined) return noLimits;
  const profile = await openProfile(context.fs, context.layout, host.name);
  const hidden = new Set<string>(host.override.map((text) => parsePackageName(text)));
  const brought = profile.bundled.filter(({ name }) => !hidden.has(name));
  const own = await Promise.all(brought.map((one) => ownOf(context, one)));
  return {
    profile,
    constraints: brought.map(({ name, version }) => ({
      requirement: parseRequirement(`${name}==${version}`),
      origin: { kind: "host", name: profile.title, text: `${name}==${version}` },
    })),
    own: new Map(own.map((one) => [one.name, one] as const)),
  };
}

/** The host has these already: they are needed, but not installed. */
export function withoutBrought(lock: Lock, { own }: HostLimits): Lock {
  if (own.size === 0) return lock;
  return { ...lock, packages: lock.packages.filter(({ name, version }) => own.get(name)?.version !== version) };
}

/** What somebody asked for and gets from the host. */
export function broughtNotes(lock: Lock, { own, profile }: HostLimits): readonly string[] {
  const asked = lock.packages.filter((item) => item.requested && own.get(item.name)?.version === item.version);
  if (asked.length === 0 || profile === undefined) return [];
  return [
    `${profile.title} brings ${asked.map((item) => `${item.name} ${item.version}`).join(", ")}: nothing to install`,
  ];
}

async function ownOf(context: Context, bundled: Bundled): Promise<OwnPackage> {
  const name = bundled.name as PackageName;
  const { version } = bundled;
  const plain = { name, version, requiresDist: [], providesExtra: [], dynamic: [] };
  return {
    name,
    version,
    filename: `${name.replaceAll("-", "_")}-${version}-py3-none-any.whl`,
    metadata: { ...plain, ...(await needsOf(context, bundled)) },
    sha256: undefined,
    address: undefined,
    goesFirst: true,
  };
}

async function needsOf({ fs }: Context, { at }: Bundled): Promise<Partial<OwnPackage["metadata"]>> {
  if (at === undefined) return {};
  for (const file of [fs.path.join(at, "METADATA"), fs.path.join(at, "PKG-INFO"), at]) {
    try {
      const { requiresDist, providesExtra } = parseMetadata(await fs.readText(file));
      return { requiresDist, providesExtra };
    } catch {
      // Whatever it needs, the host runs with it as it is.
    }
  }
  return {};
}
