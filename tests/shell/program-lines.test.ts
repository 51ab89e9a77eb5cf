import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { programLines, type ShellName } from "../../src/shell/index.ts";

const words = ["/usr/bin/env", "-u", "_", "sh", "-c", 'printf "%s|%s|%s|%s" "$A" "${B-none}" "${PATH%%:*}" "$*"', "sh"];
const start = {
  argv: [...words, "x y", "it's", '"$HOME"', "back\\slash"],
  set: { A: "a 'b' $HOME `id` \"c\" %PATH%" },
  unset: ["B"],
  pathFirst: "/first dir/$x",
};
const expected = 'a \'b\' $HOME `id` "c" %PATH%|none|/first dir/$x|x y it\'s "$HOME" back\\slash';

const shells: readonly (readonly [ShellName, string, readonly string[]])[] = [
  ["sh", "sh", ["-c"]],
  ["bash", "bash", ["-c"]],
  ["zsh", "zsh", ["-c"]],
  ["fish", "fish", ["--no-config", "-c"]],
  ["csh", "tcsh", ["-f", "-c"]],
  ["nu", "nu", ["-n", "-c"]],
  ["powershell", "pwsh", ["-NoProfile", "-Command"]],
];

for (const [shell, program, before] of shells) {
  const isHere = spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
  test.skipIf(!isHere)(
    `${program} starts a program with the variables and words as they are`,
    () => {
      const text = programLines(shell, start).join("\n");
      const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: "/nowhere", B: "b" };
      expect(execFileSync(program, [...before, text], { env }).toString()).toBe(expected);
    },
    60_000,
  );
}

test("a batch file says what it can't hold", () => {
  expect(
    programLines("cmd", {
      argv: ["C:\\a b\\x.exe", "C:\\dir\\", "50%"],
      set: { A: "1\n2", B: "50%" },
      unset: ["C"],
      pathFirst: "C:\\env\\Scripts",
    }),
  ).toEqual([
    'set "C="',
    "rem A holds a line end or a quote, which no line of a batch file can",
    'set "B=50%%"',
    'set "PATH=C:\\env\\Scripts;%PATH%"',
    '"C:\\a b\\x.exe" "C:\\dir\\\\" "50%%"',
  ]);
  expect(programLines("cmd", { argv: ["x", 'a"b'], set: {}, unset: [] })).toEqual([
    "rem an argument holds a line end or a quote, which no line of a batch file can",
  ]);
});
