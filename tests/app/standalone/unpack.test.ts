import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestContext, testContext } from "../../kit/context.ts";
import { type RawMember, writeTar } from "../../kit/tar-writer.ts";
import { type RawEntry, writeZip } from "../../kit/zip-writer.ts";

/** A tree as `pack` writes it, with only what `unpack` looks at. */
const facts = '{"format":1,"name":"tool","version":3,"python":"3.11.7"}\n';
const sha = (text: string): string => createHash("sha256").update(text).digest("hex");
const list = [
  `${sha(facts)} - ".venvoy/standalone.json"`,
  `${sha("#!/bin/sh\n")} x "bin/run"`,
  `${sha("x\n")} - "lib/a.py"`,
  '-> "run" "bin/go"',
  "",
].join("\n");

const tarMembers: readonly RawMember[] = [
  { name: "tool/", type: "dir", mode: 0o755 },
  { name: "tool/.venvoy/files", content: list },
  { name: "tool/.venvoy/standalone.json", content: facts },
  { name: "tool/bin/run", content: "#!/bin/sh\n", mode: 0o755 },
  { name: "tool/bin/go", type: "symlink", link: "run" },
  { name: "tool/lib/a.py", content: "x\n" },
];
const zipMembers: readonly RawEntry[] = [
  { name: "tool/", content: "", mode: 0o040755 },
  { name: "tool/.venvoy/files", content: list, method: "deflate", mode: 0o100644 },
  { name: "tool/.venvoy/standalone.json", content: facts, mode: 0o100644 },
  { name: "tool/bin/run", content: "#!/bin/sh\n", mode: 0o100755 },
  { name: "tool/bin/go", content: "run", mode: 0o120777 },
  { name: "tool/lib/a.py", content: "x\n", mode: 0o100644 },
];

let context: TestContext;
beforeAll(async () => {
  context = await testContext({});
});
afterAll(() => context[Symbol.asyncDispose]());

let count = 0;
async function unpack(bytes: Uint8Array, ending: string) {
  count += 1;
  const file = `a${count}${ending}`;
  writeFileSync(join(context.cwd, file), bytes);
  const answer = await context.venvoy("unpack", file, `to${count}/tree`);
  return { ...answer, to: join(context.cwd, `to${count}`, "tree") };
}
const tar = (members: readonly RawMember[]) => unpack(gzipSync(writeTar(members)), ".tar.gz");
const zip = (members: readonly RawEntry[]) => unpack(writeZip(members).bytes, ".zip");

