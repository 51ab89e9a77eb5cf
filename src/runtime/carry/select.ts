/** What of an installation a tree that carries it needs, by path relative to its root, with `/`. */
export interface Selection {
  /** `3.11`, with the `t` of a free-threaded build: `3.13t`. */
  readonly version: string;
  readonly isWindows?: boolean;
}

/** Never of use to a program, and large. */
const neverDirectories = new Set([
  "__pycache__",
  "test",
  "tests",
  "idle_test",
  "turtledemo",
  "site-packages",
  "dist-packages",
]);

/**
 * True for what belongs to the Python itself: the standard library of its version, libraries beside it, headers, its own
 * programs. Installed packages, their programs, tests and other versions in the same prefix stay.
 */
export function isCarried(path: string, { version, isWindows = false }: Selection): boolean {
  if (isWindows) return isCarriedOnWindows(path);
  const parts = path.split("/");
  if (parts.some((part, index) => neverDirectories.has(part) && isOfPython(parts, index))) return false;
  const [top = "", second, name] = parts;
  switch (top) {
    case "bin":
      return second !== undefined && name === undefined && ownProgram(second, version);
    case "lib":
    case "lib64":
      if (second === undefined) return true;
      // The whole of Python again, for programs that are linked with it once and for all.
      if (/\/config-[^/]+\/[^/]+\.a$/.test(path)) return false;
      if (/^python\d/.test(second)) return second === `python${version}`;
      if (second === "pkgconfig")
        return name === undefined || name.startsWith(`python-${version}`) || /^python3(?:-embed)?\.pc$/.test(name);
      // Tcl and Tk with their scripts, and shared libraries; archives are for compilers of other things.
      return !/\.l?a$/.test(path) && !/^(?:cmake|perl\d*|ruby|node_modules)$/.test(second);
    case "include":
      return second === undefined || second === `python${version}`;
    case "share":
      return second === undefined || second === "terminfo" || second === "zoneinfo";
    default:
      return false;
  }
}

/** `test` in `lib/python3.11/` and below is CPython's own; in `lib/tcl8.6/` it isn't. */
function isOfPython(parts: readonly string[], index: number): boolean {
  return index >= 2 && /^lib(?:64)?$/.test(parts[0] ?? "") && /^python\d/.test(parts[1] ?? "");
}

function ownProgram(name: string, version: string): boolean {
  const plain = version.replace(/t$/, "");
  const own = ["python", "python3", `python${plain}`, `python${version}`, `python${version}-config`, "python3-config"];
  return own.includes(name) || name === `pydoc${plain}` || name === "pydoc3";
}

/**
 * There the programs and their libraries stand at the top, and names fold case. An embeddable package's `._pth` stays behind, and so do
 * its limits: with it Python looks nowhere else.
 */
function isCarriedOnWindows(path: string): boolean {
  const parts = path.toLowerCase().split("/");
  const [top = "", second] = parts;
  if (second === undefined) {
    return /^(?:lib|dlls|include|libs|tcl)$|^pythonw?\.exe$|^[^.]+\.(?:dll|pyd)$|^python\d+\.zip$|^license\.txt$/.test(
      top,
    );
  }
  if (top === "lib")
    return !parts.some(
      (part, index) => neverDirectories.has(part) && (index === 1 || /^(?:idle_)?test|__py/.test(part)),
    );
  return ["dlls", "include", "libs", "tcl"].includes(top);
}
