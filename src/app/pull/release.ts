import { type AbsPath, printable, VenvoyError } from "../../base/index.ts";
import { ArchiveTree } from "../../disk/index.ts";
import {
  type FileList,
  formOf,
  listPath,
  type Publication,
  parseFileList,
  publicationInvalid,
  type ReleaseRecord,
  readReleases,
  recordFile,
  releaseDir,
  releaseUnknown,
} from "../../share/index.ts";
import type { StoredObject } from "../../store/index.ts";
import type { Context } from "../context.ts";

/** A release as far as it is known before any of its files was copied. Its list is believed: its digest was promised. */
export interface ListedRelease {
  readonly record: ReleaseRecord;
  /** The text of the list of its files. */
  readonly list: string;
  readonly content: TreeContent;
}

/** What a list says, proven to be a tree that stays in its place. */
export interface TreeContent {
  readonly directories: readonly string[];
  readonly files: readonly (StoredObject & { readonly path: string })[];
  readonly links: FileList["links"];
}

/** More than any tree of packages has; a list that long is an attack or a mistake. */
const mostEntries = 2_000_000;

/** The record of a release. Throws `RELEASE_UNKNOWN`. */
export async function readReleaseRecord(
  context: Context,
  publication: Publication,
  release: number,
): Promise<ReleaseRecord> {
  const { records } = await readReleases(context, publication);
  const found = records.find((one) => one.release === release);
  if (found === undefined) {
    const known = records.map((one) => one.release);
    throw releaseUnknown(publication.root, release, known);
  }
  return found;
}

/** Reads what a release consists of. Throws `PUBLICATION_INVALID`, `ARCHIVE_INVALID`, and `RELEASE_UNFIT` for another kind of machine. */
export async function readListed(
  context: Context,
  publication: Publication,
  record: ReleaseRecord,
): Promise<ListedRelease> {
  checkPlatform(context, publication, record);
  if (!/^\d+\.\d+\.\d+[a-z0-9+.]{0,20}$/.test(record.python)) {
    const told = recordFile(context.fs, publication.places, record.release);
    throw publicationInvalid(told, "names no version of Python");
  }
  const list = await formOf(publication.facts.form).list(context, publication, record);
  const file = context.fs.path.join(releaseDir(context.fs, publication.places, record.release), ...listPath.split("/"));
  return { record, list, content: contentOfList(context, list, file) };
}

/** Reads a list of files as the tree that it describes. Throws `PUBLICATION_INVALID`, `ARCHIVE_INVALID`. */
export function contentOfList({ system }: Pick<Context, "system">, list: string, file: AbsPath): TreeContent {
  const { files, links } = parseFileList(list, file);
  if (files.length + links.length > mostEntries) throw publicationInvalid(file, `lists more than ${mostEntries} files`);
  const tree = new ArchiveTree({ windows: system.os === "windows", foldsCase: system.os !== "linux" });
  for (const { path } of files) tree.add(path);
  for (const { path, target } of links) {
    tree.add(path);
    if (!staysInside(path, target)) throw publicationInvalid(file, `has a link \`${path}\` that leads out of its tree`);
  }
  return {
    directories: tree.directories,
    files: files.map(({ path, digest, executable }) => ({ path, sha256: digest, executable })),
    links,
  };
}

/** `..` only in front, and no more of them than there are directories above: what follows can't climb. */
function staysInside(path: string, target: string): boolean {
  if (/^[/\\]|[\\\0:]/.test(target)) return false;
  const segments = target.split("/");
  const up = segments.findIndex((one) => one !== "..");
  const [climbs, rest] = up === -1 ? [segments.length, []] : [up, segments.slice(up)];
  return climbs < path.split("/").length && !rest.includes("..");
}

/** What is made for one kind of machine doesn't start on another. */
function checkPlatform({ system }: Context, { root }: Publication, { platform, release }: ReleaseRecord): void {
  const [os, machine, libc] = platform.split("-");
  const own = system.libc;
  const isNewer =
    libc !== undefined &&
    own !== undefined &&
    (!libc.startsWith(own.kind) || isOlder(own.version, libc.slice(own.kind.length)));
  if (os === system.os && machine === system.machine && !isNewer) return;
  const here = `${system.os}-${system.machine}${own === undefined ? "" : `-${own.kind}${own.version}`}`;
  throw new VenvoyError(
    "RELEASE_UNFIT",
    `Release ${release} in \`${printable(root, { newlines: false })}\` is made for ${printable(platform, { newlines: false })}, and this machine is ${here}`,
    {
      hint: "publish it from a machine like this one, to a directory of its own",
      data: { path: root, release, platform, here },
    },
  );
}

function isOlder(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => text.split(".").map(Number)) as [number[], number[]];
  for (const index of [0, 1]) if ((a[index] ?? 0) !== (b[index] ?? 0)) return (a[index] ?? 0) < (b[index] ?? 0);
  return false;
}
