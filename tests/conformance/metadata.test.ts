import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { parseMetadataFields, type RawMetadata, validateMetadata } from "../../src/pep/index.ts";
import { vectors, vectorsBeside } from "./vectors.ts";

interface Case {
  readonly input: string | { readonly b64: string };
  readonly raw: Record<string, unknown>;
  readonly unparsed: Record<string, unknown>;
  readonly invalid_fields: string[];
}

// Other projects' text: read where it lies, never copied.
const beside = vectorsBeside<Case>("packaging/metadata");
if (beside === undefined) process.stderr.write("skipped: the metadata vectors are not on this machine\n");
const cases = beside?.cases ?? [];

describe("metadata as Python's packaging reads it", () => {
  it("has cases, or says that they are absent", () => {
    expect(cases.length > 0).toBe(beside !== undefined);
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
