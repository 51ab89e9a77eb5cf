import { isVenvoyError } from "../../base/index.ts";
import {
  modeOf,
  type Publication,
  type PublicationForm,
  parseFileList,
  programsOf,
  type ReleaseRecord,
  readReleases,
  removeLaunchers,
  writeLaunchers,
} from "../../share/index.ts";
import type { Context } from "../context.ts";

export interface MendedPrograms {
  /** Of the release. */
  readonly programs: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Sees to it that the programs of a release have their launchers. Those of other releases stay: one can go back to them, and a launcher
 * for what the current release doesn't have says so. With `prune` those go that no release has any more.
 */
export async function mendPrograms(
  context: Context,
  publication: Publication,
  form: PublicationForm,
  { record, prune }: { readonly record: ReleaseRecord; readonly prune: boolean },
): Promise<MendedPrograms> {
  const { fs } = context;
  const { places, root } = publication;
  const programs = await programsIn(context, publication, form, record);
  if (programs === undefined) return { programs: [], notes: [] };
  const launchers = programs.flatMap((name) => form.launchers(name, publication));
  const taken = await writeLaunchers(fs, places.programs, launchers, await modeOf(context, root));
  if (prune) await pruneLaunchers(context, publication, form);
  return {
    programs,
    notes: taken.length === 0 ? [] : [`in bin, ${taken.join(", ")} is somebody else's file and was left alone`],
  };
}

async function pruneLaunchers(context: Context, publication: Publication, form: PublicationForm): Promise<void> {
  const wanted = new Set<string>();
  for (const record of (await readReleases(context, publication)).records) {
    const programs = await programsIn(context, publication, form, record);
    // What a damaged release needs is not known.
    if (programs === undefined) return;
    for (const program of programs) for (const { name } of form.launchers(program, publication)) wanted.add(name);
  }
  await removeLaunchers(context.fs, publication.places.programs, wanted);
}

/** `undefined` for a release whose list is damaged. */
async function programsIn(
  context: Context,
  publication: Publication,
  form: PublicationForm,
  record: ReleaseRecord,
): Promise<readonly string[] | undefined> {
  const list = await readableList(context, publication, form, record);
  return list === undefined ? undefined : programsOf(parseFileList(list, publication.places.releases));
}

/** The list of a release's files; `undefined` when it is damaged or gone. */
export async function readableList(
  context: Context,
  publication: Publication,
  form: PublicationForm,
  record: ReleaseRecord,
): Promise<string | undefined> {
  try {
    return await form.list(context, publication, record);
  } catch (error) {
    if (isVenvoyError(error, "PUBLICATION_INVALID")) return undefined;
    throw error;
  }
}
