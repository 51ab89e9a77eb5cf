import { type AbsPath, byCodePoint, printable, VenvoyError } from "../../base/index.ts";
import type { ArchiveMember, Fs } from "../../ports/index.ts";

/** Where a carried tree says what it is, relative to its root. */
export const factsFile = ".venvoy/standalone.json";
/** Where it lists its files: `DIGEST MODE PATH`, `-> TARGET PATH`; everything but this list itself. */
export const listFile = ".venvoy/files";

/** Everything in a tree in code-point order of its paths, directories before what is in them. */
export async function membersOf(fs: Fs, root: AbsPath): Promise<readonly ArchiveMember[]> {
  const found: { readonly path: string; readonly kind: ArchiveMember["kind"] }[] = [];
  await fs.scan(root, ({ path, kind }) => {
    if (path !== "" && kind !== "other") found.push({ path, kind });
  });
  found.sort((a, b) => byCodePoint(a.path, b.path));
  const infos = await fs.linkInfos(found.map(({ path }) => fs.path.join(root, ...path.split("/"))));
  const members: ArchiveMember[] = [];
  for (const [index, { path, kind }] of found.entries()) {
    const info = infos[index];
    if (info === undefined) continue;
    members.push({
      path,
      kind,
      sizeBytes: kind === "file" ? info.sizeBytes : 0,
      executable: kind === "file" && (info.mode & 0o100) !== 0,
      link: kind === "symlink" ? await fs.readLink(fs.path.join(root, ...path.split("/"))) : "",
    });
  }
  return members;
}

/** The text of the list of files. Paths are as JSON writes them, so that any name fits on a line. */
export async function listingOf(fs: Fs, root: AbsPath, members: readonly ArchiveMember[]): Promise<string> {
  const files = members.filter(({ kind, path }) => kind === "file" && path !== listFile);
  const digests = await fs.digests(files.map(({ path }) => fs.path.join(root, ...path.split("/"))));
  const lines = files.map(
    ({ path, executable }, index) => `${digests[index]} ${executable ? "x" : "-"} ${JSON.stringify(path)}`,
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
