import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addRequirement, readHeader, removeRequirement } from "../../src/script/index.ts";

const inline = (...lines: string[]): string => ["# /// script", ...lines, "# ///", ""].join("\n");

describe("adding a requirement", () => {
  it.each([
    ["a script without a header", "print(1)\n", '# /// script\n# dependencies = ["rich"]\n# ///\nprint(1)\n'],
    ["an empty file", "", '# /// script\n# dependencies = ["rich"]\n# ///\n'],
    [
      "a script with a `#!` line and a coding line",
      "#!/usr/bin/env python3\n# -*- coding: latin-1 -*-\nprint(1)\n",
      '#!/usr/bin/env python3\n# -*- coding: latin-1 -*-\n# /// script\n# dependencies = ["rich"]\n# ///\nprint(1)\n',
    ],
    [
      "Rhino's directives without references",
      "#! python 3\n# venv: x\nimport os\n",
      "#! python 3\n# venv: x\n# r: rich\nimport os\n",
    ],
    ["a language line alone", "#! python 3\nimport os\n", "#! python 3\n# r: rich\nimport os\n"],
    [
      "a reference on its own line",
      "#! python 3\r\n#r: numpy\r\nimport os\r\n",
      "#! python 3\r\n#r: numpy\r\n#r: rich\r\nimport os\r\n",
    ],
    ["a list of references", "# requirements: numpy, pandas\n", "# requirements: numpy, pandas, rich\n"],
    ["C# leaders without a last line end", "// r: numpy", "// r: numpy\n// r: rich"],
    ["the quoted form", '#r "pip: numpy"\nimport os\n', '#r "pip: numpy"\n#r: rich\nimport os\n'],
    ["a list in one line", inline('# dependencies = ["a", "b"]'), inline('# dependencies = ["a", "b", "rich"]')],
    [
      "a list in one line with a last comma",
      inline('# dependencies = ["a",]'),
      inline('# dependencies = ["a", "rich",]'),
    ],
    ["an empty list", inline("# dependencies = []"), inline('# dependencies = ["rich"]')],
    [
      "a list of lines without a last comma",
      inline("# dependencies = [", '#   "a", # why', "#   'b'", "# ]"),
      inline("# dependencies = [", '#   "a", # why', "#   'b',", '#   "rich",', "# ]"),
    ],
    [
      "a block without dependencies",
      inline('# requires-python = ">=3"', "#", "# [tool.uv]", "# x = 1"),
      inline('# requires-python = ">=3"', '# dependencies = ["rich"]', "#", "# [tool.uv]", "# x = 1"),
    ],
    ["a requirement of the same package", "# r: numpy, Rich<2\n", "# r: numpy, rich\n"],
    [
      "a dependency of the same package",
      inline('# dependencies = ["a", "rich<2"]'),
      inline('# dependencies = ["a", "rich"]'),
    ],
  ])("edits %s", (_, before, after) => {
    expect(addRequirement(before, "rich")).toBe(after);
  });

  it("keeps every other byte of a Latin-1 file with Windows line ends", () => {
    const before = Buffer.from("# coding: latin-1\r\n# r: numpy\r\ns = 'caf\xe9\x00\xff'\r\n", "latin1");
    const after = addRequirement(new Uint8Array(before), "scipy>=1,<2");
    expect(Buffer.from(after).toString("latin1")).toBe(
      "# coding: latin-1\r\n# r: numpy\r\n# r: scipy>=1,<2\r\ns = 'caf\xe9\x00\xff'\r\n",
    );
  });

  it("keeps a byte order mark where it is", () => {
    const before = new TextEncoder().encode("\ufeff# r: numpy\nimport os\n");
    expect(new TextDecoder("utf-8", { ignoreBOM: true }).decode(addRequirement(before, "scipy"))).toBe(
      "\ufeff# r: numpy\n# r: scipy\nimport os\n",
    );
    expect(addRequirement("\ufeffimport os\n", "rich")).toBe(
      '\ufeff\n# /// script\n# dependencies = ["rich"]\n# ///\nimport os\n',
    );
  });

  it("leaves a header alone that it doesn't understand", () => {
    expect(() => addRequirement("# /// script\n# dependencies = [\n# ///\n", "rich")).toThrow("line");
    expect(() => addRequirement("# r: numpy\n", "not a requirement!")).toThrow("is not a requirement");
  });
});

