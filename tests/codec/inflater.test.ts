import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { Inflater, readZipDirectory, readZipEntry, zipInMemory } from "../../src/codec/index.ts";
import { zipBytes } from "../kit/zip-writer.ts";

/** Neither all alike nor all different, so that it shrinks a little. */
function content(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 2_654_435_761) >>> (index % 7 === 0 ? 20 : 24)));
}

const inflater = new Inflater();

function inflate(pieces: readonly Uint8Array[], sizeBytes: number): Buffer {
  const out: Uint8Array[] = [];
  const compressedBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  inflater.inflate(pieces, { compressedBytes, sizeBytes }, (piece) => out.push(new Uint8Array(piece)));
  return Buffer.concat(out);
}

test.each([0, 1, 1_000, (512 << 10) - 1, 512 << 10, (512 << 10) + 1, 3 << 20])(
  "the same inflater takes %i bytes, in one piece and in several, and then whatever comes next",
  (length) => {
    const whole = content(length);
    const packed = deflateRawSync(whole);
    const middle = packed.length >> 1;
    expect(inflate([packed], length).equals(whole)).toBe(true);
    expect(inflate([packed.subarray(0, middle), packed.subarray(middle)], length).equals(whole)).toBe(true);
    expect(() => inflate([packed.subarray(0, -1)], length)).toThrow("damaged");
    expect(() => inflate([packed, Buffer.from("more")], length)).toThrow("after its compressed data");
    expect(() => inflate([Buffer.concat([packed, Buffer.from("x")])], length)).toThrow("after its compressed data");
    if (length > 0) expect(() => inflate([packed], length - 1)).toThrow("larger than it states");
    expect(() => inflate([], length)).toThrow("damaged");
    expect(() => inflate([Buffer.from([7, 7, 7])], length)).toThrow("damaged");
    expect(inflate([packed], length).equals(whole)).toBe(true);
  },
);

test("an entry larger than the inflater's memory comes back whole, and stays what it is when another is read", async () => {
  const [first, second] = [content(700_000), content(900_001).reverse()];
  const source = zipInMemory(
    "demo.zip",
    zipBytes([
      { name: "first", content: first },
      { name: "second", content: second },
    ]),
  );
  const { entries } = await readZipDirectory(source);
  const read = [];
  for (const entry of entries) read.push(await readZipEntry(source, entry));
  expect(read.map((bytes) => Buffer.from(bytes).equals(bytes.length === first.length ? first : second))).toEqual([
    true,
    true,
  ]);
});
