import { placeUnfit } from "./errors.ts";
import { type Move, needleOf } from "./needle.ts";
import { isAbsolutePath, isSamePath, isWindowsPath, withoutTail } from "./path-forms.ts";
import { isTooWide } from "./tree-facts.ts";

/**
 * A move that can be written into shell scripts, Python sources and settings alike. Throws `ARGUMENT_INVALID` for places that
 * can't: too wide to be a tree's, of another family of systems, or with letters that one of those formats takes as its own.
 */
export function moveOf(from: string, to: string): Move {
  const [old, next] = [withoutTail(from), withoutTail(to)];
  for (const path of [old, next]) {
    if (!isAbsolutePath(path)) throw placeUnfit(path, "is not an absolute path");
  }
  if (isTooWide(old)) throw placeUnfit(old, "is no place of one tree: name a directory below it");
  if (isWindowsPath(old) !== isWindowsPath(next))
    throw placeUnfit(next, `is not of the same kind of system as \`${old}\``);
  if (isSamePath(old, next)) throw placeUnfit(next, "is the old place and the new one");
  const own = isWindowsPath(next) ? /["'`$%!^&\p{Cc}]/u : /["'`$\\!\p{Cc}]/u;
  const letter = own.exec(next)?.[0];
  if (letter !== undefined)
    throw placeUnfit(next, `holds ${JSON.stringify(letter)}, which shells and Python read as something else`);
  return { from: needleOf(old), to: next };
}
