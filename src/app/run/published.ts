import { type Environment, envPublished, readLock } from "../../env/index.ts";
import { evaluateMarker, parseRequirement } from "../../pep/index.ts";
import { markersFor } from "../bases.ts";
import type { Context } from "../context.ts";
import type { OperationOptions } from "../requests.ts";
import type { HeaderAsks } from "./header-asks.ts";

/**
 * A copy of a release has what it has: what a script asks for is met by that, and nothing is written down; or the run is
 * refused. Throws `ENV_PUBLISHED`.
 */
export async function checkPublished(
  context: Context,
  found: Environment,
  {
    asks,
    label,
    request,
  }: { readonly asks: HeaderAsks; readonly label: string; readonly request: Pick<OperationOptions, "signal"> },
): Promise<void> {
  if (asks.lines.length === 0) return;
  const lock = await readLock(context.fs, found, found.current.number);
  const versions = new Map<string, string>((lock?.packages ?? []).map(({ name, version }) => [name, version]));
  const markers = await markersFor(context, found, request.signal);
  for (const { text, line } of asks.lines) {
    const { name, marker, specifier } = parseRequirement(text);
    if (marker !== undefined && !evaluateMarker(marker, markers)) continue;
    const version = versions.get(name);
    if (version !== undefined && specifier.contains(version, { prereleases: true })) continue;
    const has = version === undefined ? `has no ${name}` : `has ${name} ${version}`;
    throw envPublished(found, `${label} line ${line} asks for ${text}, and it ${has}`);
  }
}
