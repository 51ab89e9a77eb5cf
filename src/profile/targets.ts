import { type AbsPath, hasCode } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";
import { hookFileName, type ShellName } from "../shell/index.ts";
import type { OwnLine } from "./edit.ts";
import { guardedLine, hookLine } from "./line.ts";

type Io = Pick<Ports, "fs" | "proc" | "system">;

/** A file that a shell reads at its start, and the line that belongs there. */
export interface ProfileTarget extends OwnLine {
  readonly shell: ShellName;
  readonly path: AbsPath;
}

/** The files that need the line, in which a new shell of that kind finds it. */
export async function profileTargets(io: Io, shell: ShellName, hookDir: AbsPath): Promise<readonly ProfileTarget[]> {
  const { fs } = io;
  const hook = fs.path.join(hookDir, hookFileName(shell));
  const target = (path: AbsPath, line = hookLine(io, shell, hook)): ProfileTarget => ({
    shell,
    path,
    line,
    hook: hookFileName(shell),
  });
  const [first] = await places[shell](io);
  if (first === undefined) return [];
  if (shell !== "bash") return [target(first)];
  const login = await bashLoginFile(io);
  return login === undefined ? [target(first)] : [target(first), target(login, guardedLine(io, hook))];
}

/** All files where a line may have been put, whatever is there today. */
export async function profilePlaces(io: Io, shell: ShellName): Promise<readonly AbsPath[]> {
  const own = await places[shell](io);
  return shell === "bash" ? [...own, ...bashLoginNames.map((name) => io.fs.path.join(io.system.home, name))] : own;
}

const home = ({ fs, system }: Io, ...parts: readonly string[]): AbsPath => fs.path.join(system.home, ...parts);

/** The first is where a line goes today; the others are where it may have gone. */
const places: Readonly<Record<ShellName, (io: Io) => Promise<readonly AbsPath[]>>> = {
  bash: async (io) => [home(io, ".bashrc")],
  zsh: async (io) => [io.fs.path.join(await zshDirectory(io), ".zshrc"), home(io, ".zshrc")],
  fish: async (io) => [io.fs.path.join(configHome(io), "fish", "conf.d", "venvoy.fish")],
  // tcsh reads .cshrc only when there is no .tcshrc.
  csh: async (io) => existingFirst(io, [home(io, ".tcshrc"), home(io, ".cshrc")]),
  ksh: async (io) => {
    const told = pathIn(io, io.system.env["ENV"]);
    const usual = await existingFirst(io, [home(io, ".mkshrc"), home(io, ".kshrc")]);
    return told === undefined ? usual : [told, ...usual];
  },
  sh: async (io) => {
    const told = pathIn(io, io.system.env["ENV"]);
    return told === undefined ? [home(io, ".profile")] : [told, home(io, ".profile")];
  },
  nu: async (io) => [io.fs.path.join(nuDirectory(io), "config.nu")],
  powershell: powershellProfiles,
  cmd: async () => [],
};

async function existingFirst({ fs }: Io, paths: readonly AbsPath[]): Promise<readonly AbsPath[]> {
  const there: AbsPath[] = [];
  for (const path of paths) if ((await fs.linkInfo(path)) !== undefined) there.push(path);
  // When none is there, the last is the one that all of that family read.
  return there.length > 0 ? [...there, ...paths.filter((path) => !there.includes(path))] : [...paths].reverse();
}

