import type { AbsPath } from "../base/index.ts";
import { parseToml } from "../codec/index.ts";
import { findBase } from "../python/index.ts";
import type { EnvContext } from "./change.ts";
import type { EnvIo } from "./env-io.ts";
import { readCurrent } from "./environment.ts";
import { readRecord } from "./history.ts";
import type { PublicationOf, Wanted } from "./intent.ts";
import { readPublication, scanIntentHead } from "./intent-file.ts";
import { ownProgram } from "./own-program.ts";
import { generationDir, intentFile, labelOf, type Place } from "./place.ts";
import { readIfThere } from "./read-files.ts";
import { listPlaces } from "./registry.ts";
import { numberOf, type TomlObject, textOf, timeOf } from "./toml-read.ts";
import { lastUsedMs } from "./used.ts";

/** One line of `list`. */
export interface EnvironmentSummary extends Place {
  readonly label: string;
  readonly version: number | undefined;
  readonly pythonVersion: string | undefined;
  readonly base: string | undefined;
  readonly packages: number;
  readonly createdMs: number;
  readonly usedMs: number;
  readonly purpose: string | undefined;
  readonly protected: boolean;
  readonly temporary: boolean;
  readonly publication?: PublicationOf;
  /** Its Python lies in its tree. */
  readonly isStandalone: boolean;
  /** Why it can't be used as it is; a clause. */
  readonly problem: string | undefined;
}

/**
 * All environments, by name: one directory read, then three small reads each. An environment that can't be read is
 * listed with its problem; a registration whose directory was removed by hand is dropped from the list.
 */
export async function listEnvironments(io: EnvIo, context: EnvContext): Promise<readonly EnvironmentSummary[]> {
  return summariesOf(io, context, await listPlaces(io.fs, context.layout));
}

/** The same for some of them. */
export async function summariesOf(
  io: EnvIo,
  context: EnvContext,
  places: readonly Place[],
): Promise<readonly EnvironmentSummary[]> {
  const bases = new Map<string, boolean>();
  const isAlive = async (base: string): Promise<boolean> => {
    const known = bases.get(base);
    if (known !== undefined) return known;
    // The link alone says little: a distribution's upgrade leaves the place and takes the Python.
    const found = (await findBase(io, context.layout, base))?.isAlive === true;
    bases.set(base, found);
    return found;
  };
  const summaries: EnvironmentSummary[] = [];
  for (const place of places) {
    const summary = await summarise(io, place, isAlive);
    if (summary !== undefined) summaries.push(summary);
  }
  return summaries;
}

async function summarise(
  io: EnvIo,
  place: Place,
  isAlive: (base: string) => Promise<boolean>,
): Promise<EnvironmentSummary | undefined> {
  const text = await readIfThere(io.fs, intentFile(io.fs, place));
  if (text === undefined) return place.kind === "directory" ? undefined : broken(place, "its `intent.toml` is gone");
  const head = readHead(text, intentFile(io.fs, place));
  if (head === undefined) return broken(place, "its `intent.toml` can't be read");
  const version = await readCurrent(io.fs, place);
  if (version === undefined) return broken(place, "it has no current version");
  const stands = await standing(io, place, head, version);
  const createdMs = timeOf(head["created"]) ?? 0;
  const isStandalone = head["layout"] === "standalone";
  const isUsable = isStandalone
    ? (await ownProgram(io, generationDir(io.fs, place, version))) !== undefined
    : await isAlive(stands.base);
  return {
    ...place,
    ...stands,
    label: labelOf(place),
    version,
    createdMs,
    usedMs: (await lastUsedMs(io, place)) ?? createdMs,
    purpose: textOf(head["purpose"]),
    protected: head["protected"] === true,
    temporary: head["temporary"] === true,
    isStandalone,
    problem: isUsable ? undefined : `Python ${stands.pythonVersion} is gone`,
  };
}

/** What the current version stands on; a kill may have left the intent one version behind the pointer. */
async function standing(
  io: EnvIo,
  place: Place,
  head: TomlObject,
  version: number,
): Promise<Pick<EnvironmentSummary, "packages" | "publication"> & { base: string; pythonVersion: string }> {
  const record = numberOf(head["generation"]) === version ? undefined : await readRecord(io.fs, place, version);
  if (record !== undefined) {
    const { base, pythonVersion, packages, wanted } = record;
    return { base, pythonVersion, packages, ...publicationOf(wanted) };
  }
  return {
    base: textOf(head["base"]) ?? "",
    pythonVersion: textOf(head["python-version"]) ?? "",
    packages: numberOf(head["packages"]) ?? 0,
    ...readPublication(head),
  };
}

function publicationOf({ publication }: Wanted): Pick<EnvironmentSummary, "publication"> {
  return publication === undefined ? {} : { publication };
}

function readHead(text: string, file: AbsPath): TomlObject | undefined {
  const scanned = scanIntentHead(text);
  if (scanned !== undefined) return scanned;
  try {
    return parseToml(text, { label: file, code: "ENV_BROKEN" });
  } catch {
    // The list says that it is broken; opening it says where.
    return undefined;
  }
}

function broken(place: Place, problem: string): EnvironmentSummary {
  return {
    ...place,
    label: labelOf(place),
    version: undefined,
    pythonVersion: undefined,
    base: undefined,
    packages: 0,
    createdMs: 0,
    usedMs: 0,
    purpose: undefined,
    protected: false,
    temporary: false,
    isStandalone: false,
    problem,
  };
}
