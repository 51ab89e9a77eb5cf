import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { type TestContext, testContext } from "../kit/context.ts";
import { buildHost, pythonOf, whyNoHost } from "../kit/embedding-host.ts";

const run = promisify(execFile);
const projects = {
  idna: { "3.4": {}, "3.6": {} },
  attrs: { "22.1": { requires: ["idna"] } },
};

/** What the Python inside a host says of itself. */
async function factsOf(program: string): Promise<Record<string, unknown>> {
  const assets = new URL("../../assets", import.meta.url).pathname;
  const code = `import sys, json; sys.path.insert(0, ${JSON.stringify(assets)})\nfrom venvoy.client import interpreter_facts\nprint(json.dumps(interpreter_facts()))`;
  return JSON.parse((await run(program, ["-c", code])).stdout);
}

async function hostUse(t: TestContext, file: string, facts: Record<string, unknown>) {
  const said = await t.venvoy("host", "use", file, "--interpreter-facts", JSON.stringify(facts), "--json");
  return { exit: said.exit, err: said.err, report: JSON.parse(said.out) };
}

const python = pythonOf("3.11");

test.skipIf(python === undefined)("a host's Python gets the directories for its version", async () => {
  if (python === undefined) return;
  await using t = await testContext(projects);
  const file = t.write("a.py", "# r: attrs, idna<3.6\n# env: lib\n");
  const facts = await factsOf(python.program);
  const { exit, report } = await hostUse(t, file, { ...facts, executable: "/opt/Rhino/Rhino.exe" });
  expect(exit).toBe(0);
  expect(report.requirements).toEqual(["attrs", "idna<3.6"]);
  expect(report.folders).toEqual([join(t.cwd, "lib")]);
  expect(report.pythonVersion).toBe(facts["version"]);
  expect(report.notes).toEqual([]);
  const [site] = report.paths;
  expect(
    readdirSync(site)
      .filter((name) => name.endsWith(".dist-info"))
      .sort(),
  ).toEqual(["attrs-22.1.dist-info", "idna-3.4.dist-info"]);
  const { stdout } = await run(report.python, ["-c", "import sys, idna; print(idna.__version__, sys.version_info[1])"]);
  expect(stdout).toBe("3.4 11\n");
  // The same header leads to the same place, without asking the index again.
  t.index.requests.length = 0;
  const again = await hostUse(t, file, facts);
  expect(again.report.paths).toEqual(report.paths);
  expect(t.index.requests).toEqual([]);
});

test.skipIf(python === undefined)("what the process holds is taken where the header leaves a choice", async () => {
  if (python === undefined) return;
  await using t = await testContext(projects);
  const facts = JSON.stringify(await factsOf(python.program));
  const packages = async (text: string, ...words: string[]): Promise<readonly string[]> => {
    const said = await t.venvoy("host", "use", t.write("a.py", text), "--interpreter-facts", facts, "--json", ...words);
    const { paths, error } = JSON.parse(said.out);
    return error === undefined
      ? readdirSync(paths[0])
          .filter((name) => name.endsWith("-info"))
          .sort()
      : [error.code];
  };
  expect(await packages("# r: attrs\n")).toEqual(["attrs-22.1.dist-info", "idna-3.6.dist-info"]);
  const loaded = ["--loaded", "idna==3.4", "--loaded", "other==1.0"];
  expect(await packages("# r: attrs\n", ...loaded)).toEqual(["attrs-22.1.dist-info", "idna-3.4.dist-info"]);
  expect(await packages("# r: idna>3.4\n", ...loaded)).toEqual(["idna-3.6.dist-info"]);
  expect(await packages("# r: idna\n", "--loaded", "idna")).toEqual(["ARGUMENT_INVALID"]);
});

