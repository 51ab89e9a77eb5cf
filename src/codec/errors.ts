import { printable, VenvoyError } from "../base/index.ts";

/** An archive that is damaged or hostile. `problem` completes the sentence "`demo.whl` …". */
export function archiveInvalid(archive: string, problem: string, cause?: unknown): VenvoyError {
  return new VenvoyError("ARCHIVE_INVALID", `\`${printable(archive, { newlines: false })}\` ${problem}`, {
    hint: "Fetch the file again; if it stays so, tell the people who publish it",
    data: { archive, problem },
    cause,
  });
}

/** A name out of an archive, as it may stand in a message. */
export function shownName(name: string): string {
  const safe = printable(name, { newlines: false });
  return safe.length <= 120 ? safe : `${safe.slice(0, 80)}…${safe.slice(-30)}`;
}
