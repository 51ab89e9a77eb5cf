import type { AbsPath } from "../../base/index.ts";
import { createHash } from "../../codec/index.ts";
import { isGone, publicationInvalid } from "../errors.ts";
import { listPath } from "../file-list.ts";
import { type Publication, releaseDir } from "../publication.ts";
import type { ReleaseRecord } from "../records.ts";
import type { ShareIo } from "../share-io.ts";
import { objectFile } from "./objects.ts";

/** The list of a release's files, as the record promises it: from its object, else from its tree. Throws `PUBLICATION_INVALID`. */
export async function readList(
  io: Pick<ShareIo, "fs">,
  { places }: Publication,
  record: ReleaseRecord,
): Promise<string> {
  const inTree = io.fs.path.join(releaseDir(io.fs, places, record.release), ...listPath.split("/"));
  for (const file of [objectFile(io, places.objects, record.digest), inTree]) {
    const text = await textOf(io, file);
    if (text !== undefined && createHash("sha256").update(text).digest("hex") === record.digest) return text;
  }
  throw publicationInvalid(inTree, "is damaged, or gone");
}

async function textOf({ fs }: Pick<ShareIo, "fs">, file: AbsPath): Promise<string | undefined> {
  try {
    return await fs.readText(file);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
