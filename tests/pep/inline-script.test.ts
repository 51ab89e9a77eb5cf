import { describe, expect, it } from "vitest";
import { readInlineBlocks } from "../../src/pep/index.ts";

const read = (...lines: string[]) => readInlineBlocks(lines);

describe("inline blocks", () => {
  it("run to the last closing mark of their comment", () => {
    const { blocks } = read("# /// script", "# a = 1", "# ///", "# b = 2", "#", "# ///", "", "# ///");
    expect(blocks).toEqual([{ type: "script", content: "a = 1\n///\nb = 2\n\n", line: 1, endLine: 6 }]);
  });

  it("have any name, and there may be several", () => {
    const { blocks } = read("x = 1", "# /// script", "# a", "# ///", "y", "# /// other-2", "#", "# ///");
    expect(blocks.map(({ type, line, endLine }) => [type, line, endLine])).toEqual([
      ["script", 2, 4],
      ["other-2", 6, 8],
    ]);
  });

  it.each([
    [["# /// script", "#a = 1", "# ///"]],
    [["# /// script", "# a = 1"]],
    [["# /// script", "# ///"]],
    [["# /// script", "# a = 1", "# /// "]],
  ])("are none when they are not closed: %j", (lines) => {
    expect(readInlineBlocks(lines)).toEqual({ blocks: [], unclosed: [{ type: "script", line: 1 }] });
  });

  it.each(["# /// scr_ipt", "# ///  script", "# /// script ", "#/// script", " # /// script", "# /// SCRIPT x"])(
    "don't begin with `%s`",
    (line) => {
      expect(read(line, "# a = 1", "# ///")).toEqual({ blocks: [], unclosed: [] });
    },
  );
});
