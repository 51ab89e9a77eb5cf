import { join } from "node:path";
import { expect, test } from "vitest";
import { makeTree, realShells, workshop } from "./workshop.ts";

for (const shell of realShells.filter(({ kind }) => ["bash", "zsh", "ksh", "sh"].includes(kind))) {
  const check = test.skipIf(!shell.installed);

  check(`${shell.name}: the prompt names the environment, and loses only that`, () => {
    const shop = workshop();
    shop.environment("demo");
    const said = shop.run(shell, [
      "PS1='> '",
      "venvoy activate demo",
      'echo "$PS1|"',
      'PS1="changed $PS1"',
      "venvoy deactivate",
      'echo "$PS1|"',
      "venvoy activate demo",
      "PS1='mine> '",
      "venvoy deactivate",
      'echo "$PS1|"',
      "VIRTUAL_ENV_DISABLE_PROMPT=1",
      "venvoy activate demo",
      'echo "$PS1|"',
      "venvoy deactivate",
      'echo "$PS1|"',
    ]);
    expect(said.out).toEqual(["(demo) > |", "changed > |", "mine> |", "mine> |", "mine> |"]);
  });

  check(`${shell.name}: nothing in a directory's name is done at the prompt`, () => {
    const shop = workshop();
    const directory = join(shop.home, "a$(touch hit)`touch hit`%n!\\x");
    makeTree(directory);
    const quoted = `'${directory}'`;
    const said = shop.run(
      shell,
      ["PS1='> '", `venvoy activate ${quoted}`, 'echo "$PS1"', 'echo "$VIRTUAL_ENV_PROMPT"'].map((line) =>
        line.replace("echo", "printf '%s\\n'"),
      ),
    );
    expect(said.out).toEqual(["(a_(touch hit)_touch hit__n__x) > ", "a$(touch hit)`touch hit`%n!\\x"]);
  });

  check(`${shell.name}: a strict shell is no hindrance`, () => {
    const shop = workshop();
    const demo = shop.environment("demo", { A: "1" });
    const said = shop.run(shell, [
      "set -eu",
      "set -C",
      "venvoy activate demo",
      'echo "$VIRTUAL_ENV"',
      "venvoy deactivate",
      "echo end",
    ]);
    expect(said).toEqual({ out: [demo, "end"], err: "", status: 0 });
  });

  check(`${shell.name}: an environment that the parent shell was in can be left`, () => {
    const shop = workshop();
    const demo = shop.environment("demo");
    const path = `${demo}/bin:${process.env["PATH"]}`;
    const said = shop.run(shell, ["venvoy deactivate", 'echo "$? ${VIRTUAL_ENV-none} $PATH"', "stopvenv"], {
      env: { VIRTUAL_ENV: demo, PATH: path },
    });
    expect(said.out).toEqual([`0 none ${process.env["PATH"]}`, "ERROR: no active venv found"]);
  });
}

test.skipIf(realShells.find(({ name }) => name === "zsh")?.installed !== true)(
  "zsh: unusual options are no hindrance",
  () => {
    const shop = workshop({ place: "a *b [c] ~d", follows: true });
    const demo = shop.environment("demo", { A: "* [x] ~" });
    const zsh = realShells.find(({ name }) => name === "zsh");
    if (zsh === undefined) return;
    const said = shop.run(zsh, [
      "setopt ksh_arrays sh_word_split glob_subst extended_glob nomatch no_clobber no_unset err_return rc_expand_param",
      "venvoy activate demo",
      'echo "$VIRTUAL_ENV $A"',
      "PATH=/opt/first:$PATH",
      "venvoy deactivate",
      'echo "${PATH%%:*} ${VIRTUAL_ENV-none}"',
      "lsvenvs",
    ]);
    expect(said).toEqual({ out: [`${demo} * [x] ~`, "/opt/first none", "demo", "other"], err: "", status: 0 });
  },
);
