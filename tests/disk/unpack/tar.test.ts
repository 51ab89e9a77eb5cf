import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { absPath, isVenvoyError } from "../../../src/base/index.ts";
import { unpackTar } from "../../../src/disk/index.ts";
import { nodePorts } from "../../../src/node/index.ts";
import { type RawMember, writeTar } from "../../kit/tar-writer.ts";
import { tempDir } from "../../kit/temp.ts";

const { fs } = nodePorts();

interface Unpacked {
  readonly root: string;
  readonly tree: readonly string[];
  readonly outside: readonly string[];
}

async function unpack(bytes: Uint8Array): Promise<Unpacked> {
  const outer = tempDir("tar");
  const into = join(outer, "into");
  mkdirSync(into);
  const archive = join(outer, "demo-1.0.tar.gz");
  writeFileSync(archive, bytes);
  try {
    const root = await unpackTar(fs, absPath(archive), absPath(into));
    return { root: root.slice(into.length), tree: treeOf(into), outside: outsideOf(outer) };
  } catch (error) {
    expect(outsideOf(outer)).toEqual([]);
    throw error;
  }
}

function outsideOf(outer: string): string[] {
  return readdirSync(outer).filter((name) => name !== "into" && name !== "demo-1.0.tar.gz");
}

/** `name mode`, `name -> link`, `name/`. */
function treeOf(root: string, below = ""): string[] {
  return readdirSync(join(root, below))
    .sort()
    .flatMap((name) => {
      const path = below === "" ? name : `${below}/${name}`;
      const info = lstatSync(join(root, path));
      if (info.isSymbolicLink()) return [`${path} -> ${readlinkSync(join(root, path))}`];
      if (info.isDirectory()) return [`${path}/`, ...treeOf(root, path)];
      return [`${path} ${(info.mode & 0o7777).toString(8)}`];
    });
}

async function problem(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isVenvoyError(error, "ARCHIVE_INVALID")) return error.message;
    throw error;
  }
  throw new Error("it was unpacked");
}

const packed = (members: readonly RawMember[], format: "pax" | "gnu" = "pax"): Buffer =>
  gzipSync(writeTar(members, { format }));

describe("unpacking sources", () => {
  it("gives the one directory that holds them, with modes made harmless", async () => {
    const unpacked = await unpack(
      packed([
        { name: "demo-1.0/", type: "dir", mode: 0o777 },
        { name: "demo-1.0/run.sh", content: "x", mode: 0o4777 },
        { name: "demo-1.0/a.py", content: "y", mode: 0o666 },
        { name: "demo-1.0/deep/er/b.py", mode: 0 },
        { name: "demo-1.0/latest", type: "symlink", link: "deep/er" },
        { name: "demo-1.0/latest/c.py" },
        { name: "demo-1.0/copy.py", type: "hardlink", link: "demo-1.0/a.py" },
      ]),
    );
    expect(unpacked.root).toBe("/demo-1.0");
    expect(unpacked.tree).toEqual([
      "demo-1.0/",
      "demo-1.0/a.py 644",
      "demo-1.0/copy.py 644",
      "demo-1.0/deep/",
      "demo-1.0/deep/er/",
      "demo-1.0/deep/er/b.py 600",
      "demo-1.0/deep/er/c.py 644",
      "demo-1.0/latest -> deep/er",
      "demo-1.0/run.sh 755",
    ]);
  });

  it("reads long names in both manners, and archives that are not compressed", async () => {
    const name = `demo-1.0/${"x".repeat(120)}/${"y".repeat(120)}.py`;
    for (const format of ["pax", "gnu"] as const) {
      expect((await unpack(packed([{ name, content: "1" }], format))).tree).toContain(`${name} 644`);
    }
    expect((await unpack(writeTar([{ name: "demo-1.0/a.py" }]))).tree).toContain("demo-1.0/a.py 644");
  });

  it("refuses a link that leads out only through what came after it", async () => {
    const trap = packed([
      { name: "d/a", type: "symlink", link: "b/../../.." },
      { name: "d/b", type: "dir" },
    ]);
    expect(await problem(unpack(trap))).toContain("leads out of the archive's directory");
    const later = packed([
      { name: "a", type: "symlink", link: "b/.." },
      { name: "c/d/e", type: "dir" },
      { name: "b", type: "symlink", link: "c" },
      { name: "b2", type: "symlink", link: "a/../x" },
    ]);
    expect(await problem(unpack(later))).toContain("leads out of the archive's directory");
  });

  it("goes round in circles for nobody", async () => {
    const circle = packed([
      { name: "a", type: "symlink", link: "b" },
      { name: "b", type: "symlink", link: "a" },
    ]);
    expect(await problem(unpack(circle))).toContain("too many links");
  });

  it("says where an archive is cut off, whatever is left of it", async () => {
    const whole = writeTar([{ name: "demo-1.0/a.py", content: "x".repeat(3_000) }]);
    for (let length = 0; length < whole.length - 1_024; length += 97) {
      expect(await problem(unpack(whole.subarray(0, length)))).toMatch(/is cut off|is empty/);
    }
  });
});

