import { type ErrorCode, hasCode, printable, typedWord, VenvoyError } from "../base/index.ts";

const shown = (text: string): string => printable(text.slice(0, 300), { newlines: false });

/** There is no publication in a directory that should hold one. */
export function publicationUnknown(root: string): VenvoyError {
  return new VenvoyError("PUBLICATION_UNKNOWN", `\`${shown(root)}\` holds no publication`, {
    hint: `venvoy publish NAME ${typedWord(root)} makes one; is the share mounted`,
    data: { path: root },
  });
}

/** A directory holds something else, or another environment's releases. */
export function publicationTaken(root: string, reason: string, hint: string): VenvoyError {
  return new VenvoyError("PUBLICATION_TAKEN", `\`${shown(root)}\` is not published to: ${reason}`, {
    hint,
    data: { path: root },
  });
}

/** A file by which a publication describes itself can't be used. */
export function publicationInvalid(file: string, reason: string, cause?: unknown): VenvoyError {
  return new VenvoyError("PUBLICATION_INVALID", `\`${shown(file)}\` ${shown(reason)}`, {
    hint: "venvoy releases DEST --verify tells what is damaged; restore the file from the share's backup",
    data: { file },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The share went away while it was used. */
export function publicationGone(root: string, cause?: unknown): VenvoyError {
  return new VenvoyError("PUBLICATION_GONE", `\`${shown(root)}\` went away, or it is another publication now`, {
    hint: "look whether the share is mounted, then type the same again: readers saw nothing of this",
    data: { path: root },
    ...(cause === undefined ? {} : { cause }),
  });
}

export function releaseUnknown(root: string, release: number | string, known: readonly number[]): VenvoyError {
  const there = known.length === 0 ? "it has none" : `it has ${known.slice(-8).join(", ")}`;
  return new VenvoyError("RELEASE_UNKNOWN", `\`${shown(root)}\` has no release ${shown(String(release))}; ${there}`, {
    hint: `venvoy releases ${typedWord(root)}`,
    data: { path: root, release, known },
  });
}

/** A failure of the disk, with what helps on a share; `undefined` for all others. */
export function shareRefused(root: string, { code, message, data, cause }: VenvoyError): VenvoyError | undefined {
  const hints: Partial<Record<ErrorCode, string>> = {
    DISK_FULL: `readers saw nothing of this; free space, for instance with venvoy publish NAME ${typedWord(root)} --keep 3`,
    DISK_READ_ONLY: "publish as somebody who may write there, or mount the share writable",
  };
  const hint = hints[code];
  return hint === undefined ? undefined : new VenvoyError(code, message, { hint, data, cause });
}

/** Errors of the system that tell of a place, not of a file: a mount that ended, a server that is gone. */
export const goneCodes = [
  "ENOENT",
  "ENOTDIR",
  "ESTALE",
  "EIO",
  "ENOTCONN",
  "EHOSTDOWN",
  "ETIMEDOUT",
  "ENODEV",
  "ENXIO",
];

export function isGone(error: unknown): boolean {
  return hasCode(error, ...goneCodes);
}
