import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";

const projects = {
  idna: { "3.7": {} },
  attrs: { "24.1": {} },
  web: { "1.0": { requires: ["idna"] } },
};

test("forget drops a script's claim and says what leaves with the next version", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# venv: tools\n# r: web\n");
  const b = t.write("b.py", "# venv: tools\n# r: attrs\n");
  await t.runs("run", "a.py");
  await t.runs("run", "b.py");
  const dry = await t.venvoy("forget", "a.py", "--dry-run");
  expect(dry.out).toContain("would forget what a.py asks of tools: web");
  const said = await t.venvoy("forget", "a.py");
  expect(said).toMatchObject({ exit: 0, err: "" });
  expect(said.out).toBe("✓ forgot what a.py asks of tools: web\n  leaving with the next version: idna 3.7, web 1.0\n");
  const shown = await t.library.show({ name: "tools" });
  expect(shown.askedFor.map(({ text }) => text)).toEqual(["attrs"]);
  expect(shown.installed.map(({ name }) => name)).toContain("web");
  const next = await t.library.add({ name: "tools", requirements: ["idna"] });
  expect(next.changes.map(({ name, to }) => [name, to])).toEqual([["web", undefined]]);

  rmSync(b);
  expect((await t.venvoy("forget", "b.py", "-n", "tools")).out).toContain("forgot what b.py asks of tools: attrs");
  expect((await t.library.show({ name: "tools" })).askedFor.map(({ text }) => text)).toEqual(["idna"]);
});

test("a package that something else wants stays; a script without a claim is refused", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# venv: tools\n# r: web\n");
  await t.venvoy("create", "tools", "web", "attrs");
  await t.runs("run", "a.py");
  const none = await t.venvoy("forget", "b.py");
  expect(none).toMatchObject({ exit: 2, out: "" });
  expect(none.err).toContain("`b.py` has a claim on no environment");
  expect((await t.venvoy("forget", "a.py", "-n", "tools")).out).toContain("every package stays");
  expect((await t.venvoy("forget", "a.py", "-n", "tools")).err).toContain("has no claim on `tools`");
});

test("without -n a script is forgotten where the shell is, else everywhere", async () => {
  await using t = await testContext(projects);
  for (const name of ["one", "two", "three"]) {
    t.write("a.py", `# venv: ${name}\n# r: idna\n`);
    await t.runs("run", "a.py");
  }
  const forgotten = async () => (await t.library.forget({ file: "a.py" })).environments.map(({ name }) => name);
  t.env["VIRTUAL_ENV"] = `${t.home}/venvoy/envs/two`;
  expect(await forgotten()).toEqual(["two"]);
  expect(await forgotten()).toEqual(["one", "three"]);
});
