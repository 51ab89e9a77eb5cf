/**
 * Keeps a Python in the generation that it was started in. Reached through `envs/<name>`, its `sys.prefix` is a path
 * that leads to another generation after the next change and to nothing after a rename; what is imported later would
 * come from there. The file sorts before all others in site-packages and resolves that path at start, in `sys.path`,
 * `sys.prefix`, `sys.executable` (so children stay, too) and for the start-up files that come after it.
 *
 * `site.py` runs the one line inside its function `addpackage`, whose `sitedir` and `known_paths` it uses. It is
 * compiled at every start, so each statement costs some 10 us. A Python that is started through the generation itself
 * pays one `lstat`, and a foreign one that takes this directory in is left alone.
 */
const resolved = {
  posix: "while os.path.islink(new): new = os.path.join(os.path.dirname(new), os.readlink(new))",
  // Junctions are no links to `islink`, and a prefix reached by a drive letter stays itself.
  windows: "new = os.path.realpath(old)",
} as const;

const program = (os: keyof typeof resolved): string => `old = new = sys.prefix
${resolved[os]}
moved = lambda path, old=old + os.sep, new=new + os.sep: path.replace(old, new, path.startswith(old))
if sitedir != moved(sitedir):
    sys.path[:] = map(moved, sys.path)
    known_paths.update(map(os.path.normcase, sys.path))
    if old in PREFIXES: PREFIXES[:] = [new]
    sys.prefix = sys.exec_prefix = new
    sys.executable = moved(os.path.abspath(sys.executable))
    globals()["addpackage"] = lambda place, name, known, add=addpackage, moved=moved: add(moved(place), name, known)`;

const line = (guard: string, os: keyof typeof resolved): string =>
  `import os; ${guard} and exec(${JSON.stringify(program(os))})\n`;

/** The one file that a named environment holds for this, in its site-packages. */
export const generationPin = {
  /** No project's start-up file sorts before it. */
  fileName: "00_venvoy.pth",
  text: line("os.path.islink(sys.prefix)", "posix"),
  windowsText: line("sys.prefix != sys.base_prefix", "windows"),
} as const;
