import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ShellName } from "../../src/shell/index.ts";
import { type RealShell, realShells, workshop } from "./workshop.ts";

/** A place that every shell must quote. */
const place = `it's $HOME \`here\` "ü" & co`;

/** One sentence in each shell's words. */
type Saying = Readonly<Partial<Record<ShellName, string>>> & { readonly posix: string };

const say = ({ kind }: RealShell, saying: Saying): string => saying[kind] ?? saying.posix;

const where: Saying = {
  posix: 'echo "$? ${VIRTUAL_ENV-none} ${VIRTUAL_ENV_PROMPT-none} ${PATH%%:*}"',
  fish: "set s $status; echo $s (set -q VIRTUAL_ENV; and echo $VIRTUAL_ENV; or echo none) (set -q VIRTUAL_ENV_PROMPT; and echo $VIRTUAL_ENV_PROMPT; or echo none) $PATH[1]",
  csh: 'set s = $status\nif ($?VIRTUAL_ENV) then\necho "$s $VIRTUAL_ENV $VIRTUAL_ENV_PROMPT $path[1]"\nelse\necho "$s none none $path[1]"\nendif',
  nu: 'print $"0 ($env.VIRTUAL_ENV? | default none) ($env.VIRTUAL_ENV_PROMPT? | default none) ($env.PATH | first)"',
};

const wholePath: Saying = {
  posix: 'echo "$PATH"',
  fish: "string join : $PATH",
  nu: 'print ($env.PATH | str join ":")',
};

for (const shell of realShells) {
  const check = test.skipIf(!shell.installed);
  const status = shell.kind === "nu" ? () => "0" : (wanted: string) => wanted;

  check(`${shell.name}: venvoy activate and deactivate, without starting a program`, () => {
    const shop = workshop({ place });
    const demo = shop.environment("demo");
    const said = shop.run(shell, [
      say(shell, wholePath),
      "venvoy activate demo",
      say(shell, where),
      "venvoy deactivate",
      say(shell, where),
      say(shell, wholePath),
    ]);
    const [before, inside, outside, after] = said.out;
    expect(said.err).toBe("");
    expect(inside).toBe(`0 ${demo} demo ${demo}/bin`);
    expect(outside).toBe(`0 none none ${before?.split(":")[0]}`);
    expect(after).toBe(before);
    expect(shop.asked()).toEqual([]);
    expect(statSync(join(shop.kept("demo"), "used")).mtimeMs, "use is noted").toBeGreaterThan(1_600_000_000_000);
  });

  check(`${shell.name}: one environment takes the place of another, and leaving leads to where neither was`, () => {
    const shop = workshop({ place });
    shop.environment("demo", { SIDE: "left" });
    const other = shop.environment("other", { SIDE: "right" });
    const side = say(shell, {
      posix: 'echo "${SIDE-unset}"',
      fish: "set -q SIDE; and echo $SIDE; or echo unset",
      csh: "printenv SIDE || echo unset",
      nu: "print ($env.SIDE? | default unset)",
    });
    const lines = [
      say(shell, wholePath),
      "venvoy activate demo",
      side,
      "venvoy activate other",
      side,
      say(shell, where),
    ];
    const said = shop.run(shell, [...lines, "venvoy deactivate", side, say(shell, wholePath)]);
    expect(said.out.slice(1, -1)).toEqual(["left", "right", `0 ${other} other ${other}/bin`, "unset"]);
    expect(said.out.at(-1)).toBe(said.out[0]);
    const set = shop.run(shell, ["venvoy activate demo", side, "venvoy deactivate", side], { env: { SIDE: "mine" } });
    expect(set.out).toEqual(["left", "mine"]);
  });

  check(`${shell.name}: what was put on PATH since stays when the environment goes`, () => {
    const shop = workshop();
    const demo = shop.environment("demo");
    const said = shop.run(shell, [
      "venvoy activate demo",
      say(shell, {
        posix: 'PATH="/opt/first:$PATH:/opt/last"',
        fish: "set -x PATH /opt/first $PATH /opt/last",
        csh: 'setenv PATH "/opt/first:${PATH}:/opt/last"',
        nu: '$env.PATH = ($env.PATH | prepend "/opt/first" | append "/opt/last")',
      }),
      "venvoy deactivate",
      say(shell, wholePath),
    ]);
    const entries = said.out[0]?.split(":") ?? [];
    expect(entries[0]).toBe("/opt/first");
    expect(entries.at(-1)).toBe("/opt/last");
    expect(entries).not.toContain(`${demo}/bin`);
    expect(entries.length).toBeGreaterThan(3);
  });

  check(`${shell.name}: MultiVenv's commands answer with its words and statuses`, () => {
    const shop = workshop({ place });
    const demo = shop.environment("demo");
    shop.environment("other");
    const code = say(shell, {
      posix: 'echo "= $?"',
      fish: 'echo "= $status"',
      csh: 'echo "= $status"',
      nu: 'print "= 0"',
    });
    const lines = [
      "mkvenv",
      "mkvenv demo",
      "usevenv nosuch",
      "usevenv demo",
      "rmvenv",
      "rmvenv nosuch",
      "rmvenv demo",
      "stopvenv",
      "stopvenv",
      "lsvenvs",
      "cdvenv",
      "cdvenv nosuch",
      "cdvenv demo",
    ];
    const pwd = say(shell, { posix: 'echo "$PWD"', nu: "print $env.PWD" });
    const said = shop.run(shell, [...lines.flatMap((line) => [line, code]), pwd]);
    const one = `= ${status("1")}`;
    expect(said.out).toEqual([
      ...["ERROR: No venv name given", one],
      ...["ERROR: venv name already in use", one],
      ...["ERROR: venv does not exist", one],
      "= 0",
      ...["ERROR: No venv name given", one],
      ...["ERROR: venv does not exist", one],
      ...["ERROR: cannot remove activate venv", one],
      "= 0",
      ...["ERROR: no active venv found", one],
      ...["demo", "other", "= 0"],
      ...["ERROR: No venv name given", one],
      ...["ERROR: venv does not exist", one],
      "= 0",
      demo,
    ]);
    expect(shop.asked()).toEqual([
      "show --path -- nosuch",
      "show --path -- nosuch",
      "list --names",
      "show --path -- nosuch",
    ]);
  });

  check(`${shell.name}: rmvenv asks, and anything but yes is no`, () => {
    const shop = workshop({ place });
    shop.environment("demo");
    const deletes = (): number => shop.asked().filter((line) => line.startsWith("delete")).length;
    const code = say(shell, {
      posix: 'echo "= $?"',
      fish: 'echo "= $status"',
      csh: 'echo "= $status"',
      nu: 'print "= 0"',
    });
    if (shell.kind === "nu") {
      // It asks on a terminal only.
      shop.run(shell, ["rmvenv --yes demo"]);
      expect(shop.asked()).toEqual(["delete --yes -- demo"]);
      return;
    }
    for (const answer of ["", "n", "no", "yellow", "q"]) {
      const said = shop.run(shell, ["rmvenv demo", code], { input: `${answer}\n` });
      expect(said.out.at(-1), answer).toMatch(/= 0$/);
    }
    shop.run(shell, ["rmvenv demo"], { input: "" });
    expect(deletes()).toBe(0);
    for (const answer of ["y", "Y", "yes", "YES", "Yes"]) shop.run(shell, ["rmvenv demo"], { input: `${answer}\n` });
    expect(deletes()).toBe(5);
    expect(shop.asked().at(-1)).toBe("delete --yes -- demo");
  });

  check(
    `${shell.name}: a Python that can't be started, a name in other letters, and an unknown one are venvoy's business`,
    () => {
      const shop = workshop({ place });
      const demo = shop.environment("demo");
      const said = shop.run(shell, ["venvoy activate DEMO", say(shell, where)]);
      expect(said.out).toEqual([`0 ${demo} demo ${demo}/bin`]);
      expect(shop.asked()).toEqual(["activate --path -- DEMO"]);
      const unknown = shop.run(shell, ["venvoy activate nosuch", say(shell, where)]);
      expect(unknown.err).toContain("error: no such");
      if (shell.kind !== "nu") expect(unknown.out[0]).toMatch(shell.kind === "csh" ? /^[12] none / : /^2 none /);
    },
  );

  check(`${shell.name}: every other word goes to venvoy as it is`, () => {
    const shop = workshop({ place });
    shop.run(shell, ["venvoy show 'two words' --json", "venvoy activate --help", "venvoy deactivate --help"]);
    expect(shop.asked()).toEqual(["show two words --json", "activate --help", "deactivate --help"]);
  });
}

