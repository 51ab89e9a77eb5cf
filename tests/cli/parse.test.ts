import { expect, test } from "vitest";
import { isVenvoyError } from "../../src/base/index.ts";
import { type Command, commands, parseCommand, splitPassthrough } from "../../src/cli/index.ts";

function named(path: string): Command {
  const found = commands.find((one) => one.spec.path === path);
  if (found === undefined) throw new Error(`no command ${path}`);
  return found;
}

test.each<[string[], string[], string[]]>([
  [["plot.py", "--size", "3"], [], ["plot.py", "--size", "3"]],
  [
    ["-n", "demo", "pytest", "-q"],
    ["-n", "demo"],
    ["pytest", "-q"],
  ],
  [
    ["--with=rich", "--isolated", "a.py", "-n", "x"],
    ["--with=rich", "--isolated"],
    ["a.py", "-n", "x"],
  ],
  [
    ["-m", "http.server", "-n", "8000"],
    ["-m", "http.server"],
    ["-n", "8000"],
  ],
  [["-ndemo", "-c", "print(1)", "a"], ["-ndemo", "-c", "print(1)"], ["a"]],
  [["--module=json.tool", "--sort-keys"], ["--module=json.tool"], ["--sort-keys"]],
  [["--", "-odd-name"], [], ["-odd-name"]],
  [["-", "x"], [], ["-", "x"]],
  [["--explain"], ["--explain"], []],
])("run %j keeps the program's words apart", (words, own, rest) => {
  expect(splitPassthrough(named("run").spec, words)).toEqual({ own, rest });
});

test("arguments and flags arrive under their names", async () => {
  const parsed = await parseCommand(named("create"), [
    "demo",
    "numpy",
    "pandas>=2",
    "--python",
    "3.12",
    "-f",
    "a.txt",
    "-f",
    "b.txt",
    "--dry-run",
  ]);
  expect(parsed.args).toEqual({ name: "demo", requirements: ["numpy", "pandas>=2"] });
  expect(parsed.flags["python"]).toBe("3.12");
  expect(parsed.flags["file"]).toEqual(["a.txt", "b.txt"]);
  expect(parsed.flags["extra-index-url"]).toEqual([]);
  expect(parsed.flags["no-index"]).toBe(false);
  expect(parsed.common).toEqual({ json: false, offline: false, quiet: false, yes: false, dryRun: true });
});

test("a flag named --no-index is a flag of its own, not the absence of another", async () => {
  const parsed = await parseCommand(named("create"), ["demo", "--no-index"]);
  expect(parsed.flags["no-index"]).toBe(true);
});

test.each([
  [["delete"], "delete"],
  [["create", "demo", "--colour"], "create"],
  [["why", "a", "b", "c"], "why"],
  [["remove"], "remove"],
])("wrong usage %j is one sentence and the help to read", async (words, path) => {
  const [first = "", ...rest] = words;
  const error = await parseCommand(named(first), rest).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(isVenvoyError(error, "ARGUMENT_INVALID")).toBe(true);
  if (isVenvoyError(error)) {
    expect(error.exit).toBe(2);
    expect(error.hint).toBe(`venvoy help ${path}`);
    expect(error.message).not.toMatch(/\n|\.$/);
  }
});

test("an environment named in place is shown behind -n, where the command takes it", async () => {
  for (const [words, typed] of [
    [["history", "demo"], "venvoy history -n demo"],
    [["why", "numpy", "demo"], "venvoy why numpy -n demo"],
  ] as const) {
    const [first, ...rest] = words;
    await expect(parseCommand(named(first), rest)).rejects.toMatchObject({
      message: `\`venvoy ${first}\` doesn't take \`demo\``,
      hint: `if it is an environment: ${typed}`,
    });
  }
});
