import { hasCode, printable, VenvoyError } from "../base/index.ts";

const fullCodes = ["ENOSPC", "EDQUOT"];
const refusedCodes = ["EROFS", "EACCES", "EPERM"];

/**
 * What a person should read about a failure of the disk: `DISK_FULL` for `ENOSPC` and `EDQUOT`, `DISK_READ_ONLY` for
 * `EROFS`, `EACCES` and `EPERM`. Everything else comes back as it is, ready to be thrown.
 */
export function diskError(error: unknown, path: string = pathOf(error)): unknown {
  if (hasCode(error, ...fullCodes)) return diskFull(error, path);
  if (hasCode(error, ...refusedCodes)) return diskReadOnly(error, path);
  return error;
}

/** Runs `body`; failures of the disk in it are told as `diskError` says. */
export async function explainingDisk<T>(path: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw diskError(error, path);
  }
}

/** What else a system says of a path, which is no bug of whoever asked. */
const troubles: Readonly<Record<string, string>> = {
  EACCES: "permission is missing",
  EPERM: "permission is missing",
  EROFS: "its disk is read-only",
  ENOTDIR: "a part of its path is no directory",
  ENAMETOOLONG: "its path is too long",
  ELOOP: "its links lead in a circle",
  EIO: "its disk fails",
  ESTALE: "its server doesn't know it any more",
};

const readingCalls = /^(?:scandir|opendir|readlink|l?stat|statfs|read|access)$/;

/**
 * A failure of the system that nobody explained on its way up, in a sentence: where data lies, something may be in the way
 * at any path. Everything else comes back as it is.
 */
export function systemError(error: unknown): unknown {
  if (!(error instanceof Error) || !("syscall" in error) || !("path" in error)) return error;
  if (/^(?:spawn|connect|listen|bind)/.test(String(error.syscall))) return error;
  if (hasCode(error, ...fullCodes)) return diskError(error);
  const why = troubles[codeOf(error)];
  if (why === undefined) return error;
  const path = pathOf(error);
  const isReading = readingCalls.test(String(error.syscall));
  return unusable(error, path, `can't be ${isReading ? "read" : "written"}: ${why}`);
}

function diskFull(error: unknown, path: string): VenvoyError {
  const what = hasCode(error, "EDQUOT") ? "Your disk quota is used up" : "The disk is full";
  return new VenvoyError("DISK_FULL", `${what}: \`${printable(path)}\` can't be written`, {
    hint: "Free some space, for instance with `venvoy clean`, and run the command again: nothing was changed",
    data: { path, code: codeOf(error) },
    cause: error,
  });
}

function diskReadOnly(error: unknown, path: string): VenvoyError {
  return unusable(error, path, `can't be written: ${troubles[codeOf(error)]}`);
}

function unusable(error: unknown, path: string, why: string): VenvoyError {
  return new VenvoyError("DISK_READ_ONLY", `\`${printable(path)}\` ${why}`, {
    hint: "Correct its owner and mode, or set `VENVOY_HOME` to a directory that you may write",
    data: { path, code: codeOf(error) },
    cause: error,
  });
}

/** An archive names a path that no well-made archive has. */
export function archivePathInvalid(entry: string, reason: string): VenvoyError {
  const shown = printable(entry.length > 200 ? `${entry.slice(0, 200)}…` : entry, { newlines: false });
  return new VenvoyError("ARCHIVE_INVALID", `The archive entry \`${shown}\` ${reason}`, {
    hint: "Report it to whoever made the package: it may be an attack",
    data: { entry, reason },
  });
}

/** A directory that others share with us could be changed by somebody whom we don't trust. */
export function sharedUnsafe(path: string, reason: string): VenvoyError {
  return new VenvoyError("DISK_UNTRUSTED", `\`${printable(path)}\` is not used: ${reason}`, {
    hint: `Let only its owner write there: \`chmod go-w ${printable(path)}\``,
    data: { path },
  });
}

function pathOf(error: unknown): string {
  return error instanceof Error && "path" in error && typeof error.path === "string" ? error.path : "a file";
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
