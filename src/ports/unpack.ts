import type { AbsPath } from "../base/index.ts";

/** Where one entry of a zip archive lies and what its directory promises of it; `codec` reads these. */
export interface PackedEntry {
  readonly name: string;
  readonly method: "stored" | "deflate";
  readonly flags: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly sizeBytes: number;
  /** The bytes of this entry: local header, data, descriptor. The entries of an archive tile it without a gap. */
  readonly start: number;
  readonly end: number;
}

export type HashName = "sha256" | "sha384" | "sha512";

export interface UnpackFile {
  /** Relative to the plan's `to`, with `/`, already proven safe. */
  readonly path: string;
  /** Mode 0777 instead of 0666, both less the umask. */
  readonly executable: boolean;
  /** The digest that was promised, base64url without padding; none where nothing was. */
  readonly hash: { readonly name: HashName; readonly digest: string } | undefined;
  readonly entry: PackedEntry;
}

export interface UnpackPlan {
  readonly archive: AbsPath;
  /** What messages call the archive. */
  readonly label: string;
  /** Exists and is empty. */
  readonly to: AbsPath;
  /** Relative to `to`, parents before children. */
  readonly directories: readonly string[];
  /** In the order of `start`. */
  readonly files: readonly UnpackFile[];
  readonly signal?: AbortSignal;
  /** Called with the number of files that are done. */
  readonly onProgress?: (done: number) => void;
}
