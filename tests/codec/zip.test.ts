import fc from "fast-check";
import { expect, test } from "vitest";
import { readZipDirectory, readZipEntry, zipInMemory } from "../../src/codec/index.ts";
import { wheel } from "../kit/wheel.ts";
import { type RawEntry, writeZip } from "../kit/zip-writer.ts";

async function contents(bytes: Uint8Array): Promise<Record<string, string>> {
  const source = zipInMemory("t.zip", bytes);
  const { entries } = await readZipDirectory(source);
  const found: Record<string, string> = Object.create(null);
  for (const entry of entries) found[entry.name] = Buffer.from(await readZipEntry(source, entry)).toString("latin1");
  return found;
}

async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    await contents(bytes);
  } catch (error) {
    expect(error).toMatchObject({ code: "ARCHIVE_INVALID" });
    return error instanceof Error ? error.message : "";
  }
  return "read";
}

test("entries come back with their mode and content", async () => {
  const bytes = writeZip([
    { name: "a.txt", content: "hello", mode: 0o100755 },
    { name: "ä/b", content: "", method: "stored", mode: 0 },
  ]).bytes;
  const { entries } = await readZipDirectory(zipInMemory("t.zip", bytes));
  expect(entries.map(({ name, mode, kind, sizeBytes }) => [name, mode, kind, sizeBytes])).toEqual([
    ["a.txt", 0o755, "file", 5],
    ["ä/b", undefined, "file", 0],
  ]);
  expect(await contents(bytes)).toEqual({ "a.txt": "hello", "ä/b": "" });
});

test("a wheel of the kit is a readable archive", async () => {
  const files = await contents(
    wheel("Foo.Bar", "1.0", { requires: ["idna>=2"], entryPoints: { foo: "foo_bar:main" } }),
  );
  expect(files["foo_bar-1.0.dist-info/METADATA"]).toContain("Requires-Dist: idna>=2\n");
  expect(files["foo_bar-1.0.dist-info/entry_points.txt"]).toBe("[console_scripts]\nfoo = foo_bar:main\n");
  expect(files["foo_bar-1.0.dist-info/RECORD"]).toContain("foo_bar-1.0.dist-info/RECORD,,\n");
});

test("an entry may have the name of what every object inherits", async () => {
  const bytes = writeZip([
    { name: "__proto__", content: "a" },
    { name: "constructor", content: "b" },
  ]).bytes;
  expect(Object.entries(await contents(bytes))).toEqual([
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
});

test("what was written is what is read", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.record({ name: fc.string({ minLength: 1, unit: "grapheme-ascii" }), content: fc.string() }), {
        selector: (entry) => entry.name,
      }),
      async (entries) => {
        const plain = entries.map((entry): RawEntry => ({ ...entry, method: "deflate" }));
        const read = await contents(writeZip(plain).bytes);
        const wanted = entries.map(({ name, content }) => [name, Buffer.from(content).toString("latin1")]);
        expect(Object.entries(read).sort()).toEqual(wanted.sort());
      },
    ),
    { numRuns: 50 },
  );
});

test("no cut of an archive is read, and none crashes", async () => {
  const { bytes } = writeZip([
    { name: "a", content: "x".repeat(100) },
    { name: "b", content: "y" },
  ]);
  for (let length = 0; length < bytes.length; length++) {
    expect(await refusal(bytes.subarray(0, length))).not.toBe("read");
  }
});

test("no byte can be changed so that other content comes out", async () => {
  const { bytes } = writeZip([
    { name: "a", content: "hello hello hello" },
    { name: "b", content: "world", method: "stored" },
  ]);
  const good = await contents(bytes);
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ flip;
      if ((await refusal(changed)) === "read") expect(await contents(changed)).toEqual(good);
    }),
    { numRuns: 500 },
  );
});

test("prefix, suffix and a hidden entry are refused", async () => {
  const { bytes } = writeZip([{ name: "a", content: "1" }]);
  expect(await refusal(Buffer.concat([Buffer.from("MZ"), bytes]))).toMatchInlineSnapshot(
    `"\`t.zip\` has a central directory that isn't where the end record says"`,
  );
  expect(await refusal(Buffer.concat([bytes, Buffer.from("x")]))).toMatchInlineSnapshot(
    `"\`t.zip\` has bytes after the end of the archive, or a second end record"`,
  );
  expect(await refusal(Buffer.concat([bytes, bytes]))).toMatchInlineSnapshot(
    `"\`t.zip\` has a central directory that isn't where the end record says"`,
  );
  expect(await refusal(new Uint8Array())).toMatchInlineSnapshot(`"\`t.zip\` is not a zip archive: it has 0 bytes"`);
});

