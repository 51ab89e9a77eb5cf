import { expect, test } from "vitest";
import {
  crc32,
  readZipDirectory,
  readZipEntry,
  type ZipMember,
  type ZipSource,
  zipEnd,
  zipInMemory,
  zipMemberHead,
} from "../../src/codec/index.ts";

const member = (name: string, content: Buffer, more: Partial<ZipMember> = {}): ZipMember => ({
  name,
  kind: "file",
  method: "stored",
  sizeBytes: content.length,
  compressedBytes: content.length,
  crc32: crc32(content),
  executable: false,
  ...more,
});

test("kinds and rights are kept as Unix writes them, and names in UTF-8", async () => {
  const content = Buffer.from("run");
  const members = [
    member("ä/", Buffer.alloc(0), { kind: "directory" }),
    member("ä/run", content, { executable: true }),
    member("ä/link", content, { kind: "symlink" }),
    member("plain", content),
  ];
  const bytes = Buffer.concat([
    ...members.flatMap((one) => [zipMemberHead(one), one.kind === "directory" ? Buffer.alloc(0) : content]),
    zipEnd(members),
  ]);
  const source = zipInMemory("a.zip", bytes);
  const { entries } = await readZipDirectory(source);
  expect(entries.map(({ name, kind, mode }) => [name, kind, mode])).toEqual([
    ["ä/", "directory", 0o755],
    ["ä/run", "file", 0o755],
    ["ä/link", "symlink", 0o777],
    ["plain", "file", 0o644],
  ]);
  for (const entry of entries.slice(1)) expect(Buffer.from(await readZipEntry(source, entry)).toString()).toBe("run");
});

test("more members than 65,535, and more than 4 GiB, are told in zip64 records", async () => {
  const empty = Buffer.alloc(0);
  const many = Array.from({ length: 70_000 }, (_, index) => member(`f${index}`, empty));
  const bytes = Buffer.concat([...many.map(zipMemberHead), zipEnd(many)]);
  expect((await readZipDirectory(zipInMemory("many.zip", bytes))).entries).toHaveLength(70_000);

  const large = [
    member("large", empty, { sizeBytes: 5e9, compressedBytes: 5e9 }),
    member("squeezed", empty, { method: "deflate", sizeBytes: 6e9, compressedBytes: 7 }),
    member("behind", empty, { sizeBytes: 1, compressedBytes: 1 }),
  ];
  const end = zipEnd(large);
  const dataEnd = large.reduce((sum, one) => sum + zipMemberHead(one).length + one.compressedBytes, 0);
  const source: ZipSource = {
    label: "large.zip",
    sizeBytes: dataEnd + end.length,
    readAt: async (offset, length) => {
      const bytes = Buffer.alloc(length);
      Buffer.from(end).copy(bytes, Math.max(0, dataEnd - offset), Math.max(0, offset - dataEnd));
      return bytes;
    },
  };
  const { entries } = await readZipDirectory(source);
  expect(entries.map(({ name, sizeBytes, compressedBytes }) => [name, sizeBytes, compressedBytes])).toEqual([
    ["large", 5e9, 5e9],
    ["squeezed", 6e9, 7],
    ["behind", 1, 1],
  ]);
  expect(entries[2]?.start).toBeGreaterThan(5e9);
});
