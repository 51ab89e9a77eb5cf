import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";
import { IndexServer } from "../kit/index-server.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";

const projects = { idna: { "3.6": {}, "3.7": {} }, attrs: { "24.1": {} } };

async function otherIndex(): Promise<IndexServer> {
  const served = (name: string, version: string) => ({
    filename: wheelFilename(name, version, {}),
    content: wheel(name, version, {}),
  });
  return IndexServer.start({ idna: [served("idna", "9.0")], attrs: [served("attrs", "99.0")] });
}

const program = "import idna, attrs; print(idna.__version__, attrs.__version__)\n";

test("an explicit index of [tool.uv] provides only what its sources name", async () => {
  await using t = await testContext(projects);
  await using other = await otherIndex();
  t.write(
    "a.py",
    [
      "# /// script",
      '# dependencies = ["idna", "attrs"]',
      "# [[tool.uv.index]]",
      '# name = "inner"',
      `# url = "${other.url.reveal()}"`,
      "# explicit = true",
      "# [tool.uv.sources]",
      '# idna = { index = "inner" }',
      "# ///",
      program,
    ].join("\n"),
  );
  expect(await t.runs("run", "a.py")).toMatchObject({ exit: 0, out: "9.0 24.1\n" });
});

test("an index of [tool.uv] that is not explicit goes before the others", async () => {
  await using t = await testContext(projects);
  await using other = await otherIndex();
  const index = `# [[tool.uv.index]]\n# url = "${other.url.reveal()}"\n`;
  t.write("a.py", `# /// script\n# dependencies = ["idna", "attrs"]\n${index}# ///\n${program}`);
  expect((await t.runs("run", "a.py")).out).toBe("9.0 99.0\n");
});

test("constraints of [tool.uv] limit versions, and a source may be a wheel beside the script", async () => {
  await using t = await testContext(projects);
  const { writeFileSync } = await import("node:fs");
  const filename = wheelFilename("attrs", "5.0", {});
  t.write("here/a.py", "");
  writeFileSync(`${t.cwd}/here/${filename}`, wheel("attrs", "5.0", {}));
  t.write(
    "here/a.py",
    [
      "# /// script",
      '# dependencies = ["idna", "attrs"]',
      "# [tool.uv]",
      '# constraint-dependencies = ["idna<3.7"]',
      "# [tool.uv.sources]",
      `# attrs = { path = "./${filename}" }`,
      "# ///",
      program,
    ].join("\n"),
  );
  expect(await t.runs("run", "here/a.py")).toMatchObject({ exit: 0, out: "3.6 5.0\n" });
});

test.each([
  ['idna = { git = "https://index.example/x" }', "is a git, and building is not possible yet"],
  ['idna = { index = "nope" }', "is the index `nope`, which no `index` table names"],
])("a source that can't be followed is told: %s", async (source, why) => {
  await using t = await testContext(projects);
  t.write("a.py", `# /// script\n# dependencies = ["idna"]\n# [tool.uv.sources]\n# ${source}\n# ///\n`);
  const said = await t.runs("run", "a.py");
  expect(said.exit).toBe(2);
  expect(said.err).toContain(why);
});

test("requires-python chooses the Python, and one that no Python fits is told", async () => {
  await using t = await testContext(projects);
  t.write("a.py", '# /// script\n# requires-python = ">=3.9"\n# ///\nimport sys; print(sys.version_info >= (3, 9))\n');
  expect((await t.runs("run", "a.py")).out).toBe("True\n");
  t.write("b.py", '# /// script\n# requires-python = ">=3.99"\n# ///\n');
  const said = await t.runs("run", "b.py");
  expect(said.exit).toBe(1);
  expect(said.err).toContain("No Python that fits `>=3.99`");
});

test("`env:` puts a folder on sys.path", async () => {
  await using t = await testContext(projects);
  t.write("lib/mine.py", "VALUE = 4\n");
  t.write("a.py", `# venv: demo\n# env: ${t.cwd}/lib\nimport mine; print(mine.VALUE)\n`);
  expect(await t.runs("run", "a.py")).toMatchObject({ exit: 0, out: "4\n" });
});