// Written by CPython's zipfile; the last by hand after APPNOTE 4.3.14.
test.each([
  [
    "sizes of 64 bits",
    "UEsDBC0AAAAIAAAAIQCTaIS8//////////8BABQAYQEAEAAHAAAAAAAAAAkAAAAAAAAAy0jNyclXSAQAUEsDBC0AAAAIAAAAIQApOY0l//////////8BABQAYgEAEAAHAAAAAAAAAAkAAAAAAAAAy0jNyclXSAIAUEsBAi0DLQAAAAgAAAAhAJNohLwJAAAABwAAAAEAAAAAAAAAAAAAAIABAAAAAGFQSwECLQMtAAAACAAAACEAKTmNJQkAAAAHAAAAAQAAAAAAAAAAAAAAgAE8AAAAYlBLBQYAAAAAAgACAF4AAAB4AAAAAAA=",
  ],
  [
    "a descriptor after the data",
    "UEsDBBQACAAIAAAAIQAAAAAAAAAAAAAAAAABAAAAYctIzcnJV0gEAFBLBwiTaIS8CQAAAAcAAABQSwMEFAAIAAgAAAAhAAAAAAAAAAAAAAAAAAEAAABiy0jNyclXSAIAUEsHCCk5jSUJAAAABwAAAFBLAQIUAxQACAAIAAAAIQCTaIS8CQAAAAcAAAABAAAAAAAAAAAAAACAAQAAAABhUEsBAhQDFAAIAAgAAAAhACk5jSUJAAAABwAAAAEAAAAAAAAAAAAAAIABOAAAAGJQSwUGAAAAAAIAAgBeAAAAcAAAAAAA",
  ],
  [
    "a descriptor of 64 bits",
    "UEsDBC0ACAAIAAAAIQAAAAAA//////////8BABQAYQEAEAAAAAAAAAAAAAAAAAAAAAAAy0jNyclXSAQAUEsHCJNohLwJAAAAAAAAAAcAAAAAAAAAUEsDBC0ACAAIAAAAIQAAAAAA//////////8BABQAYgEAEAAAAAAAAAAAAAAAAAAAAAAAy0jNyclXSAIAUEsHCCk5jSUJAAAAAAAAAAcAAAAAAAAAUEsBAi0DLQAIAAgAAAAhAJNohLwJAAAABwAAAAEAAAAAAAAAAAAAAIABAAAAAGFQSwECLQMtAAgACAAAACEAKTmNJQkAAAAHAAAAAQAAAAAAAAAAAAAAgAFUAAAAYlBLBQYAAAAAAgACAF4AAACoAAAAAAA=",
  ],
  [
    "an end record of 64 bits",
    "UEsDBBQAAAAAAAAAIQCTaIS8BwAAAAcAAAABAAAAYWhlbGxvIGFQSwMEFAAAAAAAAAAhACk5jSUHAAAABwAAAAEAAABiaGVsbG8gYlBLAQIUAxQAAAAAAAAAIQCTaIS8BwAAAAcAAAABAAAAAAAAAAAAAACAAQAAAABhUEsBAhQDFAAAAAAAAAAhACk5jSUHAAAABwAAAAEAAAAAAAAAAAAAAIABJgAAAGJQSwYGLAAAAAAAAAAtAC0AAAAAAAAAAAACAAAAAAAAAAIAAAAAAAAAXgAAAAAAAABMAAAAAAAAAFBLBgcAAAAAqgAAAAAAAAABAAAAUEsFBgAAAAD///////////////8AAA==",
  ],
])("%s", async (_name, base64) => {
  const bytes = Buffer.from(base64, "base64");
  expect(await contents(bytes)).toEqual({ a: "hello a", b: "hello b" });
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 0x11;
    if ((await refusal(changed)) === "read") expect(await contents(changed)).toEqual({ a: "hello a", b: "hello b" });
  }
});
