import { rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { testContext } from "../kit/context.ts";
import { hangUp } from "../kit/index-server.ts";

const projects = {
  idna: { "3.6": {}, "3.7": {} },
  attrs: { "24.1": {} },
  web: { "1.0": { requires: ["idna<3.7"] }, "2.0": { requires: ["idna>=3.7"] } },
};

test("a header's venv line makes the environment, and the script joins it as a claim", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "#! python 3\n# venv: shared\n# r: idna\nimport idna; print('a', idna.__version__)\n");
  const first = await t.runs("run", "a.py");
  expect(first).toMatchObject({ exit: 0, out: "a 3.7\n" });
  t.write(
    "b.py",
    "# venv: shared\n# r: attrs, idna<3.7\nimport attrs, idna; print('b', attrs.__version__, idna.__version__)\n",
  );
  const second = await t.runs("run", "b.py");
  expect(second.out).toBe("b 24.1 3.6\n");
  expect(second.err).toContain("idna 3.7 → 3.6 in shared: b.py line 2 asked; also used by a.py line 3");
  const details = await t.library.show({ name: "shared" });
  expect(details.askedFor.map(({ text, origin }) => `${text} (${origin})`)).toEqual([
    "idna (a.py line 3)",
    "attrs (b.py line 2)",
    "idna<3.7 (b.py line 2)",
  ]);
  expect(details.version).toBe(2);
});

test("a claim that can't join is refused with both lines, and the others go on as before", async () => {
  await using t = await testContext(projects);
  t.write("old.py", "# venv: shared\n# r: idna<3.7\nimport idna; print(idna.__version__)\n");
  t.write("new.py", "# venv: shared\n# r: web>=2\nimport web\n");
  await t.runs("run", "old.py");
  const refused = await t.runs("run", "new.py");
  expect(refused.exit).toBe(1);
  expect(refused.err).toContain("old.py line 2");
  expect(refused.err).toContain("new.py line 2");
  expect((await t.runs("run", "old.py")).out).toBe("3.6\n");
  expect((await t.library.history({ name: "shared" })).length).toBe(1);
});

test("an edited header replaces its claim; a vanished script loses it", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# venv: shared\n# r: idna<3.7\n");
  await t.runs("run", "a.py");
  t.write("a.py", "# venv: shared\n# r: attrs\n");
  await t.runs("run", "a.py");
  expect((await t.library.show({ name: "shared" })).askedFor.map(({ text }) => text)).toEqual(["attrs"]);
  t.write("b.py", "# venv: shared\n# r: web>=2\n");
  const { rmSync } = await import("node:fs");
  rmSync(`${t.cwd}/a.py`);
  expect((await t.runs("run", "b.py")).exit).toBe(0);
  expect((await t.library.show({ name: "shared" })).askedFor.map(({ text }) => text)).toEqual(["web>=2"]);
});

test("the default environment never refuses: what doesn't fit runs in one of its own, and one line says so", async () => {
  await using t = await testContext(projects);
  t.write("old.py", "# r: idna<3.7\nimport idna; print(idna.__version__)\n");
  t.write("new.py", "# r: web>=2\nimport idna; print(idna.__version__)\n");
  expect((await t.runs("run", "old.py")).out).toBe("3.6\n");
  const second = await t.runs("run", "new.py");
  expect(second).toMatchObject({ exit: 0, out: "3.7\n" });
  expect(second.err).toContain("new.py does not fit into `default`, so it runs in an environment of its own");
});

test("equal PEP 723 headers share one environment, which is found again without asking the index", async () => {
  await using t = await testContext(projects);
  const header = '# /// script\n# dependencies = ["web"]\n# ///\nimport sys; print(sys.prefix)\n';
  t.write("a.py", header);
  t.write("b.py", header);
  const a = await t.runs("run", "a.py");
  const asked = t.index.requests.length;
  const b = await t.runs("run", "b.py");
  expect(b.out).toBe(a.out);
  expect(t.index.requests.length).toBe(asked);
  expect(await t.library.list()).toEqual([]);
});

test("--frozen refuses a run that would change the environment, and says what", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# venv: shared\n# r: idna\n");
  await t.runs("run", "a.py");
  t.write("b.py", "# venv: shared\n# r: attrs\n");
  const refused = await t.runs("run", "--frozen", "b.py");
  expect(refused.exit).toBe(1);
  expect(refused.err).toContain("add attrs 24.1");
  expect((await t.runs("run", "--frozen", "a.py")).exit).toBe(0);
});

test("--with adds for one run and leaves the environment alone", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna<3.7");
  const said = await t.runs(
    "run",
    "-n",
    "demo",
    "--with",
    "attrs",
    "-c",
    "import attrs, idna; print(attrs.__version__, idna.__version__)",
  );
  expect(said.out).toBe("24.1 3.6\n");
  expect((await t.runs("run", "-n", "demo", "-c", "import attrs")).exit).toBe(1);
});

