import {
  dynamicSegment,
  fileOffset,
  isElf,
  type ReadAt,
  readEntries,
  readSegments,
  tags,
  textAt,
  Words,
} from "./elf.ts";

/** One search path as it lies in an ELF file. */
export interface ElfRunPath {
  readonly tag: "RPATH" | "RUNPATH";
  /** Its directories as written, joined by `:`. */
  readonly text: string;
  /** Where in the file its bytes begin; as many as `text` has, and the zero byte behind them, belong to it. */
  readonly offset: number;
  /** Where its entry in the dynamic section begins, which is its tag. */
  readonly entryOffset: number;
}

/**
 * The bytes of a tag, for an entry of a file with this form. Libraries without a path of their own look where the program's
 * `DT_RPATH` says, and nowhere for its `DT_RUNPATH`.
 */
export function runPathTag(tag: ElfRunPath["tag"], head: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(head[4] === 2 ? 8 : 4);
  bytes[head[5] === 1 ? 0 : bytes.length - 1] = tag === "RPATH" ? tags.rpath : tags.runpath;
  return bytes;
}

const largestTable = 64 << 20;

/** `DT_RPATH` and `DT_RUNPATH` of an ELF file with their places, so that they can be written over; none for other files. */
export async function readElfRunPaths(readAt: ReadAt): Promise<readonly ElfRunPath[]> {
  const head = await readAt(0, 4_096);
  if (!isElf(head)) return [];
  const words = new Words(head);
  const segments = readSegments(words) ?? [];
  const dynamic = segments.find(({ type }) => type === dynamicSegment);
  if (dynamic === undefined || dynamic.fileBytes > largestTable) return [];
  const entries = readEntries(words.of(await readAt(dynamic.offset, dynamic.fileBytes)));
  const numberOf = (wanted: number): number | undefined => entries.find(([tag]) => tag === wanted)?.[1];
  const texts = fileOffset(segments, numberOf(tags.strings));
  const textBytes = numberOf(tags.stringBytes) ?? 0;
  if (texts === undefined || textBytes > largestTable) return [];
  const table = await readAt(texts, textBytes);
  const entryBytes = words.isWide ? 16 : 8;
  return entries.flatMap(([tag, at], index): ElfRunPath[] => {
    if ((tag !== tags.rpath && tag !== tags.runpath) || at >= table.length) return [];
    return [
      {
        tag: tag === tags.rpath ? "RPATH" : "RUNPATH",
        text: textAt(table, at),
        offset: texts + at,
        entryOffset: dynamic.offset + index * entryBytes,
      },
    ];
  });
}
