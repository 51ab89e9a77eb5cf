import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readElf } from "../../src/codec/index.ts";
import { sharedObject } from "../kit/elf.ts";

const read = (bytes: Uint8Array) => readElf(async (offset, length) => bytes.subarray(offset, offset + length));
const machines: Readonly<Record<number, string>> = {
  22: "EM_S390",
  62: "EM_X86_64",
  183: "EM_AARCH64",
  243: "EM_RISCV",
};

test("needed libraries and search paths", async () => {
  const bytes = sharedObject({ needed: ["libc.so.6", "liba.so"], runPath: "$ORIGIN/../a.libs:/usr/lib" });
  expect(await read(bytes)).toMatchObject({
    needed: ["libc.so.6", "liba.so"],
    searchPath: ["$ORIGIN/../a.libs", "/usr/lib"],
  });
});

test("symbol versions by library, and which of them are only wished for", async () => {
  const versions = { "libc.so.6": ["GLIBC_2.17", "GLIBC_2.18?"], "libm.so.6": ["GLIBC_2.29"] };
  const facts = await read(sharedObject({ needed: Object.keys(versions), versions, soname: "x.so", machine: 183 }));
  expect(facts).toMatchObject({ soname: "x.so", machine: 183, weakVersions: new Set(["libc.so.6 GLIBC_2.18"]) });
  expect(Object.fromEntries(facts?.versions ?? [])).toEqual({
    "libc.so.6": ["GLIBC_2.17", "GLIBC_2.18"],
    "libm.so.6": ["GLIBC_2.29"],
  });
});

test("anything else is no ELF file, whatever is cut off", async () => {
  expect(await read(Buffer.from("#!/bin/sh\n"))).toBeUndefined();
  const bytes = sharedObject({ needed: ["libc.so.6"] });
  for (let length = 0; length < 200; length++) await read(bytes.subarray(0, length));
});

test("this runtime's own program", async () => {
  if (process.platform !== "linux") return;
  const facts = await read(readFileSync(process.execPath));
  expect(facts).toMatchObject({ wordBits: 64, isLittleEndian: true, interpreter: expect.stringMatching(/^\/lib/) });
  expect([...(facts?.versions.keys() ?? [])]).toContain("libc.so.6");
});

test("the answers of another reader for made files", async () => {
  const file = join(import.meta.dirname, "../../../shared/data/elf/synthetic.json");
  if (!existsSync(file)) {
    console.log("skipped: ../shared/data/elf is not here");
    return;
  }
  const { cases } = JSON.parse(readFileSync(file, "utf8"));
  for (const { name, b64, elf } of cases) {
    const facts = await read(Buffer.from(b64, "base64"));
    if (elf.error !== undefined) {
      expect(facts, name).toBeUndefined();
      continue;
    }
    expect(
      {
        class: facts?.wordBits,
        little_endian: facts?.isLittleEndian,
        machine: machines[facts?.machine ?? 0],
        needed: facts?.needed,
        soname: facts?.soname ?? null,
        verneed: Object.fromEntries(facts?.versions ?? []),
      },
      name,
    ).toEqual({
      class: elf.class,
      little_endian: elf.little_endian,
      machine: elf.machine,
      needed: elf.needed,
      soname: elf.soname,
      verneed: elf.verneed,
    });
  }
});
