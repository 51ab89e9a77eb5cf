import type { ReadAt, Segment, Words } from "./elf.ts";

const noteSegment = 4;
const propertySegment = 0x6474_e553;
const propertyNote = 5;
/** `GNU_PROPERTY_X86_ISA_1_NEEDED` (x86-64 psABI). */
const isaNeeded = 0xc000_8002;
const largestNotes = 64 << 10;

/**
 * The levels of x86-64 that a file says it can't run below, as bits (1: baseline, 2: v2, 4: v3, 8: v4); 0 when it says
 * nothing, as most do. Notes within the first page cost no further read.
 */
export async function readIsaNeeded(
  segments: readonly Segment[],
  words: Words,
  { head, readAt }: { readonly head: Uint8Array; readonly readAt: ReadAt },
): Promise<number> {
  const own = segments.filter(({ type }) => type === propertySegment);
  for (const { offset, fileBytes } of own.length > 0 ? own : segments.filter(({ type }) => type === noteSegment)) {
    if (fileBytes > largestNotes) continue;
    const isHere = offset + fileBytes <= head.length;
    const bytes = isHere ? head.subarray(offset, offset + fileBytes) : await readAt(offset, fileBytes);
    const found = isaIn(words.of(bytes), words.isWide ? 8 : 4);
    if (found !== 0) return found;
  }
  return 0;
}

/** Notes: name size, content size, type, name, content; both padded. */
function isaIn(notes: Words, align: number): number {
  for (let at = 0; at + 12 <= notes.length; ) {
    const [nameBytes, contentBytes, type] = [notes.u32(at), notes.u32(at + 4), notes.u32(at + 8)];
    const contentAt = padded(at + 12 + nameBytes, align);
    // "GNU" and a zero.
    const isGnu = nameBytes === 4 && notes.u32(at + 12) === (notes.isLittle ? 0x0055_4e47 : 0x474e_5500);
    if (isGnu && type === propertyNote) {
      const found = isaOf(notes, { from: contentAt, to: Math.min(contentAt + contentBytes, notes.length), align });
      if (found !== 0) return found;
    }
    at = padded(contentAt + contentBytes, align);
  }
  return 0;
}

/** Properties: type, size, content, padded. */
function isaOf(
  notes: Words,
  { from, to, align }: { readonly from: number; readonly to: number; readonly align: number },
): number {
  for (let at = from; at + 8 <= to; ) {
    const size = notes.u32(at + 4);
    if (notes.u32(at) === isaNeeded && size >= 4) return notes.u32(at + 8);
    at = padded(at + 8 + size, align);
  }
  return 0;
}

function padded(at: number, align: number): number {
  return Math.ceil(at / align) * align;
}
