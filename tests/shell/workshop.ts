import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { activationScripts, hookFileName, hookFiles, type ShellName, variableFiles } from "../../src/shell/index.ts";
import { isInstalled } from "../kit/installed.ts";
import { tempDir } from "../kit/temp.ts";

/** A shell that tests can start, and how it is told what to do. */
export interface RealShell {
  readonly name: string;
  readonly kind: ShellName;
  /** Words between the program and the script's file. */
  readonly args: readonly string[];
}

const known: readonly RealShell[] = [
  { name: "bash", kind: "bash", args: ["--norc"] },
  { name: "zsh", kind: "zsh", args: ["-f"] },
  { name: "ksh", kind: "ksh", args: [] },
  { name: "dash", kind: "sh", args: [] },
  { name: "fish", kind: "fish", args: ["--no-config"] },
  { name: "tcsh", kind: "csh", args: ["-f"] },
  { name: "nu", kind: "nu", args: ["--no-config-file"] },
];

export const realShells: readonly (RealShell & { readonly installed: boolean })[] = known.map((shell) => ({
  ...shell,
  installed: isInstalled(shell.name),
}));

export interface Spoken {
  readonly out: readonly string[];
  readonly err: string;
  readonly status: number | null;
}

/** Environments of files alone, hooks beside them, and a venvoy that writes down what it is asked. */
export interface Workshop {
  readonly home: string;
  readonly envs: string;
  readonly shellDir: string;
  /** Makes an environment and answers the path that stays the same. */
  environment(name: string, variables?: Readonly<Record<string, string>>): string;
  /** The directory that belongs to the environment, beside its versions. */
  kept(name: string): string;
  /** Runs lines in a shell that has loaded the hook. */
  run(shell: RealShell, lines: readonly string[], options?: SpeakOptions): Spoken;
  /** What venvoy was asked, one line each. */
  asked(): readonly string[];
}

interface SpeakOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
}

/** `place` is the name of the directory that everything lies in. */
export function workshop({
  place = "place",
  follows = false,
}: {
  readonly place?: string;
  readonly follows?: boolean;
} = {}): Workshop {
  const home = join(tempDir("shell"), place);
  const envs = join(home, "data", "envs");
  const shellDir = join(home, "data", "shell");
  const program = join(home, "venvoy");
  const log = join(home, "asked");
  mkdirSync(join(shellDir, "zsh"), { recursive: true });
  mkdirSync(envs, { recursive: true });
  writeFileSync(log, "");
  writeFileSync(program, stub);
  chmodSync(program, 0o755);
  for (const { path, text } of hookFiles({ self: [program], envs, shellDir, follows }))
    writeFileSync(join(shellDir, path), text);
  const kept = (name: string): string => join(envs, `${name}-abcdefgh`);
  return {
    home,
    envs,
    shellDir,
    kept,
    asked: () =>
      readFileSync(log, "utf8")
        .split("\n")
        .filter((line) => line !== ""),
    environment: (name, variables = {}) => {
      const dir = kept(name);
      const tree = join(dir, "generations", "1");
      makeTree(tree);
      symlinkSync("generations/1", join(dir, "current"));
      symlinkSync(`${name}-abcdefgh/current`, join(envs, name));
      writeFileSync(join(dir, "intent.toml"), "");
      writeFileSync(join(dir, "used"), "");
      utimesSync(join(dir, "used"), 1_000_000, 1_000_000);
      for (const [file, text] of variableFiles(variables)) writeFileSync(join(dir, file), text);
      return join(envs, name);
    },
    run: (shell, lines, options = {}) => {
      const script = join(home, `script.${shell.name}`);
      const hook = join(shellDir, hookFileName(shell.kind));
      // nu reads its source before it runs: the hook's path must stand there.
      const load = shell.kind === "nu" ? `source ${JSON.stringify(hook)}` : (loads[shell.kind] ?? '. "$HOOK"');
      writeFileSync(script, `${[load, ...lines].join("\n")}\n`);
      const result = spawnSync(shell.name, [...shell.args, script], {
        cwd: options.cwd ?? home,
        encoding: "utf8",
        input: options.input ?? "",
        env: { PATH: programs(), LC_ALL: "C.UTF-8", HOME: home, HOOK: hook, ASKED: log, ENVS: envs, ...options.env },
      });
      if (result.error !== undefined) throw result.error;
      return { out: result.stdout.split("\n").slice(0, -1), err: result.stderr, status: result.status };
    },
  };
}

/** A tree as far as shells see it. */
export function makeTree(tree: string): void {
  mkdirSync(join(tree, "bin"), { recursive: true });
  writeFileSync(join(tree, "pyvenv.cfg"), "");
  writeFileSync(join(tree, "bin", "python"), "#!/bin/sh\n");
  chmodSync(join(tree, "bin", "python"), 0o755);
  for (const { name, text } of activationScripts("posix")) writeFileSync(join(tree, "bin", name), text);
}

const loads: Readonly<Partial<Record<ShellName, string>>> = { fish: "source $HOOK", csh: 'source "$HOOK"' };

/** Answers what the hook asks, from the directories. `broken` can't be activated. */
const stub = `#!/bin/sh
echo "$*" >> "$ASKED"
case "$1" in
  activate | show)
    if [ "$4" = broken ] || [ ! -e "$ENVS/$(echo "$4" | tr A-Z a-z)" ]; then echo "error: no such" >&2; exit 2; fi
    echo "$ENVS/$(echo "$4" | tr A-Z a-z)" ;;
  list) echo demo; echo other ;;
  create | delete | set | trust) ;;
  *) echo "venvoy $*" ;;
esac
`;

/** PATH without what this machine's own environments put there. */
function programs(): string {
  const entries = (process.env["PATH"] ?? "").split(delimiter);
  return entries.filter((entry) => entry !== "" && existsSync(entry) && !entry.includes("shims")).join(delimiter);
}
