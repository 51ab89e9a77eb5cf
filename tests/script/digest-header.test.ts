import { describe, expect, it } from "vitest";
import { digestHeader, readHeader } from "../../src/script/index.ts";

const digest = (text: string): string => digestHeader(readHeader(text));

describe("the digest of a header", () => {
  const script = "#! python 3\n# venv: tools\n# r: numpy>=1.2,<2, Rich\nimport os\n";

  it.each([
    ["the code", script.replace("import os", "import sys")],
    ["spelling and order", "#! python3\n# a comment\n#requirements: rich\n# r: NumPy <2, >=1.2\n# venv: tools\n"],
    ["line ends", script.replaceAll("\n", "\r\n")],
    ["what changes no package", `# async: true\n# flag: x\n${script}`],
  ])("stays when %s changes", (_, other) => {
    expect(digest(other)).toBe(digest(script));
  });

  it.each([
    ["a version", script.replace("<2", "<3")],
    ["a package more", script.replace("Rich", "Rich, scipy")],
    ["the environment", script.replace("tools", "other")],
    ["the Python", script.replace("python 3", "python 3.9")],
    ["a path", `# env: /x\n${script}`],
    ["an index", script.replace("Rich", "Rich --index-url https://index.example")],
    ["a setting", `# /// script\n# [tool.uv]\n# prerelease = "allow"\n# ///\n${script}`],
  ])("changes with %s", (_, other) => {
    expect(digest(other)).not.toBe(digest(script));
  });

  it("does not depend on the order of keys", () => {
    const block = (...lines: string[]): string => ["# /// script", ...lines, "# ///", ""].join("\n");
    expect(digest(block("# [tool.uv]", "# a = 1", "# b = 2"))).toBe(digest(block("# [tool.uv]", "# b = 2", "# a = 1")));
  });
});
