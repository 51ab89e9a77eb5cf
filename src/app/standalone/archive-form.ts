import { printable, VenvoyError } from "../../base/index.ts";
import { checkArchivePath, foldedName } from "../../disk/index.ts";
import type { ArchiveForm, ArchiveMember } from "../../ports/index.ts";

/** What the names of archives end with. */
export const archiveEnding = /\.(?:zip|tar(?:\.\w+)?|tgz|tzst)$/i;

/** How an archive is packed, by its file's name; `undefined` for a directory. */
export function formOfName(name: string): ArchiveForm | undefined {
  if (/\.(?:tar\.gz|tgz)$/i.test(name)) return "gzip";
  if (/\.(?:tar\.zst|tzst)$/i.test(name)) return "zstd";
  if (/\.zip$/i.test(name)) return "zip";
  if (/\.(?:tar|tar\.\w+|7z|rar)$/i.test(name)) {
    throw new VenvoyError("ARGUMENT_INVALID", `\`${name}\` is a kind of archive that venvoy doesn't write`, {
      hint: "name a file that ends with .tar.gz, .tar.zst or .zip, or a directory",
    });
  }
  return undefined;
}

/**
 * What somebody should know who unpacks a zip archive of this tree elsewhere: names that Windows can't hold, and that links
 * and the right to run are lost on programs that don't know them.
 */
export function notesOnZip(members: readonly ArchiveMember[]): readonly string[] {
  const unfit = members.filter(({ path }) => !fitsWindows(path)).map(({ path }) => path);
  const spelled = new Map<string, string>();
  for (const { path } of members) {
    const folded = foldedName(path);
    if (spelled.has(folded)) unfit.push(path);
    else spelled.set(folded, path);
  }
  const shown = unfit.slice(0, 3).map((path) => printable(path, { newlines: false }));
  const more = unfit.length > 3 ? ` and ${unfit.length - 3} more` : "";
  const links = members.filter(({ kind }) => kind === "symlink").length;
  return [
    ...(unfit.length > 0 ? [`Windows can't hold ${shown.join(", ")}${more}`] : []),
    ...(links > 0
      ? [
          `${links} links and the right to run come back with \`venvoy unpack\` and \`unzip\`, not with Python's zipfile`,
        ]
      : []),
  ];
}

function fitsWindows(path: string): boolean {
  try {
    checkArchivePath(path, { windows: true });
    return true;
  } catch {
    return false;
  }
}
