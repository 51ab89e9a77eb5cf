import { printable, VenvoyError } from "../base/index.ts";

const hint = "Take another file or version of the package, and tell the people who publish it";

/** A wheel that is damaged or hostile. `problem` completes the sentence "`demo-1.0-py3-none-any.whl` …". */
export function wheelInvalid(filename: string, problem: string, cause?: unknown): VenvoyError {
  return new VenvoyError("WHEEL_INVALID", `\`${printable(filename, { newlines: false })}\` ${problem}`, {
    hint,
    data: { filename, problem },
    cause,
  });
}

/** The file is not the one that was asked for. */
export function wheelDigestMismatch(filename: string, wanted: string, got: string): VenvoyError {
  return new VenvoyError("DIGEST_MISMATCH", `\`${printable(filename)}\` has the sha256 ${got}, expected ${wanted}`, {
    hint: "Fetch it again; if it stays so, the index or somebody on the way has changed the file",
    data: { filename, wanted, got },
  });
}

/** A file of a publication isn't what its name promises. */
export function objectDamaged(file: string, wanted: string): VenvoyError {
  return new VenvoyError(
    "DIGEST_MISMATCH",
    `\`${printable(file, { newlines: false })}\` is damaged: it isn't what its name promises`,
    {
      hint: "tell who publishes there: `venvoy releases DIR --verify` finds what is damaged, and publishing anew mends it",
      data: { file, wanted },
    },
  );
}

/** A file of a publication is not there (any more). */
export function objectMissing(directory: string, cause?: unknown): VenvoyError {
  return new VenvoyError(
    "FILE_UNREADABLE",
    `A file of \`${printable(directory, { newlines: false })}\` can't be read`,
    {
      hint: "look whether the share is there, then run the command again: what was copied stays",
      data: { path: directory },
      cause,
    },
  );
}
