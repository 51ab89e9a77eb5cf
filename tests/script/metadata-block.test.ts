import { describe, expect, it } from "vitest";
import { readHeader } from "../../src/script/index.ts";
import { lines, messages, texts } from "./header-words.ts";

describe("the metadata block", () => {
  const script = lines(
    "#!/usr/bin/env -S uv run --script",
    "# /// script",
    '# requires-python = ">=3.11"',
    "# dependencies = [",
    '#   "rich>=13", # nice',
    "#   'attrs',",
    "# ]",
    "#",
    "# [tool.uv]",
    '# exclude-newer = "2025-01-01"',
    "# [[tool.uv.index]]",
    '# url = "https://index.example/simple/"',
    '# name = "cpu"',
    "# explicit = true",
    "# [tool.uv.sources]",
    '# Rich = { index = "cpu" }',
    "# [tool.venvoy]",
    "# exclude-newer = 2026-01-01",
    "# ///",
    "import rich",
  );

  it("gives dependencies with their places, and the tool tables", () => {
    const header = readHeader(script);
    expect(header.kind).toBe("pep723");
    expect(header.dependencies).toEqual(["rich>=13", "attrs"]);
    expect(
      header.requirements.map(({ text, line, column, endColumn, form }) => [text, line, column, endColumn, form]),
    ).toEqual([
      ["rich>=13", 5, 5, 15, "pep723"],
      ["attrs", 6, 5, 12, "pep723"],
    ]);
    expect(header.requiresPython).toMatchObject({ text: ">=3.11", line: 3, column: 21 });
    expect(header.settings.indexes).toEqual([
      { url: "https://index.example/simple/", name: "cpu", explicit: true, isDefault: false },
    ]);
    expect([...header.settings.sources]).toEqual([["rich", [{ index: "cpu" }]]]);
    expect(header.settings.excludeNewer).toBe("2026-01-01");
    expect(header.problems).toEqual([]);
  });

  it("stands beside Rhino's directives", () => {
    const header = readHeader(`# r: numpy\n${script}`);
    expect(header.kind).toBe("both");
    expect(texts(header)).toEqual(["numpy", "rich>=13", "attrs"]);
  });

  it("is found below statements", () => {
    expect(texts(readHeader(`import os\n${script}`))).toEqual(["rich>=13", "attrs"]);
  });

  it.each([
    [
      "an open block",
      ["# /// script", "# dependencies = []"],
      "error 1: the block is not closed by a line `# ///` of the same comment",
    ],
    ["bad TOML", ["# /// script", "# dependencies = [", "# ///"], "error 3:"],
    [
      "two blocks",
      ["# /// script", "# a = 1", "# ///", "", "# /// script", "# b = 1", "# ///"],
      "error 5: there is a second block of metadata; the first begins in line 1",
    ],
    [
      "a bad requirement",
      ["# /// script", '# dependencies = ["numpy", "not ok"]', "# ///"],
      "error 2: `not ok` is not a requirement",
    ],
    [
      "a bad list",
      ["# /// script", "# dependencies = 'numpy'", "# ///"],
      "error 2: `dependencies` must be a list of strings",
    ],
    ["a bad Python", ["# /// script", "# requires-python = '3.x.y'", "# ///"], "error 2: `requires-python` must be"],
    ["a bad tool", ["# /// script", "# tool = 1", "# ///"], "error 2: `tool` must be a table"],
    [
      "a bad index",
      ["# /// script", "# [[tool.uv.index]]", "# name = 'x'", "# ///"],
      "error 1: an `index` must be a table with a `url`",
    ],
    ["an old draft", ["# /// pyproject", "# [run]", "# ///"], "warning 1: this is the form of an old draft"],
    [
      "a mark before it",
      ["\ufeff# /// script", "# dependencies = []", "# ///"],
      "warning 1: a byte order mark hides this block",
    ],
  ])("tells %s", (_, text, message) => {
    expect(messages(readHeader(lines(...text)))).toEqual([expect.stringContaining(message)]);
  });
});
