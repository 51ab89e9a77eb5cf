import { mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { binary, type Person, person } from "../kit/binary.ts";
import { isInstalled } from "../kit/installed.ts";
import { anyPrompt, openTerminal } from "../kit/tmux.ts";

let one: Person;
let env: Record<string, string>;

beforeAll(async () => {
  one = person();
  const bin = join(one.home, "bin");
  mkdirSync(bin);
  symlinkSync(binary, join(bin, "venvoy"));
  const { PATH = "", ...rest } = one.env;
  env = { ...rest, PATH: `${bin}:${PATH}`, TERM: "screen", PS1: "$ ", LC_ALL: "C.UTF-8" };
  for (const name of ["demo", "plots"]) expect((await one.venvoy("create", name)).exit).toBe(0);
  expect((await one.venvoy("set", "-n", "demo", "GREETING=it's $HOME")).exit).toBe(0);
});

afterAll(() => one?.[Symbol.dispose]());

for (const shell of ["bash", "zsh", "ksh", "dash", "fish"]) {
  test.skipIf(!isInstalled(shell, "tmux"))(
    `${shell}: venvoy shell has the prompt and the variables, and exit returns`,
    async () => {
      for (const file of [".bashrc", ".zshrc"]) writeFileSync(join(one.home, file), "PS1='mine> '\n");
      using window = openTerminal(["sh"], { env: { ...env, SHELL: shell }, cwd: one.home });
      await window.until(/[$#] *$/);
      window.type("venvoy shell demo; echo back $?", "Enter");
      await window.until(/\(demo\) /);
      window.type("echo $VIRTUAL_ENV_PROMPT:$GREETING", "Enter");
      await window.until(/^demo:it's \$HOME\n\(demo\) [^\n]*$/m);
      window.type("python -c 'import sys; print(sys.prefix)'", "Enter");
      await window.until(/envs\/demo[\s\S]*\n\(demo\) [^\n]*$/);
      window.type("venvoy activate plots", "Enter");
      await window.until(/\(plots\) /);
      window.type('venvoy deactivate; echo "out:$GREETING:$VIRTUAL_ENV:"', "Enter");
      await window.until(/^out:::\n[^\n]+$/m);
      window.type("exit", "Enter");
      await window.until(/^back 0$/m);
    },
  );
}

for (const shell of ["bash", "fish"]) {
  test.skipIf(!isInstalled(shell))(`${shell}: an environment whose Python moved is mended on the way in`, async () => {
    const bases = join(one.home, "venvoy", "bases");
    const link = join(bases, readdirSync(bases).find((name) => !name.startsWith(".")) ?? "");
    const target = readlinkSync(link);
    rmSync(link);
    symlinkSync("/nowhere/at/all", link);
    const hook = join(one.home, `mend.${shell}`);
    writeFileSync(hook, (await one.venvoy("hook", shell)).out);
    const ran = await one.run(shell, ["-c", `. ${hook}; usevenv demo; python -c 'print("alive")'`], { env });
    expect(ran.out).toContain("alive");
    expect(readlinkSync(link)).toBe(target);
  });
}

test("venvoy shell without a terminal runs what it reads", async () => {
  const ran = await one.run(binary, ["shell", "demo"], {
    env: { SHELL: "/bin/sh" },
    input: "echo $GREETING; python -c 'import sys; print(sys.prefix)'; exit 3\n",
  });
  expect(ran.out).toMatch(/^it's \$HOME\n.*envs\/demo\b.*\n$/);
  expect(ran.exit).toBe(3);
});

test("a run that starts without deciding notices that variables changed", async () => {
  const script = join(one.home, "greet.py");
  writeFileSync(script, "# venv: plots\nimport os; print(os.environ.get('GREETING'))\n");
  const said = async (): Promise<string> => (await one.venvoy("run", script)).out;
  expect(await said()).toBe("None\n");
  await one.venvoy("set", "-n", "plots", "GREETING=hello");
  expect(await said()).toBe("hello\n");
  expect(await said()).toBe("hello\n");
  await one.venvoy("set", "-n", "plots", "--unset", "GREETING");
  expect(await said()).toBe("None\n");
});

test("without the hook, venvoy says what to do", async () => {
  const ran = await one.venvoy("activate", "demo");
  expect(ran.exit).toBe(1);
  expect(ran.err).toContain("venvoy setup");
  expect(ran.err).toContain("envs/demo/bin/activate");
  expect((await one.venvoy("activate", "nosuch")).err).toContain("No environment is named `nosuch`");
});

for (const [shell, start] of [
  ["bash", ["bash", "--norc"]],
  ["zsh", ["zsh", "-f"]],
  ["fish", ["fish", "--no-config"]],
] as const) {
  test.skipIf(!isInstalled(shell, "tmux"))(
    `${shell}: a .venvoy file is asked about once, and no is remembered`,
    async () => {
      const project = join(one.home, `project-${shell}`);
      const other = join(one.home, `other-${shell}`);
      for (const [dir, name] of [
        [project, "demo"],
        [other, "plots"],
      ] as const) {
        mkdirSync(dir);
        writeFileSync(join(dir, ".venvoy"), `${name}\n`);
      }
      mkdirSync(join(one.home, "venvoy", "shell"), { recursive: true });
      writeFileSync(join(one.home, "venvoy", "shell", "follows"), "");
      const hook = join(one.home, `hook.${shell}`);
      writeFileSync(hook, (await one.venvoy("hook", shell)).out);
      using window = openTerminal(start, { env, cwd: one.home });
      const prompt = shell === "fish" ? "function fish_prompt; echo 'top> '; end" : "PS1='top> '";
      await window.until(anyPrompt);
      window.type(`${prompt}; . ${hook}`, "Enter");
      await window.until(/^top> *$/m);
      window.type(`cd ${project}`, "Enter");
      await window.until(/Activate demo in this directory \(.*\)\? \[y\/N\]/);
      window.type("y", "Enter");
      await window.until(/^\(demo\) top>/m);
      window.type(`cd ${other}`, "Enter");
      await window.until(/Activate plots in this directory/);
      window.type("n", "Enter");
      await window.until(/venvoy trust[\s\S]*top>$/);
      window.type('clear; cd ..; echo "now:$VIRTUAL_ENV:"', "Enter");
      await window.until(/^now::\n[^\n]*top>$/m);
      window.type(`clear; cd ${other}; cd ${project}`, "Enter");
      const shown = await window.until(/^\(demo\) top>/m);
      expect(shown).not.toContain("Activate");
      window.type(`clear; cd ${other}; venvoy trust`, "Enter");
      await window.until(/^\(plots\) top>/m);
      writeFileSync(join(project, ".venvoy"), "plots\n");
      window.type(`clear; cd ${project}`, "Enter");
      await window.until(/Activate plots in this directory/);
      window.type("C-c");
    },
  );
}
