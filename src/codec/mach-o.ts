import { u32 } from "./little-endian.ts";

/** A path that a load command of a Mach-O file holds. */
export interface MachOPath {
  /** `LC_RPATH`, `LC_LOAD_DYLIB` and its kin, `LC_ID_DYLIB`, `LC_LOAD_DYLINKER`. */
  readonly command: string;
  readonly text: string;
  /** Where in the file its bytes begin. */
  readonly offset: number;
  /** Bytes that belong to it in its command, the zero bytes behind it included. */
  readonly room: number;
}

export interface MachOFacts {
  readonly paths: readonly MachOPath[];
  /** Changed bytes make a signature invalid; arm64 Macs don't start such a file. */
  readonly isSigned: boolean;
}

// mach-o/loader.h
const namedCommands: ReadonlyMap<number, string> = new Map([
  [0xc, "LC_LOAD_DYLIB"],
  [0xd, "LC_ID_DYLIB"],
  [0xe, "LC_LOAD_DYLINKER"],
  [0xf, "LC_ID_DYLINKER"],
  [0x20, "LC_LAZY_LOAD_DYLIB"],
  [0x8000_0018, "LC_LOAD_WEAK_DYLIB"],
  [0x8000_001c, "LC_RPATH"],
  [0x8000_001f, "LC_REEXPORT_DYLIB"],
  [0x8000_0023, "LC_LOAD_UPWARD_DYLIB"],
]);
const signature = 0x1d;
/** A Java class begins like a file of several architectures; its "count" is its version, which is larger. */
const mostArchitectures = 20;
const mostCommands = 10_000;

/** Reads the paths of a Mach-O file, of one architecture or several; `undefined` for anything else. */
export function readMachO(bytes: Uint8Array): MachOFacts | undefined {
  const slices = slicesOf(bytes);
  if (slices === undefined) return undefined;
  const read = slices.map((from) => readSlice(bytes, from));
  const found = read.filter((one) => one !== undefined);
  if (found.length === 0) return undefined;
  return { paths: found.flatMap(({ paths }) => paths), isSigned: found.some(({ isSigned }) => isSigned) };
}

/** True for what begins like one; the rest may be damaged. */
export function isMachO(head: Uint8Array): boolean {
  return slicesOf(head) !== undefined;
}

function slicesOf(bytes: Uint8Array): readonly number[] | undefined {
  if (bytes.length < 8) return undefined;
  const magic = big32(bytes, 0);
  if (isThin(magic)) return [0];
  if (magic !== 0xcafe_babe && magic !== 0xcafe_babf) return undefined;
  const count = big32(bytes, 4);
  if (count === 0 || count > mostArchitectures) return undefined;
  const isWide = magic === 0xcafe_babf;
  return Array.from({ length: count }, (_, index) => {
    const entry = 8 + index * (isWide ? 32 : 20);
    return isWide ? big32(bytes, entry + 8) * 0x1_0000_0000 + big32(bytes, entry + 12) : big32(bytes, entry + 8);
  });
}

/** Magic numbers as their bytes lie: `feedface` and `feedfacf` in both byte orders. */
function isThin(magic: number): boolean {
  return magic === 0xfeed_face || magic === 0xfeed_facf || magic === 0xcefa_edfe || magic === 0xcffa_edfe;
}

function readSlice(bytes: Uint8Array, from: number): MachOFacts | undefined {
  if (from + 32 > bytes.length) return undefined;
  const magic = big32(bytes, from);
  if (!isThin(magic)) return undefined;
  const word = magic === 0xfeed_face || magic === 0xfeed_facf ? big32 : u32;
  const isWide = magic === 0xfeed_facf || magic === 0xcffa_edfe;
  const count = Math.min(word(bytes, from + 16), mostCommands);
  const paths: MachOPath[] = [];
  let isSigned = false;
  let at = from + (isWide ? 32 : 28);
  for (let index = 0; index < count && at + 8 <= bytes.length; index++) {
    const command = word(bytes, at);
    const size = word(bytes, at + 4);
    if (size < 8 || at + size > bytes.length) break;
    if (command === signature) isSigned = true;
    const name = namedCommands.get(command);
    // The text begins where the command says, relative to itself (`lc_str`).
    const start = name === undefined || size < 12 ? 0 : word(bytes, at + 8);
    if (name !== undefined && start >= 12 && start < size) {
      const room = size - start;
      const all = Buffer.from(bytes.subarray(at + start, at + size));
      const end = all.indexOf(0);
      paths.push({ command: name, text: all.toString("utf8", 0, end < 0 ? room : end), offset: at + start, room });
    }
    at += size;
  }
  return { paths, isSigned };
}

function big32(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
  return a * 0x1_00_00_00 + (b << 16) + (c << 8) + d;
}
