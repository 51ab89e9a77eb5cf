import { pathToFileURL } from "node:url";
import type { AbsPath } from "../../base/index.ts";
import { evaluateMarker, normalizeName, parseRequirement, type Requirement } from "../../pep/index.ts";
import { createIndexClient } from "../../pypi/index.ts";
import { targetOf } from "../../python/index.ts";
import { settingsFor } from "../choices.ts";
import type { Context } from "../context.ts";
import type { FileWish } from "../requests.ts";
import { ownOfAddress } from "./addresses.ts";
import type { Naming } from "./unnamed.ts";

/**
 * What the project in a directory needs by its built metadata, with the wanted extras: for those that only their build
 * can tell (`setup.py`, `setup.cfg`, `dynamic`). Throws `BUILD_FAILED`, `SOURCE_INVALID`.
 */
export async function needsOfProject(
  context: Context,
  directory: AbsPath,
  { choices, interpreter, signal }: Naming,
  { extras = [] }: FileWish,
): Promise<readonly string[]> {
  const settings = await settingsFor(context, choices);
  const python = await interpreter();
  const { metadata } = await ownOfAddress(context, pathToFileURL(directory).href, {
    way: { interpreter: python, choices, within: [] },
    source: createIndexClient(context, settings.index),
    signal: signal ?? new AbortController().signal,
  });
  const wanted = new Set<string>(extras === "all" ? metadata.providesExtra : extras.map(normalizeName));
  const { markers } = targetOf(python);
  return metadata.requiresDist.flatMap((text) => {
    const requirement = parseRequirement(text);
    const { marker } = requirement;
    if (marker === undefined || !marker.mentions("extra")) return [requirement.toString()];
    const isWanted = wanted.size > 0 && evaluateMarker(marker, markers, wanted);
    return isWanted ? [withoutMarker(requirement)] : [];
  });
}

function withoutMarker({ displayName, displayExtras, specifier, url }: Requirement): string {
  const name = displayExtras.length === 0 ? displayName : `${displayName}[${displayExtras.join(",")}]`;
  return url === undefined ? `${name}${specifier}` : `${name} @ ${url}`;
}
