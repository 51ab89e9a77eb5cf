import { normalizeName, tryParseVersion } from "../../pep/index.ts";
import { markersFor } from "../bases.ts";
import type { Context } from "../context.ts";
import { seenFrom } from "../installed.ts";
import type { OperationOptions } from "../requests.ts";
import { targetEnvironment } from "../targets.ts";
import { needsOf } from "./list.ts";

export interface BrokenRequest extends OperationOptions {
  /** The environment; else the active one. */
  readonly name?: string;
}

/** A requirement of an installed package that what is installed doesn't serve. Names are normalised, as pip has them. */
export interface BrokenRequirement {
  readonly package: string;
  readonly version: string;
  readonly needs: string;
  /** The whole requirement, in its canonical form. */
  readonly requirement: string;
  /** The version that is there; left out when none is. */
  readonly installed?: string;
}

/** Requirements of installed packages that are missing or unmet, also of what was installed by hand; missing ones first. */
export async function brokenRequirements(
  context: Context,
  request: BrokenRequest = {},
): Promise<readonly BrokenRequirement[]> {
  const environment = await targetEnvironment(context, request.name);
  const seen = await seenFrom(context, environment);
  const markers = await markersFor(context, environment, request.signal);
  const versions = new Map(seen.map((one) => [normalizeName(one.displayName), one.version]));
  const broken = seen.flatMap((one): BrokenRequirement[] =>
    needsOf(one, markers).flatMap((need) => {
      const here = versions.get(need.name);
      const facts = {
        package: normalizeName(one.displayName),
        version: one.version,
        needs: need.name,
        requirement: need.toString(),
      };
      if (here === undefined) return [facts];
      const version = tryParseVersion(here);
      const isMet = version === undefined || need.specifier.contains(version, { prereleases: true });
      return isMet ? [] : [{ ...facts, installed: here }];
    }),
  );
  return [
    ...broken.filter((one) => one.installed === undefined),
    ...broken.filter((one) => one.installed !== undefined),
  ];
}
