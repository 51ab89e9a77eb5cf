import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestContext, testContext } from "../kit/context.ts";
import { realPythons } from "../kit/real-pythons.ts";

const [minor = "3.11"] = realPythons().map((python) => python.minor);

describe.skipIf(realPythons().length === 0)("a `.python-version`", () => {
  let t: TestContext;
  beforeAll(async () => {
    t = await testContext();
  });
  afterAll(() => t[Symbol.asyncDispose]());

  it("decides where nobody asks for a Python, is told, and is what the list shows as the default", async () => {
    t.write(".python-version", `# ours\n${minor}\n`);
    const { err } = await t.venvoy("create", "demo");
    const { python: version } = await t.library.show({ name: "demo" });
    expect(version).toMatch(new RegExp(`^${minor.replace(".", "\\.")}\\.`));
    expect(err).toContain(`Python ${version}, as \`.python-version\` asks\n`);
    const listed = await t.library.pythons();
    expect(listed.filter(({ isDefault }) => isDefault).map((one) => one.version)).toEqual([version]);
  });

  it("yields to what is typed, and to what a file that is followed asks for", async () => {
    t.write(".python-version", "3.99\n");
    expect((await t.venvoy("create", "typed", "--python", minor)).err).not.toContain(".python-version");
    t.write(".python-version", `${minor}\n`);
    t.write("environment.yml", `dependencies:\n  - python >=3.8,!=${minor}.*\n`);
    const { err } = await t.venvoy("create", "project", "-f", "environment.yml", "--dry-run");
    expect(err).toMatch(/`\.python-version` asks for Python [\d.]+, which `.+` rules out: it is passed over\n/);
  });

  it("that can't be followed is named as who asks, and nothing is made", async () => {
    t.write(".python-version", "3.99\n");
    const said = await t.venvoy("create", "none");
    expect(said).toMatchObject({ exit: 1, err: expect.stringContaining("`3.99`") });
    expect(said.err).toMatch(/; `.*\.python-version` asks for it\n/);
    expect((await t.library.list()).map(({ name }) => name)).not.toContain("none");
    expect((await t.library.pythons()).some(({ isDefault }) => isDefault)).toBe(false);
  });
});
