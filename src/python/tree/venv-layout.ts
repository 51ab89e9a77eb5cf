import type { AbsPath } from "../../base/index.ts";
import type { Interpreter } from "../interpreter.ts";

/** Names in the tree of a virtual environment, relative to its root, with `/`. */
export interface VenvLayout {
  /** Where programs go. */
  readonly bin: string;
  /** Where packages go, pure and compiled alike. */
  readonly sitePackages: string;
  /** Where the headers of packages go, each in a directory of its own. */
  readonly include: string;
  /** Names of the interpreter in `bin`; the first is the program (or the link to it), the others lead to the first. */
  readonly programs: readonly string[];
  /** Directory links to make, name -> text. */
  readonly links: readonly { readonly name: string; readonly text: string }[];
  /** Programs are small launchers that are copied, because not everybody may make links. */
  readonly copiesLaunchers: boolean;
}

interface Row {
  readonly bin: string;
  readonly sitePackages: string;
  readonly include: string;
  readonly programs: readonly string[];
}

/** `$X.Y` is the version, `$X` its first number, `$a` the `t` of a free-threaded build. */
const unixPrograms = ["python", "python$X", "python$X.Y"];
const rows: Readonly<Record<string, Row>> = {
  "cpython unix": {
    bin: "bin",
    sitePackages: "lib/python$X.Y$a/site-packages",
    include: "include/site/python$X.Y$a",
    programs: unixPrograms,
  },
  "cpython windows": {
    bin: "Scripts",
    sitePackages: "Lib/site-packages",
    include: "Include/site/python$X.Y$a",
    programs: ["python.exe", "pythonw.exe"],
  },
  "pypy unix": {
    bin: "bin",
    sitePackages: "lib/pypy$X.Y/site-packages",
    include: "include/site/pypy$X.Y",
    programs: [...unixPrograms, "pypy", "pypy$X", "pypy$X.Y"],
  },
  "pypy windows": {
    bin: "Scripts",
    sitePackages: "Lib/site-packages",
    include: "Include/site/pypy$X.Y",
    programs: ["python.exe", "pythonw.exe", "pypy.exe", "pypyw.exe"],
  },
  "graalpy unix": {
    bin: "bin",
    sitePackages: "lib/python$X.Y/site-packages",
    include: "include/site/python$X.Y",
    programs: [...unixPrograms, "graalpy"],
  },
};

type LayoutFacts = Pick<
  Interpreter,
  "implementation" | "versionInfo" | "freeThreaded" | "pointerBits" | "platformTag" | "paths"
>;

/**
 * Where things lie in an environment of this interpreter: what its own `venv` would make. The table holds names; where
 * `sysconfig` of the interpreter says otherwise (a distribution's patch), its word counts.
 */
export function venvLayout(interpreter: LayoutFacts): VenvLayout {
  const isWindows = interpreter.platformTag.startsWith("win");
  const system = isWindows ? "windows" : "unix";
  const row = rows[`${interpreter.implementation} ${system}`] ?? rows[`cpython ${system}`];
  if (row === undefined) throw new Error(`no layout for ${system}`);
  const [major, minor] = interpreter.versionInfo;
  const named = (text: string): string =>
    text
      .replace("$X.Y", `${major}.${minor}`)
      .replace("$X", String(major))
      .replace("$a", interpreter.freeThreaded ? "t" : "");
  const threaded = interpreter.freeThreaded && !isWindows ? [`python${major}.${minor}t`] : [];
  return {
    bin: interpreter.paths.scripts || named(row.bin),
    sitePackages: interpreter.paths.purelib || named(row.sitePackages),
    include: named(row.include),
    programs: [...row.programs.map(named), ...threaded],
    links: needsLib64(interpreter) ? [{ name: "lib64", text: "lib" }] : [],
    copiesLaunchers: isWindows,
  };
}

/** 64-bit Linux: some Pythons (Fedora, SUSE) look for compiled packages in `lib64`; `venv` makes the same link. */
function needsLib64({ platformTag, pointerBits }: LayoutFacts): boolean {
  return platformTag.startsWith("linux") && pointerBits === 64;
}

export interface PyvenvCfg {
  readonly version: string;
  readonly systemSitePackages: boolean;
  readonly implementation?: string;
  /** What a shell shows for the environment; without it, the directory's name. */
  readonly prompt?: string;
}

/**
 * The text of `pyvenv.cfg` (PEP 405) for a tree whose programs lead to `program`, the interpreter below its base link.
 * `home` is absolute: every Python up to 3.14 reads a relative one from the current directory. It is reached through
 * the base link, so that repointing that link heals every tree (measured on 3.8 to 3.13: `sys.base_prefix` is the link).
 */
export function pyvenvCfg(
  { program, home }: { readonly program: AbsPath; readonly home: AbsPath },
  cfg: PyvenvCfg,
): string {
  const lines = [
    `home = ${home}`,
    `include-system-site-packages = ${cfg.systemSitePackages}`,
    `version = ${cfg.version}`,
    `version_info = ${cfg.version}`,
    ...(cfg.implementation === undefined ? [] : [`implementation = ${cfg.implementation}`]),
    `executable = ${program}`,
    ...(cfg.prompt === undefined ? [] : [`prompt = ${cfg.prompt}`]),
  ];
  return `${lines.map((line) => line.replace(/[\r\n]+/g, " ")).join("\n")}\n`;
}
