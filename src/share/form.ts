import type { AbsPath, Sha256 } from "../base/index.ts";
import type { FileList, ListedFile } from "./file-list.ts";
import type { LauncherFile } from "./launchers/launcher.ts";
import type { Publication } from "./publication.ts";
import type { FormName, ReleaseRecord } from "./records.ts";
import type { ShareIo } from "./share-io.ts";

/** A tree that is ready to be handed out: built, and written down file by file. */
export interface SealedTree {
  readonly root: AbsPath;
  /** The text of its list, and its digest. */
  readonly list: string;
  readonly digest: Sha256;
  readonly files: readonly (ListedFile & { readonly sizeBytes: number })[];
  readonly links: FileList["links"];
  /** Parents before what is in them. */
  readonly directories: readonly string[];
}

/** What has to travel, or has travelled. */
export interface Pushed {
  readonly bytes: number;
  readonly files: number;
}

export interface PushReport extends Pushed {
  /** What a person should know: a share without hard links, a link that became a copy. */
  readonly notes: readonly string[];
  /** What the record says beside what the tree says. */
  readonly record: Pick<ReleaseRecord, "archive">;
}

/**
 * How releases lie in a publication. What all forms have in common (facts, records, pointer, leases, lock) is not here; an operation
 * never asks which form it has.
 */
export interface PublicationForm {
  readonly name: FormName;
  /** Whether `current` leads to a release as a directory. */
  readonly hasTrees: boolean;
  /** What `push` would send. `publication` is missing before the first release. */
  plan(io: ShareIo, publication: Publication | undefined, tree: SealedTree): Promise<Pushed>;
  /** Brings a tree in as a release that no record names yet. May be killed at any instant. */
  push(
    io: ShareIo,
    publication: Publication,
    release: number,
    tree: SealedTree,
    signal: AbortSignal,
  ): Promise<PushReport>;
  /** The list of a release's files. Throws `PUBLICATION_INVALID` when it isn't there or not the one that was published. */
  list(io: ShareIo, publication: Publication, record: ReleaseRecord): Promise<string>;
  /**
   * Runs `use` with a directory that holds the contents of a release's files as `objects/` of a share does. Nothing in it is
   * believed before its digest.
   */
  withObjects<T>(
    io: ShareIo,
    publication: Publication,
    record: ReleaseRecord,
    use: (objects: AbsPath) => Promise<T>,
  ): Promise<T>;
  /** The text of the pointer; its first word is the release's number. */
  pointer(record: ReleaseRecord): string;
  /** What starts a program, for each kind of shell. */
  launchers(program: string, publication: Publication): readonly LauncherFile[];
  /** Removes what no record names: of killed publishes, and of releases whose records are gone. Tells the bytes that it gave back. */
  sweep(io: ShareIo, publication: Publication, remaining: readonly ReleaseRecord[]): Promise<number>;
  /** Paths that differ from what was published; empty when all is well. `known` is shared by the releases that are verified together. */
  verify(
    io: ShareIo,
    publication: Publication,
    record: ReleaseRecord,
    known: Map<string, boolean>,
  ): Promise<readonly string[]>;
}
