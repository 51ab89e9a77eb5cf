import { describe, expect, it } from "vitest";
import { testContext } from "../kit/context.ts";
import { sdist, sdistFilename } from "../kit/sdist.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";

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

describe("sources that can't be built here", () => {
  const backendCode = "raise ModuleNotFoundError(\"No module named 'pkg_resources'\")";
  const broken = (version: string) => ({
    filename: sdistFilename("old", version),
    content: sdist("old", version, { backendCode }),
  });

  it("are told with a version that needs no building", async () => {
    await using context = await testContext({ old: { "2.0": {} } });
    const { packages } = context.index;
    packages["old"] = [...(packages["old"] ?? []), broken("1.0"), broken("0.9")];
    const said = await context.venvoy("create", "demo", "old<2");
    expect(said.exit).toBe(1);
    expect(said.err).toContain("`old-0.9.tar.gz`: asking what its build needs failed");
    expect(said.err).toContain("this would do: ask for `old` instead of `old<2`, which gives old 2.0");
    expect(said.err).toContain("hint: it was made for an older setuptools");
    await context.venvoy("create", "other");
    const asked = await context.venvoy("why-not", "old<2", "-n", "other");
    expect(asked).toMatchObject({ exit: 0, err: "" });
    expect(asked.out).toContain("✗ `old-0.9.tar.gz`: asking what its build needs failed");
  });

  it("say what they themselves said, and to ask for nothing is no way out", async () => {
    await using context = await testContext({});
    const parts = { backendCode: 'import sys\nsys.exit("take new instead of old")' };
    const told = {
      backendCode:
        'def get_requires_for_build_wheel(settings=None):\n    sys.exit("take new instead of old")\nimport sys',
    };
    const files = [parts, told].map((one, at) => ({
      filename: sdistFilename("old", `1.${at}`),
      content: sdist("old", `1.${at}`, one),
    }));
    context.index.packages["old"] = files;
    const said = await context.venvoy("create", "demo", "old");
    expect(said.exit).toBe(1);
    expect(said.err).toContain("take new instead of old");
    expect(said.err).not.toContain("leave out");
  });

  it("are told with the Pythons for which there is a wheel", async () => {
    await using context = await testContext({});
    const tags = ["cp37-none-any", "cp38-none-any"];
    const wheels = tags.map((tag) => ({
      filename: wheelFilename("old", "1.0", { tags: [tag] }),
      content: wheel("old", "1.0", { tags: [tag] }),
    }));
    context.index.packages["old"] = [...wheels, broken("1.0")];
    const said = await context.venvoy("create", "demo", "old==1.0");
    expect(said.exit).toBe(1);
    expect(said.err).toContain("`old` 1.0 has wheels for Python 3.7, 3.8: with --python 3.8 nothing is built");
  });
});
