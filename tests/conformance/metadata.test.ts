import { Buffer } from "node:buffer";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseMetadataFields, type RawMetadata, validateMetadata } from "../../src/pep/index.ts";
import { vectors } from "./vectors.ts";

// Other projects' text: read where it lies, never copied.
const file = new URL("../../../shared/data/packaging/metadata.json", import.meta.url);
const here = existsSync(file);
if (!here) process.stderr.write("skipped: the metadata vectors are not on this machine\n");

interface Case {
  readonly input: string | { readonly b64: string };
  readonly raw: Record<string, unknown>;
  readonly unparsed: Record<string, unknown>;
  readonly invalid_fields: string[];
}

const cases: Case[] = here ? JSON.parse(readFileSync(file, "utf8")).cases : [];

describe("metadata as Python's packaging reads it", () => {
  it("has cases, or says that they are absent", () => {
    expect(cases.length > 0).toBe(here);
  });

  for (const [index, { input, raw, unparsed, invalid_fields }] of cases.entries()) {
    it(`reads case ${index}`, () => {
      const data = typeof input === "string" ? input : new Uint8Array(Buffer.from(input.b64, "base64"));
      const fields = parseMetadataFields(data);
      expect(fields.raw).toEqual(raw);
      expect(fields.unparsed).toEqual(unparsed);
      expect(validateMetadata(fields.raw).map((issue) => issue.field)).toEqual(invalid_fields);
    });
  }

  const judged = vectors<{ raw: RawMetadata; invalid_fields: string[] }>("packaging/metadata_validate").cases;

  it.each(judged.map(({ raw, invalid_fields }, index) => ({ index, raw, invalid_fields })))(
    "judges case $index",
    ({ raw, invalid_fields }) => {
      const issues = validateMetadata(raw);
      expect(issues.map((issue) => issue.field)).toEqual(invalid_fields);
    },
  );
});
