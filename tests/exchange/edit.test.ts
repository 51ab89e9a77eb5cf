import { expect, test } from "vitest";
import { editProject, editRequirements, listProject, listRequirements } from "../../src/exchange/index.ts";

const none: ReadonlySet<string> = new Set();
const gone = (...names: readonly string[]): ReadonlySet<string> => new Set(names.map((name) => `${name};`));

test.each([
  ["an empty file", "", ["numpy"], none, "numpy\n"],
  ["a new line behind the last", "rich\nattrs\n", ["numpy>=2"], none, "rich\nattrs\nnumpy>=2\n"],
  ["a sorted file", "attrs\nrich\n", ["numpy"], none, "attrs\nnumpy\nrich\n"],
  ["before comments at the end", "rich\n\n# end\n", ["numpy"], none, "rich\nnumpy\n\n# end\n"],
  ["a last line without an end", "rich", ["numpy"], none, "rich\nnumpy\n"],
  [
    "CRLF, blanks and a comment",
    "\ufeff# my list\r\n  numpy<2   # old\r\nrich\r\n",
    ["numpy>=2"],
    none,
    "\ufeff# my list\r\n  numpy>=2   # old\r\nrich\r\n",
  ],
  ["a line of its own removed", "-r base.txt\nnumpy  # x\nrich\n", [], gone("numpy"), "-r base.txt\nrich\n"],
  [
    "one condition of two",
    "numpy<2; python_version < '3.10'\nnumpy>=2; python_version >= '3.10'\n",
    ["numpy>=2.1; python_version >= '3.10'"],
    none,
    "numpy<2; python_version < '3.10'\nnumpy>=2.1; python_version >= '3.10'\n",
  ],
  ["a line spread by backslashes", "numpy \\\n  <2\nrich\n", ["numpy>=2"], none, "numpy>=2\nrich\n"],
  ["several written as one", "rich\nNumPy<2\nnumpy!=1.5\n", ["numpy>=2"], none, "rich\nnumpy>=2\n"],
  ["nothing, where the words differ and the meaning does not", "Rich >= 13\n", ["Rich>=13"], none, "Rich >= 13\n"],
  [
    "options and includes stay",
    "-i https://index.example/\n-e ./here\n-c limits.txt\n",
    ["rich"],
    none,
    "-i https://index.example/\n-e ./here\n-c limits.txt\nrich\n",
  ],
  ["several at once", "b\nd\n", ["a", "c", "e"], none, "a\nb\nc\nd\ne\n"],
])("a requirements file: %s", (_, before, put, removed, after) => {
  const edited = editRequirements(before, { put, removed });
  expect(edited).toBe(after);
  expect(editRequirements(edited, { put, removed })).toBe(edited);
});

test("a requirements file tells its own lines, and whether it has hashes", () => {
  const { items, hasHashes } = listRequirements(
    "# a\nnumpy==1 \\\n    --hash=sha256:00\n-r b.txt\nrich ; os_name == 'nt'\n",
  );
  expect(items.map(({ text, line }) => [text, line])).toEqual([
    ["numpy==1", 2],
    ["rich ; os_name == 'nt'", 5],
  ]);
  expect(hasHashes).toBe(true);
  expect(listRequirements("numpy  # no --hash here\n").hasHashes).toBe(false);
});

const head = '[project]\nname = "x"\n';

test.each([
  ["an empty list", `${head}dependencies = []\n`, ["numpy"], none, `${head}dependencies = [\n    "numpy",\n]\n`],
  [
    "no list yet",
    `${head}\n[tool.x]\na = 1\n`,
    ["numpy"],
    none,
    `${head}dependencies = [\n    "numpy",\n]\n\n[tool.x]\na = 1\n`,
  ],
  ["one line", `${head}dependencies = ["rich"]\n`, ["numpy>=2"], none, `${head}dependencies = ["rich", "numpy>=2"]\n`],
  [
    "one line, sorted",
    `${head}dependencies = ["attrs", "rich"]\n`,
    ["numpy"],
    none,
    `${head}dependencies = ["attrs", "numpy", "rich"]\n`,
  ],
  [
    "a spread list with comments and other quotes",
    `${head}dependencies = [\n  # plots\n  'rich',  # colours\n  'numpy<2'  # old\n]\n`,
    ["numpy>=2", "idna"],
    none,
    `${head}dependencies = [\n  # plots\n  'rich',  # colours\n  'numpy>=2',  # old\n  'idna',\n]\n`,
  ],
  [
    "removing lines",
    `${head}dependencies = [\n  "a",  # one\n  "b",\n  "c",\n]\n`,
    [],
    gone("a", "c"),
    `${head}dependencies = [\n  "b",\n]\n`,
  ],
  [
    "removing from one line",
    `${head}dependencies = ["a", "b", "c"]\n`,
    [],
    gone("a", "c"),
    `${head}dependencies = ["b"]\n`,
  ],
  ["removing all", `${head}dependencies = ["a", "b"]\n`, [], gone("a", "b"), `${head}dependencies = []\n`],
  [
    "CRLF, and another table's list of that name",
    '[tool.x]\r\ndependencies = ["no"]\r\n[project]\r\nname = "x"\r\ndependencies = [\r\n    "b",\r\n]\r\n',
    ["a"],
    none,
    '[tool.x]\r\ndependencies = ["no"]\r\n[project]\r\nname = "x"\r\ndependencies = [\r\n    "b",\r\n    "a",\r\n]\r\n',
  ],
  [
    "points",
    'project.name = "x"\nproject.dependencies = ["b"]\n',
    ["c"],
    none,
    'project.name = "x"\nproject.dependencies = ["b", "c"]\n',
  ],
])("a pyproject.toml: %s", (_, before, put, removed, after) => {
  const edited = editProject(before, { put, removed });
  expect(edited).toBe(after);
  expect(editProject(edited, { put, removed })).toBe(edited);
});

test.each([
  ["[tool.poetry]\n", "no `[project]` table"],
  ['[project]\nname = "x"\ndynamic = ["dependencies"]\n', "made by the build"],
  ['project = { name = "x", dependencies = ["a"] }\n', "don't stand in a `[project]` table"],
])("a pyproject.toml that can't be edited says why: %s", (text, why) => {
  expect(listProject(text, "pyproject.toml").refusal).toContain(why);
});
