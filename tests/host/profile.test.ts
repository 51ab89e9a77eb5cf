import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import {
  findProfile,
  type HostProfile,
  hostNames,
  openProfile,
  placesOf,
  plainPlace,
  templates,
  writeProfile,
} from "../../src/host/index.ts";
import { memoryPorts } from "../kit/memory-ports.ts";

const hosts = absPath("/data/hosts");
const file = absPath("/data/hosts/demo.toml");

const profile: HostProfile = {
  name: "demo",
  title: 'Demo "2"',
  template: "rhino8",
  python: absPath("/opt/demo/bin/python"),
  version: "3.9.18",
  implementation: "cpython",
  abi: undefined,
  platform: "linux-x86_64",
  siteDirs: [absPath("/opt/demo/lib/site-packages"), absPath("/home/ann/.local/lib")],
  siteEnvs: absPath("/home/ann/.rhinocode/py39-rh8/site-envs"),
  pathDirs: [],
  honours: ["PYTHONPATH"],
  ignores: [],
  bundled: [
    { name: "numpy", version: "1.26.4", at: absPath("/opt/demo/lib/site-packages/numpy-1.26.4.dist-info") },
    { name: "by-hand", version: "2", at: undefined },
  ],
};

async function disk(text?: string) {
  const { fs } = memoryPorts();
  await fs.makeDir(hosts);
  if (text !== undefined) await fs.write(file, text);
  return fs;
}

const least = 'python = "/opt/demo/bin/python"\nversion = "3.9.18"\n';

test("a profile is read as it was written", async () => {
  const fs = await disk();
  await writeProfile(fs, { hosts }, profile, 0);
  expect(await openProfile(fs, { hosts }, "demo")).toEqual(profile);
  expect(await hostNames(fs, { hosts })).toEqual(["demo"]);
  expect(await findProfile(fs, { hosts }, "other")).toBeUndefined();
});

test("what a person writes is enough when it says the Python and its version", async () => {
  const fs = await disk(`${least}[[bundled]]\nname = "Some_Thing"\nversion = "1.0"\n`);
  const read = await openProfile(fs, { hosts }, "demo");
  expect(read).toMatchObject({ title: "demo", bundled: [{ name: "some-thing", version: "1.0" }], siteDirs: [] });
});

test.each([
  ['version = "3.9"\n', "`python` is missing"],
  [`${least}pyhton = "x"\n`, "`pyhton` is not known there"],
  ['python = "bin/python"\nversion = "3.9"\n', "`python` is no whole path"],
  ['python = "/p"\nversion = "three"\n', "`version` is not a version"],
  [`${least}site-dirs = "/x"\n`, "`site-dirs` is no list of texts"],
  [`${least}site-dirs = ["x"]\n`, "`site-dirs` is no whole path"],
  [`${least}bundled = [1]\n`, "`bundled` is no list of tables"],
  [`${least}[[bundled]]\nname = "../x"\nversion = "1"\n`, "a `[[bundled]]` has a `name` that no package can have"],
  [`${least}[[bundled]]\nname = "x"\nversion = "-"\n`, "`version` of bundled `x` is not a version"],
])("%j is refused: %s", async (text, why) => {
  const fs = await disk(text);
  await expect(openProfile(fs, { hosts }, "demo")).rejects.toMatchObject({
    code: "HOST_INVALID",
    message: `\`/data/hosts/demo.toml\` can't be read: ${why}`,
  });
});

test("a name can't lead out of the directory, and a near one is offered", async () => {
  const fs = await disk(least);
  await expect(openProfile(fs, { hosts }, "../x")).rejects.toMatchObject({ code: "HOST_INVALID" });
  await expect(openProfile(fs, { hosts }, "dmeo")).rejects.toMatchObject({
    code: "HOST_UNKNOWN",
    hint: "Did you mean `demo`?",
  });
});

test("kinds of hosts are data: each says its Python, its sources and how its start is reached", () => {
  expect(templates.map((one) => one.id)).toEqual([
    "rhino8",
    "rhino9",
    "blender",
    "maya",
    "3dsmax",
    "houdini",
    "nuke",
    "unreal",
    "qgis",
  ]);
  for (const { id, python, sources, snippet, note } of templates) {
    expect(python.windows?.length, id).toBeGreaterThan(0);
    expect(sources.every((url) => url.startsWith("https://")) && sources.length > 0, id).toBe(true);
    expect(snippet !== undefined && !note.endsWith("."), id).toBe(true);
  }
});

test("a pattern meets the newest version first; a variable that isn't set meets nothing", async () => {
  const io = memoryPorts({ system: { home: absPath("/home/ann"), env: { ROOT: "/opt" } } });
  for (const version of ["2024", "2025", "2025.1"]) {
    await io.fs.makeDir(absPath(`/opt/maya${version}/bin`));
    await io.fs.write(absPath(`/opt/maya${version}/bin/mayapy`), "");
  }
  await io.fs.makeDir(absPath("/home/ann/x"));
  expect(await placesOf(io, ["%ROOT%/maya*/bin/mayapy", "~/x", "%NOT%/x"])).toEqual([
    "/opt/maya2025.1/bin/mayapy",
    "/opt/maya2025/bin/mayapy",
    "/opt/maya2024/bin/mayapy",
    "/home/ann/x",
  ]);
  expect(plainPlace(io, "~/y")).toBe("/home/ann/y");
  expect(plainPlace(io, "~/y*")).toBeUndefined();
});
