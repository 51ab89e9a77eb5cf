import { expect, test } from "vitest";
import { parseRequirementsFile } from "../../src/pep/index.ts";

test("requirements, options and files come with their lines", () => {
  const text = [
    "# what the tool needs",
    "numpy >=1.26,<2  # the old one",
    "",
    "requests[security]==2.32.3 ; python_version >= '3.8' \\",
    "    --hash=sha256:aa \\",
    "    --hash sha256:bb",
    "-r base.txt",
    "--constraint=limits.txt",
    "-ehttps://x.example/a.zip#egg=a",
    "--extra-index-url 'https://index.example/simple'",
    "--no-index",
    "demo @ https://files.example/demo-1.0-py3-none-any.whl#sha256=cc",
  ].join("\n");
  expect(parseRequirementsFile(text)).toEqual([
    { kind: "requirement", line: 2, text: "numpy >=1.26,<2", hashes: [], settings: [] },
    {
      kind: "requirement",
      line: 4,
      text: "requests[security]==2.32.3 ; python_version >= '3.8'",
      hashes: ["sha256:aa", "sha256:bb"],
      settings: [],
    },
    { kind: "file", line: 7, path: "base.txt", role: "requirements" },
    { kind: "file", line: 8, path: "limits.txt", role: "constraints" },
    { kind: "editable", line: 9, text: "https://x.example/a.zip#egg=a", hashes: [], settings: [] },
    { kind: "option", line: 10, name: "extra-index-url", value: "https://index.example/simple" },
    { kind: "option", line: 11, name: "no-index", value: undefined },
    {
      kind: "requirement",
      line: 12,
      text: "demo @ https://files.example/demo-1.0-py3-none-any.whl#sha256=cc",
      hashes: [],
      settings: [],
    },
  ]);
});

test("variables are filled in only in pip's form, and only when they are set", () => {
  const lines = parseRequirementsFile("--index-url https://${TOKEN}@index.example/\nx @ ${HOME_less}$TOKEN ${ABSENT}", {
    TOKEN: "secret",
  });
  expect(lines).toEqual([
    { kind: "option", line: 1, name: "index-url", value: "https://secret@index.example/" },
    { kind: "requirement", line: 2, text: "x @ ${HOME_less}$TOKEN ${ABSENT}", hashes: [], settings: [] },
  ]);
});

test.each([
  ["--colour red", "`--colour` is not an option of a requirements file"],
  ["-r", "`-r` needs a value"],
  ["--no-index yes", "`--no-index` takes no value"],
  ["numpy --upgrade", "`--upgrade` is not an option of a requirement"],
])("%s is a problem of its line, and the next line is read", (line, why) => {
  expect(parseRequirementsFile(`${line}\nscipy`)).toEqual([
    { kind: "problem", line: 1, text: line, why },
    { kind: "requirement", line: 2, text: "scipy", hashes: [], settings: [] },
  ]);
});

test("a byte order mark, CRLF and a comment within a continuation change nothing", () => {
  expect(
    parseRequirementsFile("\uFEFFnumpy \\\r\n# why\r\nscipy\r\n").map((entry) => ("text" in entry ? entry.text : "")),
  ).toEqual(["numpy", "scipy"]);
});
