import type { PackageName } from "../base/index.ts";
import type { Settings } from "../config/index.ts";
import { advisoryLabel } from "../pep/index.ts";
import { type AdvisorySource, openAdvisories } from "../pypi/index.ts";
import { heldBack, type Lock, type Repair, type ResolveRequest, repairsOf, resolve } from "../resolve/index.ts";
import type { Context } from "./context.ts";

export interface Resolved {
  readonly lock: Lock;
  readonly notices: readonly string[];
}

/** One repair may bring a version that is affected by something else, or another package. */
const mostRounds = 8;

/**
 * Resolves; where a cooldown (`excludeNewerMs`) leaves a version that is known to be affected by something that only a
 * younger release repairs, that release may be taken, and it is resolved again. Throws as `resolve` does.
 */
export async function resolveWithCooldown(
  context: Context,
  request: ResolveRequest,
  { settings, signal }: { readonly settings: Settings; readonly signal?: AbortSignal | undefined },
): Promise<Resolved> {
  const options = signal === undefined ? {} : { signal };
  let found: Resolved = await resolve(context, request, options);
  const advisories = openAdvisories(context, settings.index, settings.advisories);
  const admitted = new Map<PackageName, Map<string, Repair & { readonly of: string }>>();
  for (let round = 0; round < mostRounds; round++) {
    const news = await admitRepairs({ advisories, request, admitted, signal }, found.lock);
    if (!news) break;
    const policy = {
      ...request.policy,
      admitted: new Map([...admitted].map(([name, all]) => [name, new Set(all.keys())])),
    };
    found = await resolve(context, { ...request, policy }, options);
  }
  const notes = found.lock.packages.flatMap(({ name, version }) => {
    const repair = admitted.get(name)?.get(version);
    if (repair === undefined) return [];
    const { advisory, of } = repair;
    return [
      `\`${name}\` ${version} is younger than the cooldown allows, and taken as it repairs ${advisoryLabel(advisory)} of ${of}`,
    ];
  });
  return { lock: found.lock, notices: [...found.notices, ...notes] };
}

interface Rounds {
  readonly advisories: AdvisorySource;
  readonly request: ResolveRequest;
  readonly admitted: Map<PackageName, Map<string, Repair & { readonly of: string }>>;
  readonly signal: AbortSignal | undefined;
}

/** Adds the repairs that a lock calls for; false when there is no new one. */
async function admitRepairs({ advisories, request, admitted, signal }: Rounds, lock: Lock): Promise<boolean> {
  let isNew = false;
  const held = await heldBack(request, lock, signal);
  const known = await Promise.all(held.map((one) => advisories.about(one, signal)));
  for (const [at, one] of held.entries()) {
    for (const repair of repairsOf(one, known[at] ?? [])) {
      const all = admitted.get(one.name) ?? new Map();
      admitted.set(one.name, all);
      if (all.has(repair.versionText)) continue;
      all.set(repair.versionText, { ...repair, of: one.version.text });
      isNew = true;
    }
  }
  return isNew;
}