/** `$ENV` as people write it; one that computes its path is left alone. */
function pathIn({ fs, system }: Io, text: string | undefined): AbsPath | undefined {
  if (text === undefined || text === "") return undefined;
  const plain = text.replace(/^(?:~|\$HOME|\$\{HOME\})(?=\/)/, system.home);
  return fs.path.isAbsolute(plain) && !/[$`]/.test(plain) ? fs.path.resolve(system.cwd, plain) : undefined;
}

function configHome({ fs, system }: Io): AbsPath {
  const told = system.env["XDG_CONFIG_HOME"];
  return told !== undefined && fs.path.isAbsolute(told)
    ? fs.path.resolve(system.cwd, told)
    : fs.path.join(system.home, ".config");
}

function nuDirectory(io: Io): AbsPath {
  const { fs, system } = io;
  const roaming = system.env["APPDATA"];
  if (system.os === "windows" && roaming !== undefined && fs.path.isAbsolute(roaming))
    return fs.path.resolve(system.cwd, fs.path.join(roaming as AbsPath, "nushell"));
  if (system.os === "macos" && system.env["XDG_CONFIG_HOME"] === undefined)
    return home(io, "Library", "Application Support", "nushell");
  return fs.path.join(configHome(io), "nushell");
}

/** `~/.zshenv` may set ZDOTDIR without exporting it, so zsh is asked. */
async function zshDirectory(io: Io): Promise<AbsPath> {
  const { fs, system } = io;
  const told = system.env["ZDOTDIR"];
  if (told !== undefined && fs.path.isAbsolute(told)) return fs.path.resolve(system.cwd, told);
  const answer = await askProgram(io, ["zsh", "-c", 'print -r -- "$ZDOTDIR"']);
  return answer !== undefined && fs.path.isAbsolute(answer) ? fs.path.resolve(system.cwd, answer) : system.home;
}

/** PowerShell knows best: Documents may lie elsewhere. */
async function powershellProfiles(io: Io): Promise<readonly AbsPath[]> {
  const { fs, system } = io;
  const found: AbsPath[] = [];
  for (const program of system.os === "windows" ? ["pwsh", "powershell"] : ["pwsh"]) {
    const answer = await askProgram(io, [program, "-NoProfile", "-NonInteractive", "-Command", "$PROFILE"]);
    if (answer !== undefined && fs.path.isAbsolute(answer)) found.push(fs.path.resolve(system.cwd, answer));
  }
  const name = "Microsoft.PowerShell_profile.ps1";
  const usual =
    system.os === "windows"
      ? [home(io, "Documents", "PowerShell", name), home(io, "Documents", "WindowsPowerShell", name)]
      : [fs.path.join(configHome(io), "powershell", name)];
  return [...new Set([...found, ...usual])];
}

async function askProgram({ proc, system }: Io, argv: readonly [string, ...string[]]): Promise<string | undefined> {
  try {
    const { exit, stdout } = await proc.run({ argv, env: system.env, timeoutMs: 10_000 });
    const line = new TextDecoder().decode(stdout).trim().split("\n").at(-1)?.trim();
    return exit === 0 && line !== "" ? line : undefined;
  } catch (error) {
    if (hasCode(error, "ENOENT", "EACCES", "ENOTDIR")) return undefined;
    throw error;
  }
}

const bashLoginNames = [".bash_profile", ".bash_login", ".profile"] as const;

/**
 * A login shell (a new window on macOS, in tmux, or over ssh) reads the first of three files and not `.bashrc`; `undefined`
 * when that file reads `.bashrc` itself, as most do.
 */
async function bashLoginFile(io: Io): Promise<AbsPath | undefined> {
  for (const name of bashLoginNames) {
    const path = home(io, name);
    if ((await io.fs.linkInfo(path)) === undefined) continue;
    const text = await readText(io, path);
    return text.split("\n").some((line) => /\bbashrc\b/.test(line) && !/^\s*#/.test(line)) ? undefined : path;
  }
  // With a file of its own, bash would never look at a .profile that comes later; on macOS nobody else writes one.
  return home(io, io.system.os === "macos" ? ".bash_profile" : ".profile");
}

async function readText({ fs }: Io, path: AbsPath): Promise<string> {
  try {
    return await fs.readText(path);
  } catch (error) {
    if (hasCode(error, "ENOENT", "EACCES", "EISDIR")) return "";
    throw error;
  }
}
