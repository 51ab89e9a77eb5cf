import type { AbsPath } from "../../base/index.ts";
import { dataLayout } from "../../disk/index.ts";
import type { Ports } from "../../ports/index.ts";
import type { Source } from "../interpreter.ts";
import { pyenvRoot } from "./pyenv.ts";
import { shimRoots } from "./tool-versions.ts";
import { pathVariable } from "./variables.ts";

type Io = Pick<Ports, "fs" | "system">;
type Os = Ports["system"]["os"];

/**
 * A directory where Pythons are found by custom.
 * `installations`: each entry that `entries` matches is the root of one. `installation`: the directory itself is one. `programs`: it holds programs, Pythons among them.
 */
export interface Place {
  readonly source: Source;
  readonly kind: "installations" | "installation" | "programs";
  readonly directory: AbsPath;
  readonly entries?: RegExp;
}

interface Row {
  readonly source: Source;
  readonly os: readonly Os[];
  readonly kind: Place["kind"];
  /** `~` is the home directory, `%NAME%` a variable; a row whose variable is not set is left out. */
  readonly directory: string;
  readonly entries?: RegExp;
}

const unix: readonly Os[] = ["linux", "macos"];
const mac: readonly Os[] = ["macos"];
const linux: readonly Os[] = ["linux"];
const windows: readonly Os[] = ["windows"];
const everywhere: readonly Os[] = ["linux", "macos", "windows"];
const numbered = /^\d+\.\d+$/;
const condaRoots = ["miniforge3", "mambaforge", "miniconda3", "anaconda3", "micromamba"];

/** Fixed places, in the order in which they are looked at. Places that a variable moves are made in `placesOf`. */
const rows: readonly Row[] = [
  { source: "uv", os: everywhere, kind: "installations", directory: "%UV_PYTHON_INSTALL_DIR%" },
  { source: "uv", os: unix, kind: "installations", directory: "%XDG_DATA_HOME%/uv/python" },
  { source: "uv", os: unix, kind: "installations", directory: "~/.local/share/uv/python" },
  { source: "uv", os: windows, kind: "installations", directory: "%APPDATA%/uv/python" },
  { source: "rye", os: unix, kind: "installations", directory: "~/.rye/py" },
  {
    source: "python.org",
    os: mac,
    kind: "installations",
    directory: "/Library/Frameworks/Python.framework/Versions",
    entries: numbered,
  },
  {
    source: "python.org",
    os: mac,
    kind: "installations",
    directory: "/Library/Frameworks/PythonT.framework/Versions",
    entries: numbered,
  },
  { source: "homebrew", os: mac, kind: "programs", directory: "/opt/homebrew/bin" },
  { source: "homebrew", os: linux, kind: "programs", directory: "/home/linuxbrew/.linuxbrew/bin" },
  { source: "system", os: linux, kind: "installations", directory: "/opt/python" },
  { source: "system", os: unix, kind: "programs", directory: "/usr/local/bin" },
  { source: "system", os: unix, kind: "programs", directory: "/usr/bin" },
  { source: "system", os: mac, kind: "programs", directory: "/opt/local/bin" },
  {
    source: "python.org",
    os: windows,
    kind: "installations",
    directory: "%LOCALAPPDATA%/Programs/Python",
    entries: /^Python\d/i,
  },
  {
    source: "python.org",
    os: windows,
    kind: "installations",
    directory: "%LOCALAPPDATA%/Python",
    entries: /^(pythoncore-|pypy)/i,
  },
  { source: "python.org", os: windows, kind: "installations", directory: "%ProgramFiles%", entries: /^Python\d/i },
  { source: "python.org", os: windows, kind: "installations", directory: "%ProgramFiles(x86)%", entries: /^Python\d/i },
  { source: "python.org", os: windows, kind: "installations", directory: "%SystemDrive%/", entries: /^Python\d/i },
  { source: "conda", os: everywhere, kind: "installation", directory: "%CONDA_PREFIX%" },
  { source: "conda", os: everywhere, kind: "installation", directory: "%MAMBA_ROOT_PREFIX%" },
  { source: "conda", os: everywhere, kind: "installations", directory: "%MAMBA_ROOT_PREFIX%/envs" },
  { source: "conda", os: everywhere, kind: "installations", directory: "~/.conda/envs" },
  ...condaRoots.flatMap((name): Row[] =>
    [`~/${name}`, `/opt/${name}`, ...(name === "miniconda3" ? ["/opt/conda"] : [])].flatMap((directory) => [
      { source: "conda", os: directory.startsWith("~") ? everywhere : unix, kind: "installation", directory },
      {
        source: "conda",
        os: directory.startsWith("~") ? everywhere : unix,
        kind: "installations",
        directory: `${directory}/envs`,
      },
    ]),
  ),
];

/** All places of this system in the order in which they are looked at, one by one; most of them don't exist. */
export function* placesOf(io: Io): Generator<Place, void, undefined> {
  const { fs, system } = io;
  yield { source: "venvoy", kind: "installations", directory: fs.path.join(dataLayout(system).data, "python") };
  yield { source: "pyenv", kind: "installations", directory: fs.path.join(pyenvRoot(io), "versions") };
  for (const root of shimRoots(io)) yield { source: root.source, kind: "installations", directory: root.installs };
  const given = new Set<string>();
  for (const { source, kind, entries, os, directory: template } of rows) {
    const directory = os.includes(system.os) ? expanded(io, template) : undefined;
    // Two rows name one place when a variable holds its default.
    if (directory === undefined || given.has(`${kind} ${directory} ${entries}`)) continue;
    given.add(`${kind} ${directory} ${entries}`);
    yield { source, kind, directory, ...(entries === undefined ? {} : { entries }) };
  }
}

function expanded(io: Io, template: string): AbsPath | undefined {
  const { path } = io.fs;
  const match = /^(~|%([^%]+)%)(.*)$/.exec(template);
  if (match === null) return path.resolve(io.system.home, template);
  const [, head = "", name = "", rest = ""] = match;
  // `C:` alone would mean the current directory of that drive.
  const root = head === "~" ? io.system.home : (driveRoot(io, name) ?? pathVariable(io, name));
  if (root === undefined) return undefined;
  return path.join(root, ...rest.split("/").filter(Boolean));
}

function driveRoot({ fs, system }: Io, name: string): AbsPath | undefined {
  if (name !== "SystemDrive") return undefined;
  const drive = system.env[name] ?? "C:";
  return /^[A-Za-z]:$/.test(drive) ? fs.path.resolve(system.home, `${drive}\\`) : undefined;
}

/** Programs that may be an installation's Python, best first, relative to its root with `/`. */
export const installationPrograms: Readonly<Record<Os, readonly string[]>> = {
  linux: ["bin/python3", "bin/python", "bin/pypy3", "bin/pypy", "bin/graalpy"],
  macos: ["bin/python3", "bin/python", "bin/pypy3", "bin/pypy", "bin/graalpy", "bin/python3t"],
  windows: ["python.exe", "Scripts/python.exe", "pypy3.exe", "pypy.exe", "bin/python.exe", "bin/graalpy.exe"],
};

/** File names on PATH and in `programs` places that are Pythons. */
export const programName = /^(python|pypy|graalpy)(\d+(\.\d+)?)?(t|d|td)?(\.exe)?$/i;
