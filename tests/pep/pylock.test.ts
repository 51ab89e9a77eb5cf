import { describe, expect, test } from "vitest";
import { isVenvoyError } from "../../src/base/index.ts";
import { formatPylock, parsePylock, pylockFilename } from "../../src/pep/index.ts";

const lockText = `lock-version = "1.0"
environments = ["sys_platform == \\"linux\\""]
requires-python = "<3.13,>=3.9"
extras = ["gpu"]
created-by = "venvoy"

[[packages]]
name = "attrs"
version = "25.1.0"
dependencies = []
index = "https://index.example/simple"
wheels = [{ upload-time = 2025-01-25T11:30:10.164Z, url = "https://files.example/attrs-25.1.0-py3-none-any.whl", size = 63152, hashes = { sha256 = "c75a" } }]

[[packages]]
name = "cattrs"
version = "24.1.2"
marker = "python_version < \\"3.12\\""
dependencies = [
  { name = "attrs" },
  { name = "exceptiongroup", marker = "python_version < \\"3.11\\"" },
]
sdist = { path = "files/cattrs-24.1.2.tar.gz", hashes = { sha256 = "be" } }
wheels = []
tool = { "quo\\"ted" = { list = [1, 2.5, true] } }

[[packages]]
name = "local"
directory = { path = "./local", editable = true }

[tool.venvoy]
asked = [ "attrs" ]
`;

test("a lock reads back byte by byte", () => {
  const lock = parsePylock(lockText);
  expect(formatPylock(lock)).toBe(lockText);
  expect(lock.packages.map((one) => `${one.name} ${one.version ?? "-"}`)).toEqual([
    "attrs 25.1.0",
    "cattrs 24.1.2",
    "local -",
  ]);
  expect(lock.packages[0]?.wheels?.[0]).toMatchObject({
    uploadTime: new Date("2025-01-25T11:30:10.164Z"),
    sizeBytes: 63152,
    hashes: { sha256: "c75a" },
  });
});

test("file names come from the name, the path or the URL", () => {
  const hashes = { sha256: "a" };
  expect(pylockFilename({ hashes, name: "n.whl", path: "p/q.whl" })).toBe("n.whl");
  expect(pylockFilename({ hashes, path: "p/q.whl", url: "https://h/r.whl" })).toBe("q.whl");
  expect(pylockFilename({ hashes, path: "p\\q.whl" })).toBe("q.whl");
  expect(pylockFilename({ hashes, url: "https://h/a/r%2B1.whl?x=/y#z" })).toBe("r+1.whl");
});

describe("a lock is refused in words, with the place", () => {
  const head = 'lock-version = "1.0"\ncreated-by = "x"\n';
  const wheel = 'hashes = { sha256 = "a" }';
  test.each([
    ['created-by = "x"', "lock-version", "it is missing"],
    [
      'lock-version = "2.0"\ncreated-by = "x"\npackages = []',
      "lock-version",
      "version 2.0 of the format is not known here",
    ],
    [`${head}packages = [{ name = "A" }]`, "packages[0].name", "the name `A` is not in normalised form"],
    [`${head}packages = [{ name = "a" }]`, "packages[0]", "exactly one of `vcs`, `directory`, `archive` must be there"],
    [
      `${head}packages = [{ name = "a", wheels = [{ ${wheel} }] }]`,
      "packages[0].wheels[0]",
      "`path` or `url` must be there",
    ],
    [
      `${head}packages = [{ name = "a", wheels = [{ path = "b-1-py3-none-any.whl", ${wheel} }] }]`,
      "packages[0].wheels[0]",
      "is not of package `a`",
    ],
    [
      `${head}packages = [{ name = "a", sdist = { path = "a-1.zip", hashes = {} } }]`,
      "packages[0].sdist.hashes",
      "one hash at least must be there",
    ],
    [
      `${head}packages = [{ name = "a", sdist = { path = "a-1.zip", size = true, ${wheel} } }]`,
      "packages[0].sdist.size",
      "it is not a whole number",
    ],
    [`${head}environments = ["os = 1"]\npackages = []`, "environments[0]", "is not an environment marker"],
  ])("%s", (text, at, why) => {
    try {
      parsePylock(text);
      expect.unreachable();
    } catch (error) {
      if (!isVenvoyError(error, "LOCK_INVALID")) throw error;
      expect(error.data["at"]).toBe(at);
      expect(error.message).toContain(why);
    }
  });

  test("also where it is not TOML", () => {
    expect(() => parsePylock('lock-version = "1.0"\nx = \n')).toThrow("The lock file can't be used: line 2 isn't TOML");
  });
});
