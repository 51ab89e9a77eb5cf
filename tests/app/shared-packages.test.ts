import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";

const projects = { idna: { "3.6": {}, "3.7": {} }, attrs: { "24.1": {} } };

test("`venv: site-packages` is one environment under all others of that Python", async () => {
  await using t = await testContext(projects);
  t.write("shared.py", "# venv: site-packages\n# r: attrs, idna<3.7\nimport attrs, idna; print(attrs.__version__)\n");
  // Made before the shared one, and after it: both see it.
  await t.venvoy("create", "before");
  expect((await t.runs("run", "-n", "before", "-c", "import attrs")).exit).toBe(1);
  expect(await t.runs("run", "shared.py")).toMatchObject({ exit: 0, out: "24.1\n" });
  const [shared] = (await t.library.list()).filter(({ name }) => name !== "before");
  expect(shared?.name).toMatch(/^site-packages-3\.\d+$/);
  await t.venvoy("create", "after", "idna");
  await t.venvoy("create", "./here");
  const print = "import attrs; print(attrs.__version__)";
  for (const name of ["before", "after", "./here"])
    expect((await t.runs("run", "-n", name, "-c", print)).out, name).toBe("24.1\n");
  // A script's own environment, too; and what an environment has itself goes before.
  t.write(
    "own.py",
    '# /// script\n# dependencies = ["idna"]\n# ///\nimport attrs, idna; print(attrs.__version__, idna.__version__)\n',
  );
  expect((await t.runs("run", "own.py")).out).toBe("24.1 3.7\n");
  const { path } = await t.library.show({ name: "after" });
  t.write("direct.py", "import attrs, idna, sys; print(idna.__version__, sys.path[-1].endswith('site-packages'))\n");
  const { execFileSync } = await import("node:child_process");
  expect(execFileSync(`${path}/bin/python`, [`${t.cwd}/direct.py`], { encoding: "utf8" })).toBe("3.7 True\n");
});

test("the shared environment goes by its short name in every command", async () => {
  await using t = await testContext(projects);
  expect((await t.venvoy("create", "site-packages", "attrs")).exit).toBe(0);
  expect((await t.venvoy("add", "-n", "site-packages", "idna")).exit).toBe(0);
  expect((await t.library.show({ name: "site-packages" })).name).toMatch(/^site-packages-3\.\d+$/);
  expect((await t.library.show({ name: "site-packages" })).askedFor.map(({ text }) => text)).toEqual(["attrs", "idna"]);
});
