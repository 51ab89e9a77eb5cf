import { readIsaNeeded } from "./elf-notes.ts";

/** What an ELF file is, and what it asks of the dynamic loader (System V ABI; symbol versions as GNU ld writes them). */
export interface ElfFacts {
  readonly wordBits: 32 | 64;
  readonly isLittleEndian: boolean;
  /** `e_machine`: 62 is x86-64, 183 is AArch64. */
  readonly machine: number;
  /** `e_type`: 2 is a program, 3 a shared object. */
  readonly type: number;
  readonly flags: number;
  /** The dynamic loader that a program names (`PT_INTERP`). */
  readonly interpreter: string | undefined;
  readonly soname: string | undefined;
  /** Names of libraries (`DT_NEEDED`). */
  readonly needed: readonly string[];
  /** Directories of `DT_RUNPATH`, or of `DT_RPATH` where there is no RUNPATH; `$ORIGIN` is not replaced. */
  readonly searchPath: readonly string[];
  /** Symbol versions that must be there, by library (`DT_VERNEED`): `libc.so.6` -> `GLIBC_2.17`. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
  /** Those of `versions` that the loader starts without (`VER_FLG_WEAK`), as `libc.so.6 GLIBC_2.18`. */
  readonly weakVersions: ReadonlySet<string>;
  /** Levels of x86-64 that it needs, as bits (`GNU_PROPERTY_X86_ISA_1_NEEDED`): 2 is v2, 4 is v3; 0 says nothing. */
  readonly isaNeeded: number;
}

export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

export interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly fileBytes: number;
}

const loadSegment = 1;
const x86 = 62;
export const dynamicSegment = 2;
const interpreterSegment = 3;
const largestTable = 16 << 20;
const mostVersions = 10_000;
const empty = new Uint8Array();

/**
 * Reads headers, dynamic section and symbol versions of an ELF file with a few small reads. `undefined` for anything
 * else: not ELF, or damaged.
 */
export async function readElf(readAt: ReadAt): Promise<ElfFacts | undefined> {
  const head = await readAt(0, 4_096);
  if (!isElf(head)) return undefined;
  const words = new Words(head);
  if (head.length < (words.isWide ? 64 : 52)) return undefined;
  const segments = readSegments(words);
  if (segments === undefined) return undefined;
  const interpreter = await readInterpreter(segments, readAt);
  const isaNeeded = words.u16(18) === x86 ? await readIsaNeeded(segments, words, { head, readAt }) : 0;
  const facts = {
    wordBits: words.isWide ? 64 : 32,
    isLittleEndian: words.isLittle,
    machine: words.u16(18),
    type: words.u16(16),
    flags: words.u32(words.isWide ? 48 : 36),
    interpreter,
    isaNeeded,
  } as const;
  const dynamic = segments.find(({ type }) => type === dynamicSegment);
  if (dynamic === undefined) {
    return { ...facts, soname: undefined, needed: [], searchPath: [], versions: new Map(), weakVersions: new Set() };
  }
  const section = await readDynamic(dynamic, segments, words, readAt);
  return section === undefined ? undefined : { ...facts, ...section };
}

export function isElf(head: Uint8Array): boolean {
  const isMagic = head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
  return isMagic && (head[4] === 1 || head[4] === 2) && (head[5] === 1 || head[5] === 2);
}

/** Numbers in the word size and byte order of the file that they come from. */
export class Words {
  readonly isWide: boolean;
  readonly isLittle: boolean;
  readonly #view: DataView;

