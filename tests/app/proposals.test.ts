import { describe, expect, it } from "vitest";
import { testContext } from "../kit/context.ts";

const frames = {
  numpy: { "1.26": {}, "2.0": {}, "2.1": {} },
  pandas: { "2.0": { requires: ["numpy<2"] }, "3.0": { requires: ["numpy>=2"] } },
};

describe("a conflict", () => {
  it("is told with what would do, and each of these does", async () => {
    await using context = await testContext(frames);
    await context.venvoy("create", "demo", "numpy<2");
    const said = await context.venvoy("add", "-n", "demo", "pandas>=3");
    expect(said.exit).toBe(1);
    expect(said.err).toBe(
      [
        "error: `numpy<2` and `pandas>=3` can't be installed together: `pandas` 3.0 needs `numpy>=2`",
        "any of these would do:",
        "  1. ask for `numpy` instead of `numpy<2`, which gives numpy 2.1",
        "  2. ask for `pandas` instead of `pandas>=3`, which gives pandas 2.0",
        "",
      ].join("\n"),
    );
    expect((await context.venvoy("add", "-n", "demo", "pandas")).exit).toBe(0);
  });

  it("says them to programs, too", async () => {
    await using context = await testContext(frames);
    const said = await context.venvoy("create", "demo", "numpy==2.0", "pandas==2.0", "--json");
    expect(JSON.parse(said.out)).toMatchObject({
      error: {
        code: "RESOLUTION_IMPOSSIBLE",
        data: {
          proposals: [
            { changes: [{ change: "loosen", from: "pandas==2.0", to: "pandas>=2.0" }] },
            { changes: [{ change: "loosen", from: "numpy==2.0", to: "numpy<=2.0" }] },
          ],
        },
      },
    });
  });

  it("is not searched for a way out by a run that has one already", async () => {
    await using context = await testContext(frames);
    await context.venvoy("create", "default", "numpy==2.0");
    const script = context.write("old.py", "#! python 3\n# r: pandas==2.0\n");
    const said = await context.venvoy("run", script);
    expect(said.err).toContain("runs in an environment of its own");
    expect(said.err).not.toContain("would do");
  });
});
