import { expect, test } from "vitest";
import { type AbsPath, absPath } from "../../src/base/index.ts";
import { examine, type Patient, rewriteDeadScripts } from "../../src/doctor/index.ts";
import type { Environment, Receipt } from "../../src/env/index.ts";
import type { Store } from "../../src/store/index.ts";
import { type MemoryPorts, memoryPorts } from "../kit/memory-ports.ts";

const tree = absPath("/home/envs/demo-abcdefgh/generations/1");
const site = absPath(`${tree}/lib/python3.12/site-packages`);

/** A whole environment on a living Python, with only these files in its tree. */
async function patient(
  files: Readonly<Record<string, string | Uint8Array>>,
  root = "/home/envs/demo",
): Promise<{ readonly io: MemoryPorts; readonly patient: Patient }> {
  const io = memoryPorts();
  const all = { "bin/python": "", "lib/python3.12/site-packages/00_venvoy.pth": "", ...files };
  for (const [path, content] of Object.entries(all)) {
    const file = absPath(`${tree}/${path}`);
    await io.fs.makeDir(io.fs.path.directory(file));
    await io.fs.write(file, content, { mode: 0o755 });
  }
  const base = {
    key: "cpython-3.12-linux-x86_64",
    link: "/home/bases/x",
    version: "3.12.1",
    program: "bin/python3.12",
  };
  const receipt = { bin: "bin", sitePackages: "lib/python3.12/site-packages", base, packages: [] };
  const standing = { generation: 1, latest: 1, base: base.key, pythonVersion: "3.12.1", packages: 0 };
  const environment = { label: "demo", root: absPath(root), intent: { standing }, current: { number: 1, root: tree } };
  return {
    io,
    patient: {
      label: "demo",
      place: { dir: absPath("/home/envs/demo-abcdefgh"), root: absPath(root) } as Patient["place"],
      environment: environment as unknown as Environment,
      unreadable: undefined,
      receipt: receipt as unknown as Receipt,
      treeFault: undefined,
      hasLock: true,
      hasHistory: true,
      leftovers: [],
      python: { kind: "alive", version: "3.12.1", prefix: "/opt/python" },
      pythonStarts: true,
      store: {} as Store,
    },
  };
}

function installed(name: string, version: string, record: string): Record<string, string> {
  const at = `lib/python3.12/site-packages/${name}-${version}.dist-info`;
  return {
    [`${at}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${at}/RECORD`]: record,
  };
}

test("RECORD promises only what lies in the tree; bytecode and lists that can't be read promise nothing", async () => {
  const outside = "../../../../../../../../etc/passwd,,\n/etc/shadow,,\n../../../bin/tool,,\n";
  const { io, patient: one } = await patient({
    ...installed("demo", "1.0", `demo.py,,\ndemo/__pycache__/x.cpython-312.pyc,,\n${outside}`),
    ...installed("broken", "1.0", "one column\n"),
    "lib/python3.12/site-packages/demo.py": "",
    "bin/tool": "",
  });
  expect(await examine(io, one)).toEqual([]);
  await io.fs.remove(absPath(`${tree}/bin/tool`));
  expect(await examine(io, one)).toEqual([
    {
      code: "files-missing",
      environment: "demo",
      sentence: "a file is missing of demo 1.0: ../../../bin/tool",
      place: `${site}/demo-1.0.dist-info`,
      mending: "build-version",
      hint: "venvoy doctor demo --fix",
    },
  ]);
});

test("names of files can't command the terminal", async () => {
  const { io, patient: one } = await patient(installed("demo", "1.0", "\u001b[2Ja.py,,\n"));
  expect((await examine(io, one))[0]?.sentence).toBe("a file is missing of demo 1.0: \\x1b[2Ja.py");
});

test.each<[string, string, string | undefined]>([
  ["one line", "#!/gone/bin/python\nbody\n", "/gone/bin/python"],
  ["one line with a version", "#!/gone/bin/python3.12\r\nbody\n", "/gone/bin/python3.12"],
  [
    "pip's three lines",
    "#!/bin/sh\n'''exec' \"/gone a/bin/python\" \"$0\" \"$@\"\n' '''\nbody\n",
    "/gone a/bin/python",
  ],
  ["a name that is not ASCII", "#!/gone/é/python\nbody\n", "/gone/é/python"],
  ["another language", "#!/gone/bin/perl\nbody\n", undefined],
  ["env", "#!/usr/bin/env python\nbody\n", undefined],
  ["a Python that is there", `#!${tree}/bin/python\nbody\n`, undefined],
  ["venvoy's own", "#!/bin/sh\n''':'\nself=$0\n", undefined],
  ["no script", "\u007fELF", undefined],
  ["nothing", "", undefined],
])("%s in a script", async (_name, text, dead) => {
  const { io, patient: one } = await patient({ "bin/made": text });
  const found = await examine(io, one);
  expect(found.map((item) => item.sentence)).toEqual(
    dead === undefined ? [] : [`made can't start: ${dead} is not there`],
  );
});

test("a script is led to the environment's own Python, its body is kept byte by byte", async () => {
  const body = new Uint8Array([0x23, 0xff, 0xfe, 0x0a, 0x80]);
  const bytes = new Uint8Array([...new TextEncoder().encode("#!/gone/bin/python\n"), ...body]);
  const cases: readonly (readonly [string, string])[] = [
    ["/home/envs/demo", "#!/home/envs/demo/bin/python\n"],
    ["/home/a b/demo", "#!/bin/sh\n'''exec' \"/home/a b/demo/bin/python\" \"$0\" \"$@\"\n' '''\n"],
    [`/home/${"x".repeat(120)}`, `#!/bin/sh\n'''exec' "/home/${"x".repeat(120)}/bin/python" "$0" "$@"\n' '''\n`],
  ];
  for (const [root, head] of cases) {
    const { io, patient: one } = await patient({ "bin/made": bytes }, root);
    expect(await rewriteDeadScripts(io, one)).toBe(1);
    const file: AbsPath = absPath(`${tree}/bin/made`);
    expect(await io.fs.read(file)).toEqual(new Uint8Array([...new TextEncoder().encode(head), ...body]));
    expect((await io.fs.info(file))?.mode).toBe(0o755);
  }
});

test("one cause is one finding: without its Python, or with a tree that is not whole, nothing else is told", async () => {
  const files = { ...installed("demo", "1.0", "demo.py,,\n"), "bin/made": "#!/gone/bin/python\n" };
  const { io, patient: one } = await patient(files);
  expect((await examine(io, one)).map((item) => item.code)).toEqual(["files-missing", "script-dead"]);
  const broken = { ...one, treeFault: "its receipt is missing", receipt: undefined };
  expect((await examine(io, broken)).map((item) => item.code)).toEqual(["tree-missing"]);
  const gone = { ...one, python: { kind: "gone", successor: undefined } as const };
  const [first] = await examine(io, gone);
  expect(first).toMatchObject({
    code: "python-gone",
    hint: "Install Python 3.12 again: there is no other to rebuild it on",
  });
  expect((await examine(io, gone)).map((item) => item.code)).toEqual(["python-gone", "files-missing"]);
});

test("what can't be read and has no history is for a person to decide", async () => {
  const { io, patient: one } = await patient({});
  const lost = { ...one, environment: undefined, unreadable: "its `intent.toml` is gone", hasHistory: false };
  const [found] = await examine(io, lost);
  expect(found?.mending).toBeUndefined();
  expect(found?.hint).toContain("venvoy delete demo");
});