  constructor(head: Uint8Array, of: { readonly isWide: boolean; readonly isLittle: boolean } = formOf(head)) {
    this.isWide = of.isWide;
    this.isLittle = of.isLittle;
    this.#view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  }

  of(bytes: Uint8Array): Words {
    return new Words(bytes, this);
  }

  get length(): number {
    return this.#view.byteLength;
  }

  /** 0 beyond the end, as for every other number here: what is cut off asks for nothing. */
  u16(at: number): number {
    return at + 2 <= this.length ? this.#view.getUint16(at, this.isLittle) : 0;
  }

  u32(at: number): number {
    return at + 4 <= this.length ? this.#view.getUint32(at, this.isLittle) : 0;
  }

  /** Past 2^53 only roughly right, which every bounds check refuses anyway. */
  word(at: number): number {
    if (!this.isWide) return this.u32(at);
    const [low, high] = this.isLittle ? [at, at + 4] : [at + 4, at];
    return this.u32(low) + this.u32(high) * 0x1_0000_0000;
  }
}

function formOf(head: Uint8Array): { readonly isWide: boolean; readonly isLittle: boolean } {
  return { isWide: head[4] === 2, isLittle: head[5] === 1 };
}

export function readSegments(head: Words): Segment[] | undefined {
  const { isWide } = head;
  const at = head.word(isWide ? 32 : 28);
  const entryBytes = head.u16(isWide ? 54 : 42);
  const count = head.u16(isWide ? 56 : 44);
  if (entryBytes < (isWide ? 56 : 32) || at + entryBytes * count > head.length) return undefined;
  return Array.from({ length: count }, (_, index) => {
    const from = at + index * entryBytes;
    return {
      type: head.u32(from),
      offset: head.word(from + (isWide ? 8 : 4)),
      address: head.word(from + (isWide ? 16 : 8)),
      fileBytes: head.word(from + (isWide ? 32 : 16)),
    };
  });
}

async function readInterpreter(segments: readonly Segment[], readAt: ReadAt): Promise<string | undefined> {
  const segment = segments.find(({ type }) => type === interpreterSegment);
  if (segment === undefined || segment.fileBytes > 4_096) return undefined;
  return textAt(await readAt(segment.offset, segment.fileBytes), 0);
}

export const tags = { needed: 1, strings: 5, stringBytes: 10, soname: 14, rpath: 15, runpath: 29 } as const;
const versionTags = { table: 0x6fff_fffe, count: 0x6fff_ffff } as const;

async function readDynamic(
  dynamic: Segment,
  segments: readonly Segment[],
  words: Words,
  readAt: ReadAt,
): Promise<Pick<ElfFacts, "soname" | "needed" | "searchPath" | keyof VersionNeeds> | undefined> {
  if (dynamic.fileBytes > largestTable) return undefined;
  const entries = readEntries(words.of(await readAt(dynamic.offset, dynamic.fileBytes)));
  const numberOf = (wanted: number): number | undefined => entries.find(([tag]) => tag === wanted)?.[1];
  const textBytes = numberOf(tags.stringBytes) ?? 0;
  const textOffset = fileOffset(segments, numberOf(tags.strings));
  if (textOffset === undefined || textBytes > largestTable) return undefined;
  const table = await readAt(textOffset, textBytes);
  const texts = (wanted: number): string[] =>
    entries.filter(([tag]) => tag === wanted).map(([, at]) => textAt(table, at));
  const runPaths = texts(tags.runpath);
  const paths = runPaths.length > 0 ? runPaths : texts(tags.rpath);
  const at = fileOffset(segments, numberOf(versionTags.table));
  const count = Math.min(numberOf(versionTags.count) ?? 0, mostVersions);
  return {
    soname: texts(tags.soname)[0],
    needed: texts(tags.needed),
    searchPath: paths.flatMap((path) => path.split(":")).filter((path) => path !== ""),
    ...readVersions(words.of(at === undefined ? empty : await readAt(at, versionBytes(count))), table, count),
  };
}

export function readEntries(section: Words): [tag: number, value: number][] {
  const entries: [number, number][] = [];
  const half = section.isWide ? 8 : 4;
  for (let at = 0; at + 2 * half <= section.length; at += 2 * half) {
    const tag = section.word(at);
    if (tag === 0) break;
    entries.push([tag, section.word(at + half)]);
  }
  return entries;
}

/** The table's own length is not written down: so much holds a hundred versions of each library. */
function versionBytes(libraries: number): number {
  return libraries * 16 * 101;
}

type VersionNeeds = Pick<ElfFacts, "versions" | "weakVersions">;

const weakFlag = 2;

/** `Verneed` and `Vernaux` records, both chained by offsets relative to themselves. */
function readVersions(records: Words, table: Uint8Array, count: number): VersionNeeds {
  const versions = new Map<string, readonly string[]>();
  const weakVersions = new Set<string>();
  for (let library = 0, at = 0; library < count && at + 16 <= records.length; library++) {
    const wanted: string[] = [];
    const name = textAt(table, records.u32(at + 4));
    const of = Math.min(records.u16(at + 2), mostVersions);
    for (let index = 0, aux = at + records.u32(at + 8); index < of && aux + 16 <= records.length; index++) {
      const version = textAt(table, records.u32(aux + 8));
      wanted.push(version);
      if ((records.u16(aux + 4) & weakFlag) !== 0) weakVersions.add(`${name} ${version}`);
      const next = records.u32(aux + 12);
      if (next === 0) break;
      aux += next;
    }
    versions.set(name, [...(versions.get(name) ?? []), ...wanted]);
    const next = records.u32(at + 12);
    if (next === 0) break;
    at += next;
  }
  return { versions, weakVersions };
}

export function fileOffset(segments: readonly Segment[], address: number | undefined): number | undefined {
  if (address === undefined) return undefined;
  for (const { type, address: from, fileBytes, offset } of segments) {
    if (type === loadSegment && address >= from && address < from + fileBytes) return address - from + offset;
  }
  return undefined;
}

export function textAt(table: Uint8Array, at: number): string {
  const end = table.indexOf(0, at);
  return Buffer.from(table.subarray(at, end < 0 ? table.length : end)).toString("utf8");
}
