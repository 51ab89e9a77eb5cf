import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isVenvoyError } from "../../src/base/index.ts";
import { parseContentType, parseMetadata, parseMetadataFields } from "../../src/pep/index.ts";

const head = "Metadata-Version: 2.1\nName: Some_Package\nVersion: 1.0.0\n";

describe("metadata for use", () => {
  it("gives the fields in their shapes", () => {
    const metadata = parseMetadata(
      `${head}Summary: A thing\nRequires-Dist: idna (>=2.5)\nRequires-Dist: rich ;\n extra == 'x'\nRequires-Python: >=3.8\n` +
        "Provides-Extra: Dev_Tools\nProvides-Extra: dev-tools\nDynamic: Version\nProject-URL: Home, https://host.example\n" +
        "License: UNKNOWN\nHome-page: UNKNOWN\n\nRequires-Dist: not-a-header\n",
    );
    expect(metadata).toEqual({
      metadataVersion: "2.1",
      name: "some-package",
      displayName: "Some_Package",
      version: "1.0.0",
      summary: "A thing",
      requiresDist: ["idna (>=2.5)", "rich ; extra == 'x'"],
      requiresPython: ">=3.8",
      providesExtra: ["dev-tools"],
      dynamic: ["version"],
      projectUrls: new Map([["Home", "https://host.example"]]),
    });
  });

  it("reads bytes, with a byte order mark and Windows line ends", () => {
    const bytes = new TextEncoder().encode(`\ufeff${head}Author: Zoë\n`.replaceAll("\n", "\r\n"));
    expect(parseMetadata(bytes)).toMatchObject({ name: "some-package", author: "Zoë" });
    expect(parseMetadata(new Uint8Array([...new TextEncoder().encode(`${head}Author: `), 0xff])).author).toBe("\ufffd");
  });

  it.each([
    ["", "it has no name"],
    ["Name: x\n", "it has no version"],
    ["Name: ../x\nVersion: 1\n", "`../x` is no package name"],
    ["Name: x\nVersion: one\n", "`one` is no version"],
    ["Name: x\nName: y\nVersion: 1\n", "it has several values for name"],
  ])("refuses %j", (text, reason) => {
    expect(() => parseMetadata(text)).toThrow(`The package's metadata can't be used: ${reason}`);
  });

  it("takes a field that is given twice with one value", () => {
    expect(parseMetadata(`${head}Name: Some_Package\n`).name).toBe("some-package");
  });
});

describe("metadata as it is", () => {
  it("sets aside what can't be read", () => {
    const { raw, unparsed } = parseMetadataFields(
      "Name: a\nSummary: x\nSummary: y\nX-Own: 1\n__proto__: 2\nPlatform: z\n\nbody",
    );
    expect(raw).toEqual({ name: "a", platforms: ["z"], description: "body" });
    expect(Object.entries(unparsed)).toEqual([
      ["summary", ["x", "y"]],
      ["x-own", ["1"]],
      ["__proto__", ["2"]],
    ]);
  });

  it("never throws, and neither does the strict reader in another way", () => {
    const piece = fc.constantFrom(
      "Name: a\n",
      "Version: 1\n",
      "\n",
      "From x\n",
      ":",
      " y\n",
      "\r",
      "Content-Type: multipart/x; boundary=b\n",
      "--b\n",
      "é",
      "\u0000",
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        parseMetadataFields(text);
        parseMetadataFields(new TextEncoder().encode(text));
        try {
          parseMetadata(text);
        } catch (error) {
          expect(isVenvoyError(error, "METADATA_INVALID")).toBe(true);
        }
      }),
    );
  });
});

describe("a content type", () => {
  it.each([
    ["text/plain", "text/plain", []],
    [
      'Text/Markdown ; charset="UTF-8"; variant=GFM',
      "text/markdown",
      [
        ["charset", "UTF-8"],
        ["variant", "GFM"],
      ],
    ],
    ["text/plain (a comment (nested)) ;", "text/plain", []],
    ['text/plain; a="x\\"y"', "text/plain", [["a", 'x"y']]],
  ])("reads %s", (value, type, parameters) => {
    const parsed = parseContentType(value);
    expect(parsed?.type).toBe(type);
    expect([...(parsed?.parameters ?? [])]).toEqual(parameters);
  });

  it.each([
    "",
    "text",
    "text/plain; x",
    "text/plain; x=1; x=2",
    'text/plain; x="open',
    "text/plain\nx",
    "text/plain (open",
    "text/plain junk",
  ])("refuses %j", (value) => {
    expect(parseContentType(value)).toBeUndefined();
  });
});
