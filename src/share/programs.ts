import { isVenvoyError } from "../base/index.ts";
import { modeOf } from "./access.ts";
import { parseFileList, programsOf } from "./file-list.ts";
import type { PublicationForm } from "./form.ts";
import { removeLaunchers, writeLaunchers } from "./launchers/launcher.ts";
import { type Publication, readReleases } from "./publication.ts";
import type { ReleaseRecord } from "./records.ts";
import type { ShareIo } from "./share-io.ts";

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
  io: ShareIo,
  publication: Publication,
  form: PublicationForm,
  { record, prune }: { readonly record: ReleaseRecord; readonly prune: boolean },
): Promise<MendedPrograms> {
  const { places, root } = publication;
  const programs = await programsIn(io, publication, form, record);
  if (programs === undefined) return { programs: [], notes: [] };
  const launchers = programs.flatMap((name) => form.launchers(name, publication));
  const taken = await writeLaunchers(io, places.programs, launchers, await modeOf(io, root));
  if (prune) await pruneLaunchers(io, publication, form);
  return {
    programs,
    notes: taken.length === 0 ? [] : [`in bin, ${taken.join(", ")} is somebody else's file and was left alone`],
  };
}

async function pruneLaunchers(io: ShareIo, publication: Publication, form: PublicationForm): Promise<void> {
  const wanted = new Set<string>();
  for (const record of (await readReleases(io, publication)).records) {
    const programs = await programsIn(io, publication, form, record);
    // What a damaged release needs is not known.
    if (programs === undefined) return;
    for (const program of programs) for (const { name } of form.launchers(program, publication)) wanted.add(name);
  }
  await removeLaunchers(io.fs, publication.places.programs, wanted);
}

/** `undefined` for a release whose list is damaged. */
async function programsIn(
  io: ShareIo,
  publication: Publication,
  form: PublicationForm,
  record: ReleaseRecord,
): Promise<readonly string[] | undefined> {
  const list = await readableList(io, publication, form, record);
  return list === undefined ? undefined : programsOf(parseFileList(list, publication.places.releases));
}

/** The list of a release's files; `undefined` when it is damaged or gone. */
export async function readableList(
  io: ShareIo,
  publication: Publication,
  form: PublicationForm,
  record: ReleaseRecord,
): Promise<string | undefined> {
  try {
    return await form.list(io, publication, record);
  } catch (error) {
    if (isVenvoyError(error, "PUBLICATION_INVALID")) return undefined;
    throw error;
  }
}
