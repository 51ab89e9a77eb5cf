import { describe, expect, test } from "vitest";
import { parsePylock, selectFromPylock, type Target } from "../../src/pep/index.ts";

const target: Target = {
  pythonVersion: "3.11.7",
  implementation: "cpython",
  tags: ["cp311-cp311-linux_x86_64", "py3-none-any"],
  markers: {
    implementation_name: "cpython",
    implementation_version: "3.11.7",
    os_name: "posix",
    platform_machine: "x86_64",
    platform_python_implementation: "CPython",
    platform_release: "6.8.0",
    platform_system: "Linux",
    platform_version: "#31",
    python_full_version: "3.11.7",
    python_version: "3.11",
    sys_platform: "linux",
  },
};

const head = 'lock-version = "1.0"\ncreated-by = "x"\n';
const file = (name: string): string => `{ path = "${name}", hashes = { sha256 = "a" } }`;
const lock = (body: string) => parsePylock(head + body);

test("markers decide over the packages: platform, extras, groups", () => {
  const found = lock(`default-groups = ["dev"]
packages = [
  { name = "a", wheels = [${file("a-1-py3-none-any.whl")}] },
  { name = "b", marker = "sys_platform == 'win32'", wheels = [${file("b-1-py3-none-any.whl")}] },
  { name = "c", marker = "'gpu' in extras", directory = { path = "./c" } },
  { name = "d", marker = "'Dev' in dependency_groups", vcs = { type = "git", url = "https://h/d", commit-id = "c0" } },
  { name = "e", marker = "'docs' in dependency_groups", archive = ${file("e.zip")} },
]`);
  const names = (wish: Parameters<typeof selectFromPylock>[2]): string[] =>
    selectFromPylock(found, target, wish).map((choice) => `${choice.package.name} ${choice.source.kind}`);
  expect(names({})).toEqual(["a wheel", "d vcs"]);
  expect(names({ extras: new Set(["GPU"]), groups: new Set(["docs"]) })).toEqual([
    "a wheel",
    "c directory",
    "e archive",
  ]);
});

test("the wheel with the best tag is taken, then the highest build, then the source archive", () => {
  const best = (...names: string[]): string => {
    const [choice] = selectFromPylock(
      lock(`packages = [{ name = "a", sdist = ${file("a-1.tar.gz")}, wheels = [${names.map(file).join(", ")}] }]`),
      target,
    );
    return choice !== undefined && "file" in choice.source ? String(choice.source.file.path) : "";
  };
  expect(best("a-1-py3-none-any.whl", "a-1-cp311-cp311-linux_x86_64.whl")).toBe("a-1-cp311-cp311-linux_x86_64.whl");
  expect(best("a-1-2-py3-none-any.whl", "a-1-10-py3-none-any.whl", "a-1-py3-none-any.whl")).toBe(
    "a-1-10-py3-none-any.whl",
  );
  expect(best("a-1-cp312-cp312-win_amd64.whl")).toBe("a-1.tar.gz");
});

describe("a lock that can't be used here is refused in words", () => {
  test.each([
    ['requires-python = "<3.9"\npackages = []', "it is for Python below 3.9, and this one is 3.11.7"],
    [`environments = ["os_name == 'nt'"]\npackages = []`, 'it was made for `os_name == "nt"`, and this is'],
    [
      `environments = ["sys_platform == 'win32' and python_version == '3.9'"]\npackages = []`,
      "it was made for Python 3.9 on win32, and this is cpython",
    ],
    [
      'packages = [{ name = "a", directory = { path = "." } }, { name = "a", directory = { path = "x" } }]',
      "`a` is there twice, also as `packages[0]`",
    ],
    [
      `packages = [{ name = "a", wheels = [${file("a-1-cp312-cp312-win_amd64.whl")}] }]`,
      "none of the wheels of `a` is for",
    ],
  ])("%s", (body, why) => {
    expect(() => selectFromPylock(lock(body), target)).toThrow(why);
  });
});
