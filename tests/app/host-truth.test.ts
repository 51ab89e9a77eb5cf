import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodePorts } from "../../src/node/index.ts";
import { testContext } from "../kit/context.ts";
import { sharedObject } from "../kit/elf.ts";
import { sdist, sdistFilename } from "../kit/sdist.ts";
import type { WheelParts } from "../kit/wheel.ts";

const { libc, machine, os } = nodePorts().system;
const isHere = os === "linux" && libc?.kind === "glibc" && machine === "x86_64";
const tag = "py3-none-manylinux_2_17_x86_64";

/** A wheel with one library that needs these versions of glibc. */
function native(version: string, extra: Partial<WheelParts> = {}): WheelParts {
  const versions = { "libc.so.6": ["GLIBC_2.2.5", `GLIBC_${version}`] };
  const files = {
    "scipy/__init__.py": "",
    "scipy/x.so": { content: sharedObject({ needed: ["libc.so.6"], versions }), mode: 0o755 },
  };
  return { files, tags: [tag], ...extra };
}

const note = `\`scipy\` 1.17.0 says it runs on glibc 2.17 but needs GLIBC_2.99 (scipy/x.so), and this machine has ${libc?.version}`;

test.skipIf(!isHere)(
  "a wheel that needs more than it says: the version before it is taken, and why is told",
  async () => {
    await using t = await testContext({ scipy: { "1.16.2": native("2.17"), "1.17.0": native("2.99") } });
    const first = await t.venvoy("create", "demo", "scipy");
    expect(first, first.err).toMatchObject({ exit: 0 });
    expect(first.out + first.err).toContain(`${note}: took 1.16.2`);
    expect((await t.venvoy("list", "-n", "demo", "--json")).out + first.out + first.err).toContain("1.16.2");

    // The next one knows before anything is brought.
    t.index.requests.length = 0;
    const next = await t.venvoy("create", "other", "scipy", "--json");
    expect(JSON.parse(next.out)).toMatchObject({ notes: [`${note}: took 1.16.2`] });
    expect(t.index.requests.filter(({ path }) => path.endsWith(".whl"))).toEqual([]);
  },
);

test.skipIf(!isHere)("nothing older runs here: the failure says why, and what may be typed", async () => {
  await using t = await testContext({ scipy: { "1.17.0": native("2.99") } });
  const said = await t.venvoy("create", "demo", "scipy");
  expect(said).toMatchObject({ exit: 1 });
  expect(said.err).toContain(note);
  expect(said.err).toContain("--for-host");
  expect(await t.venvoy("create", "demo", "scipy", "--for-host", "glibc=2.99")).toMatchObject({ exit: 0 });
});

test.skipIf(!isHere)("what is in use stays; what comes is judged", async () => {
  await using t = await testContext({
    scipy: { "1.16.2": native("2.17"), "1.17.0": native("2.99") },
    six: { "1.0": {} },
  });
  expect(await t.venvoy("create", "demo", "scipy", "--for-host", "glibc=2.99")).toMatchObject({ exit: 0 });
  expect(await t.venvoy("add", "-n", "demo", "six")).toMatchObject({ exit: 0 });
  expect(sites(t.home)).toContain("scipy-1.17.0.dist-info");
  expect(await t.venvoy("clone", "demo", "copy")).toMatchObject({ exit: 0 });
  const fresh = await t.venvoy("create", "fresh", "scipy", "--json");
  expect(JSON.parse(fresh.out).changes).toMatchObject([{ name: "scipy", to: "1.16.2" }]);
});

test.skipIf(!isHere)("an older machine that is described: its tags, and its needs", async () => {
  const tags = ["py3-none-manylinux_2_28_x86_64"];
  await using t = await testContext({
    scipy: { "1.0": native("2.5"), "1.1": native("2.24"), "1.2": native("2.24", { tags }) },
  });
  const said = await t.venvoy("create", "demo", "scipy", "--for-host", "glibc=2.17", "--json");
  expect(JSON.parse(said.out)).toMatchObject({
    changes: [{ name: "scipy", to: "1.0" }],
    notes: [
      "`scipy` 1.1 says it runs on glibc 2.17 but needs GLIBC_2.24 (scipy/x.so), and the machine it is for has 2.17: took 1.0",
    ],
  });
  // What is built here would need this machine's symbols: only where it is asked for.
  t.index.packages["six"] = [{ filename: sdistFilename("six", "1.0"), content: sdist("six", "1.0", { static: true }) }];
  const refused = await t.venvoy("create", "built", "six", "--for-host", "glibc=2.17");
  expect(refused.err).toContain("nothing is built unless `--no-binary NAME`");
  const asked = ["--for-host", "glibc=2.17", "--no-binary", "six"];
  expect(await t.venvoy("create", "built", "six", ...asked)).toMatchObject({ exit: 0 });
  expect(await t.venvoy("create", "wrong", "scipy", "--for-host", "cuda=12")).toMatchObject({ exit: 2 });
});

test.skipIf(!isHere)("a script's own environment, and several wheels at once", async () => {
  await using t = await testContext({
    scipy: { "1.16.2": native("2.17"), "1.17.0": native("2.99"), "1.18.0": native("2.99") },
    numpy: {
      "1.0": native("2.17", { files: { "numpy.py": "x = 1" } }),
      "2.0": native("2.99", { requires: ["scipy"] }),
    },
  });
  t.write("plot.py", "# /// script\n# dependencies = ['scipy', 'numpy']\n# ///\nimport numpy; print(numpy.x)\n");
  const ran = await t.runs("run", "plot.py");
  expect(ran.out).toContain("1\n");
});