describe("removing a requirement", () => {
  const spread = inline("# dependencies = [", '#   "a", # why', "#   'b',", "# ]");

  it.each([
    ["the first of a list", "# r: numpy, pandas, x\n", "NumPy", "# r: pandas, x\n"],
    ["one in the middle", "# r: numpy, pandas>=1,<2, x\n", "pandas", "# r: numpy, x\n"],
    ["the last of a list", "# r: numpy, pandas\n", "pandas", "# r: numpy\n"],
    ["all lines of a package", "# r: numpy\n# r: x\n# r: numpy>2\nimport os\n", "numpy", "# r: x\nimport os\n"],
    ["a line of its own", spread, "a", inline("# dependencies = [", "#   'b',", "# ]")],
    ["the only one", inline('# dependencies = ["a"]'), "a", inline("# dependencies = []")],
    ["the first of a row", inline('# dependencies = ["a", "b"]'), "a", inline('# dependencies = ["b"]')],
    ["the last of a row", inline('# dependencies = ["a", "b",]'), "b", inline('# dependencies = ["a",]')],
    ["nothing that is there", spread, "zz", spread],
  ])("takes out %s", (_, before, name, after) => {
    expect(removeRequirement(before, name)).toBe(after);
  });
});

describe("edits in general", () => {
  const name = fc.constantFrom(
    "numpy",
    "Pandas",
    "a.b_c",
    "jax[cpu]",
    "scipy>=1,<2",
    "x; python_version > '3'",
    "y==1.*",
  );
  const piece = fc.constantFrom(
    "#! python 3",
    "# r: numpy, scipy<3",
    "# r:x",
    "// r: z",
    "",
    "# a comment",
    "# venv: tools",
    '"""doc"""',
    "import os",
  );
  const block = fc.constantFrom(
    "",
    "# /// script\n# dependencies = [\n#   'one',\n#   \"scipy\" # last\n# ]\n# ///\n",
    "# /// script\n# dependencies = ['a.b-c', 'x']\n# ///\n",
    "# /// script\n# requires-python = '>=3'\n# ///\n",
  );
  const script = fc
    .tuple(block, fc.array(piece, { maxLength: 6 }), fc.constantFrom("\n", "\r\n"))
    .map(([head, lines, end]) => `${head}${lines.join("\n")}\n`.replaceAll("\n", end));

  it("adds what is then read, keeps all else, and takes it out again", () => {
    fc.assert(
      fc.property(script, name, (before, text) => {
        const had = readHeader(before);
        const after = addRequirement(before, text);
        const [wanted] = readHeader(addRequirement("", text)).requirements;
        const found = readHeader(after).requirements.filter(
          (item) => item.requirement?.name === wanted?.requirement?.name,
        );
        expect(found.map((item) => item.text)).toEqual([text]);
        const others = (header: typeof had): string[] =>
          header.requirements
            .filter((item) => item.requirement?.name !== wanted?.requirement?.name)
            .map((item) => item.text);
        expect(others(readHeader(after))).toEqual(others(had));
        const gone = readHeader(removeRequirement(after, wanted?.requirement?.name ?? ""));
        expect(gone.requirements.map((item) => item.text)).toEqual(others(had));
        expect(gone.venv?.text).toBe(had.venv?.text);
      }),
    );
  });

  it("changes nothing when there is nothing to do", () => {
    const bytes = new Uint8Array([0x23, 0xff, 0x0a]);
    expect(removeRequirement(bytes, "numpy")).toBe(bytes);
  });
});
