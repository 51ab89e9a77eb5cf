import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readElfNeeds } from "../../src/codec/index.ts";
import { sharedObject } from "../kit/elf.ts";

const read = (bytes: Uint8Array) => readElfNeeds(async (offset, length) => bytes.subarray(offset, offset + length));

test("needed libraries and search paths", async () => {
  const bytes = sharedObject({ needed: ["libc.so.6", "liba.so"], runPath: "$ORIGIN/../a.libs:/usr/lib" });
  expect(await read(bytes)).toEqual({
    needed: ["libc.so.6", "liba.so"],
    searchPath: ["$ORIGIN/../a.libs", "/usr/lib"],
  });
});

test("anything else is no ELF file, whatever is cut off", async () => {
  expect(await read(Buffer.from("#!/bin/sh\n"))).toBeUndefined();
  const bytes = sharedObject({ needed: ["libc.so.6"] });
  for (let length = 0; length < 200; length++) await read(bytes.subarray(0, length));
});

test("the answers of another reader for made files", async () => {
  const file = join(import.meta.dirname, "../../../shared/data/elf/synthetic.json");
  if (!existsSync(file)) {
    console.log("skipped: ../shared/data/elf is not here");
    return;
  }
  const { cases } = JSON.parse(readFileSync(file, "utf8"));
  let checked = 0;
  for (const { b64, elf } of cases) {
    if (elf.error !== undefined || elf.little_endian !== true) continue;
    expect((await read(Buffer.from(b64, "base64")))?.needed).toEqual(elf.needed);
    checked++;
  }
  expect(checked).toBeGreaterThan(5);
});
