import { expect, test } from "vitest";
import { readDeclaration } from "../../src/script/index.ts";

const read = (name: string, text: string, os: "linux" | "windows" | "macos" = "linux") =>
  readDeclaration(name, new TextEncoder().encode(text), os);
const asked = (header: ReturnType<typeof read>) =>
  header?.requirements.map((one) => [String(one.requirement), one.line]);

test("Blender's extension names wheels, one per platform: each package is asked for once, with its place", () => {
  const text = `schema_version = "1.0.0"
id = "demo" # wheels = []
wheels = [
  "./wheels/numpy-1.26.4-cp311-cp311-win_amd64.whl",
  "./wheels/numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
  "./wheels/my_tool-2.0-py3-none-any.whl", # last
]
`;
  const header = read("blender_manifest.toml", text);
  expect(asked(header)).toEqual([
    ["numpy==1.26.4", 4],
    ["my-tool==2.0", 6],
  ]);
  expect(header?.requirements[0]).toMatchObject({ column: 3, endColumn: 52, provider: "pip", form: "declaration" });
  expect(
    read("blender_manifest.toml", 'wheels = ["x.whl", 3]\n')?.problems.map((one) => [one.severity, one.line]),
  ).toEqual([
    ["error", 1],
    ["error", 1],
  ]);
  expect(read("blender_manifest.toml", "wheels = [\n")?.problems).toMatchObject([{ severity: "error" }]);
});

test("an Unreal plugin asks per platform, with hashes and further indexes", () => {
  const text = `{
  "FileVersion": 3,
  "PythonRequirements": [
    { "Platform": "Win64", "Requirements": ["pywin32==306"] },
    {
      "Platform": "All",
      "Requirements": [
        "numpy==1.26.4 --hash=sha256:${"a".repeat(64)}",
        "pywin32==306",
      ],
      "ExtraIndexUrls": ["https://index.example/simple"],
    },
  ],
}`;
  const linux = read("Demo.uplugin", text);
  expect(asked(linux)).toEqual([
    ["numpy==1.26.4", 8],
    ["pywin32==306", 9],
  ]);
  expect(linux?.pipOptions).toEqual([{ name: "extra-index-url", value: "https://index.example/simple" }]);
  expect(asked(read("Demo.uplugin", text, "windows"))).toEqual([
    ["pywin32==306", 4],
    ["numpy==1.26.4", 8],
  ]);
  expect(read("Demo.uplugin", "{ nope")?.problems).toMatchObject([{ severity: "error", line: 1 }]);
  expect(read("Demo.uplugin", "{}")?.requirements).toEqual([]);
});

test("a node's requirements file, and what it can't be asked for", () => {
  const text = "numpy<2  # old\n--extra-index-url https://index.example/simple\n\n-r other.txt\n-e ./x\n===\n";
  const header = read("requirements.txt", text);
  expect(asked(header)).toEqual([["numpy<2", 1]]);
  expect(header?.pipOptions).toEqual([{ name: "extra-index-url", value: "https://index.example/simple" }]);
  expect(header?.problems.map((one) => [one.severity, one.line])).toEqual([
    ["warning", 4],
    ["warning", 5],
    ["error", 6],
  ]);
});

test("a node's project file", () => {
  const text = `[tool.comfy]
PublisherId = "x"
[project]
name = "node"
requires-python = ">=3.9"
dependencies = [
  "torch>=2",
  'idna',
]
`;
  const header = read("pyproject.toml", text);
  expect(asked(header)).toEqual([
    ["torch>=2", 7],
    ["idna", 8],
  ]);
  expect(header?.requiresPython).toMatchObject({ text: ">=3.9", line: 5 });
});

test("other files are none", () => {
  expect(read("script.py", "# r: numpy\n")).toBeUndefined();
  expect(read("my-requirements.txt", "numpy\n")).toBeUndefined();
});
