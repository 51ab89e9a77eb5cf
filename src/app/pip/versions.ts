import type { PackageName } from "../../base/index.ts";
import type { Environment } from "../../env/index.ts";
import { normalizeName, parsePackageName } from "../../pep/index.ts";
import { createIndexClient } from "../../pypi/index.ts";
import { targetOf } from "../../python/index.ts";
import { usableFiles } from "../../resolve/index.ts";
import { baseOfEnvironment } from "../bases.ts";
import { policyFor, settingsFor } from "../choices.ts";
import type { Context } from "../context.ts";
import { seenFrom } from "../installed.ts";
import type { OperationOptions, ResolveChoices } from "../requests.ts";
import { targetEnvironment } from "../targets.ts";
import { unknownPackage } from "./unknown.ts";

export interface VersionsRequest extends OperationOptions, ResolveChoices {
  /** The environment; else the active one. */
  readonly name?: string;
  readonly package: string;
}

/** A version that the indexes have for a Python, and the kind of file that would be taken. */
export interface Candidate {
  readonly version: string;
  readonly kind: "wheel" | "sdist";
}

export interface VersionsReport {
  readonly package: string;
  /** What fits the environment's Python, the newest first; not empty. */
  readonly versions: readonly Candidate[];
  readonly installed?: string;
}

/** The versions of a package that the indexes have for the environment's Python. Throws `PACKAGE_UNKNOWN`. */
export async function versions(context: Context, request: VersionsRequest): Promise<VersionsReport> {
  const name = parsePackageName(request.package);
  const environment = await targetEnvironment(context, request.name);
  const found = await (await candidatesOf(context, environment, request))(name);
  if (found.length === 0) throw unknownPackage(request.package);
  const here = (await seenFrom(context, environment)).find((one) => normalizeName(one.displayName) === name);
  return {
    package: request.package,
    versions: found,
    ...(here === undefined ? {} : { installed: here.version }),
  };
}

/** Looks up what the indexes have for an environment's Python, the newest first; nothing for an unknown name. */
export async function candidatesOf(
  context: Context,
  environment: Environment,
  choices: ResolveChoices & OperationOptions,
): Promise<(name: PackageName) => Promise<readonly Candidate[]>> {
  const settings = await settingsFor(context, choices);
  const client = createIndexClient(context, settings.index);
  const policy = policyFor(context, choices, settings, {});
  const { interpreter } = await baseOfEnvironment(context, environment, choices.signal);
  const target = targetOf(interpreter);
  return async (name) => {
    const listing = await client.listing(name, choices.signal);
    if (listing === undefined) return [];
    return usableFiles(listing, target, policy).map(({ version, file }) => ({ version, kind: file.kind }));
  };
}
