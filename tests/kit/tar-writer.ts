/** One member as a test describes it. */
export interface RawMember {
  readonly name: string | Uint8Array;
  readonly type?: "file" | "dir" | "symlink" | "hardlink" | "fifo" | "chardev" | "blockdev";
  readonly content?: string | Uint8Array;
  readonly link?: string;
  readonly mode?: number;
  /** Records of an extended header before it; `size: "auto"` means the true size. */
  readonly pax?: Readonly<Record<string, string>>;
  /** What the old header says instead of the true size. */
  readonly headerSize?: number;
  readonly rawSizeField?: string;
  readonly badChecksum?: boolean;
}

const flags = { file: "0", hardlink: "1", symlink: "2", chardev: "3", blockdev: "4", dir: "5", fifo: "6" } as const;

/** Writes a tar archive exactly as told, with GNU long names or pax records where a name doesn't fit. */
export function writeTar(
  members: readonly RawMember[],
  { format = "pax" }: { readonly format?: "pax" | "gnu" } = {},
): Buffer {
  const parts: Buffer[] = [];
  for (const member of members) parts.push(...formMember(member, format));
  parts.push(Buffer.alloc(1_024));
  return Buffer.concat(parts);
}

function formMember(member: RawMember, format: "pax" | "gnu"): Buffer[] {
  const content = Buffer.from(member.content ?? "");
  const name = Buffer.from(member.name);
  const link = Buffer.from(member.link ?? "");
  const parts: Buffer[] = [];
  const pax: Record<string, string> = { ...member.pax };
  if (pax["size"] === "auto") pax["size"] = String(content.length);
  if (format === "gnu") {
    if (name.length > 100) parts.push(...special("L", Buffer.concat([name, Buffer.alloc(1)])));
    if (link.length > 100) parts.push(...special("K", Buffer.concat([link, Buffer.alloc(1)])));
  } else {
    if (name.length > 100) pax["path"] = name.toString();
    if (link.length > 100) pax["linkpath"] = link.toString();
  }
  if (Object.keys(pax).length > 0) parts.push(...special("x", Buffer.concat(Object.entries(pax).map(record))));
  const head = header({
    name,
    link,
    type: flags[member.type ?? "file"],
    mode: member.mode ?? 0o644,
    size: member.headerSize ?? content.length,
    rawSize: member.rawSizeField,
    badChecksum: member.badChecksum ?? false,
  });
  return [...parts, head, content, padding(content.length)];
}

function special(type: string, content: Buffer): Buffer[] {
  const name = Buffer.from(type === "x" ? "PaxHeaders/x" : "././@LongLink");
  const head = header({
    name,
    link: Buffer.alloc(0),
    type,
    mode: 0o644,
    size: content.length,
    rawSize: undefined,
    badChecksum: false,
  });
  return [head, content, padding(content.length)];
}

function record([key, value]: readonly [string, string]): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

interface Header {
  readonly name: Buffer;
  readonly link: Buffer;
  readonly type: string;
  readonly mode: number;
  readonly size: number;
  readonly rawSize: string | undefined;
  readonly badChecksum: boolean;
}

function header({ name, link, type, mode, size, rawSize, badChecksum }: Header): Buffer {
  const block = Buffer.alloc(512);
  name.subarray(0, 100).copy(block, 0);
  block.write(`${mode.toString(8).padStart(7, "0")}\0`, 100, "latin1");
  block.write("0000000\0".repeat(2), 108, "latin1");
  block.write(rawSize ?? `${size.toString(8).padStart(11, "0")}\0`, 124, 12, "latin1");
  block.write("00000000000\0", 136, "latin1");
  block.write(type, 156, "latin1");
  link.subarray(0, 100).copy(block, 157);
  block.write("ustar\x0000", 257, "latin1");
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0) + (badChecksum ? 1 : 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function padding(length: number): Buffer {
  return Buffer.alloc((512 - (length % 512)) % 512);
}
