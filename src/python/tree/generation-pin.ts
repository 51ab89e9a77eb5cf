/**
 * Keeps a Python in the generation that it was started in. Reached through `envs/<name>`, its `sys.prefix` is a path
 * that leads to another generation after the next change and to nothing after a rename; what is imported later would
 * come from there. The file sorts before all others in site-packages and resolves that path at start, in `sys.path`,
 * `sys.prefix`, `sys.executable` (so children stay, too) and for the start-up files that come after it.
 *
 * `site.py` runs the one line inside its function `addpackage`, whose `sitedir` and `known_paths` it uses. It is
 * compiled at every start, so each statement costs some 10 us. A Python that is started through the generation itself
 * pays one `lstat`, and a foreign one that takes this directory in is left alone. A tree that carries its Python is its own
 * base, and the package that is loaded before any start-up file looks for its parts in the same version then, too.
 */
interface PinKind {
  /** `named`: the prefix itself is a link. `directory`: a real one, whose `.venvoy/current` is the link. */
  readonly place: "named" | "directory";
  readonly os: "posix" | "windows";
}

const current = `os.path.join(old, ".venvoy", "current")`;
const follow = "while os.path.islink(new): new = os.path.join(os.path.dirname(new), os.readlink(new))";

/** The statements that lead from the prefix to the generation. */
const resolved: Readonly<Record<PinKind["os"], Readonly<Record<PinKind["place"], string>>>> = {
  posix: { named: follow, directory: `if os.path.islink(${current}): new = ${current}\n${follow}` },
  // Junctions are no links to `islink`.
  windows: {
    named: "new = os.path.realpath(old)",
    directory: `new = os.path.realpath(${current} if os.path.isdir(${current}) else old)`,
  },
};

/** Cheap, and false for most starts. */
const guards: typeof resolved = {
  posix: {
    named: "os.path.islink(sys.prefix)",
    directory: `(os.path.islink(sys.prefix + "/.venvoy/current") or os.path.islink(sys.prefix))`,
  },
  windows: { named: "sys.prefix != sys.base_prefix", directory: "sys.prefix != sys.base_prefix" },
};

// From 3.15 on (PEP 829) there are no `known_paths`: such lines run after all paths are set, and this does nothing.
const program = ({ place, os }: PinKind): string => `old = new = sys.prefix
${resolved[os][place]}
moved = lambda path, old=old + os.sep, new=new + os.sep: path.replace(old, new, path.startswith(old))
if "known_paths" in locals() and sitedir != moved(sitedir):
    sys.path[:] = map(moved, sys.path)
    known_paths.update(${os === "posix" ? "sys.path" : "map(os.path.normcase, sys.path)"})
    if old in PREFIXES: PREFIXES[:] = [new]
    if sys.base_prefix == old:
        sys.base_prefix = sys.base_exec_prefix = new
        sys.modules["encodings"].__path__[:] = map(moved, sys.modules["encodings"].__path__)
    sys.prefix = sys.exec_prefix = new
    sys.executable = moved(os.path.abspath(sys.executable))
    globals()["addpackage"] = lambda place, name, known, add=addpackage, moved=moved: add(moved(place), name, known)`;

function textFor(kind: PinKind): string {
  return `import os; ${guards[kind.os][kind.place]} and exec(${JSON.stringify(program(kind))})\n`;
}

/** The one file that an environment holds for this, in its site-packages. Script environments never change: they need none. */
export const generationPin = {
  /** No project's start-up file sorts before it. */
  fileName: "00_venvoy.pth",
  /** For a named environment on Linux or macOS. */
  text: textFor({ place: "named", os: "posix" }),
  /** The same on Windows. */
  windowsText: textFor({ place: "named", os: "windows" }),
  /** For every kind of environment. */
  textFor,
} as const;
