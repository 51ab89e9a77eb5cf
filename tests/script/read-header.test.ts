import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isVenvoyError } from "../../src/base/index.ts";
import { readHeader, requireSound } from "../../src/script/index.ts";
import { cpuMs } from "../kit/cpu-time.ts";
import { lines, messages, texts } from "./header-words.ts";

describe("errors with a caret", () => {
  const failure = (source: string): unknown => {
    try {
      requireSound(readHeader(source), "a.py");
      return undefined;
    } catch (error) {
      if (!isVenvoyError(error, "HEADER_INVALID")) throw error;
      return {
        message: error.message,
        line: error.data["line"],
        column: error.data["column"],
        caret: error.data["caret"],
      };
    }
  };

  it("points at the fault in a reference", () => {
    expect(failure(lines("#! python 3", "# r: numpy, scipy>>1, x"))).toEqual({
      message: expect.stringContaining("`a.py` line 2: `scipy>>1` is not a requirement"),
      line: 2,
      column: 19,
      caret: "# r: numpy, scipy>>1, x\n                  ^",
    });
  });

  it("points into a string of the block", () => {
    expect(failure(lines("# /// script", '# dependencies = ["numpy", "x y"]', "# ///"))).toMatchObject({
      line: 2,
      caret: '# dependencies = ["numpy", "x y"]\n                              ^',
    });
  });

  it("lets warnings pass", () => {
    expect(failure('# r "nuget: X"\n')).toBeUndefined();
  });
});

describe("bytes", () => {
  it("reads UTF-8, Latin-1 and line ends of every kind", () => {
    expect(texts(readHeader(new TextEncoder().encode("\ufeff# r: numpy\r\n# env: /é\r# r: scipy\n")))).toEqual([
      "numpy",
      "scipy",
    ]);
    const latin = readHeader(new Uint8Array(Buffer.from("# coding: latin-1\n# env: /caf\xe9\n# r: numpy\n", "latin1")));
    expect(latin.envPaths[0]?.text).toBe("/café");
    expect(texts(latin)).toEqual(["numpy"]);
  });

  it("tells a file that Python can't read", () => {
    expect(messages(readHeader(new Uint8Array(Buffer.from("\ufeff# r: x\n", "utf16le"))))).toEqual([
      "error 1: the file is UTF-16, which Python can't read; save it as UTF-8",
    ]);
  });

  it("never throws, whatever the bytes are", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => readHeader(bytes).problems.length >= 0));
    const piece = fc.constantFrom(
      "# r:",
      "#",
      "//",
      " ",
      ",",
      '"',
      "'",
      "[",
      "]",
      "(",
      ";",
      "numpy",
      ">=1",
      "\n",
      "# /// script\n",
      "# ///\n",
      "dependencies",
      "=",
      "# ",
      "@",
      "https://x",
      "--",
      "-e",
      "\ufeff",
      '"""',
      "\\",
      "/*",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        for (const { line, column, endColumn } of readHeader(pieces.join("")).requirements) {
          expect(line).toBeGreaterThan(0);
          expect(endColumn).toBeGreaterThanOrEqual(column);
        }
      }),
    );
  });

  it("needs time in proportion to the file", () => {
    const units = [
      "#\n",
      "# r: ",
      "[",
      "(",
      '"',
      "#!",
      "\n",
      '"""\n',
      "# /// script\n",
      "# r: a[\n",
      "https://",
      "/*\n",
      "'",
      ",a",
      "# dependencies = [\n",
    ];
    for (const unit of units) {
      for (const head of ["", "# r: ", "# /// script\n"]) {
        const started = cpuMs();
        readHeader(head + unit.repeat(30_000));
        expect(cpuMs() - started, `${head}${unit}`).toBeLessThan(10_000);
      }
    }
  });
});
