import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testContext } from "../kit/context.ts";
import { sdist, sdistFilename } from "../kit/sdist.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";

const fails = "raise RuntimeError('src/x.c:1:10: fatal error: ffi.h: No such file or directory')";

describe("packages that come as sources", () => {
  it("are built, run, and built only once for all environments", async () => {
    await using context = await testContext({
      demo: { "1.0": { sdist: { requires: ["idna"] } } },
      idna: { "3.7": {} },
    });
    const made = await context.venvoy("create", "one", "demo");
    expect(made.exit).toBe(0);
    expect(made.err).toMatch(/^ *builds from source: demo 1\.0; with(out)? the network/m);
    const said = await context.runs("run", "-n", "one", "-c", "import demo, idna; print(demo.__version__)");
    expect(said.out).toBe("1.0\n");
    const builds = () => context.events.filter((event) => event.type === "op:start" && event.kind === "build").length;
    const before = builds();
    const second = await context.venvoy("create", "two", "demo");
    expect(second).toMatchObject({ exit: 0, err: "" });
    expect(builds()).toBe(before);
    const again = await context.venvoy("add", "-n", "one", "demo", "--json");
    expect(JSON.parse(again.out)).toMatchObject({ changed: false });
  });

  it.each(["tar.gz", "tar.bz2", "tar.xz", "zip"] as const)(
    "come as .%s, too, from an index and from a directory",
    async (format) => {
      await using context = await testContext({ demo: { "1.0": { sdist: { format } } } });
      expect(await context.venvoy("create", "one", "demo")).toMatchObject({ exit: 0 });
      expect((await context.runs("run", "-n", "one", "-c", "import demo; print(demo.__version__)")).out).toBe("1.0\n");
      const parts = { format, files: { "notes.txt": "another archive" } };
      const file = sdistFilename("demo", "1.0", parts);
      writeFileSync(join(context.cwd, file), sdist("demo", "1.0", parts));
      const near = ["--no-index", "--find-links", "."];
      const two = await context.venvoy("create", "two", "demo", ...near);
      expect(two, two.err).toMatchObject({ exit: 0 });
      expect(await context.venvoy("create", "three", `./${file}`)).toMatchObject({ exit: 0 });
      expect((await context.runs("run", "-n", "three", "-c", "import demo; print(demo.__version__)")).out).toBe(
        "1.0\n",
      );
    },
  );

  it("are not run for metadata that is settled, nor at all with --no-build", async () => {
    await using context = await testContext({
      demo: { "1.0": { sdist: { static: true, backendCode: fails } } },
    });
    expect((await context.venvoy("create", "dry", "demo", "--dry-run")).exit).toBe(0);
    const refused = await context.venvoy("create", "no", "demo", "--no-build");
    expect(refused.exit).toBe(1);
    expect(refused.err).toContain("source");
    const failed = await context.venvoy("create", "yes", "demo");
    expect(failed.err).toContain("ffi.h: No such file or directory");
    expect(failed.err).toContain("the C header `ffi.h` is missing");
    expect((await context.venvoy("list", "--json")).out.trim()).toBe("[]");
  });

  it("are not run for metadata that a wheel for another machine tells, the nearest Python's", async () => {
    await using context = await testContext({ idna: { "3.7": {} }, old: { "1.0": {} } });
    const wheelFor = (tag: string, requires: readonly string[]) => ({
      filename: wheelFilename("demo", "1.0", { tags: [tag] }),
      content: wheel("demo", "1.0", { tags: [tag], requires }),
    });
    context.index.packages["demo"] = [
      wheelFor("cp27-cp27m-win_amd64", ["missing"]),
      wheelFor("cp36-cp36m-win_amd64", ["old"]),
      wheelFor("cp310-cp310-win_amd64", ["idna"]),
      { filename: sdistFilename("demo", "1.0"), content: sdist("demo", "1.0", { backendCode: fails }) },
    ];
    const planned = await context.venvoy("create", "dry", "demo", "--dry-run", "--json");
    expect(planned.exit).toBe(0);
    const { changes } = JSON.parse(planned.out) as { changes: readonly { name: string; to: string }[] };
    expect(changes.map(({ name, to }) => `${name} ${to}`).sort()).toEqual(["demo 1.0", "idna 3.7"]);
    expect(context.index.paths().filter((path) => path.endsWith(".tar.gz"))).toEqual([]);
    // Who passes over wheels does not ask them either.
    const refused = await context.venvoy("create", "no", "demo", "--no-binary", "demo");
    expect(refused.err).toContain("ffi.h");
  });

  it("use what their build asks for from the index, in an environment of its own", async () => {
    await using context = await testContext({
      demo: {
        "1.0": { sdist: { buildRequires: ["tool>=2"], backendCode: "import tool; assert tool.__version__ == '2.1'" } },
      },
      tool: { "1.0": {}, "2.1": {} },
    });
    expect(await context.venvoy("create", "one", "demo")).toMatchObject({ exit: 0 });
    const said = await context.runs("run", "-n", "one", "-c", "import demo; import tool");
    expect(said.err).toContain("No module named 'tool'");
  });

  it("give way to an older release when the newest can't be built", async () => {
    await using context = await testContext({
      demo: { "1.0": {}, "2.0": { sdist: { backendCode: fails } } },
    });
    const made = await context.venvoy("create", "one", "demo", "--json");
    expect(JSON.parse(made.out)).toMatchObject({ changes: [{ name: "demo", to: "1.0" }] });
  });

  it("are passed settings, and are built again for others", async () => {
    await using context = await testContext({ demo: { "1.0": { sdist: {} } } });
    const settings = (name: string) => context.runs("run", "-n", name, "-c", "import demo; print(demo.settings)");
    await context.venvoy("create", "one", "demo", "--config-settings", "a=1", "--config-settings", "a=2");
    expect((await settings("one")).out).toBe("{'a': ['1', '2']}\n");
    await context.venvoy("create", "two", "demo");
    expect((await settings("two")).out).toBe("None\n");
  });

  it("are built where a wheel would do, when that is asked", async () => {
    await using context = await testContext({ demo: { "1.0": { sdist: {} } }, idna: { "3.7": {} } });
    expect((await context.venvoy("create", "one", "idna", "--no-binary", "idna")).err).toContain("can't be installed");
    expect((await context.venvoy("create", "one", "idna", "demo", "--no-binary", "demo")).exit).toBe(0);
  });

  it("that need themselves to be built are refused", async () => {
    await using context = await testContext({ demo: { "1.0": { sdist: { buildRequires: ["demo"] } } } });
    expect((await context.venvoy("create", "one", "demo")).err).toContain("needs `demo` itself");
  });

  it("come back from the lock on another machine, by building again", async () => {
    await using context = await testContext({ demo: { "1.0": { sdist: {} } } });
    await context.venvoy("create", "one", "demo");
    await context.venvoy("delete", "one");
    await context.venvoy("clean", "--unused", "0d");
    expect((await context.venvoy("restore", "one")).exit).toBe(0);
    expect((await context.runs("run", "-n", "one", "-c", "import demo; print(1)")).out).toBe("1\n");
  });
});