test.skipIf(python === undefined)("the active environment of a shell is nothing to a host", async () => {
  if (python === undefined) return;
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna==3.6", "--python", python.program);
  t.env["VIRTUAL_ENV"] = join(t.home, "venvoy", "envs", "demo");
  const { report } = await hostUse(t, t.write("a.py", "print(1)\n"), await factsOf(python.program));
  expect(report.environment.path).toContain("scripts");
  expect(
    readdirSync(report.paths[0])
      .filter((name) => name.endsWith(".dist-info"))
      .sort(),
  ).toEqual([]);
});

test.skipIf(python === undefined)("a named environment serves the host's Python, and no other", async () => {
  const other = pythonOf("3.9");
  if (python === undefined || other === undefined) return;
  await using t = await testContext(projects);
  const file = t.write("a.py", "# venv: tools\n# r: idna\n");
  const { report } = await hostUse(t, file, await factsOf(python.program));
  expect(report.environment).toMatchObject({ name: "tools", version: 1 });
  const refused = await hostUse(t, file, await factsOf(other.program));
  expect(refused.exit).toBe(1);
  expect(refused.report.error).toMatchObject({ code: "RESOLUTION_IMPOSSIBLE" });
  expect(refused.report.error.message).toContain("tools");
});

test.skipIf(python === undefined)(
  "a header that asks for another Python is refused, and sent to a worker",
  async () => {
    if (python === undefined) return;
    await using t = await testContext(projects);
    const file = t.write("a.py", "#! python 3.9\n# r: idna\n");
    const { report, exit } = await hostUse(t, file, await factsOf(python.program));
    expect(exit).toBe(1);
    expect(report.error).toMatchObject({ code: "PYTHON_UNSUPPORTED" });
    expect(report.error.hint).toContain("venvoy.worker");
  },
);

test.skipIf(python === undefined)("another release of the same Python serves, and says so", async () => {
  if (python === undefined) return;
  await using t = await testContext(projects);
  const facts = await factsOf(python.program);
  const older = { ...facts, version: "3.11.0", versionInfo: [3, 11, 0], prefix: "/opt/host/python" };
  const { report } = await hostUse(t, t.write("a.py", "# r: idna\n"), older);
  expect(report.notes).toEqual([
    `the host runs Python 3.11.0, and its environments stand on ${report.pythonVersion}, which is the nearest here`,
  ]);
});

test.skipIf(python === undefined)("a Python that only the host has gets wheels for it", async () => {
  if (python === undefined) return;
  const tags = ["cp311-cp311-linux_sparc64"];
  await using t = await testContext({
    ...projects,
    native: { "1.0": { tags }, "2.0": { tags: ["cp312-cp312-linux_x86_64"] } },
  });
  const facts = await factsOf(python.program);
  const markers = { ...(facts["markers"] as object), platform_machine: "sparc64" };
  const strange = { ...facts, machine: "sparc64", platformTag: "linux-sparc64", prefix: "/opt/host", markers };
  const { report } = await hostUse(t, t.write("a.py", "# r: native, attrs; platform_machine == 'sparc64'\n"), strange);
  expect(report.python).toBeUndefined();
  expect(report.notes).toEqual([
    `no program of Python ${facts["version"]} is on this machine: only wheels can be used for the host, and no worker`,
  ]);
  const names = ["attrs", "attrs-22.1.dist-info", "idna", "idna-3.6.dist-info", "native", "native-1.0.dist-info"];
  expect(
    readdirSync(report.paths[0])
      .filter((name) => !name.startsWith("."))
      .sort(),
  ).toEqual(names);
  const again = await hostUse(t, join(t.cwd, "a.py"), strange);
  expect(again.report.paths).toEqual(report.paths);
  expect((await t.venvoy("clean", "--json")).exit).toBe(0);
  expect((await t.venvoy("size")).exit).toBe(0);
});

test("a description that is none is refused", async () => {
  await using t = await testContext();
  const file = t.write("a.py", "");
  for (const facts of ["", "[]", "{}", '{"executable": 1}', '"x"', "null"]) {
    const said = await t.venvoy("host", "use", file, "--interpreter-facts", facts, "--json");
    expect(JSON.parse(said.out).error.code, facts).toBe("ARGUMENT_INVALID");
  }
});

