export interface MachOParts {
  readonly rpaths?: readonly string[];
  readonly libraries?: readonly string[];
  readonly id?: string;
  readonly isSigned?: boolean;
  /** Bytes that lie unused behind every path. */
  readonly roomBytes?: number;
}

function command(kind: number, fixedBytes: number, path: string, roomBytes: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil((fixedBytes + Buffer.byteLength(path) + 1 + roomBytes) / 8) * 8);
  bytes.writeUInt32LE(kind >>> 0, 0);
  bytes.writeUInt32LE(bytes.length, 4);
  bytes.writeUInt32LE(fixedBytes, 8);
  bytes.write(path, fixedBytes, "utf8");
  return bytes;
}

/** A library for arm64 that says only what it is called, what it needs and where to look. */
export function machO({ rpaths = [], libraries = [], id, isSigned = false, roomBytes = 0 }: MachOParts): Buffer {
  const commands = [
    ...(id === undefined ? [] : [command(0xd, 24, id, roomBytes)]),
    ...libraries.map((path) => command(0xc, 24, path, roomBytes)),
    ...rpaths.map((path) => command(0x8000_001c, 12, path, roomBytes)),
    ...(isSigned ? [command(0x1d, 12, "", 0)] : []),
  ];
  const head = Buffer.alloc(32);
  head.writeUInt32LE(0xfeed_facf, 0);
  head.writeUInt32LE(0x0100_000c, 4);
  head.writeUInt32LE(6, 12);
  head.writeUInt32LE(commands.length, 16);
  head.writeUInt32LE(
    commands.reduce((sum, { length }) => sum + length, 0),
    20,
  );
  return Buffer.concat([head, ...commands, Buffer.alloc(64, 1)]);
}

/** One file for several architectures. */
export function fatMachO(slices: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(8 + slices.length * 20);
  head.writeUInt32BE(0xcafe_babe, 0);
  head.writeUInt32BE(slices.length, 4);
  let at = head.length;
  for (const [index, slice] of slices.entries()) {
    head.writeUInt32BE(at, 8 + index * 20 + 8);
    head.writeUInt32BE(slice.length, 8 + index * 20 + 12);
    at += slice.length;
  }
  return Buffer.concat([head, ...slices]);
}
