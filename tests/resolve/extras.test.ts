import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateMarker, parseMarker } from "../../src/pep/index.ts";
import { linuxTarget, typed, versionsIn } from "./targets.ts";

const parts = ["extra == 'x'", 'extra == "y"', "os_name == 'posix'", "os_name == 'nt'", "'extra' != os_name"];
const marker = fc
  .tuple(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 3 }), fc.array(fc.constantFrom("and", "or")))
  .chain(([terms, words]) =>
    fc.boolean().map((isGrouped) => {
      const joined = terms.map((term, at) =>
        at === 0 ? term : `${words[at % Math.max(words.length, 1)] ?? "and"} ${term}`,
      );
      return isGrouped ? `(${joined.join(" ")})` : joined.join(" ");
    }),
  );

describe("requirement lines for extras", () => {
  it("count exactly when their markers hold, however these are written", async () => {
    const target = linuxTarget("3.12.1");
    await fc.assert(
      fc.asyncProperty(marker, fc.constantFrom("", "[x]", "[y]", "[x,y]"), async (text, wanted) => {
        const extras = wanted.replace(/[[\]]/g, "").split(",");
        const index = { a: { "1": { requires: [`b; ${text}`], extras: { x: [], y: [] } } }, b: { "1": {} } };
        const holds = ["", ...extras].some((extra) =>
          evaluateMarker(parseMarker(text), { ...target.markers }, new Set(extra === "" ? [] : [extra])),
        );
        const found = await versionsIn({ index, asked: typed(`a${wanted}`) });
        expect("b" in found, `${text} with ${wanted}`).toBe(holds);
      }),
      { numRuns: 300 },
    );
  });

  it("don't matter where nobody asks for the extra, broken ones neither", async () => {
    const index = {
      a: { "1": { requires: ["b; extra == 'x'", "b ==; extra == 'y'"], extras: { x: [], y: [] } } },
      b: { "1": {} },
    };
    expect(await versionsIn({ index, asked: typed("a") })).toEqual({ a: "1" });
    expect(await versionsIn({ index, asked: typed("a[x]") })).toEqual({ a: "1", b: "1" });
    await expect(versionsIn({ index, asked: typed("a[y]") })).rejects.toThrow("can't be installed");
  });
});
