import { type AbsPath, byCodePoint, printable, VenvoyError } from "../../base/index.ts";
import type { ArchiveMember, Fs } from "../../ports/index.ts";
import type { KnownFile } from "../../wheel/index.ts";

/** Where a carried tree says what it is, relative to its root. */
export const factsFile = ".venvoy/standalone.json";
/** Where it lists its files: `DIGEST MODE PATH`, `-> TARGET PATH`; everything but this list itself. */
export const listFile = ".venvoy/files";

/** Something in a tree, as an archive, a share and the list of files name it. */
export interface TreeMember extends ArchiveMember {
  /** The sha256 of a file's content, in hexadecimal, when that is known without reading it. */
  readonly digest?: string;
}

/** Clocks of file systems lag behind ours, or run ahead, by some milliseconds. */
const clockSlackMs = 1_000;

/**
 * Everything in a tree in code-point order of its paths, directories before what is in them. What is known of a file counts
 * as long as it looks as it was put there.
 */
export async function membersOf(
  fs: Fs,
  root: AbsPath,
  known: ReadonlyMap<string, KnownFile> = new Map(),
): Promise<readonly TreeMember[]> {
  const found: { readonly path: string; readonly kind: ArchiveMember["kind"] }[] = [];
  await fs.scan(root, ({ path, kind }) => {
    if (path !== "" && kind !== "other") found.push({ path, kind });
  });
  found.sort((a, b) => byCodePoint(a.path, b.path));
  const infos = await fs.linkInfos(found.map(({ path }) => fs.path.join(root, ...path.split("/"))));
  const members: TreeMember[] = [];
  for (const [index, { path, kind }] of found.entries()) {
    const info = infos[index];
    if (info === undefined) continue;
    const file = kind === "file" ? known.get(path) : undefined;
    const isAsPut =
      file !== undefined && file.sizeBytes === info.sizeBytes && info.modifiedMs <= file.latestMs + clockSlackMs;
    members.push({
      path,
      kind,
      sizeBytes: kind === "file" ? info.sizeBytes : 0,
      executable: kind === "file" && (info.mode & 0o100) !== 0,
      link: kind === "symlink" ? await fs.readLink(fs.path.join(root, ...path.split("/"))) : "",
      ...(isAsPut ? { digest: file.sha256 } : {}),
    });
  }
  return members;
}

/** The text of the list of files. Paths are as JSON writes them, so that any name fits on a line. */
export async function listingOf(fs: Fs, root: AbsPath, members: readonly TreeMember[]): Promise<string> {
  const files = members.filter(({ kind, path }) => kind === "file" && path !== listFile);
  const unknown = files.filter(({ digest }) => digest === undefined);
  const read = await fs.digests(unknown.map(({ path }) => fs.path.join(root, ...path.split("/"))));
  const digests = new Map(unknown.map(({ path }, index) => [path, read[index]]));
  const lines = files.map(
    ({ path, executable, digest = digests.get(path) }) => `${digest} ${executable ? "x" : "-"} ${JSON.stringify(path)}`,
  );
  const links = members.flatMap(({ kind, path, link }) =>
    kind === "symlink" ? [`-> ${JSON.stringify(link)} ${JSON.stringify(path)}`] : [],
  );
  return `${[...lines, ...links].join("\n")}\n`;
}

/**
 * Compares a tree with its own list: nothing changed, nothing missing, nothing added. Throws `ARCHIVE_INVALID` with the first
 * few that differ.
 */
export async function checkListing(fs: Fs, root: AbsPath, label: string): Promise<number> {
  const file = fs.path.join(root, ...listFile.split("/"));
  if ((await fs.info(file)) === undefined)
    throw damaged(label, "has no list of its files; it was not made by `venvoy pack`");
  const members = await membersOf(fs, root);
  const [stated, actual] = [await fs.readText(file), await listingOf(fs, root, members)];
  if (stated === actual) return members.length;
  const known = new Set(stated.split("\n"));
  const here = new Set(actual.split("\n"));
  const differing = [...[...here].filter((line) => !known.has(line)), ...[...known].filter((line) => !here.has(line))];
  const paths = [...new Set(differing.map((line) => line.replace(/^(?:\S+ [-x]|-> "(?:[^"\\]|\\.)*") /, "")))];
  throw damaged(
    label,
    `is damaged: ${paths.slice(0, 3).join(", ")}${paths.length > 3 ? ` and ${paths.length - 3} more` : ""}`,
  );
}

function damaged(label: string, problem: string): VenvoyError {
  return new VenvoyError("ARCHIVE_INVALID", `\`${printable(label, { newlines: false })}\` ${printable(problem)}`, {
    hint: "copy it again from where it was made",
    data: { file: label },
  });
}