test("PYTHONPATH is kept with a warning when it hides packages, and dropped by --isolated", async () => {
  await using t = await testContext(projects);
  t.write("hide/idna.py", "__version__ = 'mine'\n");
  await t.venvoy("create", "demo", "idna");
  t.env["PYTHONPATH"] = `${t.cwd}/hide`;
  const kept = await t.runs("run", "-n", "demo", "-c", "import idna; print(idna.__version__)");
  expect(kept.out).toBe("mine\n");
  expect(kept.err).toContain("PYTHONPATH hides packages of the environment");
  const dropped = await t.runs("run", "-n", "demo", "--isolated", "-c", "import idna; print(idna.__version__)");
  expect(dropped).toMatchObject({ out: "3.7\n", err: "" });
});

test("--explain says why, and starts nothing", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# venv: shared\n# r: idna\n");
  const said = await t.venvoy("run", "--explain", "a.py");
  expect(said.out).toContain("a.py line 1 says `venv: shared`");
  expect(said.out).toContain("`shared` does not exist yet: the run makes it");
  expect(t.started).toEqual([]);
  expect(await t.library.list()).toEqual([]);
  await t.venvoy("run", "a.py");
  expect((await t.venvoy("run", "--explain", "a.py")).out).toContain("`shared` is at version 1\n");
});

test("what moved under others is not told of a script that is gone", async () => {
  await using t = await testContext(projects);
  const gone = t.write("gone.py", "# venv: shared\n# r: idna<3.7\n");
  expect((await t.runs("run", "gone.py")).exit).toBe(0);
  rmSync(gone);
  t.write("here.py", "# venv: shared\n# r: idna\n");
  t.write("new.py", "# venv: shared\n# r: idna>=3.7\n");
  expect((await t.runs("run", "here.py")).exit).toBe(0);
  const { err } = await t.runs("run", "new.py");
  expect(err).toBe("idna 3.6 → 3.7 in shared: new.py line 2 asked; also used by here.py line 2\n");
});

test.each([
  ["a missing script", ["run", "nope.py"], 125, "`nope.py` can't be run: there is no such file"],
  ["a directory", ["run", "./"], 125, "`.` can't be run: it is a directory"],
  ["a device", ["run", "/dev/zero"], 125, "`/dev/zero` can't be run: it is no file"],
  ["a name that is too long", ["run", `${"x".repeat(300)}.py`], 125, "no file can have such a long name"],
  ["the directory here", ["run", "."], 125, "`.` can't be run: it is a directory"],
  ["nothing", ["run"], 2, "needs something to run"],
  ["an unknown environment", ["run", "-n", "dmo", "x.py"], 125, "x.py"],
])("%s is one sentence", async (_, words, exit, text) => {
  await using t = await testContext(projects);
  const said = await t.runs(...words);
  expect(said.exit).toBe(exit);
  expect(said.err).toContain(text);
});

test.each([
  ["requirements-dev.txt", "a list of requirements", "venvoy create NAME -f requirements-dev.txt"],
  ["environment.yml", "a project's file", "venvoy create NAME -f environment.yml"],
  ["pylock.cuda.toml", "a project's file", "venvoy create NAME -f pylock.cuda.toml"],
  ["idna-3.6-py3-none-any.whl", "a package", "venvoy add idna-3.6-py3-none-any.whl"],
])("%s is no program, and what to do with it is said", async (name, what, hint) => {
  await using t = await testContext(projects);
  t.write(name, "idna\n");
  const said = await t.runs("run", name);
  expect(said).toMatchObject({ exit: 125, out: "" });
  expect(said.err).toContain(`\`${name}\` can't be run: it is ${what}, not a program\nhint: ${hint}\n`);
  expect(t.started).toEqual([]);
});

test("a broken header shows its line", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# r: idna==\n");
  const said = await t.runs("run", "a.py");
  expect(said.exit).toBe(2);
  expect(said.err).toContain("a.py");
  expect(said.err).toContain("line 1");
  expect(said.err).toContain("^");
});

test("the second run of a script leaves a memo that the process entry can start from", async () => {
  await using t = await testContext(projects);
  const file = t.write("a.py", "# venv: shared\n# r: idna\n");
  await t.runs("run", "a.py");
  const { existsSync, readFileSync } = await import("node:fs");
  const { memoName, parseMemo } = await import("../../src/launch/index.ts");
  const memoFile = `${t.home}/venvoy/cache/launch/${memoName(file)}`;
  expect(existsSync(memoFile)).toBe(true);
  const memo = parseMemo(readFileSync(memoFile, "utf8"));
  expect(memo?.script.path).toBe(file);
  expect(memo?.environment).toBe(`${t.home}/venvoy/envs/shared`);
  expect(memo?.links).toHaveLength(2);
});

