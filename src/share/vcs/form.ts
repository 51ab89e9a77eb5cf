import { gunzipSync, gzipSync } from "node:zlib";
import { type AbsPath, byCodePoint, parseSha256, type Sha256 } from "../../base/index.ts";
import { createHash } from "../../codec/index.ts";
import type { ArchiveMember } from "../../ports/index.ts";
import { fileMode, makeDirLike, modeOf, writeOpenly } from "../access.ts";
import { isGone, publicationInvalid } from "../errors.ts";
import { listPath } from "../file-list.ts";
import type { PublicationForm, PushReport, SealedTree } from "../form.ts";
import { type Publication, recordFile } from "../publication.ts";
import type { ReleaseRecord } from "../records.ts";
import { randomTag, type ShareIo } from "../share-io.ts";
import { withUnpacked } from "./objects.ts";
import { posixUnpacker } from "./posix.ts";
import { cmdUnpacker, powershellUnpacker } from "./windows.ts";

/**
 * One archive per release, for version control: thousands of files and links don't survive there, one file and a text do. Launchers
 * unpack a release once per machine.
 */
export const vcsForm: PublicationForm = {
  name: "vcs",
  hasTrees: false,
  // What it is before it is packed: nobody knows the archive's size without making it.
  plan: async (_io, _publication, tree) => ({
    bytes: tree.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    files: 1,
  }),
  push,
  list,
  withObjects: withUnpacked,
  pointer: ({ release, archive, platform }) => `${release} ${archive?.file} ${archive?.sha256} ${platform}\n`,
  launchers: (program, { facts }) => {
    const name = plainName(facts.name);
    return [
      { name: program, text: posixUnpacker(program, name), executable: true },
      { name: `${program}.cmd`, text: cmdUnpacker(program, name), executable: false },
      { name: `${program}.ps1`, text: powershellUnpacker(program, name), executable: false },
    ];
  },
  sweep,
  verify: async (io, publication, record, known) => {
    const damaged: string[] = [];
    const archive = archiveOf(publication, record);
    const key = `${archive.file} ${archive.sha256}`;
    const [digest] = known.has(key) ? [] : await io.fs.digests([io.fs.path.join(publication.root, archive.file)]);
    if (!known.has(key)) known.set(key, digest === archive.sha256);
    if (known.get(key) !== true) damaged.push(archive.file);
    return damaged;
  },
};

/** Nothing is converted on the way through version control, and what only publishers need stays out of it. */
const besides: Readonly<Record<string, string>> = {
  ".gitattributes":
    "# Made by venvoy publish: every byte counts, whatever a person's settings are.\n* -text\n*.gz binary\n",
  ".gitignore":
    "# Made by venvoy publish: what only publishers on this machine need.\n/leases/\n/pending/\n/publish.lock*\n.tmp-*\n",
};

async function push(
  io: ShareIo,
  publication: Publication,
  release: number,
  tree: SealedTree,
  signal: AbortSignal,
): Promise<PushReport> {
  const { fs } = io;
  const { root, places } = publication;
  const mode = await modeOf(io, root);
  const name = `${plainName(publication.facts.name)}-${release}`;
  const file = fs.path.join(root, `${name}.tar.gz`);
  const stage = fs.path.join(root, `.tmp-${randomTag(io)}`);
  try {
    await fs.makeDir(stage);
    const to = fs.path.join(stage, "archive");
    await fs.writeArchive({ form: "gzip", root: tree.root, members: membersOf(tree), top: name, to, signal });
    await fs.setMode(to, fileMode(mode, false));
    await makeDirLike(io, places.releases, mode);
    const lines = { file: fs.path.join(stage, "list") };
    await fs.write(lines.file, gzipSync(tree.list));
    await writeOpenly(io, listFile(io, publication, release), lines, fileMode(mode, false));
    for (const [beside, text] of Object.entries(besides)) {
      const at = fs.path.join(root, beside);
      if ((await fs.info(at)) === undefined) await writeOpenly(io, at, { text }, fileMode(mode, false));
    }
    const sizeBytes = (await fs.info(to))?.sizeBytes ?? 0;
    const [sha256] = await fs.digests([to]);
    if (sha256 === undefined) throw publicationInvalid(file, "is gone");
    await fs.rename(to, file);
    await fs.syncDir(root);
    return {
      bytes: sizeBytes,
      files: 1,
      notes: [],
      record: { archive: { file: `${name}.tar.gz`, sha256, bytes: sizeBytes } },
    };
  } finally {
    await fs.remove(stage);
  }
}

