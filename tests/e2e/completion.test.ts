import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { binary, type Person, person } from "../kit/binary.ts";
import { isInstalled } from "../kit/installed.ts";
import { anyPrompt, openTerminal } from "../kit/tmux.ts";

let one: Person;
let env: Record<string, string>;
let cwd: string;

beforeAll(async () => {
  one = person();
  cwd = join(one.home, "work");
  const bin = join(one.home, "bin");
  for (const dir of [cwd, bin, join(cwd, "subdir")]) mkdirSync(dir);
  for (const name of ["alpha.py", "beta.py"]) writeFileSync(join(cwd, name), "");
  symlinkSync(binary, join(bin, "venvoy"));
  env = { ...one.env, PATH: `${bin}:${one.env["PATH"]}`, PS1: "$ ", TERM: "screen" };
  for (const name of ["demo", "plots"]) expect((await one.venvoy("create", name)).exit).toBe(0);
});

afterAll(() => one?.[Symbol.dispose]());

function answer(program: string, ...words: readonly string[]): readonly string[] {
  const { stdout, stderr, status } = spawnSync(program, words, { cwd, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return stdout.split("\n").filter((line) => line !== "");
}

test.skipIf(!isInstalled("bash"))("bash: the function fills COMPREPLY", () => {
  const ask = (...words: readonly string[]): readonly string[] => {
    const quoted = words.map((word) => `'${word}'`).join(" ");
    const script = `eval "$(venvoy completion bash)"; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}
      _venvoy_complete '${words[0]}' '${words.at(-1)}' ''; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p venvoy usevenv`;
    return answer("bash", "--norc", "-c", script);
  };
  const registered = ["complete -F _venvoy_complete venvoy", "complete -F _venvoy_complete usevenv"];
  expect(ask("venvoy", "show", "d")).toEqual(["demo", ...registered]);
  expect(ask("usevenv", "")).toEqual(["demo", "plots", ...registered]);
  expect(ask("venvoy", "add", "--name", "=", "pl")).toEqual(["plots", ...registered]);
});

test.skipIf(!isInstalled("fish"))("fish: complete -C", () => {
  const ask = (line: string): readonly string[] =>
    answer("fish", "-N", "-c", "venvoy completion fish | source; complete -C $argv[1]", line);
  expect(ask("venvoy show ")).toEqual(["demo", "plots"]);
  expect(ask("usevenv p")).toEqual(["plots"]);
  expect(ask("venvoy sho")).toEqual(["show\tshow what an environment holds, and who asked for it"]);
  expect(ask("venvoy add --name=d")).toEqual(["--name=demo"]);
  expect(ask("venvoy run al")).toEqual(["alpha.py"]);
  expect(ask("venvoy create --at ")).toEqual(["subdir/"]);
});

/** What TAB makes of what has been typed, in a shell on a terminal. */
async function tab(argv: readonly string[], prepare: string, typed: string): Promise<string> {
  using window = openTerminal(argv, { env, cwd });
  await window.until(anyPrompt);
  window.type(`${prepare}; echo re''ady`, "Enter");
  await window.until(/^ready\n[^\n]*[$#%>]$/m);
  window.type(typed, "Tab");
  // Nothing more is typed until the shell has answered, because it drops what comes meanwhile.
  await window.until(/(?:demo|plots|alpha\.py|history|subdir\/)[^\n]*$/);
  // Without Enter: a line that is run would make environments, which the next TAB would offer.
  window.type("#end");
  return (await window.until(/#end/)).split("\n").find((line) => line.includes("#end")) ?? "";
}

const compinit = 'autoload -Uz compinit; compinit -D; eval "$(venvoy completion zsh)"';
const shells: readonly (readonly [string, readonly string[], string])[] = [
  ["bash", ["bash", "--norc"], 'eval "$(venvoy completion bash)"'],
  ["zsh", ["zsh", "-f"], compinit],
  ["zsh", ["zsh", "-f"], 'eval "$(venvoy completion zsh)"'],
  ["fish", ["fish", "-N"], "venvoy completion fish | source"],
  ["tcsh", ["tcsh", "-f"], "venvoy completion tcsh >c.tcsh; source c.tcsh"],
];

for (const [shell, argv, prepare] of shells) {
  const how = `${shell}${prepare === compinit ? " with compinit" : ""}: TAB on a terminal`;
  test.skipIf(!isInstalled(shell, "tmux"))(how, async () => {
    expect(await tab(argv, prepare, "venvoy show d")).toMatch(/venvoy show demo ?#end/);
    expect(await tab(argv, prepare, "usevenv pl")).toMatch(/usevenv plots ?#end/);
    expect(await tab(argv, prepare, "venvoy run alp")).toMatch(/venvoy run alpha\.py ?#end/);
    expect(await tab(argv, prepare, "venvoy hist")).toMatch(/venvoy history ?#end/);
  });
}
