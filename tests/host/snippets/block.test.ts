import fc from "fast-check";
import { expect, test } from "vitest";
import { blockOf, withBlock, withoutBlock } from "../../../src/host/index.ts";

const marks = { comment: "#", label: "tools" } as const;
const block = blockOf("x = 1\n", marks);
const other = { comment: "#", label: "tööls\n" } as const;

test("what goes in comes out again, whatever the file holds", () => {
  const piece = fc.constantFrom(
    "# a\n",
    "\n",
    "import x\r\n",
    "from __future__ import a\n",
    "x",
    "\ud7ff",
    '"""\n',
    "#!/b\n",
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join("");
      const once = withBlock(text, block, marks);
      const both = withBlock(once, blockOf("y = 2\n", other), other);
      expect(withBlock(once, block, marks)).toBe(once);
      expect(withoutBlock(both, other)).toBe(once);
      const back = withoutBlock(once, marks);
      // A last line without an end gets one.
      expect(back === text || back === `${text}\n` || back === `${text}\r\n`).toBe(true);
    }),
    { verbose: true },
  );
});

test("it comes before what may use the packages, and after what must be first", () => {
  const put = (text: string) => withBlock(text, "@\n", marks);
  expect(put("")).toBe("@\n");
  expect(put("import x\n")).toBe("@\nimport x\n");
  expect(put("# coding: latin-1\n# mine\n\nimport x\n")).toBe("# coding: latin-1\n# mine\n\n@\nimport x\n");
  expect(put('"""Doc."""\nfrom __future__ import division\nimport x\n')).toBe(
    '"""Doc."""\nfrom __future__ import division\n@\nimport x\n',
  );
  expect(put("from __future__ import (\n  division)\nimport x\n")).toBe(
    "from __future__ import (\n  division)\nimport x\n@\n",
  );
  expect(put("\u00ef\u00bb\u00bfimport x\r\n")).toBe("\u00ef\u00bb\u00bf@\r\nimport x\r\n");
  expect(withBlock("// a\nint $x;\n", "@\n", { comment: "//", label: "tools" })).toBe("// a\n@\nint $x;\n");
});

test("new lines take the place of old ones; a mark without its partner is left to whoever made it", () => {
  const next = blockOf("x = 2\n", marks);
  expect(withBlock(`a\n${block}b\n`, next, marks)).toBe(`a\n${next}b\n`);
  const [begin = ""] = block.split("\n");
  expect(withoutBlock(`a\n${begin}\nb\n`, marks)).toBe(`a\n${begin}\nb\n`);
});
