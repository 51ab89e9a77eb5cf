import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { unpackTar, unpackZip } from "../../src/disk/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import type { ArchiveForm, ArchiveMember } from "../../src/ports/index.ts";
import { tempDir } from "../kit/temp.ts";

const { fs, system } = nodePorts();
/** Larger than a piece of a tar archive and than what a zip member is packed of at once; incompressible and very compressible. */
const contents: Readonly<Record<string, Buffer>> = {
  "a/large.bin": randomBytes(9 << 20),
  "a/zeros.bin": Buffer.alloc(17 << 20),
  "a/exactly.bin": Buffer.alloc(8 << 20),
  "empty.txt": Buffer.alloc(0),
  "run.sh": Buffer.from("#!/bin/sh\n"),
  "ä ö.txt": Buffer.from("umlaut\n"),
};

function treeAt(root: string): ArchiveMember[] {
  mkdirSync(join(root, "a"), { recursive: true });
  for (const [path, content] of Object.entries(contents)) writeFileSync(join(root, path), content);
  chmodSync(join(root, "run.sh"), 0o755);
  symlinkSync("a/large.bin", join(root, "link"));
  return [
    { path: "a", kind: "directory", sizeBytes: 0, executable: false, link: "" },
    ...Object.entries(contents).map(([path, { length }]): ArchiveMember => {
      return { path, kind: "file", sizeBytes: length, executable: path === "run.sh", link: "" };
    }),
    { path: "link", kind: "symlink", sizeBytes: 0, executable: false, link: "a/large.bin" },
  ];
}

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function checkTree(top: string): void {
  for (const [path, content] of Object.entries(contents))
    expect(digest(readFileSync(join(top, path))), path).toBe(digest(content));
  expect(lstatSync(join(top, "run.sh")).mode & 0o777).toBe(0o755);
  expect(readlinkSync(join(top, "link"))).toBe("a/large.bin");
}

const forms: readonly ArchiveForm[] = [
  "zip",
  "gzip",
  ...("zstdCompressSync" in (await import("node:zlib")) ? (["zstd"] as const) : []),
];

test.each(forms)(
  "%s archives of large and small files are read by others and by us, and leave no pieces behind",
  {
    timeout: 300_000,
  },
  async (form) => {
    const at = tempDir("archive");
    const members = treeAt(join(at, "tree"));
    const plan = { form, root: absPath(join(at, "tree")), members, top: "top" };
    const file = absPath(join(at, "archive"));
    const done: number[] = [];
    await fs.writeArchive({ ...plan, to: file, onProgress: (bytes) => done.push(bytes) });
    await fs.writeArchive({ ...plan, to: absPath(join(at, "again")) });
    expect(readFileSync(file).equals(readFileSync(join(at, "again")))).toBe(true);
    expect(readdirSync(at).sort()).toEqual(["again", "archive", "tree"]);
    expect(done.at(-1)).toBe(members.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));

    const into = absPath(join(at, "into"));
    mkdirSync(into);
    const top =
      form === "zip" ? await unpackZip({ fs, system }, file, into, { links: true }) : await unpackTar(fs, file, into);
    checkTree(top);
    if (form !== "gzip") return;
    const other = join(at, "other");
    mkdirSync(other);
    execFileSync("tar", ["-xzf", file, "-C", other]);
    checkTree(join(other, "top"));
  },
);
