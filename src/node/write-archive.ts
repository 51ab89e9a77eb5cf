import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { type ZipMember, zipEnd } from "../codec/index.ts";
import type { ArchiveMember, ArchivePlan, Fs } from "../ports/index.ts";
import { type ArchivePiece, checkForm, packPiece, type Slice } from "./archive-pieces.ts";
import type { Lanes } from "./lanes.ts";

/**
 * Content of a piece. Fixed, because it shows in the archive's bytes; large enough that starting the compressor anew costs
 * less than a hundredth of the size, small enough that a few of them fit in memory.
 */
const pieceBytes = 8 << 20;
/** What a member's own head and the work for a file weigh. */
const memberBytes = 1_024;

export function writeArchive(lanes: Lanes): Fs["writeArchive"] {
  return async (plan) => {
    await checkForm(plan.form);
    const pieces = piecesOf(plan);
    const answers = new Map<ArchivePiece, readonly string[]>();
    let doneBytes = 0;
    const onDone = (piece: ArchivePiece, answer: readonly string[]): void => {
      answers.set(piece, answer);
      doneBytes += piece.slices.reduce((sum, { from, to }) => sum + to - from, 0);
      plan.onProgress?.(doneBytes);
    };
    const [only, second] = pieces;
    if (only !== undefined && second === undefined && !lanes.isStarted) onDone(only, await packPiece(only));
    else {
      const works = pieces.map((piece) => ({ kind: "pack", piece }) as const);
      await lanes.runAll(works, {
        ...(plan.signal && { signal: plan.signal }),
        onDone: ({ piece }, answer) => onDone(piece, answer),
      });
    }
    join(plan, pieces, answers);
  };
}

/** Zip members stay whole, because each is compressed for itself; a tar archive is cut anywhere. */
function piecesOf({ form, root, members, top, to }: ArchivePlan): ArchivePiece[] {
  const groups: Slice[][] = [[]];
  let bytes = 0;
  const add = (slice: Slice): void => {
    if (bytes >= pieceBytes) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(slice);
    bytes += slice.to - slice.from + memberBytes;
  };
  const whole: ArchiveMember = { path: top, kind: "directory", sizeBytes: 0, executable: false, link: "" };
  add({ member: whole, file: root, from: 0, to: 0 });
  for (const member of members) {
    const inside = { ...member, path: `${top}/${member.path}` };
    const file = `${root}/${member.path}`;
    for (let from = 0; from === 0 || from < member.sizeBytes; ) {
      const until = form === "zip" ? member.sizeBytes : Math.min(member.sizeBytes, from + pieceBytes);
      add({ member: inside, file, from, to: until });
      from = Math.max(until, 1);
    }
  }
  return groups.map((slices, index) => ({
    form,
    slices,
    isLast: index === groups.length - 1,
    to: `${to}.${index}`,
  }));
}

/** The first piece becomes the archive, the others are put behind it. */
function join(
  { form, to }: ArchivePlan,
  pieces: readonly ArchivePiece[],
  answers: ReadonlyMap<ArchivePiece, readonly string[]>,
): void {
  const [first, ...others] = pieces;
  if (first === undefined) return;
  renameSync(first.to, to);
  const out = openSync(to, "a");
  try {
    for (const piece of others) {
      append(out, piece.to);
      rmSync(piece.to);
    }
    if (form === "zip") {
      const entries = pieces.flatMap((piece) => answers.get(piece) ?? []).map((text) => JSON.parse(text) as ZipMember);
      writeFully(out, zipEnd(entries));
    }
    fsyncSync(out);
  } finally {
    closeSync(out);
  }
}

function append(out: number, path: string): void {
  const file = openSync(path, "r");
  const chunk = Buffer.allocUnsafeSlow(4 << 20);
  try {
    for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk)) {
      writeFully(out, chunk.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}

function writeFully(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done);
}
