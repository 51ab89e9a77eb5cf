import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";

const projects = {
  num: { "1.26": {}, "2.0": {} },
  idna: { "3.6": {}, "3.7": {} },
};

test("extensions, plugins and nodes of a directory are read beside its scripts, with their lines", async () => {
  await using t = await testContext(projects);
  t.write(
    "all/ext/blender_manifest.toml",
    'schema_version = "1.0.0"\nwheels = [\n  "./wheels/num-1.26-py3-none-any.whl",\n]\n',
  );
  t.write(
    "all/Demo/Demo.uplugin",
    '{\n  "PythonRequirements": [\n    { "Platform": "All", "Requirements": ["idna==3.6"] }\n  ]\n}\n',
  );
  t.write("all/Plain/Plain.uplugin", '{ "FileVersion": 3 }\n');
  t.write("all/custom_nodes/one/__init__.py", "NODE_CLASS_MAPPINGS = {}\n");
  t.write("all/custom_nodes/one/requirements.txt", "# of the node\nnum>=2\n");
  t.write("all/custom_nodes/one/pyproject.toml", '[project]\nname = "one"\ndependencies = ["idna==3.7"]\n');
  t.write("all/custom_nodes/two/__init__.py", "");
  t.write("all/custom_nodes/two/pyproject.toml", '[project]\nname = "two"\ndependencies = ["idna<3.7"]\n');
  t.write("all/project/requirements.txt", "no-such-package\n");
  t.write("all/script.py", "# r: num\n");
  const report = await t.library.check({ files: ["all"] });
  expect(
    report.scripts.map(({ script, header, asks }) => [
      script,
      header,
      ...asks.map(({ text, line }) => `${text} ${line}`),
    ]),
  ).toEqual([
    ["all/Demo/Demo.uplugin", "declaration", "idna==3.6 3"],
    ["all/custom_nodes/one/requirements.txt", "declaration", "num>=2 2"],
    ["all/custom_nodes/two/pyproject.toml", "declaration", "idna<3.7 3"],
    ["all/ext/blender_manifest.toml", "declaration", "num==1.26 3"],
    ["all/script.py", "rhino", "num 1"],
  ]);
  expect(report.together).toBe(false);
  expect(report.clashes.map(({ scripts }) => scripts)).toContainEqual([
    "all/custom_nodes/one/requirements.txt",
    "all/ext/blender_manifest.toml",
  ]);
  expect(report.lanes.length).toBe(2);
  expect(report.notes.join()).toContain("3 files without a header left out");
});

test("a declaration that can't be read is told with its line, and the others are checked all the same", async () => {
  await using t = await testContext(projects);
  t.write("ext/blender_manifest.toml", 'wheels = [\n  "no wheel",\n]\n');
  t.write("Demo.uplugin", '{ "PythonRequirements": [{ "Requirements": ["idna"] }] }\n');
  const { exit, out } = await t.venvoy("check", ".");
  expect(exit).toBe(1);
  expect(out).toMatch(/ext\/blender_manifest\.toml.*\n?.*no wheel/);
  expect(out).toContain("Demo.uplugin");
});
