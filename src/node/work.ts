import { type LinkPart, linkFiles } from "./link-files.ts";
import { type UnpackPart, unpackFiles } from "./unpack-files.ts";

/** What can be done in another thread. Plain data, so that it can be handed over. */
export type Work =
  | { readonly kind: "unpack"; readonly part: UnpackPart }
  | { readonly kind: "link"; readonly part: LinkPart };

/** The sha256 of every file for `unpack`; nothing for `link`. */
export async function doWork(work: Work): Promise<readonly string[]> {
  if (work.kind === "unpack") return unpackFiles(work.part);
  await linkFiles(work.part);
  return [];
}
