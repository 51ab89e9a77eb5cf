import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { startPython } from "../env/workbench.ts";
import { binary, person } from "../kit/binary.ts";
import { isInstalled } from "../kit/installed.ts";
import { openTerminal } from "../kit/tmux.ts";

/** The life of an environment as a person types it, in a real shell on a real terminal. */
for (const shell of ["bash", "zsh"]) {
  test.skipIf(!isInstalled(shell, "tmux"))(
    `${shell}: an environment is made, changed by hand, renamed, deleted and brought back`,
    async () => {
      using one = person();
      const bin = join(one.home, "bin");
      mkdirSync(bin);
      symlinkSync(binary, join(bin, "venvoy"));
      for (const file of [".bashrc", ".zshrc"])
        writeFileSync(join(one.home, file), `PS1='top> '\neval "$(venvoy hook ${shell})"\n`);
      const { PATH = "", ZDOTDIR: _zdotdir, ...rest } = one.env;
      const env = { ...rest, PATH: `${bin}:${PATH}`, TERM: "screen", LC_ALL: "C.UTF-8" };
      using window = openTerminal([shell], { env, cwd: one.home });
      let step = 0;
      /** Types a command, waits for its end and the next prompt, and answers what it showed. */
      const enter = async (line: string, seconds = 240): Promise<string> => {
        const mark = `step-${++step}`;
        window.type(`clear; ${line}; echo ${mark}":$?"`, "Enter");
        const ended = new RegExp(`^${mark}:\\d+\\n(?:\\(\\w+\\) )?top>$`, "m");
        return (await window.until(ended, seconds)).replaceAll(`${mark}:`, "exit ");
      };

      await window.until(/^top> *$/m);
      expect(await enter("mkvenv demo")).toMatch(/exit 0\n\(demo\) top>/);
      expect(await enter("pip install -q --disable-pip-version-check httpie")).toContain("exit 0");
      const shown = await enter("venvoy show");
      expect(shown).toMatch(/installed by pip: .*httpie/s);

      expect(await enter("venvoy add requests")).toContain("exit 0");
      const added = await enter('venvoy show --json | grep -E \'"(text|name)": "(httpie|requests)\'');
      expect(added).toMatch(/httpie/);
      expect(added).toMatch(/requests/);
      expect(await enter("http --version")).toMatch(/^\d+\.\d+.*\nexit 0/m);

      expect(await enter("venvoy undo")).toContain("exit 0");
      expect(await enter("http --version")).toMatch(/^\d+\.\d+.*\nexit 0/m);
      expect(await enter("stopvenv")).toMatch(/exit 0\ntop>/);
      expect(await enter("lsvenvs")).toMatch(/^demo\nexit 0/m);

      {
        await using python = await startPython(absPath(join(one.home, "venvoy", "envs", "demo")));
        const before = await python.ask("import pygments; print(pygments.__file__)");
        expect(await enter("venvoy rename demo demo2")).toContain("exit 0");
        expect(await enter("usevenv demo2")).toMatch(/exit 0\n\(demo2\) top>/);
        expect(await enter("http --version")).toMatch(/^\d+\.\d+.*\nexit 0/m);
        const after = await python.ask("import pygments.lexers.javascript as late; print(late.__file__)");
        expect(after.slice(0, after.lastIndexOf("/pygments/")), "it stays in its own version").toBe(
          before.slice(0, before.lastIndexOf("/pygments/")),
        );
      }

      expect(await enter("rmvenv demo2")).toContain("ERROR: cannot remove activate venv\nexit 1");
      window.type("clear; stopvenv; rmvenv demo2", "Enter");
      await window.until(/Are you sure\? \[y\/N\] *$/m);
      window.type("y", "Enter");
      await window.until(/venvoy restore demo2[\s\S]*top>$/);
      expect(await enter("usevenv demo2")).toContain("ERROR: venv does not exist\nexit 1");
      expect(await enter("venvoy restore demo2")).toContain("exit 0");
      expect(await enter("usevenv demo2")).toMatch(/exit 0\n\(demo2\) top>/);
      expect(await enter("http --version")).toMatch(/^\d+\.\d+.*\nexit 0/m);
      window.type("exit", "Enter");
    },
  );
}
