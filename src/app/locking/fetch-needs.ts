import { isVenvoyError, type PackageName } from "../../base/index.ts";
import { buildNeeds, parseAddress } from "../../build/index.ts";
import { parseRequirement } from "../../pep/index.ts";
import type { PackageSource } from "../../pypi/index.ts";
import type { Interpreter } from "../../python/index.ts";
import { isUnbuilt, type LockedPackage } from "../../resolve/index.ts";
import { findSources, jobOf } from "../building/addresses.ts";
import { Workshop } from "../building/workshop.ts";
import type { Context } from "../context.ts";
import type { ResolveChoices } from "../requests.ts";
import type { LockTarget } from "./lock-targets.ts";
import { solveTargets } from "./solve-targets.ts";

/** An archive that is built where it is installed. */
export interface ToBuild {
  readonly name: PackageName;
  /** Of the archive, with its digest. */
  readonly url: string;
  readonly targets: readonly LockTarget[];
}

/** The sdists among what was resolved for targets, each once. */
export function sdistsOf(
  solved: readonly { readonly target: LockTarget; readonly packages: readonly LockedPackage[] }[],
): readonly ToBuild[] {
  const known = new Map<string, ToBuild>();
  for (const { target, packages } of solved) {
    for (const item of packages.filter(isUnbuilt)) {
      const { url, sha256 } = item.source ?? item.wheel;
      if (url === undefined) continue;
      const text = `${url.reveal().replace(/#.*$/s, "")}${sha256 === undefined ? "" : `#sha256=${sha256}`}`;
      const earlier = known.get(text)?.targets ?? [];
      known.set(text, { name: item.name, url: text, targets: [...earlier, target] });
    }
  }
  return [...known.values()];
}

/**
 * What the builds of archives need, for the targets that build them, and what those builds need in turn: a machine
 * without network builds them with it. The backends are asked with a Python of this machine. Where that doesn't work,
 * a note says so, and the archive alone is brought.
 */
export async function needsOfBuilds(
  context: Context,
  toBuild: readonly ToBuild[],
  way: {
    readonly choices: ResolveChoices;
    readonly source: PackageSource;
    readonly helper: () => Promise<Interpreter | undefined>;
    readonly signal: AbortSignal;
  },
): Promise<{ readonly packages: readonly LockedPackage[]; readonly notes: readonly string[] }> {
  const packages: LockedPackage[] = [];
  const notes: string[] = [];
  const done = new Set<string>();
  for (let left = toBuild; left.length > 0; ) {
    const found: ToBuild[] = [];
    for (const one of left) {
      if (done.has(one.url)) continue;
      done.add(one.url);
      try {
        const solved = await needsOf(context, one, way);
        packages.push(...solved.flatMap((each) => each.packages));
        found.push(...sdistsOf(solved));
      } catch (error) {
        if (!isVenvoyError(error) || error.code === "ABORTED" || error.code === "INDEX_UNREACHABLE") throw error;
        notes.push(`what the build of ${one.name} needs is not fetched: ${error.message}`);
      }
    }
    left = found;
  }
  return { packages, notes };
}

async function needsOf(
  context: Context,
  { name, url, targets }: ToBuild,
  { choices, source, helper, signal }: Parameters<typeof needsOfBuilds>[2],
): Promise<readonly { readonly target: LockTarget; readonly packages: readonly LockedPackage[] }[]> {
  const { noBuildIsolation = [] } = choices;
  if (noBuildIsolation === "all" || noBuildIsolation.includes(name)) return [];
  const address = parseAddress(url);
  const interpreter = targets.find((one) => one.interpreter !== undefined)?.interpreter ?? (await helper());
  if (address === undefined || interpreter === undefined) return [];
  const way = { interpreter, choices, within: [] };
  const found = await findSources(context, address, { way, source, signal });
  const texts = await new Workshop(context, way).open(
    jobOf(context, url, { address, found, name }),
    signal,
    ({ options, environments }) => buildNeeds(context, options, environments),
  );
  // What builds need has rules of its own, whatever is asked of the packages themselves.
  const { python: _python, forHost: _forHost, backend: _backend, ...rest } = choices;
  const { locks } = await solveTargets(context, {
    inputs: {
      asked: texts.map((text) => ({
        requirement: parseRequirement(text.trim()),
        origin: { kind: "build", of: name, text },
      })),
      constraints: [],
      hashes: new Map(),
      choices: {
        ...rest,
        constraintFiles: choices.buildConstraintFiles ?? [],
        overrideFiles: [],
        resolution: "highest",
      },
      preferences: new Map(),
      own: new Map(),
    },
    targets: targets.map(({ backend: _its, choice: _choice, ...target }) => target),
    keep: () => new Map(),
    signal,
  });
  return locks.flatMap(({ lock }, index) => {
    const target = targets[index];
    return target === undefined ? [] : [{ target, packages: lock.packages }];
  });
}
