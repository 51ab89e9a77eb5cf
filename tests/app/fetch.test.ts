import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type TestContext, testContext } from "../kit/context.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";

const linux = "linux-x86_64-cp311";
const windows = "windows-amd64-cp312";
const two = ["--target", linux, "--target", windows];
const tags = [linux, windows].map((name) =>
  name === linux ? "cp311-cp311-manylinux_2_17_x86_64" : "cp312-cp312-win_amd64",
);
const files = [
  "colours-0.4-py3-none-any.whl",
  "native-1.0-cp311-cp311-manylinux_2_17_x86_64.whl",
  "native-1.0-cp312-cp312-win_amd64.whl",
  "web-1.0-py3-none-any.whl",
];

async function started(): Promise<TestContext> {
  const t = await testContext({
    web: { "1.0": { requires: ["native", "colours ; sys_platform == 'win32'"] } },
    colours: { "0.4": {} },
  });
  t.index.packages["native"] = tags.map((tag) => ({
    filename: wheelFilename("native", "1.0", { tags: [tag] }),
    content: wheel("native", "1.0", { tags: [tag] }),
  }));
  t.write("requirements.txt", "web\n");
  return t;
}

const wheelsAsked = (t: TestContext) =>
  t.index.paths().filter((path) => path.startsWith("/files/") && path.endsWith(".whl"));

describe("a wheelhouse", () => {
  test("holds what all targets need; a second run fetches nothing, or only what is missing or wrong", async () => {
    await using t = await started();
    const house = join(t.cwd, "house");
    const fetch = () => t.venvoy("fetch", "requirements.txt", "-o", "house", ...two);
    const said = await fetch();
    expect(said).toMatchObject({ exit: 0, err: "" });
    expect(said.out).toContain("fetched 4 files");
    expect(readdirSync(house).sort()).toEqual(files);
    const asked = wheelsAsked(t).length;
    expect((await fetch()).out).toContain("has all 4 files");
    expect(wheelsAsked(t)).toHaveLength(asked);
    writeFileSync(join(house, files[1] ?? ""), "half");
    expect((await fetch()).out).toContain("fetched 1 file");
    expect(wheelsAsked(t)).toHaveLength(asked + 1);
    expect(readFileSync(join(house, files[1] ?? ""))).toEqual(
      Buffer.from(wheel("native", "1.0", { tags: ["cp311-cp311-manylinux_2_17_x86_64"] })),
    );
  });

  test("of a lock holds exactly its files, for its own targets or for one of them, and leaves it alone", async () => {
    await using t = await started();
    await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", ...two);
    const before = readFileSync(join(t.cwd, "pylock.toml"), "utf8");
    const web = { requires: ["native", "colours ; sys_platform == 'win32'"] };
    t.serve("web", { "1.0": web, "2.0": web });
    expect(await t.venvoy("fetch", "pylock.toml", "-o", "one", "--target", linux)).toMatchObject({ exit: 0, err: "" });
    expect(readdirSync(join(t.cwd, "one")).sort()).toEqual([files[1], files[3]]);
    const planned = await t.venvoy("fetch", "pylock.toml", "-o", "all", "--dry-run");
    expect(planned.out).toContain("would fetch 4 files for linux-x86_64-cp311, windows-amd64-cp312");
    expect(readdirSync(t.cwd)).not.toContain("all");
    await t.venvoy("fetch", "pylock.toml", "-o", "all");
    expect(readdirSync(join(t.cwd, "all")).sort()).toEqual(files);
    expect(readFileSync(join(t.cwd, "pylock.toml"), "utf8")).toBe(before);
    const other = await t.venvoy("fetch", "pylock.toml", "-o", "none", "--target", "macos-arm64-cp313");
    expect(other).toMatchObject({ exit: 1, err: expect.stringContaining("it was made for") });
  });

  test("that can't be finished keeps what is whole, and nothing else under a final name", async () => {
    await using t = await started();
    await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", ...two);
    const bad = `/files/native/${files[2]}`;
    t.index.on(bad, (_, response) => response.writeHead(200).end("other bytes"));
    const said = await t.venvoy("fetch", "pylock.toml", "-o", "house");
    expect(said.exit).toBe(1);
    const house = join(t.cwd, "house");
    expect(readdirSync(house)).not.toContain(files[2]);
    expect(files).toEqual(expect.arrayContaining(readdirSync(house)));
    t.index.on(bad, (request, response) => t.index.serve(request, response));
    expect(await t.venvoy("fetch", "pylock.toml", "-o", "house")).toMatchObject({ exit: 0 });
    expect(readdirSync(house).sort()).toEqual(files);
  });

  test.each(["requirements.txt", "pylock.toml"])("installs %s in another empty home without network", async (file) => {
    await using here = await testContext({ web: { "1.0": { requires: ["idna<4"] } }, idna: { "3.6": {}, "4.0": {} } });
    here.write("requirements.txt", "web\n");
    await here.venvoy("lock", "requirements.txt", "-o", "pylock.toml");
    expect(await here.venvoy("fetch", file, "-o", "house")).toMatchObject({ exit: 0, err: "" });
    await here.index.close();
    await using there = await testContext({});
    await there.index.close();
    there.write(file, readFileSync(join(here.cwd, file), "utf8"));
    expect(await there.venvoy("create", "demo")).toMatchObject({ exit: 0 });
    const house = ["--offline", "--no-index", "--find-links", join(here.cwd, "house")];
    expect(await there.venvoy("sync", "-n", "demo", file, ...house)).toMatchObject({ exit: 0, err: "" });
    const { installed } = await there.library.show({ name: "demo" });
    expect(installed.map((one) => `${one.name} ${one.version}`).filter((one) => !one.startsWith("pip "))).toEqual([
      "idna 3.6",
      "web 1.0",
    ]);
    expect(there.index.requests).toEqual([]);
  });

  test("a file of a lock whose bytes differ in the wheelhouse is refused", async () => {
    await using t = await testContext({ demo: { "1.0": {} } });
    t.write("requirements.txt", "demo\n");
    await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml");
    await t.venvoy("create", "demo");
    t.write(`house/${wheelFilename("demo", "1.0")}`, "other bytes");
    const said = await t.venvoy("sync", "-n", "demo", "pylock.toml", "--offline", "--find-links", "house");
    expect(said.exit).toBe(1);
    expect(said.err).toContain("demo-1.0");
  });

  test("has the word that other tools use answered with ours", async () => {
    await using t = await testContext({});
    expect(await t.venvoy("download", "demo")).toMatchObject({
      exit: 2,
      err: expect.stringContaining("venvoy fetch demo"),
    });
    expect((await t.venvoy("pip", "compile", "requirements.in")).err).toContain("venvoy lock");
  });
});