for (const shell of realShells.filter(({ kind }) => kind !== "csh" && kind !== "nu")) {
  const check = test.skipIf(!shell.installed);

  check(`${shell.name}: a directory's .venvoy file activates, once somebody agreed to that file with that name`, () => {
    const shop = workshop({ place, follows: true });
    const demo = shop.environment("demo");
    const other = shop.environment("other");
    const project = join(shop.home, "project");
    mkdirSync(join(project, "deep", "inner"), { recursive: true });
    mkdirSync(join(project, "hostile"));
    writeFileSync(join(project, ".venvoy"), "# for work\n\n  demo \r\n");
    writeFileSync(join(project, "deep", "inner", ".venvoy"), "other");
    writeFileSync(join(project, "hostile", ".venvoy"), "other\n");
    const trusted = [
      ["n", "demo", join(project, ".venvoy")],
      ["y", "other", join(project, "deep", "inner", ".venvoy")],
      ["y", "demo", join(project, ".venvoy")],
      ["y", "demo", join(project, "hostile", ".venvoy")],
    ];
    writeFileSync(join(shop.shellDir, "trusted"), `${trusted.map((row) => row.join("\t")).join("\n")}\n`);
    const go = (to: string): string[] => [
      `cd ${to}`,
      // Only a shell with a prompt looks by itself; ksh and dash look at every \`cd\`.
      shell.kind === "fish" ? "true" : "_venvoy_follow",
      say(shell, {
        posix: 'echo "${VIRTUAL_ENV-none}"',
        fish: "set -q VIRTUAL_ENV; and echo $VIRTUAL_ENV; or echo none",
      }),
    ];
    const lines = ["project", "deep", "inner", "..", "../..", "project/hostile", ".."].flatMap(go);
    const start = shell.kind === "fish" ? ["set -g _venvoy_always 1"] : [];
    const said = shop.run(shell, [...start, ...lines]);
    expect(said.out).toEqual([demo, demo, other, demo, "none", "none", demo]);
    expect(shop.asked()).toEqual([]);
    const byHand = shop.run(shell, [...start, "venvoy activate other", ...go("project"), ...go("..")]);
    expect(byHand.out, "what a person activated stays").toEqual([other, other]);
  });
}
