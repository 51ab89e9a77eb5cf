/**
 * A shared object of 64 bits, little-endian, that says only which libraries it needs and where to look for them: enough
 * for whoever reads its dynamic section.
 */
export function sharedObject({ needed = [], runPath }: { needed?: readonly string[]; runPath?: string }): Uint8Array {
  const names = [...needed, ...(runPath === undefined ? [] : [runPath])];
  let table = "\0";
  const places = names.map((name) => {
    const at = table.length;
    table += `${name}\0`;
    return at;
  });
  const headerBytes = 64 + 2 * 56;
  const dynamicAt = headerBytes;
  const entries: [tag: number, value: number][] = places.map((at, index) => [index < needed.length ? 1 : 29, at]);
  const dynamicBytes = (entries.length + 3) * 16;
  const tableAt = dynamicAt + dynamicBytes;
  entries.push([5, tableAt], [10, table.length], [0, 0]);
  const bytes = Buffer.alloc(tableAt + table.length);
  bytes.write("\x7fELF\x02\x01\x01", 0, "latin1");
  bytes.writeUInt16LE(3, 16);
  bytes.writeUInt16LE(62, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(64, 52);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(2, 56);
  segment(bytes, 64, { type: 1, from: 0, length: bytes.length });
  segment(bytes, 64 + 56, { type: 2, from: dynamicAt, length: dynamicBytes });
  for (const [index, [tag, value]] of entries.entries()) {
    bytes.writeBigUInt64LE(BigInt(tag), dynamicAt + index * 16);
    bytes.writeBigUInt64LE(BigInt(value), dynamicAt + index * 16 + 8);
  }
  bytes.write(table, tableAt, "latin1");
  return bytes;
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