test.each([
  ["../evil", "is a path, and a header names an environment"],
  ["./evil", "is a path"],
  ["con", "names a device"],
])("a header that says `venv: %s` is refused, and makes nothing", async (name, why) => {
  await using t = await testContext(projects);
  t.write("a.py", `# venv: ${name}\n# r: idna\n`);
  const said = await t.runs("run", "a.py");
  expect(said.exit).toBe(2);
  expect(said.err).toContain("`a.py` line 1");
  expect(said.err).toContain(why);
  expect(await t.library.list()).toEqual([]);
});

test("a program that isn't there is one sentence, with a near name", async () => {
  await using t = await testContext({
    tool: {
      "1.0": { files: { "tool-1.0.dist-info/entry_points.txt": "[console_scripts]\nfrobnicate = tool:main\n" } },
    },
  });
  await t.venvoy("create", "demo", "tool");
  const near = await t.venvoy("run", "-n", "demo", "frobnicat");
  expect(near.exit).toBe(125);
  expect(near.err).toBe("error: `frobnicat` is no program of `demo`, nor on PATH\nhint: did you mean `frobnicate`?\n");
  t.write("job", "#!/bin/sh\nexit 0\n");
  expect((await t.venvoy("run", "-n", "demo", "job")).err).toContain("hint: venvoy run ./job");
  await t.venvoy("run", "-n", "demo", "./job", "x");
  expect(t.started.at(-1)?.argv).toEqual([`${t.cwd}/job`, "x"]);
});

test("C# headers and Python 2 are told apart from what can be run", async () => {
  await using t = await testContext(projects);
  t.write("c.cs", "// #! csharp\n// r: nuget: X\n");
  expect((await t.venvoy("run", "c.cs")).err).toContain("asks for `csharp`, which only its host can run");
  t.write("old.py", "#! python 2\nprint 'x'\n");
  expect((await t.venvoy("run", "old.py")).err).toContain("line 1 asks for Python 2");
});

test("an environment stands on one Python: a script for another one is refused, and `default` lets it have its own", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna");
  t.write("a.py", "# venv: demo\n# r: idna\n# /// script\n# requires-python = '>=3.99'\n# ///\n");
  const refused = await t.runs("run", "a.py");
  expect(refused.exit).toBe(1);
  expect(refused.err).toContain("`a.py` asks for Python `>=3.99`, and the environment `demo` stands on Python 3.");
  const others = (await t.library.pythons()).filter((one) => one.supported && one.problem === undefined);
  const [first] = others.filter((one) => one.isDefault);
  const other = others.find((one) => minorOf(one.version) !== minorOf(first?.version));
  if (other === undefined) return;
  await t.runs("run", "-c", "pass");
  const own = await t.runs(
    "run",
    "--python",
    minorOf(other.version),
    "-c",
    "import sys; print('%d.%d' % sys.version_info[:2])",
  );
  expect(own.out).toBe(`${minorOf(other.version)}\n`);
  expect(own.err).toContain("-c does not fit into `default`, so it runs in an environment of its own");
});

function minorOf(version: string | undefined): string {
  return (version ?? "").split(".").slice(0, 2).join(".");
}

describe("a script at an address", () => {
  const script = "# /// script\n# dependencies = []\n# ///\nimport sys\nprint(sys.argv[1:])\n";

  test("comes by the way that the settings say, and runs", async () => {
    const asked: (string | undefined)[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url);
      response.statusCode = request.url?.endsWith("/job.py") ? 200 : 404;
      response.end(script);
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = proxy.address() as AddressInfo;
      await using t = await testContext({}, { HTTP_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: "127.0.0.1" });
      const ran = await t.runs("run", "http://scripts.example/job.py", "a b");
      expect(ran).toMatchObject({ exit: 0, out: "['a b']\n" });
      const gone = await t.runs("run", "http://scripts.example/gone.py");
      expect(gone).toEqual({
        exit: 125,
        out: "",
        err: "error: `http://scripts.example/gone.py` can't be run: it does not exist (status 404)\n",
      });
      expect(asked).toEqual(["http://scripts.example/job.py", "http://scripts.example/gone.py"]);
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  });

  test("that brings nothing is one sentence", async () => {
    await using t = await testContext({}, { VENVOY_RETRIES: "0" });
    t.index.on("/cut.py", hangUp());
    const cut = await t.runs("run", `${t.index.origin}/cut.py`);
    expect(cut.exit).toBe(125);
    expect(cut.err).toMatch(
      /^error: `http:.*\/cut\.py` can't be run: it can't be reached: .*\n(?: {2}because: .*\n)?hint: /,
    );
    const odd = await t.runs("run", "http://");
    expect(odd).toMatchObject({ exit: 125, err: "error: `http://` can't be run: it is not a web address\n" });
  });
});
