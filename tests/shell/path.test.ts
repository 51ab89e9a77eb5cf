import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hookText, type ShellName } from "../../src/shell/index.ts";
import { isInstalled } from "../kit/installed.ts";
import { tempDir } from "../kit/temp.ts";

const programs: readonly (readonly [string, ShellName, readonly string[]])[] = [
  ["bash", "bash", ["--norc", "-c"]],
  ["zsh", "zsh", ["-f", "-c"]],
  ["ksh", "ksh", ["-c"]],
  ["dash", "sh", ["-c"]],
  ["fish", "fish", ["-N", "-c"]],
  ["tcsh", "csh", ["-f", "-c"]],
];

for (const [program, shell, words] of programs) {
  test.skipIf(!isInstalled(program))(`${program}: the hook puts the program's directory on PATH, once`, () => {
    const home = join(tempDir("path"), "it's $HOME [here] !* \\ `x`");
    const binDir = join(home, "bin");
    mkdirSync(binDir, { recursive: true });
    const hook = join(tempDir("hook"), "hook");
    const facts = { self: [join(binDir, "venvoy")] as const, envs: home, shellDir: home, follows: false };
    writeFileSync(hook, hookText(shell, { ...facts, binDir }));
    const read = shell === "csh" ? "source" : ".";
    const say = shell === "fish" ? "string join : $PATH" : 'echo "$PATH"';
    // dash expands backslashes in echo.
    const shown =
      shell === "sh" || shell === "ksh" ? "printf '%s\\n' \"$PATH\"" : shell === "csh" ? "printenv PATH" : say;
    const { stdout, stderr } = spawnSync(program, [...words, `${read} ${hook}; ${read} ${hook}; ${shown}`], {
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin", HOME: home },
    });
    expect({ stdout, stderr }).toEqual({ stdout: `${binDir}:/usr/bin:/bin\n`, stderr: "" });
  });
}