async function list(io: ShareIo, publication: Publication, record: ReleaseRecord): Promise<string> {
  const file = listFile(io, publication, record.release);
  try {
    const text = gunzipSync(await io.fs.read(file), { maxOutputLength: 256 << 20 }).toString();
    if (createHash("sha256").update(text).digest("hex") === record.digest) return text;
  } catch (error) {
    if (!isGone(error) && !(error instanceof Error && "code" in error && /^Z_|^ERR_/.test(String(error.code))))
      throw error;
  }
  throw publicationInvalid(file, "is damaged, or gone");
}

/** Archives and lists without a record, and what killed publishes left. */
async function sweep(io: ShareIo, publication: Publication, remaining: readonly ReleaseRecord[]): Promise<number> {
  const { fs } = io;
  const { root, places, facts } = publication;
  const needed = new Set(remaining.flatMap(({ archive }) => (archive === undefined ? [] : [archive.file])));
  let freed = 0;
  for (const { name, kind } of (await fs.list(root)) ?? []) {
    const isArchive = name.startsWith(`${plainName(facts.name)}-`) && /-[1-9]\d{0,8}\.tar\.gz$/.test(name);
    const isLitter = kind === "directory" && /^\.tmp-[0-9a-f]{16}$/.test(name);
    if (!isLitter && !(isArchive && kind === "file" && !needed.has(name))) continue;
    const at = fs.path.join(root, name);
    freed += kind === "file" ? ((await fs.info(at))?.sizeBytes ?? 0) : 0;
    await fs.remove(at);
  }
  for (const { name } of (await fs.list(places.releases)) ?? []) {
    const number = Number(/^([1-9]\d{0,8})\.files\.gz$/.exec(name)?.[1] ?? 0);
    if (number === 0 || (await fs.info(recordFile(fs, places, number))) !== undefined) continue;
    await fs.remove(fs.path.join(places.releases, name));
  }
  return freed;
}

function listFile({ fs }: Pick<ShareIo, "fs">, { places }: Publication, release: number): AbsPath {
  return fs.path.join(places.releases, `${release}.files.gz`);
}

/** The archive that a record names. Throws `PUBLICATION_INVALID`. */
export function archiveOf(
  { places }: Publication,
  { archive }: ReleaseRecord,
): { readonly file: string; readonly sha256: Sha256; readonly bytes: number } {
  if (archive !== undefined) return archive;
  throw publicationInvalid(places.releases, "holds the record of a release without an archive");
}

function membersOf(tree: SealedTree): readonly ArchiveMember[] {
  const list = {
    path: listPath,
    digest: parseSha256(tree.digest),
    executable: false,
    sizeBytes: Buffer.byteLength(tree.list),
  };
  return [
    ...tree.directories.map((path) => ({
      path,
      kind: "directory" as const,
      sizeBytes: 0,
      executable: false,
      link: "",
    })),
    ...[...tree.files, list].map(({ path, sizeBytes, executable }) => {
      return { path, kind: "file" as const, sizeBytes, executable, link: "" };
    }),
    ...tree.links.map(({ path, target }) => {
      return { path, kind: "symlink" as const, sizeBytes: 0, executable: false, link: target };
    }),
  ].sort((a, b) => byCodePoint(a.path, b.path));
}

/** A name that any system takes for a file, and any shell without quotes. */
function plainName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.+-]/g, "-").replace(/^[^A-Za-z0-9]/, "e$&");
}
