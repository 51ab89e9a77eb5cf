import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../../../src/cli/index.ts";
import { nodePorts } from "../../../src/node/index.ts";
import { repository } from "../../kit/binary.ts";
import { type TestContext, testContext } from "../../kit/context.ts";
import { isInstalled } from "../../kit/installed.ts";
import { bunProgram } from "../../kit/runtimes.ts";
import { openTerminal } from "../../kit/tmux.ts";

const projects = { idna: { "3.6": {}, "3.7": {} }, attrs: { "24.1": {} } };
const venvoy = [bunProgram, join(repository, "src/main.ts")] as const;

/** Types lines into the shell through a pipe, as a program would. */
function typed(t: TestContext, lines: readonly string[], ...words: readonly string[]) {
  const child = spawn(venvoy[0], [...venvoy.slice(1), "host", "shell", ...words], { cwd: t.cwd, env: t.env });
  let [out, err] = ["", ""];
  child.stdout.on("data", (piece: Buffer) => {
    out += piece;
  });
  child.stderr.on("data", (piece: Buffer) => {
    err += piece;
  });
  child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  return new Promise<{ exit: number | null; out: string; err: string }>((resolve) => {
    child.once("close", (exit) => resolve({ exit, out, err }));
  });
}

test("statements, blocks, errors and the end, as Python's own shell has them", async () => {
  await using t = await testContext(projects);
  const said = await typed(t, [
    "1 + 1",
    "x = 5",
    "def f():",
    "    return x",
    "",
    "f()",
    "1/0",
    "print('é')",
    "pip = 3",
    "pip",
    "exit(3)",
    "never",
  ]);
  expect(said).toMatchObject({ exit: 3, out: "2\n5\né\n3\n" });
  expect(said.err).toContain("ZeroDivisionError");
});

test("what pip installs is a version of the environment, there at once, and there in later runs", async () => {
  await using t = await testContext(projects);
  expect((await t.venvoy("create", "demo", "attrs")).exit).toBe(0);
  const said = await typed(
    t,
    [
      "kept = 7",
      "pip install 'idna<3.7'",
      "import idna; idna.__version__, kept",
      "!pip freeze",
      "!ls",
      "pip install no-such-package",
      "kept",
    ],
    "demo",
  );
  expect(said.exit).toBe(0);
  expect(said.out).toBe("Successfully installed idna-3.6\n('3.6', 7)\nattrs==24.1\nidna==3.6\n7\n");
  expect(said.err).toContain("version 2 of demo; go back: venvoy undo -n demo");
  expect(said.err).toContain("`!` runs pip alone here");
  expect(said.err).toContain("no-such-package");
  const later = await t.runs("run", "-n", "demo", "-c", "import idna; print(idna.__version__)");
  expect(later.out).toBe("3.6\n");
  const commands = (await t.library.history({ name: "demo" })).map(({ command }) => command);
  expect(commands).toContain("pip install idna<3.7");
  expect((await typed(t, ["1"], "nowhere")).err).toContain("No environment is named `nowhere`");
});

test.each([
  ["in one piece with", (interrupt: () => void) => interrupt()],
  ["right behind", (interrupt: () => void) => void setImmediate(interrupt)],
])("Ctrl-C %s a line is for that line, though nothing of it has begun", async (_when, soon) => {
  await using t = await testContext(projects);
  let [out, err] = ["", ""];
  const lines = ["import time; time.sleep(600)", "print('next')"];
  const exit = await runCli(["host", "shell"], {
    version: "test",
    clock: nodePorts().clock,
    signal: new AbortController().signal,
    terminal: {
      interactive: false,
      draws: false,
      columns: 100,
      colour: false,
      ask: async () => "",
      writeOut: (text) => {
        out += text;
      },
      writeErr: (text) => {
        err += text;
      },
    },
    openVenvoy: async () => t.library,
    start: async () => 0,
    readStdin: async () => "",
    typedLines: async ({ onInterrupt }) => ({
      next: () =>
        new Promise((resolve) => {
          // Typed while it is waited for; the interrupt comes when the line is on its way to whoever waits.
          setImmediate(() => {
            const text = lines.shift();
            resolve(text === undefined ? { kind: "end" } : { kind: "line", text });
            if (lines.length === 1) soon(onInterrupt);
          });
        }),
      close: () => {},
    }),
    canvas: async () => ({ draw: () => {}, clear: () => {} }),
  });
  expect({ exit, out, err }).toEqual({ exit: 0, out: "next\n", err: "KeyboardInterrupt\n" });
});

test.skipIf(!isInstalled("tmux"))(
  "on a terminal: where pip installs, completion, Ctrl-C, history from an earlier time",
  async () => {
    await using t = await testContext(projects);
    expect((await t.venvoy("create", "demo")).exit).toBe(0);
    mkdirSync(join(t.home, "venvoy"), { recursive: true });
    const history = join(t.home, "venvoy", "shell-history");
    writeFileSync(history, "'typed ' + 'earlier'\n", { mode: 0o600 });
    using window = openTerminal(["sh"], {
      env: { ...t.env, TERM: "screen", PS1: "$ ", LC_ALL: "C.UTF-8" },
      cwd: t.cwd,
    });
    await window.until(/[$#] *$/);
    window.type(`${venvoy.join(" ")} host shell demo; echo back $?`, "Enter");
    const greeting = await window.until(/>>> *$/);
    expect(greeting).toMatch(/^Python 3\.\d+\.\d+ in demo \(version 1\)$/m);
    expect(greeting.replaceAll("\n", "")).toMatch(
      /pip install NAME puts packages into .*generations\/1\/lib\/python3\.\d+\/site-packages/,
    );
    window.type("Up", "Enter");
    await window.until(/^'typed earlier'$/m);
    window.type("number_of_things = 42", "Enter");
    await window.until(/42\n>>> *$/);
    window.type("number_of");
    await window.until(/>>> number_of$/);
    window.type("Tab");
    await window.until(/>>> number_of_things$/);
    window.type("Enter");
    await window.until(/^42$/m);
    window.type("import time; time.sleep(600)", "Enter");
    await window.until(/sleep\(600\)$/);
    window.type("C-c");
    await window.until(/KeyboardInterrupt\n>>> *$/);
    window.type("half a line", "C-c");
    await window.until(/>>>\n>>>$/);
    window.type("pip install idna==3.6", "Enter");
    await window.until(/Successfully installed idna-3.6\n>>> *$/);
    window.type("import idna; idna.__version__, number_of_things", "Enter");
    await window.until(/^\('3\.6', 42\)$/m);
    window.type("pip uninstall idna", "Enter");
    await window.until(/\?/);
    window.type("y", "Enter");
    await window.until(/Successfully uninstalled idna-3.6\n>>> *$/);
    window.type("for i in 7, 8:", "Enter");
    await window.until(/\.\.\. *$/);
    window.type("Tab");
    await window.until(/\.\.\. {5}$|\.\.\.$/);
    window.type("print(i)", "Enter", "Enter");
    await window.until(/^7\n8\n>>> *$/m);
    window.type("C-d");
    await window.until(/^back 0$/m);
    expect(readFileSync(history, "utf8")).toContain("number_of_things = 42\n");
    expect(statSync(history).mode & 0o777).toBe(0o600);
  },
  300_000,
);
