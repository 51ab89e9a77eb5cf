import type { PackageName } from "../base/index.ts";
import { type AskedFor, type Environment, readReceipt, type TreeInspection } from "../env/index.ts";
import { parseRequirement } from "../pep/index.ts";
import type { Lock } from "../resolve/index.ts";
import type { Context } from "./context.ts";
import type { OwnPackage, OwnPackages } from "./own-packages.ts";

/** The packages of a lock that no index is known to have: they were taken out of a tree earlier and lie in the store. */
export async function ownOfLock(
  context: Context,
  lock: Lock | undefined,
  requirements: readonly AskedFor[],
): Promise<OwnPackages> {
  const own = new Map<PackageName, OwnPackage>();
  for (const { name, version, wheel, dependencies, origin } of lock?.packages ?? []) {
    const { url, sha256, filename } = wheel;
    if (url !== undefined || sha256 === undefined) continue;
    const artifact = await context.store.find(sha256);
    // Without the artifact, too: then bringing it says what is missing.
    const { requiresDist = dependencies, requiresPython, providesExtra = [] } = artifact ?? {};
    const facts = { name, version, requiresDist, providesExtra, dynamic: [] };
    own.set(name, {
      name,
      version,
      filename,
      sha256,
      origin,
      metadata: requiresPython === undefined ? facts : { ...facts, requiresPython },
      address: addressAskedFor(name, requirements),
    });
  }
  return own;
}

/**
 * What a tree holds beside its lock, as it stands: pip. A package that comes and needs pip is content with that one; no
 * change takes another without being asked.
 */
export async function ownOfSeeds(
  context: Context,
  { current }: Pick<Environment, "current">,
  { removed, changed }: Pick<TreeInspection, "removed" | "changed">,
): Promise<OwnPackages> {
  const own = new Map<PackageName, OwnPackage>();
  const touched = new Set([...removed, ...changed.map((one) => one.from)].map((one) => one.name));
  for (const { name, seeded, sha256 } of (await readReceipt(context.fs, current.root))?.packages ?? []) {
    if (seeded !== true || touched.has(name)) continue;
    const artifact = await context.store.find(sha256);
    if (artifact === undefined) continue;
    const { version, filename, requiresDist, requiresPython, providesExtra } = artifact;
    const facts = { name: artifact.name, version, requiresDist, providesExtra, dynamic: [] };
    const metadata = requiresPython === undefined ? facts : { ...facts, requiresPython };
    own.set(artifact.name, { name: artifact.name, version, filename, sha256, metadata, address: undefined });
  }
  return own;
}

function addressAskedFor(name: PackageName, requirements: readonly AskedFor[]): string | undefined {
  for (const { text } of requirements) {
    const requirement = parseRequirement(text);
    if (requirement.name === name && requirement.url !== undefined) return requirement.url;
  }
  return undefined;
}
