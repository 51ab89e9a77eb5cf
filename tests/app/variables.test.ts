import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";

const printed = "import os; print(os.environ.get('GREETING'))";

test("set, list and unset; a run sees the variables as they are", async () => {
  await using t = await testContext();
  await t.venvoy("create", "demo");
  expect((await t.venvoy("set", "-n", "demo")).out).toBe("no variables are set in demo\n");
  expect(await t.venvoy("set", "-n", "demo", "GREETING=a=b c", "EMPTY=")).toEqual({
    exit: 0,
    out: "✓ demo: EMPTY set, GREETING set\n",
    err: "",
  });
  expect((await t.venvoy("set", "-n", "demo")).out).toBe("EMPTY=\nGREETING=a=b c\n");
  t.write("a.py", printed);
  expect((await t.runs("run", "-n", "demo", "a.py")).out).toBe("a=b c\n");
  expect((await t.venvoy("set", "-n", "demo", "GREETING=a=b c")).out).toContain("has that already");
  expect((await t.venvoy("set", "-n", "demo", "--unset", "EMPTY", "--unset", "GREETING")).out).toContain(
    "EMPTY unset, GREETING unset",
  );
  expect((await t.runs("run", "-n", "demo", "a.py")).out).toBe("None\n");
});

test("variables go with a clone, and away with the last one", async () => {
  await using t = await testContext();
  await t.venvoy("create", "demo");
  await t.venvoy("set", "-n", "demo", "GREETING=hello");
  expect((await t.venvoy("clone", "demo", "twin")).exit).toBe(0);
  const twin = await t.library.show({ name: "twin" });
  const file = join(t.home, "venvoy", "envs", `twin-${twin.id}`, "variables.sh");
  expect(existsSync(file)).toBe(true);
  await t.venvoy("set", "-n", "twin", "--unset", "GREETING");
  expect(existsSync(file)).toBe(false);
});

test("a dry run changes nothing, and what can't be is refused with the reason", async () => {
  await using t = await testContext();
  await t.venvoy("create", "demo");
  expect((await t.venvoy("set", "-n", "demo", "A=1", "--dry-run")).out).toContain("would change demo: A set");
  expect((await t.library.variables({ name: "demo" })).variables).toEqual({});
  const refusals = [
    ["PATH=/opt", 2, "`PATH` can't be set: activation sets it"],
    ["PYTHONHOME=/opt", 2, "Python would not find its own library"],
    ["1A=2", 2, "doesn't begin with a digit"],
    ["word", 2, "`word` is not NAME=VALUE"],
  ] as const;
  for (const [word, exit, text] of refusals) {
    const said = await t.venvoy("set", "-n", "demo", word);
    expect(said.exit, word).toBe(exit);
    expect(said.err).toContain(text);
  }
  expect((await t.venvoy("set", "-n", "demo", "--unset", "A")).err).toContain("`A` is not set in `demo`");
  expect((await t.venvoy("set", "A=1")).err).toContain("No environment is named, and none is active");
  const warned = await t.venvoy("set", "-n", "demo", "PYTHONPATH=/opt");
  expect(warned).toMatchObject({ exit: 0, err: "PYTHONPATH: what lies there hides the environment's own packages\n" });
  await t.venvoy("protect", "demo");
  expect((await t.venvoy("set", "-n", "demo", "A=1")).err).toContain("protected");
});
