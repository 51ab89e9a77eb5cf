import type { AbsPath } from "../base/index.ts";

/** A member of an archive that is being written. */
export interface ArchiveMember {
  /** With `/`, relative. */
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink";
  readonly sizeBytes: number;
  readonly executable: boolean;
  /** Where a link leads; empty for what is none. */
  readonly link: string;
}

/** A zip archive with deflate, or a tar archive packed with gzip or zstd. */
export type ArchiveForm = "zip" | "gzip" | "zstd";

export interface ArchivePlan {
  readonly form: ArchiveForm;
  /** The tree; the members' paths are relative to it. */
  readonly root: AbsPath;
  /** In the order of the archive, directories before what is in them. */
  readonly members: readonly ArchiveMember[];
  /** The one directory that the archive holds, so that unpacking it by hand doesn't strew files. */
  readonly top: string;
  /** The archive, in a stage of the caller's. */
  readonly to: AbsPath;
  readonly signal?: AbortSignal;
  /** Called with the bytes of the tree that are packed. */
  readonly onProgress?: (doneBytes: number) => void;
}
