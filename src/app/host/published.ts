import { type AbsPath, isVenvoyError, printable, typedWord, VenvoyError } from "../../base/index.ts";
import { currentRelease, formOf, openPublication, type Publication, releaseDir } from "../../share/index.ts";
import { type Context, shownPath } from "../context.ts";

/** A share with releases, as somebody sees it who only reads. */
export interface Published {
  readonly publication: Publication;
  readonly release: number;
  /** The tree of the release that is current now. */
  readonly tree: AbsPath;
}

/**
 * What a directory publishes; `undefined` when it is none that does. Throws `PUBLICATION_INVALID`, and `HOST_INVALID` for one
 * whose releases are archives: nothing lies in it that a program could look into.
 */
export async function readPublished(context: Context, directory: AbsPath): Promise<Published | undefined> {
  const publication = await openPublication(context, directory).catch((error: unknown) => {
    if (isVenvoyError(error, "PUBLICATION_UNKNOWN")) return undefined;
    throw error;
  });
  if (publication === undefined) return undefined;
  const shown = printable(shownPath(context, directory), { newlines: false });
  const { name, form } = publication.facts;
  if (!formOf(form).hasTrees) {
    throw new VenvoyError("HOST_INVALID", `The releases in \`${shown}\` are archives, which no program can look into`, {
      hint: `venvoy pull ${typedWord(shown)} ${name}, then name it with -n ${name}`,
      data: { path: directory },
    });
  }
  const release = await currentRelease(context, publication);
  if (release === undefined) {
    throw new VenvoyError("PUBLICATION_INVALID", `\`${shown}\` has no release yet`, {
      hint: `venvoy publish NAME ${typedWord(shown)}`,
      data: { path: directory },
    });
  }
  return { publication, release, tree: releaseDir(context.fs, publication.places, release) };
}
