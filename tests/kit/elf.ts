export interface ObjectParts {
  readonly needed?: readonly string[];
  readonly runPath?: string;
  /** Symbol versions by library; one that ends in `?` is weak. */
  readonly versions?: Readonly<Record<string, readonly string[]>>;
  readonly soname?: string;
  /** `e_machine`; default x86-64. */
  readonly machine?: number;
  /** Bits of `GNU_PROPERTY_X86_ISA_1_NEEDED`; left out, there is no such note. */
  readonly isaNeeded?: number;
}

const tags = { needed: 1, strings: 5, stringBytes: 10, soname: 14, runPath: 29 } as const;
const versionTags = { table: 0x6fff_fffe, count: 0x6fff_ffff } as const;

/**
 * A shared object of 64 bits, little-endian, that says only which libraries and symbol versions it needs and where to
 * look for them: enough for whoever reads its dynamic section.
 */
export function sharedObject(parts: ObjectParts): Uint8Array {
  const { needed = [], runPath, versions = {}, soname, machine = 62, isaNeeded } = parts;
  let table = "\0";
  const text = (name: string): number => {
    const at = table.length;
    table += `${name}\0`;
    return at;
  };
  const entries: [tag: number, value: number][] = needed.map((name) => [tags.needed, text(name)]);
  if (runPath !== undefined) entries.push([tags.runPath, text(runPath)]);
  if (soname !== undefined) entries.push([tags.soname, text(soname)]);
  const libraries = Object.entries(versions);
  const needs = versionNeeds(libraries, text);
  const dynamicAt = 64 + (isaNeeded === undefined ? 2 : 3) * 56;
  const dynamicBytes = (entries.length + (libraries.length === 0 ? 3 : 5)) * 16;
  const needsAt = dynamicAt + dynamicBytes;
  const tableAt = needsAt + needs.length;
  if (libraries.length > 0) entries.push([versionTags.table, needsAt], [versionTags.count, libraries.length]);
  entries.push([tags.strings, tableAt], [tags.stringBytes, table.length], [0, 0]);
  const notesAt = Math.ceil((tableAt + table.length) / 8) * 8;
  const bytes = Buffer.alloc(isaNeeded === undefined ? tableAt + table.length : notesAt + 32);
  bytes.write("\x7fELF\x02\x01\x01", 0, "latin1");
  bytes.writeUInt16LE(3, 16);
  bytes.writeUInt16LE(machine, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(64, 52);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(isaNeeded === undefined ? 2 : 3, 56);
  segment(bytes, 64, { type: 1, from: 0, length: bytes.length });
  segment(bytes, 64 + 56, { type: 2, from: dynamicAt, length: dynamicBytes });
  if (isaNeeded !== undefined) {
    segment(bytes, 64 + 2 * 56, { type: 0x6474_e553, from: notesAt, length: 32 });
    for (const [index, word] of [4, 16, 5, 0x0055_4e47, 0xc000_8002, 4, isaNeeded, 0].entries())
      bytes.writeUInt32LE(word, notesAt + index * 4);
  }
  for (const [index, [tag, value]] of entries.entries()) {
    bytes.writeBigUInt64LE(BigInt(tag), dynamicAt + index * 16);
    bytes.writeBigUInt64LE(BigInt(value), dynamicAt + index * 16 + 8);
  }
  needs.copy(bytes, needsAt);
  bytes.write(table, tableAt, "latin1");
  return bytes;
}

/** `Verneed` records, each followed by its `Vernaux` records. */
function versionNeeds(libraries: readonly [string, readonly string[]][], text: (name: string) => number): Buffer {
  const records = libraries.map(([library, versions], index) => {
    const bytes = Buffer.alloc(16 + versions.length * 16);
    bytes.writeUInt16LE(1, 0);
    bytes.writeUInt16LE(versions.length, 2);
    bytes.writeUInt32LE(text(library), 4);
    bytes.writeUInt32LE(16, 8);
    bytes.writeUInt32LE(index === libraries.length - 1 ? 0 : bytes.length, 12);
    for (const [number, version] of versions.entries()) {
      const at = 16 + number * 16;
      bytes.writeUInt16LE(version.endsWith("?") ? 2 : 0, at + 4);
      bytes.writeUInt32LE(text(version.replace("?", "")), at + 8);
      bytes.writeUInt32LE(number === versions.length - 1 ? 0 : 16, at + 12);
    }
    return bytes;
  });
  return Buffer.concat(records);
}

function segment(
  bytes: Buffer,
  at: number,
  { type, from, length }: { type: number; from: number; length: number },
): void {
  bytes.writeUInt32LE(type, at);
  for (const [offset, value] of [
    [8, from],
    [16, from],
    [24, from],
    [32, length],
    [40, length],
    [48, 8],
  ] as const) {
    bytes.writeBigUInt64LE(BigInt(value), at + offset);
  }
}
