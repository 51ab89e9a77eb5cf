/** What a newcomer does in the first minutes, with the built binary, a real Python and the real registry. */
import { copyFileSync, existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { person, repository } from "../kit/binary.ts";

function example(name: string, to: string): string {
  copyFileSync(join(repository, "examples", name), join(to, name));
  return join(to, name);
}

test("a script says what it needs, and it runs; the second time there is nothing to do", async () => {
  using ann = person();
  const script = example("plot.py", ann.home);
  const first = await ann.venvoy("run", script);
  expect(first.err).not.toContain("error:");
  expect(first).toMatchObject({ exit: 0, out: "wrote plot.png\n" });
  const picture = readFileSync(join(ann.home, "plot.png"));
  expect(picture.subarray(1, 4).toString()).toBe("PNG");
  expect(await ann.venvoy("run", script)).toEqual({ exit: 0, signal: null, out: "wrote plot.png\n", err: "" });
  const listed = await ann.venvoy("list", "--json");
  expect(JSON.parse(listed.out).map((one: { name: string }) => one.name)).toEqual(["plots"]);
});

test("a header that can't be served is explained, and nothing is lost", async () => {
  using ann = person();
  const good = example("both.py", ann.home);
  const bad = example("conflict.py", ann.home);
  expect((await ann.venvoy("run", good)).exit).toBe(0);
  const refused = await ann.venvoy("run", bad);
  expect(refused.exit).toBe(1);
  expect(refused.out).toBe("");
  expect(refused.err).toContain("conflict.py line 3");
  expect(refused.err).toMatch(/numpy/);
  expect((await ann.venvoy("run", good)).out).toMatch(/^numpy \d/);
  const history = JSON.parse((await ann.venvoy("history", "-n", "plots", "--json")).out);
  expect(history).toHaveLength(1);
});

test("an environment by name: create, add, pip by hand, undo, delete, restore", async () => {
  using ann = person();
  const made = await ann.venvoy("create", "demo", "idna", "--json");
  expect(made.exit).toBe(0);
  const at = JSON.parse(made.out).environment.path as string;
  const prefix = (await ann.run(join(at, "bin", "python"), ["-c", "import idna, sys; print(sys.prefix)"])).out.trim();
  expect(realpathSync(prefix)).toBe(realpathSync(at));
  expect((await ann.run(join(at, "bin", "pip"), ["install", "--quiet", "six"])).exit).toBe(0);
  const shown = JSON.parse((await ann.venvoy("show", "demo", "--json")).out);
  expect(shown.byHand.added).toContain("six");
  expect((await ann.venvoy("add", "-n", "demo", "attrs")).exit).toBe(0);
  const check = await ann.venvoy("run", "-n", "demo", "python", "-c", "import idna, six, attr; print('all here')");
  expect(check.out).toBe("all here\n");
  expect((await ann.venvoy("undo", "-n", "demo")).exit).toBe(0);
  const back = await ann.venvoy("run", "-n", "demo", "python", "-c", "import idna, six; import attr");
  expect(back.exit).toBe(1);
  expect(back.err).toContain("No module named 'attr'");
  expect((await ann.venvoy("delete", "demo")).exit).toBe(0);
  expect(existsSync(at)).toBe(false);
  expect((await ann.venvoy("restore", "demo")).exit).toBe(0);
  expect((await ann.run(join(at, "bin", "python"), ["-c", "import idna, six"])).exit).toBe(0);
  expect((await ann.run(join(at, "bin", "python"), ["-m", "pip", "check"])).out).toContain("No broken requirements");
});

test("scripts come from everywhere, and their words, exits and signals pass through", async () => {
  using ann = person();
  await ann.venvoy("create", "demo", "idna");
  expect(
    (
      await ann.run(join(repository, "dist/venvoy"), ["run", "-n", "demo", "-"], {
        input: "import idna, sys; print(len(sys.argv), idna.__name__)",
      })
    ).out,
  ).toBe("1 idna\n");
  expect((await ann.venvoy("run", "-n", "demo", "-m", "idna", "--help")).exit).toBe(0);
  expect((await ann.venvoy("run", "-n", "demo", "-c", "import sys; sys.exit(7)", "--json")).exit).toBe(7);
  const killed = await ann.venvoy(
    "run",
    "-n",
    "demo",
    "python",
    "-c",
    "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
  );
  expect(killed.signal ?? killed.exit).toBe("SIGTERM");
  writeFileSync(
    join(ann.home, "words.py"),
    "# r: idna\nimport sys, os; print(sys.argv[1:], os.path.dirname(os.path.abspath(sys.argv[0])) == sys.path[0])\n",
  );
  expect((await ann.venvoy("run", "words.py", "-n", "--json", "x")).out).toBe("['-n', '--json', 'x'] True\n");
  const missing = await ann.venvoy("run", "-n", "demo", "no-such-program");
  expect(missing.exit).toBe(125);
  expect(missing.err).toContain("no-such-program");
});

test("an unknown package is refused with near names, and nothing is made", async () => {
  using ann = person();
  const refused = await ann.venvoy("create", "demo", "reqeusts-nope-xyz", "idna");
  expect(refused.exit).toBe(1);
  expect(refused.err).toContain("reqeusts-nope-xyz");
  expect(JSON.parse((await ann.venvoy("list", "--json")).out)).toEqual([]);
});

test("creating an environment needs no network", async () => {
  using ann = person({ PIP_INDEX_URL: "http://127.0.0.1:9/simple", PIP_CONFIG_FILE: "/dev/null" });
  const made = await ann.venvoy("create", "demo", "--offline", "--json");
  expect(made.exit).toBe(0);
  const at = JSON.parse(made.out).environment.path as string;
  expect((await ann.run(join(at, "bin", "pip"), ["--version"])).out).toMatch(/^pip \d/);
});
