import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { tempDir } from "../kit/temp.ts";
import { anyPython, workbench } from "./workbench.ts";

/** Every place has a blank, a quote and a dollar in its path. */
async function demoEnvironment() {
  const home = absPath(join(tempDir("act"), "it's $HOME here"));
  mkdirSync(home);
  const bench = workbench(home, home);
  const base = await bench.base(await anyPython(bench));
  return { bench, base, made: await bench.home.create("demo", bench.request(base, [])), home };
}

function shell(name: string, script: string, cwd: string): string {
  const result = spawnSync(name, ["-c", `PS1="$ "; ${script}`], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], PYTHONHOME: "/nonsense" },
  });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`${name}: ${result.stderr}`);
  return result.stdout;
}

const report = 'echo "$VIRTUAL_ENV|$VIRTUAL_ENV_PROMPT|$PS1|${PATH%%:*}|${PYTHONHOME-none}"';

/** A shell that is not here is counted as skipped, never as passed. */
function isInstalled(...programs: readonly string[]): boolean {
  return programs.every((program) => spawnSync(program, ["-c", "true"]).error === undefined);
}

for (const name of ["bash", "zsh", "ksh"]) {
  test.skipIf(!isInstalled(name))(
    `${name}: activate finds its environment, and deactivate restores everything`,
    async () => {
      const { made, home, bench, base } = await demoEnvironment();
      const expected = `${made.root}|demo|(demo) $ |${made.root}/bin|none`;
      const quoted = made.root.replaceAll("'", "'\\''");
      expect(shell(name, `. '${quoted}/bin/activate'; ${report}`, home)?.trimEnd()).toBe(expected);
      expect(shell(name, `cd '${quoted}/bin'; . ./activate; ${report}`, home)?.trimEnd()).toBe(expected);
      const generation = shell(
        name,
        `. '${made.current.root.replaceAll("'", "'\\''")}/bin/activate'; echo "$VIRTUAL_ENV_PROMPT"`,
        home,
      );
      expect(generation?.trimEnd()).toBe("demo");
      const before = shell(name, report, home);
      const after = shell(
        name,
        `. '${quoted}/bin/activate'; deactivate; typeset -f deactivate >/dev/null && echo left; ${report}`,
        home,
      );
      expect(after).toBe(before);
      await bench.home.create("./local", bench.request(base, []));
      expect(shell(name, `. ./local/bin/activate; ${report}`, home)).toContain(`${home}/local|local|(local) $ |`);
      const twice = `. '${quoted}/bin/activate'; . ./local/bin/activate; deactivate; echo "$PATH"`;
      expect(shell(name, twice, home)).toBe(shell(name, 'echo "$PATH"', home));
    },
  );
}

test.skipIf(!isInstalled("fish"))(
  "fish: activate finds its environment, and deactivate restores everything",
  async () => {
    const { made, home } = await demoEnvironment();
    const script = [
      "function fish_prompt; echo '> '; end",
      "set before (string join : $PATH)",
      `source "$argv[1]/bin/activate.fish"`,
      'echo "$VIRTUAL_ENV|$VIRTUAL_ENV_PROMPT|$PATH[1]|"(set -q PYTHONHOME; or echo none)',
      "fish_prompt",
      "deactivate",
      'test "$before" = (string join : $PATH); and echo same',
      "set -q VIRTUAL_ENV; or echo left; functions -q deactivate; or echo gone",
      "fish_prompt",
      `source "$argv[2]/bin/activate.fish"; echo $VIRTUAL_ENV_PROMPT`,
    ].join("\n");
    const result = spawnSync("fish", ["--no-config", "-c", script, made.root, made.current.root], {
      cwd: home,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: home, PYTHONHOME: "/nonsense" },
    });
    expect(result.stdout.split("\n")).toEqual([
      `${made.root}|demo|${made.root}/bin|none`,
      "(demo) > ",
      "same",
      "left",
      "gone",
      "> ",
      "demo",
      "",
    ]);
  },
);

test.skipIf(!isInstalled("tcsh", "script"))(
  "tcsh: activate finds its environment by the typed line, and deactivate restores everything",
  async () => {
    const bench = workbench(tempDir("csh"));
    const made = await bench.home.create("demo", bench.request(await bench.base(await anyPython(bench)), []));
    const typed = [
      "set prompt = '> '",
      `source ${made.root}/bin/activate.csh`,
      'echo "=1 $VIRTUAL_ENV $VIRTUAL_ENV_PROMPT $prompt $path[1]"',
      "deactivate",
      'echo "=2 $?VIRTUAL_ENV $prompt"; which python | sed "s/^/=3 /"',
      `cd ${made.root}/bin`,
      "source ./activate.csh",
      'echo "=4 $VIRTUAL_ENV_PROMPT"',
      "exit",
    ];
    // Only what a person types at a terminal is told to a sourced file.
    const result = spawnSync("script", ["-qc", "tcsh -f", "/dev/null"], {
      encoding: "utf8",
      input: `${typed.join("\n")}\n`,
      env: { PATH: process.env["PATH"], HOME: bench.io.system.home, TERM: "xterm" },
    });
    // The terminal shows what was typed, too; there a `$` or quote follows.
    const answers = [...result.stdout.matchAll(/=(\d) ([^$"\r\n]{4,})/g)].map(
      (match) => `${match[1]} ${match[2]?.trimEnd()}`,
    );
    expect(answers).toEqual([
      `1 ${made.root} demo (demo) >  ${made.root}/bin`,
      "2 0 >",
      expect.not.stringContaining(made.root),
      "4 demo",
    ]);
  },
);

test.skipIf(!isInstalled("dash"))(
  "a shell that doesn't say where the script is gets an error, and nothing changes",
  async () => {
    const { made, home } = await demoEnvironment();
    const quoted = made.root.replaceAll("'", "'\\''");
    const result = spawnSync("dash", ["-c", `. '${quoted}/bin/activate'; echo "$? \${VIRTUAL_ENV-none}"`], {
      cwd: home,
      encoding: "utf8",
    });
    expect(result.stdout.trim()).toBe("1 none");
    expect(result.stderr).toContain("use bash, zsh or ksh");
  },
);