test.skipIf(python === undefined)("events are lines of JSON on standard error", async () => {
  if (python === undefined) return;
  await using t = await testContext(projects);
  const said = await t.venvoy("host", "use", t.write("a.py", "#! python 3.11\n# r: idna\n"), "--events", "--json");
  const events = said.err
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events.map(({ type }) => type)).toContain("op:start");
  expect(events.find((event) => event.kind === "fetch").label).toContain("idna");
});

test("the module is put where a host can import it", async () => {
  await using t = await testContext();
  const own = (await t.venvoy("host", "module")).out.trim();
  const shipped = new URL("../../assets/venvoy/", import.meta.url).pathname;
  const files = readdirSync(shipped)
    .filter((name) => name.endsWith(".py"))
    .sort();
  const written = readdirSync(join(own, "venvoy")).filter((name) => name.endsWith(".py"));
  expect(written.sort()).toEqual(files);
  for (const name of files)
    expect(readFileSync(join(own, "venvoy", name), "utf8")).toBe(readFileSync(join(shipped, name), "utf8"));
  const to = join(t.home, "host lib");
  const first = JSON.parse((await t.venvoy("host", "module", "--to", to, "--json")).out);
  expect(first).toMatchObject({ directory: to, changed: true });
  expect(JSON.parse((await t.venvoy("host", "module", "--to", to, "--json")).out).changed).toBe(false);
  // An older edition is replaced; what somebody else put there is not.
  writeFileSync(join(to, "venvoy", ".venvoy-module"), "older\n");
  writeFileSync(join(to, "venvoy", "gone.py"), "");
  expect(JSON.parse((await t.venvoy("host", "module", "--to", to, "--json")).out).changed).toBe(true);
  expect(existsSync(join(to, "venvoy", "gone.py"))).toBe(false);
  expect(readdirSync(to)).toEqual(["venvoy"]);
  rmSync(join(to, "venvoy", ".venvoy-module"));
  const refused = await t.venvoy("host", "module", "--to", to, "--json");
  expect(JSON.parse(refused.out).error.code).toBe("FILE_EXISTS");
});

const missing = whyNoHost("3.11");
if (missing !== undefined) process.stderr.write(`skipped: a program with a Python inside: ${missing}\n`);

test.skipIf(missing !== undefined)("in one embedded interpreter, each script has its own versions", async () => {
  if (python === undefined) return;
  await using t = await testContext(projects);
  const host = buildHost(python, t.home);
  const facts = await factsOf(python.program);
  const lines =
    "import idna\nprint(NAME, idna.__version__)\ndef again():\n    import idna\n    print(NAME, idna.__version__)\n";
  const scripts = ["3.4", "3.6", "3.4"].map((version, index) =>
    t.write(`${index}.py`, `# r: idna==${version}\n${lines.replaceAll("NAME", String(index))}`),
  );
  // Stands for the binary: answers what the operation says for that file.
  const answers = join(t.home, "answers");
  mkdirSync(answers);
  for (const [index, file] of scripts.entries())
    writeFileSync(join(answers, `${index}.py`), JSON.stringify((await hostUse(t, file, facts)).report));
  const binary = join(t.home, "venvoy.sh");
  writeFileSync(binary, `#!/bin/sh\nexec cat "${answers}/$(basename "$3")"\n`);
  chmodSync(binary, 0o755);
  const module = (await t.venvoy("host", "module")).out.trim();
  const env = { PATH: process.env["PATH"], HOME: t.home, VENVOY_BINARY: binary };
  const { stdout, stderr } = await run(host, [python.prefix, module, ...scripts], { env });
  expect(stderr).toBe("");
  expect(stdout).toBe("0 3.4\n1 3.6\n2 3.4\n0 3.4\n1 3.6\n2 3.4\n");
});
