import { quotePython } from "./quote.ts";

/** What the lines in a program's startup file have to know. */
export interface SnippetFacts {
  /** What a person calls the environment. */
  readonly label: string;
  /**
   * `environment`: one of venvoy's on this machine, whose versions lie behind a link. `publication`: a share with releases
   * and a pointer. `directory`: a tree or a directory of packages that is what it is.
   */
  readonly kind: "environment" | "publication" | "directory";
  /** Where it is; of several, the first that is there counts, because machines see a share in different places. */
  readonly roots: readonly [string, ...string[]];
  /** `plain`: packages lie in the directory itself. */
  readonly layout: "venv" | "plain";
  /** `3.11`, as it is now; a tree that says it of itself is believed more. */
  readonly python: string;
}

/**
 * Python that puts an environment's packages on the search path of the program that runs it. It looks for the version or
 * release that is current once, keeps to it, and tells in one line on standard error when it can't; it never raises, because
 * it runs while a program starts. Plain ASCII; Python 2.7 reads it, too, and is told that it is none of the right version.
 */
export function pythonSnippet(facts: SnippetFacts): string {
  const { label, roots, python, kind, layout } = facts;
  const parts = [
    head,
    ...(kind === "publication" ? [releaseOf, leaseOf] : []),
    ...(kind === "directory" ? [] : [markOf]),
    ...(layout === "venv" ? [madeFor] : []),
    body(kind, layout),
    tail,
  ];
  const call = `_venvoy(${quotePython(label)}, [${roots.map(quotePython).join(", ")}], ${quotePython(python)})`;
  return `${parts.join("\n")}\n\n${call}\ndel _venvoy\n`;
}

const head = `def _venvoy(label, roots, python):
    import sys

    def tell(text):
        try:
            (sys.stderr or sys.stdout).write("venvoy: " + text.replace("\\n", " ") + "\\n")
        except Exception:
            pass
`;

const releaseOf = `    def release_of(root):
        # The pointer is replaced in one step; Windows may refuse a look at that instant.
        pointer = os.path.join(root, "current.txt")
        for left in range(20, -1, -1):
            try:
                with open(pointer) as file:
                    release = (file.read().split() or [""])[0]
                break
            except (IOError, OSError):
                if not left or not os.path.exists(pointer):
                    release = os.path.basename(os.readlink(os.path.join(root, "current")))
                    break
                time.sleep(0.05)
        if not release.isdigit():
            raise ValueError("its pointer says %r" % release)
        return release
`;

/** The same that the share's own launchers leave. */
const leaseOf = `    def lease_of(root, release):
        def started(pid):
            try:
                with open("/proc/%s/stat" % pid) as file:
                    return file.read().rsplit(")", 1)[1].split()[19]
            except (IOError, OSError, IndexError):
                return ""

        boot = ""
        if os.path.exists("/proc/sys/kernel/random/boot_id"):
            with open("/proc/sys/kernel/random/boot_id") as file:
                boot = file.read().strip()
        host = os.environ.get("COMPUTERNAME", "windows") if os.name == "nt" else os.uname()[1]
        name = "%s.%d.%s" % (host, os.getpid(), started("self") or os.urandom(6).hex())
        return os.path.join(root, "leases", release, name), "%s %s\\n" % (boot, started(1))
`;

const madeFor = `    def made_for(tree):
        for name in ("pyvenv.cfg", os.path.join(".venvoy", "standalone.json")):
            try:
                with open(os.path.join(tree, name), "rb") as file:
                    text = file.read().decode("utf-8", "replace")
            except (IOError, OSError):
                continue
            match = re.search(r'(?:^version(?:_info)?\\s*=\\s*|"python"\\s*:\\s*")(\\d+\\.\\d+)', text, re.M)
            if match:
                return str(match.group(1))
        return python
`;

function body(kind: SnippetFacts["kind"], layout: SnippetFacts["layout"]): string {
  return `    try:
        import atexit, glob, os, re, site, time
        root = ([one for one in roots if os.path.isdir(one)] or [None])[0]
        if root is None:
            return tell(label + " is not there (" + " or ".join(roots) + "); its packages are missing here")
${tree[kind]}
        have = "%d.%d" % sys.version_info[:2]
        wants = ${layout === "plain" ? "python" : "made_for(tree)"}
        if wants != have:
            return tell(label + " is for Python " + wants + ", and this is " + have + "; its packages are missing here")
${noteUse[kind]}${packages[layout]}
        if not os.path.isdir(packages):
            return tell(label + " is not whole, or not for this system (" + packages + "); its packages are missing here")
`;
}

const tree: Readonly<Record<SnippetFacts["kind"], string>> = {
  environment: `        link = os.path.join(root, ".venvoy", "current")
        tree = os.path.realpath(link if os.path.exists(link) else root)`,
  publication: `        release = release_of(root)
        tree = os.path.join(root, "releases", release)`,
  directory: `        tree = root`,
};

/** Nobody takes away what a running program uses. Who may not write there goes on without. */
const noteUse: Readonly<Record<SnippetFacts["kind"], string>> = {
  environment: noting(`            versions, number = os.path.split(tree)
            used = os.path.dirname(versions)
            if os.path.basename(versions) == "generations":
                mark(os.path.join(used, "uses", "%s.%d" % (number, os.getpid())), "", True)
                os.utime(os.path.join(used, "used"), None)`),
  publication: noting(`            mark(*lease_of(root, release))`),
  directory: "",
};

function noting(lines: string): string {
  return `        try:
${lines}
        except (IOError, OSError):
            pass
`;
}

const markOf = `    def mark(path, text, makes=False):
        if makes and not os.path.isdir(os.path.dirname(path)):
            os.makedirs(os.path.dirname(path))
        with open(path, "w") as file:
            file.write(text)
        atexit.register(lambda own=os.getpid(): own == os.getpid() and os.path.exists(path) and os.remove(path))
`;

const packages: Readonly<Record<SnippetFacts["layout"], string>> = {
  plain: `        packages = tree`,
  venv: `        threads = "t" if "t" in getattr(sys, "abiflags", "") else ""
        inner = ("Lib",) if os.name == "nt" else ("lib", "python" + have + threads)
        packages = os.path.join(tree, *(inner + ("site-packages",)))`,
};

const tail = `        # Its packages come first, in the order in which its own Python would look; .pth files count.
        before = list(sys.path)
        site.addsitedir(packages)
        added = [path for path in sys.path if path not in before]
        sys.path[:] = added + [path for path in sys.path if path in before]
        programs = os.path.join(tree, "Scripts" if os.name == "nt" else "bin")
        places = os.environ.get("PATH", "").split(os.pathsep)
        if os.path.isdir(programs) and programs not in places:
            os.environ["PATH"] = os.pathsep.join([programs] + [place for place in places if place])
        if hasattr(os, "add_dll_directory"):
            libraries = [os.path.join(tree, "Library", "bin"), os.path.join(packages, "pywin32_system32")]
            for place in libraries + sorted(glob.glob(os.path.join(glob.escape(packages), "*.libs"))):
                if os.path.isdir(place):
                    os.add_dll_directory(place)
    except Exception as error:
        tell("%s can't be used (%s); its packages are missing here" % (label, error))`;
