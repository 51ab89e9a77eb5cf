import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatRecord, parseRecord } from "../../src/pep/index.ts";
import { cpuMs } from "../kit/cpu-time.ts";

describe("RECORD", () => {
  it("gives path, digest and size", () => {
    const text =
      'a/b.py,sha256=abc_-9,12\r\n"with, comma ""x"".py",sha256=QQ==,0\n\na.dist-info/RECORD,,\n../../bin/x,sha512=zz,';
    expect(parseRecord(text)).toEqual([
      { path: "a/b.py", hash: { algorithm: "sha256", digest: "abc_-9" }, sizeBytes: 12 },
      { path: 'with, comma "x".py', hash: { algorithm: "sha256", digest: "QQ" }, sizeBytes: 0 },
      { path: "a.dist-info/RECORD" },
      { path: "../../bin/x", hash: { algorithm: "sha512", digest: "zz" } },
    ]);
  });

  it.each([
    ["a.py\n", "line 1 can't be used: it must have three columns"],
    ["a,,\nb,sha256=x,1,2\n", "line 2"],
    [",,\n", "it names no file"],
    ["a,nodigest,\n", "its digest is not one"],
    ["a,sha256=!,\n", "its digest is not one"],
    ["a,,-1\n", "its size is not a number"],
    ['"a\nb",,\n"open', "RECORD line 3 can't be used: a quote is not closed"],
  ])("refuses %j", (text, message) => {
    expect(() => parseRecord(text)).toThrow(message);
  });

  it("reads what it wrote", () => {
    const entry = fc.record({
      path: fc.string({ minLength: 1 }),
      hash: fc.record({
        algorithm: fc.constantFrom("sha256", "md5"),
        digest: fc.stringMatching(/^[A-Za-z0-9_-]{1,50}$/),
      }),
      sizeBytes: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        expect(parseRecord(formatRecord(entries))).toEqual(entries);
      }),
    );
  });

  it("reads 100,000 lines quickly", () => {
    const text = "package/module/file.py,sha256=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ,1234\n".repeat(100_000);
    const started = cpuMs();
    expect(parseRecord(text)).toHaveLength(100_000);
    expect(cpuMs() - started).toBeLessThan(10_000);
  });
});
