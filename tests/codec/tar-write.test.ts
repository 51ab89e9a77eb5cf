import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readTar, tarEnd, tarMemberHead, tarPadding } from "../../src/codec/index.ts";
import type { ArchiveMember } from "../../src/ports/index.ts";

interface Member extends ArchiveMember {
  readonly content: Buffer;
}

const file = (path: string, text: string, executable = false): Member => {
  const content = Buffer.from(text);
  return { path, kind: "file", content, sizeBytes: content.length, executable, link: "" };
};
const link = (path: string, to: string): Member => ({
  path,
  kind: "symlink",
  content: Buffer.alloc(0),
  sizeBytes: 0,
  executable: false,
  link: to,
});
const directory = (path: string): Member => ({
  path,
  kind: "directory",
  content: Buffer.alloc(0),
  sizeBytes: 0,
  executable: false,
  link: "",
});

function archive(members: readonly Member[]): Buffer {
  const parts = members.flatMap((member) => [
    tarMemberHead(member),
    member.content,
    Buffer.alloc(tarPadding(member.sizeBytes)),
  ]);
  return Buffer.concat([...parts, tarEnd()]);
}

async function contents(bytes: Buffer) {
  const found: { path: string; kind: string; mode: number; link: string; text: string }[] = [];
  const source = (async function* () {
    yield bytes;
  })();
  for await (const { path, kind, mode, link: to, content } of readTar("t.tar", source)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    found.push({ path, kind, mode, link: to, text: Buffer.concat(chunks).toString() });
  }
  return found;
}

test("files, directories and links come back, long and foreign names too", async () => {
  const long = `${"a/".repeat(80)}${"é".repeat(60)}.py`;
  const members = [
    directory("d"),
    file("d/run", "#!", true),
    file(long, "x".repeat(1_000)),
    link("d/l", `../${long}`),
    file("empty", ""),
  ];
  expect((await contents(archive(members))).map(({ text, ...rest }) => ({ ...rest, length: text.length }))).toEqual([
    { path: "d", kind: "directory", mode: 0o755, link: "", length: 0 },
    { path: "d/run", kind: "file", mode: 0o755, link: "", length: 2 },
    { path: long, kind: "file", mode: 0o644, link: "", length: 1_000 },
    { path: "d/l", kind: "symlink", mode: 0o777, link: `../${long}`, length: 0 },
    { path: "empty", kind: "file", mode: 0o644, link: "", length: 0 },
  ]);
});

test("what was written is what is read", async () => {
  const name = fc
    .array(fc.stringMatching(/^[\w .äß-]{1,40}$/), { minLength: 1, maxLength: 8 })
    .map((parts) => parts.map((part) => `x${part}`).join("/"));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.tuple(name, fc.string()), { selector: ([path]) => path }), async (entries) => {
      const read = await contents(archive(entries.map(([path, text]) => file(path, text))));
      expect(read.map(({ path, text }) => [path, text])).toEqual(entries);
    }),
    { numRuns: 200 },
  );
});

test.skipIf(process.platform === "win32")("the system's tar reads it", () => {
  const long = `${"directory/".repeat(20)}file`;
  const listed = execFileSync("tar", ["--list", "--file=-"], {
    input: archive([directory("d"), file("d/a", "1"), file(long, "2")]),
    encoding: "utf8",
  });
  expect(listed).toBe(`d/\nd/a\n${long}\n`);
});
