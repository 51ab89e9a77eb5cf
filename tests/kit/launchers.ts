import { zipBytes } from "./zip-writer.ts";

const script = "import sys\nfrom tool import main\nsys.exit(main())\n";

/** Bytes that stand for a launcher's own code. */
function program(bytes = 600): Buffer {
  const code = Buffer.alloc(bytes, 0x90);
  code.write("MZ", 0, "latin1");
  return code;
}

/** As distlib and pip write it: program, `#!` line, archive. With `absolute`, the archive counts from the file's beginning. */
export function appendedLauncher(
  python: string,
  {
    absolute = false,
    line = `#!${/\s/.test(python) ? `"${python}"` : python}\r\n`,
  }: { absolute?: boolean; line?: string } = {},
): Buffer {
  const before = Buffer.concat([program(), Buffer.from(line, "utf8")]);
  const archive = Buffer.from(zipBytes([{ name: "__main__.py", content: script }]));
  if (absolute) {
    const end = archive.length - 22;
    const directory = archive.readUInt32LE(end + 16);
    archive.writeUInt32LE(archive.readUInt32LE(directory + 42) + before.length, directory + 42);
    archive.writeUInt32LE(directory + before.length, end + 16);
  }
  return Buffer.concat([before, archive]);
}

/** As uv wrote it until 2025: program, archive, path, length, magic. */
export function trailerLauncher(python: string): Buffer {
  const path = Buffer.from(python, "utf8");
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(path.length, 0);
  tail.write("UVSC", 4, "latin1");
  return Buffer.concat([program(), zipBytes([{ name: "__main__.py", content: script }]), path, tail]);
}

/** As uv writes it now: the path is a resource. `roomBytes` lie unused behind the resources. */
export function resourceLauncher(python: string, { roomBytes }: { readonly roomBytes: number }): Buffer {
  const text = Buffer.from(python, "utf8");
  const data = 0x90;
  const used = data + text.length;
  const raw = Math.ceil(used / 8) * 8 + roomBytes;
  const bytes = Buffer.alloc(0x200 + raw);
  bytes.write("MZ", 0, "latin1");
  bytes.writeUInt32LE(0x40, 0x3c);
  bytes.write("PE\0\0", 0x40, "latin1");
  bytes.writeUInt16LE(1, 0x46);
  bytes.writeUInt16LE(0xf0, 0x54);
  bytes.writeUInt16LE(0x20b, 0x58);
  bytes.writeUInt32LE(0x1000, 0x58 + 128);
  bytes.writeUInt32LE(used, 0x58 + 132);
  const section = 0x58 + 0xf0;
  bytes.write(".rsrc", section, "latin1");
  for (const [index, value] of [used, 0x1000, raw, 0x200].entries())
    bytes.writeUInt32LE(value, section + 8 + index * 4);
  const name = "UV_PYTHON_PATH";
  // Types, names, languages: a directory each with one entry. Then the data entry and the name.
  const words: readonly (readonly [at: number, value: number])[] = [
    [0x0c, 1 << 16],
    [0x10, 10],
    [0x14, 0x8000_0018],
    [0x24, 1],
    [0x28, 0x8000_0060],
    [0x2c, 0x8000_0030],
    [0x3c, 1 << 16],
    [0x40, 0x409],
    [0x44, 0x48],
    [0x48, 0x1000 + data],
    [0x4c, text.length],
  ];
  for (const [at, value] of words) bytes.writeUInt32LE(value >>> 0, 0x200 + at);
  bytes.writeUInt16LE(name.length, 0x260);
  bytes.write(name, 0x262, "utf16le");
  bytes.set(text, 0x200 + data);
  return bytes;
}