interface Case {
  readonly name: string;
  readonly kind: string;
  readonly safe: string;
  readonly heavy?: boolean;
  readonly format?: "pax" | "gnu";
  readonly entries: readonly Record<string, unknown>[];
  readonly truncate?: number | "half";
  readonly append?: { readonly byte: number; readonly count: number };
  readonly split_gzip_members?: unknown;
  readonly patch_tar_checksum?: string;
}

const cases = join(import.meta.dirname, "../../../../shared/data/badinput/cases.json");

describe.skipIf(!existsSync(cases))("archives of the shared cases", () => {
  const known: readonly Case[] = existsSync(cases) ? JSON.parse(readFileSync(cases, "utf8")).cases : [];
  const wanted = known.filter(({ kind }) => kind === "sdist-tar.gz" || kind === "tar");

  it("are there", () => expect(wanted.length).toBeGreaterThan(30));

  it.each(wanted.map((one) => [one.name, one] as const))("%s", async (_name, one) => {
    const bytes = formed(one);
    // What is wrong only in the text of pyproject.toml shows when the sources are read, not here.
    const isRejected = one.safe.startsWith("reject") && !/pyproject|requires|backend/.test(one.name);
    const mayBeEither = /-or-/.test(one.safe);
    let outcome: Unpacked | undefined;
    try {
      outcome = await unpack(bytes);
    } catch (error) {
      if (!isVenvoyError(error, "ARCHIVE_INVALID")) throw error;
    }
    if (!mayBeEither) expect(outcome === undefined ? "reject" : "extract").toBe(isRejected ? "reject" : "extract");
    for (const item of outcome?.tree ?? []) expect(item).not.toMatch(/ [2-7]\d{3}$/);
  });
});

function formed(one: Case): Buffer {
  const members = one.entries.map((entry) => member(entry, one));
  const tar = writeTar(members, { format: one.format ?? "pax" });
  if (one.kind === "tar") return tar;
  let bytes =
    one.split_gzip_members === undefined
      ? gzipSync(tar)
      : Buffer.concat([gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))]);
  if (one.truncate === "half") bytes = bytes.subarray(0, bytes.length >> 1);
  else if (one.truncate !== undefined) bytes = bytes.subarray(0, one.truncate);
  if (one.append !== undefined) bytes = Buffer.concat([bytes, Buffer.alloc(one.append.count, one.append.byte)]);
  return bytes;
}

function member(entry: Record<string, unknown>, { patch_tar_checksum }: Case): RawMember {
  const name = typeof entry["name_b64"] === "string" ? Buffer.from(entry["name_b64"], "base64") : String(entry["name"]);
  const place = (text: string): string => text.replace("{OUTER}", "/venvoy-outer");
  const fill = entry["fill"] as { readonly byte: number; readonly count: number } | undefined;
  const nested = entry["nested_tar"] as Record<string, string> | undefined;
  const content =
    typeof entry["content_b64"] === "string"
      ? Buffer.from(entry["content_b64"], "base64")
      : fill !== undefined
        ? Buffer.alloc(Math.min(fill.count, 64 << 20), fill.byte)
        : nested !== undefined
          ? writeTar(Object.entries(nested).map(([path, text]) => ({ name: path, content: text })))
          : typeof entry["size"] === "number"
            ? Buffer.alloc(entry["size"], 0x61)
            : String(entry["text"] ?? "");
  const type = entry["type"] as RawMember["type"];
  const mode = entry["mode"];
  return {
    name: typeof name === "string" ? place(name) : name,
    content,
    ...(type === undefined ? {} : { type }),
    ...(typeof entry["link"] === "string" ? { link: place(entry["link"]) } : {}),
    ...(typeof mode === "number" ? { mode } : typeof mode === "string" ? { mode: modeOf(mode) } : {}),
    ...(entry["pax"] === undefined ? {} : { pax: entry["pax"] as Record<string, string> }),
    ...(typeof entry["ustar_size"] === "number" ? { headerSize: entry["ustar_size"] } : {}),
    ...(typeof entry["raw_size_field"] === "string" ? { rawSizeField: entry["raw_size_field"] } : {}),
    ...(patch_tar_checksum !== undefined && patch_tar_checksum === name ? { badChecksum: true } : {}),
  };
}

/** `?rwsr-xr-x`, as `ls` shows it. */
function modeOf(text: string): number {
  if (/^0o/.test(text)) return Number(text);
  let mode = 0;
  for (const [at, letter] of [...text.slice(1)].entries()) {
    if (/[rwxst]/.test(letter)) mode |= 1 << (8 - at);
    if (/[sS]/.test(letter)) mode |= at === 2 ? 0o4000 : 0o2000;
    if (/[tT]/.test(letter)) mode |= 0o1000;
  }
  return mode;
}
