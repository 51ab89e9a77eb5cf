import { type ArchivePiece, packPiece } from "./archive-pieces.ts";
import { type CopyPart, copyPart } from "./copy-files.ts";
import { digestFiles } from "./digest-files.ts";
import { type LinkPart, linkParts, type Turns } from "./link-files.ts";
import { type UnpackPart, unpackFiles } from "./unpack-files.ts";

/** What can be done in another thread. Plain data, so that it can be handed over; only `turns` is truly shared. */
export type Work =
  | { readonly kind: "unpack"; readonly part: UnpackPart }
  | { readonly kind: "link"; readonly parts: readonly LinkPart[]; readonly turns: Turns }
  | { readonly kind: "pack"; readonly piece: ArchivePiece }
  | { readonly kind: "copy"; readonly part: CopyPart }
  | { readonly kind: "digest"; readonly paths: readonly string[] };

/**
 * The sha256 of every file for `unpack` (base64url) and `digest` (hexadecimal, empty without a file), what `packPiece` answers
 * for `pack`, nothing for `link` and `copy`.
 */
export async function doWork(work: Work): Promise<readonly string[]> {
  if (work.kind === "unpack") return unpackFiles(work.part);
  if (work.kind === "pack") return packPiece(work.piece);
  if (work.kind === "digest") return digestFiles(work.paths);
  if (work.kind === "copy") await copyPart(work.part);
  else await linkParts(work.parts, work.turns);
  return [];
}
