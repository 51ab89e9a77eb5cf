import { Buffer } from "node:buffer";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseMetadataFields } from "../../src/pep/index.ts";

// Other projects' text: read where it lies, never copied.
const file = new URL("../../../shared/data/packaging/metadata.json", import.meta.url);
const here = existsSync(file);
if (!here) process.stderr.write("skipped: the metadata vectors are not on this machine\n");

interface Case {
  readonly input: string | { readonly b64: string };
  readonly raw: Record<string, unknown>;
  readonly unparsed: Record<string, unknown>;
}

const cases: Case[] = here ? JSON.parse(readFileSync(file, "utf8")).cases : [];

describe("metadata as Python's packaging reads it", () => {
  it("has cases, or says that they are absent", () => {
    expect(cases.length > 0).toBe(here);
  });

  for (const [index, { input, raw, unparsed }] of cases.entries()) {
    it(`reads case ${index}`, () => {
      const data = typeof input === "string" ? input : new Uint8Array(Buffer.from(input.b64, "base64"));
      const fields = parseMetadataFields(data);
      expect(fields.raw).toEqual(raw);
      expect(fields.unparsed).toEqual(unparsed);
    });
  }
});