describe("an archive from literals", () => {
  test("is unpacked with its links and rights, zip and tar alike", async () => {
    for (const answer of [await tar(tarMembers), await zip(zipMembers)]) {
      expect([answer.exit, answer.err]).toEqual([0, ""]);
      expect(readlinkSync(join(answer.to, "bin", "go"))).toBe("run");
      expect(lstatSync(join(answer.to, "bin", "run")).mode & 0o777).toBe(0o755);
      expect(lstatSync(join(answer.to, "lib", "a.py")).mode & 0o111).toBe(0);
      expect(readFileSync(join(answer.to, "lib", "a.py"), "utf8")).toBe("x\n");
    }
  });

  const outside = `${"../".repeat(12)}tmp/venvoy-was-here`;
  const hostileTars: readonly (readonly [string, readonly RawMember[], string])[] = [
    ["a path that leaves", [{ name: "tool/../../x", content: "x" }], "leaves its directory"],
    [
      "a link that leaves",
      [{ name: "tool/l", type: "symlink", link: outside }],
      "leads out of the archive's directory",
    ],
    ["a link to an absolute path", [{ name: "tool/l", type: "symlink", link: "/etc/passwd" }], "an absolute path"],
    [
      "links that leave together",
      [
        { name: "tool/a", type: "symlink", link: ".." },
        { name: "tool/b", type: "symlink", link: "a/../.." },
      ],
      "leads out of the archive's directory",
    ],
    [
      "a file through a link",
      [
        { name: "tool/l", type: "symlink", link: "../.." },
        { name: "tool/l/x", content: "x" },
      ],
      "leads out of the archive's directory",
    ],
    [
      "a hard link to what is not in it",
      [{ name: "tool/h", type: "hardlink", link: "../../etc/passwd" }],
      "leaves its",
    ],
    ["a device", [{ name: "tool/d", type: "chardev" }], "is a device or a pipe"],
    ["a name twice", [{ name: "tool/lib/a.py", content: "y\n" }], "appears twice"],
    ["a backslash", [{ name: "tool\\..\\x", content: "x" }], "holds a backslash"],
    ["two sizes", [{ name: "tool/s", content: "xxxx", pax: { size: "9" } }], "says two sizes"],
  ];
  test.each(hostileTars)("tar: %s is refused, and nothing appears", async (_what, more, why) => {
    const answer = await tar([...tarMembers, ...more]);
    expect([answer.exit, answer.err]).toEqual([1, expect.stringContaining(why)]);
    expect(existsSync(answer.to)).toBe(false);
  });

  const hostileZips: readonly (readonly [string, readonly RawEntry[], string])[] = [
    ["a path that leaves", [{ name: "tool/../../x", content: "x" }], "leaves its directory"],
    ["an absolute path", [{ name: "/tool/x", content: "x" }], "is an absolute path"],
    ["a link that leaves", [{ name: "tool/l", content: outside, mode: 0o120777 }], "leads out of"],
    ["a link to an absolute path", [{ name: "tool/l", content: "/etc", mode: 0o120777 }], "an absolute path"],
    [
      "a link in a circle",
      [
        { name: "tool/a", content: "b", mode: 0o120777 },
        { name: "tool/b", content: "a", mode: 0o120777 },
      ],
      "goes through too many links",
    ],
    [
      "a file below a link",
      [
        { name: "tool/l", content: "lib", mode: 0o120777 },
        { name: "tool/l/x", content: "x" },
      ],
      "is a file and a directory at once",
    ],
    ["a device", [{ name: "tool/d", content: "", mode: 0o020644 }], "a link or a device"],
    ["a name twice", [{ name: "tool/lib/a.py", content: "y\n" }], "two entries named"],
    ["a link of a megabyte", [{ name: "tool/l", content: "a".repeat(1 << 20), mode: 0o120777 }], "of 1048576 bytes"],
  ];
  test.each(hostileZips)("zip: %s is refused, and nothing appears", async (_what, more, why) => {
    const answer = await zip([...zipMembers, ...more]);
    expect([answer.exit, answer.err]).toEqual([1, expect.stringContaining(why)]);
    expect(existsSync(answer.to)).toBe(false);
  });

  test("a zip whose local header says another name than its directory is refused", async () => {
    const { bytes, entries } = writeZip(zipMembers);
    const at = entries.find(({ name }) => name === "tool/lib/a.py")?.localAt ?? -1;
    Buffer.from("tool/lib/b.py").copy(bytes, at + 30);
    const answer = await unpack(bytes, ".zip");
    expect([answer.exit, answer.err]).toEqual([1, expect.stringContaining("disagrees with its directory")]);
  });

  test("what would fill the disk from a few bytes is refused before it does", async () => {
    const { bytes, entries } = writeZip([...zipMembers, { name: "tool/big", content: "x", method: "deflate" }]);
    // Sizes of the directory alone: it is believed as little as the data.
    bytes.writeUInt32LE(0xf000_0000, (entries.at(-1)?.centralAt ?? 0) + 24);
    const bombed = await unpack(bytes, ".zip");
    expect([bombed.exit, bombed.err]).toEqual([1, expect.stringContaining("holds more than")]);
    const tarred = await tar([...tarMembers, { name: "tool/big", rawSizeField: "17000000000\0" }]);
    expect([tarred.exit, tarred.err]).toEqual([1, expect.stringContaining("holds more than")]);
    for (const { to } of [bombed, tarred]) expect(readdirSync(join(to, ".."))).toEqual([]);
  });

  test("what is not as its list says is told by its path", async () => {
    const changed = await zip(
      zipMembers.map((one) => (one.name === "tool/lib/a.py" ? { ...one, content: "y\n" } : one)),
    );
    expect([changed.exit, changed.err]).toEqual([1, expect.stringMatching(/is damaged: "lib\/a\.py"/)]);
    const notRunnable = await zip(
      zipMembers.map((one) => (one.name === "tool/bin/run" ? { ...one, mode: 0o100644 } : one)),
    );
    expect([notRunnable.exit, notRunnable.err]).toEqual([1, expect.stringMatching(/is damaged: "bin\/run"/)]);
    const without = await tar(tarMembers.filter(({ name }) => name !== "tool/.venvoy/files"));
    expect([without.exit, without.err]).toEqual([1, expect.stringContaining("was not made by `venvoy pack`")]);
  });
});
