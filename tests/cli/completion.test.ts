import { expect, test } from "vitest";
import { completionReply, runCli } from "../../src/cli/index.ts";
import { completionScripts } from "../../src/shell/index.ts";

const names: Readonly<Record<string, readonly string[]>> = {
  environment: ["demo", "demo2", "plots"],
  deleted: ["gone"],
  package: ["numpy", "rich"],
  module: ["numpy", "rich"],
  version: ["3", "2", "1"],
  "package of demo": ["httpx"],
  python: ["3.13", "3.12"],
  "program of demo": ["pip", "pytest"],
};

/** What a shell is told for a line; the last word is the one that is being typed. */
async function reply(shell: string, words: readonly string[], commandLine?: string): Promise<readonly string[]> {
  const text = await completionReply(shell, words, {
    env: commandLine === undefined ? {} : { COMMAND_LINE: commandLine },
    names: async (kind, environment) => names[environment === undefined ? kind : `${kind} of ${environment}`] ?? [],
    paths: async (typed, kind) =>
      ["a.py", "b/"].filter((one) => one.startsWith(typed) && (kind === "file" || one[1] === "/")),
  });
  return text.split("\n").slice(0, -1);
}

const wordsFor = async (...line: readonly string[]): Promise<readonly string[]> =>
  (await reply("fish", ["venvoy", ...line])).map((one) => one.split("\t")[0] ?? "");

test("commands come with what they do, and two-word commands one word at a time", async () => {
  expect(await reply("fish", ["venvoy", "sho"])).toEqual([
    "show\tshow what an environment holds, and who asked for it",
  ]);
  expect(await wordsFor("pytho")).toEqual(["python"]);
  expect(await wordsFor("python", "")).toContain("list");
  expect(await wordsFor("help", "sto")).toEqual(["store"]);
  expect(await wordsFor("nonsense", "")).toEqual([]);
});

test.each([
  [
    ["show", "d"],
    ["demo", "demo2"],
  ],
  [
    ["delete", "demo", ""],
    ["demo2", "plots"],
  ],
  [["show", "demo", ""], []],
  [["add", "-n", "p"], ["plots"]],
  [["add", "-np"], []],
  [["restore", ""], ["gone"]],
  [
    ["remove", ""],
    ["numpy", "rich"],
  ],
  [["remove", "rich", ""], ["numpy"]],
  [["remove", "-n", "demo", ""], ["httpx"]],
  [["remove", "--name=demo", ""], ["httpx"]],
  [["remove", "-ndemo", ""], ["httpx"]],
  [["why", "n"], ["numpy"]],
  [["which", "r"], ["rich"]],
  [
    ["undo", ""],
    ["3", "2", "1"],
  ],
  [
    ["export", "--as", "py"],
    ["pylock", "pyproject"],
  ],
  [
    ["create", "x", "--python", "3.1"],
    ["3.13", "3.12"],
  ],
  [["create", "x", "-p", "./my"], [":file"]],
  [["create", "x", ""], []],
  [["add", "--link-mode", "h"], ["hardlink"]],
  [["add", "--link-mode=h"], ["--link-mode=hardlink"]],
  [
    ["add", "--name=d"],
    ["--name=demo", "--name=demo2"],
  ],
  [["add", "-f", ""], [":file"]],
  [["create", "--at", ""], [":directory"]],
  [["show", "./"], [":directory"]],
  [
    ["doctor", "d"],
    ["demo", "demo2", ":directory"],
  ],
  [["doctor", "/mnt/"], [":directory"]],
  [
    ["run", "-n", "demo", "py"],
    ["pytest", ":file"],
  ],
  [["run", "-n", "demo", "pytest", "-"], [":file"]],
  [["run", "-m", "http.server", "-"], [":file"]],
  [["run", "--", "a"], [":file"]],
  [
    ["show", "--"],
    ["--path", "--json", "--offline", "--quiet", "--help"],
  ],
  [["show", "--path", "--p"], []],
])("venvoy %j", async (line, expected) => {
  expect(await wordsFor(...line)).toEqual(expected);
});

test("the words of the hook take environments", async () => {
  for (const word of ["usevenv", "rmvenv", "cdvenv", "workon"])
    expect(await reply("fish", [word, "pl"])).toEqual(["plots\t"]);
  expect(await reply("fish", ["usevenv", "demo", ""])).toEqual([]);
  expect(await reply("fish", ["lsvenvs", ""])).toEqual([]);
});

test("bash cuts words at = and :, and is told only what it replaces", async () => {
  expect(await reply("bash", ["venvoy", "add", "--link-mode", "=", "h"])).toEqual(["hardlink"]);
  expect(await reply("bash", ["venvoy", "add", "--name", "="])).toEqual(["demo", "demo2", "plots"]);
  expect(await reply("bash", ["venvoy", "add", "--link-mode=h"])).toEqual(["--link-mode=hardlink"]);
  expect(await reply("bash", ["venvoy", "show", '"d'])).toEqual(["demo", "demo2"]);
});

test("tcsh gives the whole line, and gets paths as well", async () => {
  expect(await reply("tcsh", [], "venvoy  show d")).toEqual(["demo", "demo2"]);
  expect(await reply("tcsh", [], "venvoy run ")).toEqual(["a.py", "b/"]);
  expect(await reply("tcsh", [], "venvoy create --at ")).toEqual(["b/"]);
});

test("PowerShell hands empty words over in a variable", async () => {
  const text = await completionReply("powershell", [], {
    env: { VENVOY_COMPLETE: '["usevenv",""]' },
    names: async () => ["demo"],
    paths: async () => [],
  });
  expect(text).toBe("demo\t\n");
});

test("venvoy completion prints a script, or says which shells there are", async () => {
  const said = { out: "", err: "" };
  const host = {
    version: "1",
    signal: new AbortController().signal,
    clock: { now: () => 0, elapsed: () => 0, sleep: async () => {} },
    terminal: {
      interactive: false,
      draws: false,
      columns: 80,
      colour: false,
      ask: async () => "",
      writeOut: (text: string) => {
        said.out += text;
      },
      writeErr: (text: string) => {
        said.err += text;
      },
    },
    openVenvoy: async () => {
      throw new Error("completion opens nothing");
    },
    start: async () => 0,
    readStdin: async () => "",
    typedLines: async () => ({ next: async () => ({ kind: "end" as const }), close: () => {} }),
    canvas: async () => ({ draw: () => {}, clear: () => {} }),
  };
  for (const shell of ["bash", "fish", "nu", "powershell", "tcsh", "zsh"]) {
    said.out = "";
    expect(await runCli(["completion", shell], host)).toBe(0);
    expect(`${said.out}`).toBe(completionScripts[shell]);
  }
  expect(await runCli(["completion", "ksh"], host)).toBe(2);
  expect(said.err).toContain("`ksh` can't be taught to complete a program's words");
  expect(await runCli(["completion", "basch"], host)).toBe(2);
  expect(said.err).toContain("`venvoy completion` knows bash, fish, nu, powershell, tcsh, zsh, not `basch`");
});
