const headersAt = 0x40;
const sectionAt = 0x1000;

/**
 * A library for 64-bit Windows that holds no code: its only export is another library's function under a new name. Bun
 * asks `bcryptprimitives.dll` for `ProcessPrng` (random bytes), which the wine of Debian doesn't have; an older function
 * takes the same arguments.
 */
export function forwardingLibrary(library: string, name: string, forward: string): Buffer {
  const section = exports(library, name, forward);
  const fileSize = 0x200 + Math.ceil(section.length / 0x200) * 0x200;
  const image = Buffer.alloc(fileSize);
  image.write("MZ", 0);
  image.writeUInt32LE(headersAt, 0x3c);
  image.write("PE\0\0", headersAt);
  const coff = headersAt + 4;
  image.writeUInt16LE(0x8664, coff);
  image.writeUInt16LE(1, coff + 2);
  image.writeUInt16LE(240, coff + 16);
  // A library, executable, of large addresses.
  image.writeUInt16LE(0x2022, coff + 18);
  const optional = coff + 20;
  image.writeUInt16LE(0x20b, optional);
  image.writeBigUInt64LE(0x1_8000_0000n, optional + 24);
  image.writeUInt32LE(sectionAt, optional + 32);
  image.writeUInt32LE(0x200, optional + 36);
  image.writeUInt16LE(6, optional + 40);
  image.writeUInt16LE(6, optional + 48);
  image.writeUInt32LE(sectionAt + 0x1000, optional + 56);
  image.writeUInt32LE(0x200, optional + 60);
  image.writeUInt16LE(2, optional + 68);
  image.writeUInt16LE(0x160, optional + 70);
  for (const [index, size] of [0x100000n, 0x1000n, 0x100000n, 0x1000n].entries()) {
    image.writeBigUInt64LE(size, optional + 72 + 8 * index);
  }
  image.writeUInt32LE(16, optional + 108);
  image.writeUInt32LE(sectionAt, optional + 112);
  image.writeUInt32LE(section.length, optional + 116);
  const header = optional + 240;
  image.write(".rdata", header);
  image.writeUInt32LE(section.length, header + 8);
  image.writeUInt32LE(sectionAt, header + 12);
  image.writeUInt32LE(fileSize - 0x200, header + 16);
  image.writeUInt32LE(0x200, header + 20);
  image.writeUInt32LE(0x4000_0040, header + 36);
  section.copy(image, 0x200);
  return image;
}

/** The export directory; a function whose address lies in the directory itself is the name of another one. */
function exports(library: string, name: string, forward: string): Buffer {
  const tables = 40 + 4 + 4 + 4;
  const texts = [library, name, forward].map((text) => Buffer.from(`${text}\0`, "latin1"));
  const starts = texts.map(
    (_, index) => sectionAt + tables + texts.slice(0, index).reduce((sum, one) => sum + one.length, 0),
  );
  const [libraryAt = 0, nameAt = 0, forwardAt = 0] = starts;
  const head = Buffer.alloc(tables);
  head.writeUInt32LE(libraryAt, 12);
  for (const field of [16, 20, 24]) head.writeUInt32LE(1, field);
  head.writeUInt32LE(sectionAt + 40, 28);
  head.writeUInt32LE(sectionAt + 44, 32);
  head.writeUInt32LE(sectionAt + 48, 36);
  head.writeUInt32LE(forwardAt, 40);
  head.writeUInt32LE(nameAt, 44);
  return Buffer.concat([head, ...texts]);
}
