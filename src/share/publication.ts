import { type AbsPath, VenvoyError } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";
import { fileMode, modeOf, writeOpenly } from "./access.ts";
import { isGone, publicationGone, publicationInvalid, publicationTaken, publicationUnknown } from "./errors.ts";
import {
  longestRecordBytes,
  type PublicationFacts,
  parseFacts,
  parseRecord,
  printFacts,
  type ReleaseRecord,
} from "./records.ts";
import { randomTag, type ShareIo } from "./share-io.ts";

/** Where a publication keeps what; the names are the format. */
export interface PublicationPlaces {
  readonly facts: AbsPath;
  readonly objects: AbsPath;
  readonly releases: AbsPath;
  readonly leases: AbsPath;
  /** Lists of objects that unfinished publishes need. */
  readonly pending: AbsPath;
  readonly programs: AbsPath;
  /** A link for people and for hosts, where a link is one atomic step. */
  readonly current: AbsPath;
  /** What launchers believe. */
  readonly pointer: AbsPath;
  readonly lock: AbsPath;
}

export interface Publication {
  readonly root: AbsPath;
  readonly facts: PublicationFacts;
  readonly places: PublicationPlaces;
}

export function placesIn({ path }: Pick<Fs, "path">, root: AbsPath): PublicationPlaces {
  const at = (name: string): AbsPath => path.join(root, name);
  return {
    facts: at("publication.json"),
    objects: at("objects"),
    releases: at("releases"),
    leases: at("leases"),
    pending: at("pending"),
    programs: at("bin"),
    current: at("current"),
    pointer: at("current.txt"),
    lock: at("publish.lock"),
  };
}

/** Opens what is there. Throws `PUBLICATION_UNKNOWN`, `PUBLICATION_INVALID`. */
export async function openPublication(io: Pick<ShareIo, "fs">, root: AbsPath): Promise<Publication> {
  const places = placesIn(io.fs, root);
  const text = await readSmall(io.fs, places.facts);
  if (text === undefined) throw publicationUnknown(root);
  return { root, facts: parseFacts(text, places.facts), places };
}

/** What lies beside files of people on shares and volumes, and what a killed first publish leaves. */
const harmless = /^(?:\..*|lost\+found|Thumbs\.db|desktop\.ini|System Volume Information|publish\.lock(?:\..*)?)$/i;

/** The publication of a directory; `undefined` when the directory is empty or not there. Throws `PUBLICATION_TAKEN`. */
export async function findPublication(io: Pick<ShareIo, "fs">, root: AbsPath): Promise<Publication | undefined> {
  try {
    return await openPublication(io, root);
  } catch (error) {
    if (!(error instanceof VenvoyError && error.code === "PUBLICATION_UNKNOWN")) throw error;
  }
  const info = await io.fs.info(root);
  if (info !== undefined && info.kind !== "directory") {
    throw publicationTaken(root, "it is a file", "name a directory that is empty or not there yet");
  }
  const [other] = ((await io.fs.list(root)) ?? []).filter(({ name }) => !harmless.test(name));
  if (other === undefined) return undefined;
  throw publicationTaken(
    root,
    `it holds other things (\`${other.name}\`)`,
    "name a directory that is empty or not there yet",
  );
}

/** Makes the publication of an empty directory; called by whoever holds its lock. */
export async function makePublication(
  io: ShareIo,
  root: AbsPath,
  wanted: Omit<PublicationFacts, "id">,
): Promise<Publication> {
  const places = placesIn(io.fs, root);
  const facts = { ...wanted, id: randomTag(io, 16) };
  await writeOpenly(io, places.facts, { text: printFacts(facts) }, fileMode(await modeOf(io, root), false));
  await io.fs.syncDir(root);
  return { root, facts, places };
}

/** Throws `PUBLICATION_GONE` unless the publication is still the one that was opened: a mount may have ended under us. */
export async function checkStillThere(io: Pick<ShareIo, "fs">, { root, facts }: Publication): Promise<void> {
  let now: Publication | undefined;
  try {
    now = await openPublication(io, root);
  } catch (error) {
    throw publicationGone(root, error);
  }
  if (now.facts.id !== facts.id) throw publicationGone(root);
}

/** The releases of a publication, oldest first. */
export interface ReleaseList {
  readonly records: readonly ReleaseRecord[];
  /** Numbers whose record can't be read: they are kept, and used by nobody. */
  readonly damaged: readonly number[];
}

export async function readReleases(io: Pick<ShareIo, "fs">, { places }: Publication): Promise<ReleaseList> {
  const numbers = ((await io.fs.list(places.releases)) ?? [])
    .flatMap(({ name }) => /^([1-9]\d{0,8})\.json$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  const records: ReleaseRecord[] = [];
  const damaged: number[] = [];
  for (const number of numbers) {
    const file = recordFile(io.fs, places, number);
    const text = await readSmall(io.fs, file);
    // Collected meanwhile.
    if (text === undefined) continue;
    try {
      const record = parseRecord(text, file);
      if (record.release !== number) throw publicationInvalid(file, "is the record of another release");
      records.push(record);
    } catch (error) {
      if (!(error instanceof VenvoyError)) throw error;
      damaged.push(number);
    }
  }
  return { records, damaged };
}

export function recordFile({ path }: Pick<Fs, "path">, places: PublicationPlaces, release: number): AbsPath {
  return path.join(places.releases, `${release}.json`);
}

export function releaseDir({ path }: Pick<Fs, "path">, places: PublicationPlaces, release: number): AbsPath {
  return path.join(places.releases, String(release));
}

/** The release that the pointer names; `undefined` before the first one. Throws `PUBLICATION_INVALID`. */
export async function currentRelease(io: Pick<ShareIo, "fs">, { places }: Publication): Promise<number | undefined> {
  const text = await readSmall(io.fs, places.pointer);
  if (text === undefined) return undefined;
  const number = /^([1-9]\d{0,8})(?:[ \r\n]|$)/.exec(text)?.[1];
  if (number === undefined) throw publicationInvalid(places.pointer, "names no release");
  return Number(number);
}

async function readSmall(fs: Fs, file: AbsPath): Promise<string | undefined> {
  try {
    const info = await fs.info(file);
    if (info === undefined) return undefined;
    if (info.kind !== "file" || info.sizeBytes > longestRecordBytes) throw publicationInvalid(file, "is damaged");
    return await fs.readText(file);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
