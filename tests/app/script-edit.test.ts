import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";

test.each([
  ["Rhino's tags", "#! python 3\n# r: numpy\nprint(1)\n", "#! python 3\n# r: numpy\n# r: rich>=13\nprint(1)\n"],
  [
    "a PEP 723 block",
    '# /// script\n# dependencies = ["numpy"]\n# ///\nprint(1)\n',
    '# /// script\n# dependencies = ["numpy", "rich>=13"]\n# ///\nprint(1)\n',
  ],
  ["no header", "print(1)\n", '# /// script\n# dependencies = ["rich>=13"]\n# ///\nprint(1)\n'],
  ["a tag of Rhino without references", "# venv: tools\nprint(1)\n", "# venv: tools\n# r: rich>=13\nprint(1)\n"],
  ["CRLF", "# r: numpy\r\nprint(1)\r\n", "# r: numpy\r\n# r: rich>=13\r\nprint(1)\r\n"],
  ["the same package", "# r: rich<12, numpy\n", "# r: rich>=13, numpy\n"],
])("add --script writes into a script with %s as the script has it", async (_, before, after) => {
  await using t = await testContext();
  const file = t.write("plot.py", before);
  chmodSync(file, 0o755);
  const dry = await t.venvoy("add", "rich>=13", "--script", "plot.py", "--dry-run");
  expect(dry.out).toContain("would change the header of plot.py");
  expect(readFileSync(file, "utf8")).toBe(before);
  const said = await t.venvoy("add", "rich>=13", "--script", "plot.py");
  expect(said.exit).toBe(0);
  expect(said.out).toContain("+ rich>=13");
  expect(readFileSync(file, "utf8")).toBe(after);
  expect(statSync(file).mode & 0o777).toBe(0o755);
  const again = await t.venvoy("add", "rich>=13", "--script", "plot.py");
  expect(again.out).toContain("asks for that already");
  expect(await t.library.list()).toEqual([]);
});

test("bytes that are no UTF-8 and a byte order mark survive", async () => {
  await using t = await testContext();
  const latin = t.write("latin.py", "");
  writeFileSync(latin, Buffer.from("# -*- coding: latin-1 -*-\n# r: numpy\ns = 'caf\xe9'\n", "latin1"));
  expect((await t.venvoy("add", "rich", "--script", "latin.py")).exit).toBe(0);
  expect(readFileSync(latin).toString("latin1")).toBe(
    "# -*- coding: latin-1 -*-\n# r: numpy\n# r: rich\ns = 'caf\xe9'\n",
  );
  const marked = t.write("marked.py", "\ufeff# r: numpy\nprint(1)\n");
  expect((await t.venvoy("add", "rich", "--script", "marked.py")).exit).toBe(0);
  expect(readFileSync(marked, "utf8")).toBe("\ufeff# r: numpy\n# r: rich\nprint(1)\n");
});

test("a link to a script stays a link, and what it leads to is edited", async () => {
  await using t = await testContext();
  const file = t.write("real.py", "# r: numpy\n");
  symlinkSync(file, join(t.cwd, "link.py"));
  expect((await t.venvoy("add", "rich", "--script", "link.py")).exit).toBe(0);
  expect(readFileSync(file, "utf8")).toBe("# r: numpy\n# r: rich\n");
});

test("remove --script takes a package out, and refuses one that isn't there", async () => {
  await using t = await testContext();
  const file = t.write("plot.py", "# r: numpy, rich\n# r: idna\nprint(1)\n");
  const gone = await t.venvoy("remove", "rich", "idna", "--script", "plot.py");
  expect(gone.out).toContain("- idna  (was line 2)");
  expect(readFileSync(file, "utf8")).toBe("# r: numpy\nprint(1)\n");
  const not = await t.venvoy("remove", "flask", "--script", "plot.py");
  expect(not.exit).toBe(2);
  expect(not.err).toContain("The header of `plot.py` doesn't ask for `flask`");
});

test.each([
  [["add", "numpy", "--script", "gone.py"], 1, "there is no such script"],
  [["add", "numpy", "--script", "."], 1, "it is a directory"],
  [["add", "--script", "plot.py"], 2, "needs a package"],
  [["add", "numpy", "-n", "demo", "--script", "plot.py"], 2, "don't go together"],
  [["add", "nu mpy", "--script", "plot.py"], 2, "nu mpy"],
  [["add", "./x.whl", "--script", "plot.py"], 2, "no package name"],
])("`%s` is refused, and the script is as it was", async (words, exit, why) => {
  await using t = await testContext();
  const file = t.write("plot.py", "# r: rich\n");
  const said = await t.venvoy(...words);
  expect(said.exit).toBe(exit);
  expect(said.err).toContain(why);
  expect(readFileSync(file, "utf8")).toBe("# r: rich\n");
});