test.skipIf(!isHere)("no source is built in place of a wheel, unless it is asked for", async () => {
  await using t = await testContext({ scipy: { "1.16.2": native("2.17"), "1.17.0": native("2.99") } });
  const built = { filename: sdistFilename("scipy", "1.17.0"), content: sdist("scipy", "1.17.0", { static: true }) };
  t.index.packages["scipy"] = [...(t.index.packages["scipy"] ?? []), built];
  const said = await t.venvoy("create", "demo", "scipy", "--json");
  expect(JSON.parse(said.out).changes).toMatchObject([{ name: "scipy", to: "1.16.2" }]);
  const plan = await t.venvoy("create", "other", "scipy==1.17.0", "--no-binary", "scipy", "--dry-run", "--json");
  expect(JSON.parse(plan.out).notes.join()).toContain("builds from source: scipy 1.17.0");
});

test.skipIf(!isHere)("a lock that somebody gave is not changed: the failure names the wheel", async () => {
  await using t = await testContext({ scipy: { "1.16.2": native("2.17"), "1.17.0": native("2.99") } });
  await t.venvoy("create", "demo", "scipy", "--for-host", "glibc=2.99");
  t.write("pylock.toml", (await t.venvoy("export", "demo", "--as", "pylock")).out);
  const said = await t.venvoy("create", "copy", "-f", "pylock.toml");
  expect(said.err).toContain(note);
  expect(said).toMatchObject({ exit: 1 });
  const forced = await t.venvoy("create", "copy", "-f", "pylock.toml", "--for-host", "glibc=2.99");
  expect(forced, forced.err).toMatchObject({ exit: 0 });
});

test.skipIf(!isHere)("many versions in vain: a person is asked before more are brought", async () => {
  const versions = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`1.${index}`, native("2.99")]));
  await using t = await testContext({ scipy: { ...versions, "0.9": native("2.17") } });
  const said = await t.venvoy("create", "demo", "scipy");
  expect(said).toMatchObject({ exit: 1 });
  expect(said.err).toContain("`scipy` 1.7 says it runs on glibc 2.17 but needs GLIBC_2.99");
  expect(said.err).toContain("the 4 versions before it, down to 1.3, are no better");
  const again = await t.venvoy("create", "demo", "scipy", "--json");
  expect(JSON.parse(again.out)).toMatchObject({
    changes: [{ name: "scipy", to: "0.9" }],
    notes: [expect.stringContaining(", as 7 more versions: took 0.9")],
  });
});

function sites(home: string): string[] {
  return readdirSync(join(home, "venvoy", "envs", "demo"), { recursive: true }).map((path) =>
    String(path).replace(/.*\//, ""),
  );
}

test.skipIf(!isHere)("the machine that it is for is remembered, shown, and taken away", async () => {
  await using t = await testContext({
    scipy: { "1.0": native("2.5"), "1.1": native("2.24") },
    wide: { "1.0": native("2.5"), "2.0": native("2.24", { tags: ["py3-none-manylinux_2_28_x86_64"] }) },
  });
  const versions = async (): Promise<string[]> =>
    JSON.parse((await t.venvoy("show", "demo", "--json")).out).installed.map(
      (one: { name: string; version: string }) => `${one.name} ${one.version}`,
    );
  expect(await t.venvoy("create", "demo", "scipy", "--for-host", "glibc=2.17")).toMatchObject({ exit: 0 });
  expect((await t.venvoy("show", "demo")).out).toContain("for a machine with glibc 2.17");
  expect(await t.venvoy("add", "-n", "demo", "wide")).toMatchObject({ exit: 0 });
  expect(await versions()).toEqual(expect.arrayContaining(["scipy 1.0", "wide 1.0"]));
  expect(await t.venvoy("rebuild", "demo", "--latest")).toMatchObject({ exit: 0 });
  expect(await versions()).toEqual(expect.arrayContaining(["scipy 1.0", "wide 1.0"]));
  expect(await t.venvoy("clone", "demo", "copy")).toMatchObject({ exit: 0 });
  expect((await t.venvoy("show", "copy")).out).toContain("for a machine with glibc 2.17");

  expect(await t.venvoy("upgrade", "-n", "demo", "--for-host", "none")).toMatchObject({ exit: 0 });
  expect(await versions()).toEqual(expect.arrayContaining(["scipy 1.1", "wide 2.0"]));
  expect((await t.venvoy("show", "demo")).out).not.toContain("for a machine");
  expect(await t.venvoy("undo", "-n", "demo")).toMatchObject({ exit: 0 });
  expect((await t.venvoy("show", "demo")).out).toContain("for a machine with glibc 2.17");
});

test.skipIf(!isHere)("a wheel for newer processors: the version before it is taken", async () => {
  const built = (isaNeeded: number): WheelParts => ({
    tags: [tag],
    files: { "fast/__init__.py": "", "fast/x.so": sharedObject({ needed: ["libc.so.6"], isaNeeded }) },
  });
  await using t = await testContext({ fast: { "1.0": built(2), "2.0": built(4) } });
  const said = await t.venvoy("create", "demo", "fast", "--for-host", "cpu=x86-64-v2", "--json");
  expect(JSON.parse(said.out)).toMatchObject({
    changes: [{ name: "fast", to: "1.0" }],
    notes: ["`fast` 2.0 needs x86-64-v3 (fast/x.so), and the machine it is for is x86-64-v2: took 1.0"],
  });
  expect((await t.venvoy("show", "demo")).out).toContain("for a machine with cpu x86-64-v2");
});
