// Made by `npm run generate` from assets/venvoy; edit the files there instead.

/** The Python package for hosts, by path. */
export const moduleFiles: Readonly<Record<string, string>> = {
  "venvoy/__init__.py": `"""
venvoy inside a host: one embedded Python, many scripts, each with the packages that its header asks for.

    import venvoy
    used = venvoy.use("script.py")      # downloads what is missing, puts the directories in front
    used.run()                          # or let the host run it, as it always does

Two scripts may need two versions of a package. A pure one is loaded twice; a compiled one raises
\`venvoy.VersionConflict\`, or lives in a worker process where the caller allows it (\`allow_worker=True\`). Which version
a module gets is decided by who imports it, also later and lazily; nothing is ever mixed.

Only the standard library is used. The rules and their limits: docs/guide-guard.md.
"""

import os
import sys
import types

from . import client, guard, hooks
from .errors import BinaryNotFound, RemoteError, Timeout, VenvoyError, VersionConflict, WorkerGone
from .lane import Proxy, Worker, fetch
from .loaded import is_stdlib

__all__ = [
    "BinaryNotFound",
    "Proxy",
    "RemoteError",
    "Timeout",
    "Use",
    "VenvoyError",
    "VersionConflict",
    "Worker",
    "WorkerGone",
    "fetch",
    "owner",
    "use",
    "worker",
]


def use(script, on_progress=None, timeout=None, allow_worker=False, binary=None):
    """
    Makes ready what the script's header asks for and puts it in front of \`sys.path\` for this script.

    Where the header leaves a choice, compiled packages are taken in the versions that this process holds already.
    \`on_progress\` is called in this thread with one dict per event. \`timeout\` is in seconds, for downloads and all.
    \`allow_worker\`: compiled packages that this process has in another version already come from a worker, as proxies.
    Raises VersionConflict and leaves everything as it was, when the script can't run beside what is loaded.
    """
    script = os.path.abspath(os.fspath(script))
    words = ["host", "use", script, "--interpreter-facts", client.json.dumps(client.interpreter_facts())]
    for one in guard.loaded_native():
        words += ["--loaded", one]
    answer = client.ask(words, on_progress=on_progress, timeout=timeout, binary=binary)
    return enter(script, answer, allow_worker=allow_worker)


def enter(script, answer, allow_worker=False):
    """\`use\` from the answer of \`venvoy host use\` on; for hosts that ask by a way of their own."""
    script = os.path.abspath(os.fspath(script))
    folders, notes = _folders(script, answer)
    universe = guard.universe(
        script, answer["paths"], folders, answer.get("requirements", ()), answer["environment"]
    )
    python, variables = answer.get("python"), answer.get("variables")
    if allow_worker and python:
        universe.start_worker = lambda: Worker(python, script, variables)
    may_start = allow_worker and universe.start_worker is not None
    private = guard.check(universe, allow_worker=may_start)
    universe.allow_worker = universe.allow_worker or may_start
    hooks.install()
    guard.use(universe, script)
    hooks.importlib.invalidate_caches()
    return Use(script, universe, private, answer, notes)


def worker(script, on_progress=None, timeout=None, binary=None):
    """
    The script's environment as a process of its own, with the Python that the header asks for: it need not be this
    one's version. Nothing changes in this process.
    """
    script = os.path.abspath(os.fspath(script))
    answer = client.ask(["host", "use", script], on_progress=on_progress, timeout=timeout, binary=binary)
    return Worker(answer["python"], script, answer.get("variables"))


def owner(module):
    """Which distribution, version, directory and script a loaded module belongs to; None for the standard library."""
    name = getattr(module, "__name__", module)
    module = sys.modules.get(name)
    top = name.partition(".")[0]
    if module is None or is_stdlib(top):
        return None
    found = guard.owners.get(name) or guard.owners.get(top) or guard._owner(top, sys.modules[top])
    real = top.partition("@")[0] + name[len(top) :]
    for one in found.index.providers(real.partition(".")[0]):
        if any(real == root or real.startswith(root + ".") for root in one.roots):
            return {"distribution": one.name, "version": one.version, "directory": one.directory, "script": found.script}
    file = getattr(module, "__file__", None)
    directory = os.path.dirname(file) if file else None
    return {"distribution": None, "version": None, "directory": directory, "script": found.script}


class Use:
    """What \`use\` did."""

    def __init__(self, script, universe, private, answer, notes):
        self._universe = universe
        self.script = script
        #: the directories in front of \`sys.path\`, in this order
        self.paths = list(universe.paths)
        #: name and version of every distribution in them
        self.versions = {
            one.name: one.version
            for one in universe.index.distributions.values()
            if one.directory in universe.directories
        }
        #: where they come from: name, path, version
        self.environment = answer["environment"]
        #: distributions that are loaded a second time, for this script alone
        self.private = sorted(one.name for one in private)
        #: sentences worth telling
        self.notes = list(answer.get("notes", ())) + notes

    def __repr__(self):
        return "<venvoy.Use %s: %s>" % (self.script, self.environment.get("name"))

    @property
    def in_worker(self):
        """Modules that come from the worker, as proxies."""
        return sorted(name for name, answer in self._universe.names.items() if answer is guard.ELSEWHERE)

    @property
    def worker(self):
        """The worker that serves them; None as long as nothing came from there."""
        return self._universe._worker

    def import_module(self, name):
        """The module that \`import NAME\` in the script would get."""
        namespace = {"__name__": "__main__", "__venvoy__": self._universe}
        return hooks.builtins.__import__(name, namespace, None, ("__doc__",), 0)

    def run(self, argv=(), name="__main__"):
        """
        Runs the script in this process and answers its names as a dict. \`sys.argv\` is the script's while it runs.
        """
        with open(self.script, "rb") as file:
            code = compile(file.read(), self.script, "exec")
        module = types.ModuleType(name)
        module.__dict__.update({"__file__": self.script, "__venvoy__": self._universe})
        before, sys.argv = sys.argv, [self.script] + list(argv)
        try:
            exec(code, module.__dict__)
        finally:
            sys.argv = before
        return module.__dict__

    def close(self):
        """Ends the worker, if there is one."""
        if self._universe._worker is not None:
            self._universe._worker.close()


def _folders(script, answer):
    """The script's own folder, what its \`env:\` lines name, and what path files lead to."""
    folders = [os.path.dirname(script)] + list(answer.get("folders", ()))
    notes = []
    for directory in answer["paths"]:
        for name in sorted(os.listdir(directory) if os.path.isdir(directory) else ()):
            if not name.endswith(".pth") or name.startswith(("_venvoy", "00_venvoy", "zz_venvoy")):
                continue
            with open(os.path.join(directory, name), encoding="utf-8", errors="replace") as file:
                lines = [line.strip() for line in file]
            for line in lines:
                if line.startswith(("import ", "import\\t")):
                    notes.append("%s has a line of code, which is not run inside a host" % name)
                elif line and not line.startswith("#"):
                    path = os.path.abspath(os.path.join(directory, line))
                    if os.path.isdir(path) and path not in folders:
                        folders.append(path)
    return folders, notes
`,
  "venvoy/client.py": `"""Asks the venvoy program; knows where to find it and how to describe the Python that this is."""

import json
import os
import platform
import queue
import shutil
import subprocess
import sys
import sysconfig
import threading
import time

from .errors import BinaryNotFound, Timeout, VenvoyError
from .lane import quiet_child


def find_binary(given=None):
    """The venvoy program: given, VENVOY_BINARY, PATH, or where \`venvoy setup\` puts it. Raises BinaryNotFound."""
    looked = []
    for source, path in (("given", given), ("VENVOY_BINARY", os.environ.get("VENVOY_BINARY"))):
        if path:
            if os.path.isfile(path):
                return path
            raise BinaryNotFound(["%s says %s, which is no file" % (source, path)])
    looked.append("VENVOY_BINARY (not set)")
    found = shutil.which("venvoy")
    if found:
        return found
    looked.append("PATH")
    for path in _install_places():
        if os.path.isfile(path):
            return path
        looked.append(path)
    raise BinaryNotFound(looked)


def _install_places():
    home = os.path.expanduser("~")
    if os.name == "nt":
        local = os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
        return [os.path.join(local, "venvoy", "bin", name) for name in ("venvoy.exe", "venvoy.cmd")]
    own = os.environ.get("XDG_BIN_HOME") or os.path.join(home, ".local", "bin")
    return [os.path.join(own, "venvoy"), "/usr/local/bin/venvoy", "/opt/homebrew/bin/venvoy"]


def interpreter_facts():
    """This Python, whatever program it runs in: \`sys.executable\` may be the host's own."""
    own = sys.implementation
    number = "%d.%d.%d" % own.version[:3]
    if own.version[3] != "final":
        number += own.version[3][0] + str(own.version[4])
    is_linux = sys.platform.startswith("linux")
    prefix = getattr(sys, "base_prefix", sys.prefix)
    stdlib = sysconfig.get_path("stdlib") or os.path.dirname(os.__file__)
    return {
        "executable": getattr(sys, "_base_executable", None) or sys.executable or prefix,
        "prefix": prefix,
        "version": platform.python_version(),
        "versionInfo": list(sys.version_info[:3]),
        "prerelease": sys.version_info[3] != "final",
        "implementation": own.name,
        "implementationVersion": number,
        "machine": platform.machine(),
        "platformTag": sysconfig.get_platform(),
        "pointerBits": 64 if sys.maxsize > 2**32 else 32,
        "freeThreaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "debug": hasattr(sys, "gettotalrefcount"),
        "soabi": sysconfig.get_config_var("SOABI"),
        "extSuffix": sysconfig.get_config_var("EXT_SUFFIX"),
        "libc": _libc() if is_linux else None,
        "macos": platform.mac_ver()[0] or None if sys.platform == "darwin" else None,
        "paths": {"purelib": "", "platlib": "", "scripts": "", "include": "", "data": ""},
        "markers": {
            "implementation_name": own.name,
            "implementation_version": number,
            "os_name": os.name,
            "platform_machine": platform.machine(),
            "platform_release": platform.release(),
            "platform_system": platform.system(),
            "platform_version": platform.version(),
            "python_full_version": platform.python_version(),
            "platform_python_implementation": platform.python_implementation(),
            "python_version": ".".join(platform.python_version_tuple()[:2]),
            "sys_platform": "linux" if is_linux else sys.platform,
        },
        "bundledWheels": [],
        "hasEnsurepip": False,
        "externallyManaged": False,
        "stdlib": stdlib,
        "sitePackages": [],
        "userSite": None,
    }


def _libc():
    try:
        return os.confstr("CS_GNU_LIBC_VERSION").split(None, 1)
    except (AttributeError, ValueError, OSError):
        return ["musl", "1.2"] if any(name.startswith("ld-musl-") for name in os.listdir("/lib")) else None


def ask(words, on_progress=None, timeout=None, binary=None):
    """
    Runs \`venvoy WORDS --json\` and answers what it printed. Progress is told in the calling thread, so a host may draw;
    whatever \`on_progress\` raises ends the program and goes on to the caller. Nothing is left running.
    """
    program = find_binary(binary)
    flags = ["--json"] + (["--events"] if on_progress is not None else [])
    try:
        child = subprocess.Popen(
            [program] + list(words) + flags,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **quiet_child()
        )
    except OSError as error:
        raise VenvoyError("The program \`%s\` can't be started: %s" % (program, error), code="BINARY_BROKEN") from error
    try:
        out, err = _listen(child, on_progress, timeout)
    except BaseException:
        _end(child)
        raise
    finally:
        for stream in (child.stdout, child.stderr):
            stream.close()
    return _answer(program, child.wait(), out, err)


def _listen(child, on_progress, timeout):
    lines = queue.Queue()

    def read(name, stream):
        for line in stream:
            lines.put((name, line))
        lines.put((name, None))

    threads = [
        threading.Thread(target=read, args=(name, getattr(child, name)), daemon=True) for name in ("stdout", "stderr")
    ]
    for one in threads:
        one.start()
    kept = {"stdout": [], "stderr": []}
    deadline = None if timeout is None else time.monotonic() + timeout
    open_streams = len(threads)
    while open_streams:
        try:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise queue.Empty
            name, line = lines.get(timeout=left)
        except queue.Empty:
            raise Timeout("venvoy", timeout) from None
        if line is None:
            open_streams -= 1
        elif name == "stderr" and on_progress is not None and line.startswith(b'{"type":'):
            on_progress(json.loads(line.decode("utf-8", "replace")))
        else:
            kept[name].append(line)
    return [b"".join(kept[name]).decode("utf-8", "replace") for name in ("stdout", "stderr")]


def _end(child):
    """First asked: venvoy takes away what it had half done. Then forced."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(3)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _answer(program, status, out, err):
    try:
        answer = json.loads(out)
    except ValueError:
        said = (err or out).strip()[-2000:] or "nothing"
        raise VenvoyError(
            "\`%s\` ended with status %s and said: %s" % (program, status, said),
            code="BINARY_BROKEN",
            hint="run \`venvoy --version\` in a terminal; it may be an older version",
        ) from None
    if status != 0 or "error" in answer:
        error = answer.get("error", answer)
        raise VenvoyError(
            error.get("message", "venvoy failed"),
            code=error.get("code", "HOST_FAILED"),
            hint=error.get("hint"),
            data=error.get("data"),
        )
    return answer
`,
  "venvoy/errors.py": `"""What can go wrong, in one place. Every failure of this package is a VenvoyError."""


class VenvoyError(Exception):
    """\`code\` never changes, \`hint\` is what to do next."""

    def __init__(self, message, code="HOST_FAILED", hint=None, data=None):
        super().__init__(message if not hint else "%s\\nhint: %s" % (message, hint))
        self.message = message
        self.code = code
        self.hint = hint
        self.data = data or {}


class BinaryNotFound(VenvoyError):
    """The venvoy program is not on this machine, or not where anybody looks; \`looked\` has the places."""

    def __init__(self, looked):
        super().__init__(
            "The venvoy program was not found; looked at: %s" % "; ".join(looked),
            code="BINARY_NOT_FOUND",
            hint="install venvoy, or set VENVOY_BINARY to the program's path",
        )
        self.looked = looked


class Timeout(VenvoyError):
    """Took longer than the caller allowed; whatever was started for it has been ended."""

    def __init__(self, what, seconds):
        super().__init__("%s took longer than %g s and was ended" % (what, seconds), code="TIMEOUT")


class VersionConflict(VenvoyError):
    """
    Two scripts need two versions, and this process can't hold both. It is no ImportError: code that does without a
    package when an import fails must not go on as if the package were only missing.
    """

    def __init__(self, module, loaded, wanted, native=None):
        self.module = module
        self.loaded = loaded
        self.wanted = wanted
        #: the distribution with compiled code that stands in the way
        self.native = native or wanted.distribution
        reason = (
            "it has compiled modules, which one process loads in one version only"
            if self.native == wanted.distribution
            else "\`%s\`, which depends on it, has compiled modules and can't be loaded a second time" % self.native
        )
        super().__init__(
            "\`%s\`: %s; %s; %s" % (module, loaded.sentence("is loaded"), wanted.sentence("is needed"), reason),
            code="VERSION_CONFLICT",
            hint="venvoy.use(script, allow_worker=True) or venvoy.worker(script) runs it in a process of its own",
            data={"module": module, "loaded": loaded.as_dict(), "wanted": wanted.as_dict(), "native": self.native},
        )


class Side:
    """One side of a conflict: which version, from which file, for which script."""

    def __init__(self, distribution, version, file, script):
        self.distribution = distribution
        self.version = version
        self.file = file
        self.script = script

    def sentence(self, verb):
        return "%s %s %s for %s (%s)" % (self.distribution, self.version, verb, self.script, self.file)

    def as_dict(self):
        return {key: getattr(self, key) for key in ("distribution", "version", "file", "script")}


class WorkerGone(VenvoyError):
    """The worker process ended; what lived in it is lost."""

    def __init__(self, message):
        super().__init__(message, code="WORKER_GONE", hint="call venvoy.use or venvoy.worker again for a new one")


class RemoteError(VenvoyError):
    """
    An exception in the worker: \`type_name\`, its message, and \`remote_traceback\` as text. Where the exception there is
    one of Python's own (ValueError), so is this one, too.
    """

    def __init__(self, type_name, message, remote_traceback):
        super().__init__("%s: %s" % (type_name, message), code="REMOTE_ERROR")
        self.type_name = type_name
        self.remote_traceback = remote_traceback

    def __str__(self):
        return "%s\\n\\nin the worker:\\n%s" % (self.message, self.remote_traceback)
`,
  "venvoy/guard.py": `"""
Who owns which module, and what an import means for the script that asks.

Each script sees a universe: the directories that serve its header, its own folder, and what the host brings. The first
version of a package that is imported lives in \`sys.modules\` under its own name, as always, and belongs to the universe
that asked first. Another universe shares it when it would get the same version, with the same versions of all it
depends on; else a pure package is loaded a second time under a name of its own (\`idna@3_6\`), which only that
universe's imports lead to, and a compiled one is refused or left to a worker.

\`decide\` is the one place where this is settled. It looks at files and at \`sys.modules\` and imports nothing: it runs
inside imports.
"""

import importlib.machinery
import os
import sys
import threading

from . import packages
from .errors import Side, VersionConflict
from .loaded import directory_of, is_stdlib, leftover, same_path, stdlib_directories

PathFinder = importlib.machinery.PathFinder
lock = threading.RLock()

#: module name -> Universe, for every module that was loaded for a script
owners = {}
#: path of a script -> Universe
scripts = {}
#: name of a privately loaded top-level module -> (Universe, its real name)
private_names = {}
#: the universe whose directories are in front of sys.path
current = None
_universes = {}
#: what stands in front of sys.path because of us, each entry once more than the host has it
_front = []
#: names of modules that nobody loaded for a script -> the host's universe, or None for the standard library
_strangers = {}

HOST = "the host"


#: stands in a universe's table for a name that lives in its worker
ELSEWHERE = object()


class Universe:
    def __init__(self, script, directories, folders, requirements, environment):
        self.script = script
        #: site-packages directories, whose distributions have versions
        self.directories = list(directories)
        #: directories of plain modules: the script's own, \`env:\` folders, editable projects
        self.folders = list(folders)
        self.environment = environment
        self.index = packages.Index(self.directories + _host_directories(), requirements)
        #: first name of a module -> None (shared), the private name, or ELSEWHERE
        self.names = {}
        #: universes that use modules which belong to this one
        self.sharers = []
        self.allow_worker = False
        self.start_worker = None
        self._worker = None

    def __repr__(self):
        return "<what %s imports>" % self.script

    @property
    def paths(self):
        return self.folders + self.directories

    @property
    def search(self):
        return self.folders + self.index.directories

    @property
    def worker(self):
        if self._worker is None or not self._worker.alive:
            self._worker = self.start_worker()
        return self._worker

    def find(self, top):
        return PathFinder.find_spec(top, self.search)

    def provides(self, top):
        return bool(self.index.providers(top)) or self.find(top) is not None


class _Host:
    """What was loaded before anybody asked: known by the directory that it lies in."""

    script = HOST

    def __init__(self, directory):
        self.index = packages.Index([directory])
        self.search = [directory]
        self.sharers = []


_hosts = {}
host = None


def install():
    """The host is a universe, too: what it brings is its own, and no script's directories serve its code instead."""
    global host
    if host is None:
        host = Universe(HOST, [], [], (), None)


def _path_of_host():
    path = list(sys.path)
    for entry in _front:
        if entry in path:
            path.remove(entry)
    return path


def _host_directories():
    """What the host has on its path, without the standard library."""
    found = []
    for path in _path_of_host():
        if not path or path in found or not os.path.isdir(path):
            continue
        real = os.path.normcase(os.path.realpath(path))
        if real not in stdlib_directories and os.path.basename(real) != "lib-dynload":
            found.append(path)
    return found


def universe(script, directories, folders=(), requirements=(), environment=None):
    """The universe of these directories; the same ones lead to the same modules again."""
    known = _universes.get((tuple(directories), tuple(folders)))
    return known or Universe(script, directories, folders, requirements, environment)


def check(one, allow_worker=False):
    """
    Answers which distributions will be loaded a second time. Raises VersionConflict, and changes nothing, when that is
    not possible for one of them.
    """
    with lock:
        ours = [dist for dist in one.index.distributions.values() if dist.directory in one.directories]
        clashes = {dist: clash for dist in ours for clash in [_clash(one, dist)] if clash is not None}
        if not clashes:
            return []
        group = _refuse_native(one, clashes, allow_worker)
        return [] if group is ELSEWHERE else [dist for dist in group if dist in ours]


def loaded_native():
    """What this process holds of compiled distributions, as \`name==version\`: other scripts do well to fit in."""
    install()
    with lock:
        found = set()
        for one in [host] + list(_universes.values()):
            for dist in one.index.distributions.values():
                if any(_is_loaded_from(one, dist, root) for root in dist.roots) and dist.native:
                    found.add("%s==%s" % (dist.name, dist.version))
        return sorted(found)


def _is_loaded_from(one, dist, root):
    module = sys.modules.get(root)
    owner = owners.get(root)
    if module is None or owner is not None:
        return module is not None and owner is one
    return one is host and dist.directory in _owner(root, module).search


def use(one, script):
    """Commits: this universe's directories are in front from now on."""
    global current
    with lock:
        _universes[tuple(one.directories), tuple(one.folders)] = one
        for name in {script, os.path.abspath(script), os.path.realpath(script)}:
            scripts[name] = one
        # What the host itself has on its path stays there, when a script lies in such a directory, too.
        sys.path[:] = one.paths + _path_of_host()
        _front[:] = one.paths
        current = one


def universe_of(namespace):
    """The universe whose code has these globals; None where only the caller can tell (the standard library)."""
    name = namespace.get("__name__")
    found = owners.get(name) or namespace.get("__venvoy__")
    if found is not None:
        return found
    if name in _strangers:
        return _strangers[name]
    file = namespace.get("__file__")
    if file in scripts:
        return scripts[file]
    if name == "__main__" or name is None:
        return current if file is None and name is not None else None
    found = host if file and not is_stdlib(name.partition(".")[0]) and _is_of_host(file) else None
    if getattr(sys.modules.get(name), "__dict__", None) is namespace:
        _strangers[name] = found
    return found


def _is_of_host(file):
    return any(file.startswith(directory + os.sep) for directory in host.search)


def decide(one, top):
    """What \`import top\` means in this universe: None (the module of that name), a private name, or ELSEWHERE."""
    try:
        return one.names[top]
    except KeyError:
        pass
    if is_stdlib(top) or top == "venvoy" or top in private_names:
        one.names[top] = None
        return None
    with lock:
        if top in one.names:
            return one.names[top]
        providers = one.index.providers(top)
        spec = one.find(top)
        if spec is None:
            if top in sys.modules and top not in owners:
                one.names[top] = None
            return None
        if not providers or directory_of(spec) in one.folders:
            answer = _decide_plain(one, top, spec)
        else:
            clashes = _clashes(one, providers)
            answer = _decide_packages(one, top, clashes, providers) if clashes else _share(one, providers)
        one.names[top] = answer
        return answer


def _clashes(one, providers):
    """
    Of these distributions; and for compiled ones of what they depend on, since C code imports past every hook and must
    find in \`sys.modules\` what it needs.
    """
    asked = list(providers)
    for dist in providers:
        if dist.native:
            asked += [one.index.distributions[name] for name in one.index.closure(dist)]
    return {dist: clash for dist in asked for clash in [_clash(one, dist)] if clash is not None}


def _share(one, providers):
    for dist in providers:
        for root in dist.roots:
            owner = owners.setdefault(root, one) if root not in sys.modules else owners.get(root)
            if owner is not None and owner is not one and one not in owner.sharers:
                owner.sharers.append(one)
        for top in dist.namespaces:
            owner = owners.setdefault(top, one)
            if owner is not one:
                _join_namespace(one, owner, top)
    return None


def _join_namespace(one, owner, top):
    """Its own portions of a namespace package that another universe has opened; both agree on what both have."""
    if one not in owner.sharers:
        owner.sharers.append(one)
    path = getattr(sys.modules.get(top), "__path__", None)
    spec = one.find(top)
    if isinstance(path, list) and spec is not None and spec.submodule_search_locations is not None:
        path += [place for place in spec.submodule_search_locations if place not in path]


def _decide_packages(one, top, clashes, providers):
    group = _refuse_native(one, clashes, one.allow_worker, providers)
    if group is ELSEWHERE:
        return ELSEWHERE
    dist = next((dist for dist in providers if dist in clashes), providers[0])
    # Another universe that was answered the same way has it loaded: one copy for both keeps their objects alike.
    for name, (other, real) in private_names.items():
        if real == top and other is not one and _is_same(one, other, dist):
            other.sharers.append(one)
            return name
    return _private(one, top, dist.version)


def _private(one, top, version):
    stem = "%s@%s" % (top, "".join(char if char.isalnum() else "_" for char in version))
    name, number = stem, 1
    while name in private_names:
        number += 1
        name = "%s_%d" % (stem, number)
    private_names[name] = (one, top)
    owners[name] = one
    return name


def _decide_plain(one, top, spec):
    module = sys.modules.get(top)
    if module is None:
        owners[top] = one
        return None
    theirs = _owner(top, module)
    if theirs is one:
        return None
    file = getattr(module, "__file__", None)
    is_same_file = file is not None and spec.origin is not None and same_path(file, spec.origin)
    if is_same_file and (isinstance(theirs, _Host) or _agree(one, theirs)):
        return None
    if isinstance(spec.loader, importlib.machinery.ExtensionFileLoader):
        if one.allow_worker:
            return ELSEWHERE
        loaded = Side(top, "(no version)", file, theirs.script)
        raise VersionConflict(top, loaded, Side(top, "(no version)", spec.origin, one.script))
    return _private(one, top, "dir")


def _agree(one, other):
    """Both would get the same version of everything that both have."""
    theirs = other.index.distributions
    return all(
        theirs[name].version == dist.version for name, dist in one.index.distributions.items() if name in theirs
    )


def _owner(name, module):
    known = owners.get(name)
    if known is not None:
        return known
    file = getattr(module, "__file__", None)
    if file is None:
        directory = next(iter(getattr(module, "__path__", ())), "")
    else:
        directory = os.path.dirname(file) if os.path.basename(file).startswith("__init__.") else file
    for _ in range(name.count(".") + 1):
        directory = os.path.dirname(directory)
    if directory not in _hosts:
        _hosts[directory] = _Host(directory)
    return _hosts[directory]


def _is_same(one, other, dist):
    """The other universe has this distribution in the same version, with the same versions of what it depends on."""
    theirs = other.index.distributions
    if dist.name not in theirs or theirs[dist.name].version != dist.version:
        return False
    mine = one.index.distributions
    return all(theirs[name].version == mine[name].version for name in one.index.closure(dist) if name in theirs)


def _clash(one, dist):
    """
    What is loaded and keeps this distribution from being loaded as it is, and the module's name; None when nothing
    does. A namespace package is one module for all its distributions, loaded or not: its owner must have them alike.
    """
    for top in dist.namespaces:
        owner = owners.get(top)
        theirs = owner and owner is not one and owner.index.distributions.get(dist.name)
        if theirs and not _is_same(one, owner, dist):
            file = os.path.join(theirs.directory, *top.split("."))
            return Side(dist.name, theirs.version, file, owner.script), next(iter(dist.roots))
    for root in dist.roots:
        module = sys.modules.get(root)
        owner = owners.get(root)
        if module is None and owner is None:
            part = leftover(root)
            if part is None:
                continue
            module = sys.modules[part]
            owner = owners.get(part) or _owner(part, module)
        if owner is one or is_stdlib(root.partition(".")[0]):
            continue
        owner = owner or _owner(root, module)
        theirs = owner.index.distributions.get(dist.name)
        if theirs is None and getattr(module, "__version__", None) == dist.version:
            continue
        if theirs is None or not _is_same(one, owner, dist):
            version = theirs.version if theirs else str(getattr(module, "__version__", "of unknown version"))
            file = getattr(module, "__file__", None) or os.path.join(owner.search[0], *root.split("."))
            return Side(dist.name, version, file, owner.script), root
    return None


def _refuse_native(one, clashes, allow_worker, asked=()):
    """
    What depends on a package in a second version needs a second copy, too; compiled code can't have one. Compiled
    packages of the host count only when it is they that are asked for.
    """
    group = one.index.grow(clashes)
    ours = [dist for dist in group if dist.native and (dist.directory in one.directories or dist in asked)]
    if not ours:
        return group
    tops = {top for dist in group for top in dist.tops}
    if allow_worker and all(one.names.get(top, ELSEWHERE) is ELSEWHERE for top in tops):
        one.names.update(dict.fromkeys(tops, ELSEWHERE))
        return ELSEWHERE
    # What stands in the way itself is named first, before what only depends on it.
    native = next((dist for dist in clashes if dist.native), None)
    dist = native or next(iter(clashes))
    side, root = clashes[dist]
    spec = one.find(root.partition(".")[0])
    file = os.path.join(dist.directory, *root.split(".")) if spec is None or spec.origin is None else spec.origin
    wanted = Side(dist.name, dist.version, file, one.script)
    raise VersionConflict(root, side, wanted, native=(native or ours[0]).name)
`,
  "venvoy/hooks.py": `"""
Where the guard meets Python's import system: \`builtins.__import__\`, \`importlib.import_module\`, and a finder before all
others. Statements are translated by the globals of the code that imports; what comes past them (C code, other tools)
meets the finder, which knows the importer by the frames.
"""

import builtins
import importlib
import importlib.machinery
import importlib.util
import os
import sys
import types

from . import guard
from .errors import Side, VersionConflict
from .guard import ELSEWHERE
from .loaded import is_stdlib, leftover

PathFinder = importlib.machinery.PathFinder
def install():
    """Once; whoever hooked imports before goes on being asked."""
    if any(isinstance(one, Finder) for one in sys.meta_path):
        return
    guard.install()
    sys.meta_path.insert(0, Finder())
    builtins.__import__ = _hook(builtins.__import__)
    # Others may hold these very functions already, so they are changed from within.
    importlib._venvoy_import_module = _import_module
    importlib.util._venvoy_find_spec = _find_spec
    importlib.import_module.__code__ = _forward_import.__code__
    importlib.util.find_spec.__code__ = _forward_find.__code__


def _forward_import(name, package=None):
    return _venvoy_import_module(name, package)  # noqa: F821 (a global of importlib)


def _forward_find(name, package=None):
    return _venvoy_find_spec(name, package)  # noqa: F821 (a global of importlib.util)


_plain_find_spec = types.FunctionType(
    importlib.util.find_spec.__code__, importlib.util.find_spec.__globals__, "find_spec", (None,)
)


def importing_universe(depth=2):
    """The universe of the nearest code outside the standard library, which imports on behalf of others."""
    frame = sys._getframe(depth)
    while frame is not None:
        namespace = frame.f_globals
        name = namespace.get("__name__")
        if name is not None and not _is_between(name):
            found = guard.universe_of(namespace)
            # Text that was compiled with bare globals belongs to whoever runs it.
            if found is not None or "__spec__" in namespace or name == "__main__":
                return found
        frame = frame.f_back
    return None


def _is_between(name):
    top = name.partition(".")[0]
    return top in ("venvoy", "importlib_metadata", "importlib_resources") or is_stdlib(top)


def _translate(one, name):
    """The name that stands for \`name\` in this universe; ELSEWHERE when it lives in the worker."""
    top, dot, rest = name.partition(".")
    known = one.names.get(top, one)
    target = guard.decide(one, top) if known is one else known
    if target is None:
        if known is one and top not in one.names:
            target = _from_another(one, top)
            return name if target is None else target + dot + rest
        return name
    return ELSEWHERE if target is ELSEWHERE else target + dot + rest


def _from_another(one, top):
    """
    This universe has no such module. A universe that shares its modules may have it (what it shares finds its plug-ins
    so); one that has nothing to do with it lends nothing.
    """
    for other in one.sharers:
        if top in other.names or other.provides(top):
            target = guard.decide(other, top)
            return None if target is ELSEWHERE else target
    if one is guard.host:
        return None
    owner = guard.owners.get(top)
    is_strange = owner is not None and owner is not one and one not in owner.sharers
    if is_strange or (owner is None and _only_current_has(one, top)):
        raise ModuleNotFoundError("No module named %r for %s" % (top, one.script), name=top)
    return None


def _only_current_has(one, top):
    current = guard.current
    if current is None or current is one or top in sys.modules or is_stdlib(top):
        return False
    return current.find(top) is not None


def _hook(original):
    """
    C code that imports (\`PyImport_Import\`: an empty list, and the globals of whoever runs just now) looks in
    \`sys.modules\` by the plain name afterwards, and belongs to the one version that is loaded: it is left alone.
    """
    universe_of = guard.universe_of

    def __import__(name, globals=None, locals=None, fromlist=(), level=0):
        if level == 0 and not (fromlist == [] and globals is not None and locals is globals):
            one = None if globals is None else universe_of(globals)
            if one is None and isinstance(name, str) and _is_for_others(globals, name):
                one = importing_universe()
            if one is not None and isinstance(name, str):
                real = _translate(one, name)
                if real is ELSEWHERE:
                    return one.worker.import_module(name, leaf=bool(fromlist))
                return _forgetting(original, real, globals, locals, fromlist)
        return original(name, globals, locals, fromlist, level)

    return __import__


def _is_for_others(globals, name):
    """The standard library imports what its callers name (unittest, pydoc, pickle), and bare text has no name."""
    importer = None if globals is None else globals.get("__name__")
    return importer is None or (_is_between(importer) and not is_stdlib(name.partition(".")[0]))


def _forgetting(original, name, globals, locals, fromlist):
    """A first import that fails claims nothing: the next one decides anew."""
    try:
        return original(name, globals, locals, fromlist, 0)
    except BaseException:
        _release(name)
        raise


def _release(name):
    top = name.partition(".")[0]
    # Parts that were loaded before the failure stay, and so does the claim: nobody else's may come to stand beside them.
    if top in sys.modules or leftover(top) is not None:
        return
    with guard.lock:
        owner = guard.owners.pop(top, None)
        if owner is None:
            return
        for dist in owner.index.providers(top):
            for root in dist.roots:
                if root not in sys.modules and guard.owners.get(root) is owner:
                    del guard.owners[root]
        if top not in guard.private_names:
            owner.names.pop(top, None)
        else:
            guard.owners[top] = owner


def _import_module(name, package=None):
    if name.startswith("."):
        if not package:
            raise TypeError("the 'package' argument is required to perform a relative import for %r" % name)
        level = len(name) - len(name.lstrip("."))
        return importlib._bootstrap._gcd_import(name[level:], package, level)
    one = importing_universe(3)
    real = name if one is None else _translate(one, name)
    if real is ELSEWHERE:
        return one.worker.import_module(name, leaf=True)
    try:
        return importlib._bootstrap._gcd_import(real)
    except BaseException:
        _release(real)
        raise


def _find_spec(name, package=None):
    one = None if name.startswith(".") else importing_universe(3)
    if one is not None:
        real = _translate(one, name)
        name = name if real is ELSEWHERE else real
    return _plain_find_spec(name, package)


class Finder:
    """First on \`sys.meta_path\`. Answers only for what scripts own; the host's own imports pass by."""

    def find_spec(self, name, path=None, target=None):
        top, dot, _ = name.partition(".")
        if dot:
            return self._submodule(name, path)
        if top in guard.private_names:
            return _private_spec(name)
        owner = guard.owners.get(name)
        if owner is not None:
            return _shared_spec(owner, name)
        if is_stdlib(name):
            # Also when a script's directory, which is in front, has something of that name.
            return PathFinder.find_spec(name, guard._path_of_host())
        if name == "venvoy":
            return None
        one = importing_universe()
        if one is None or (one is guard.host and one.find(name) is None):
            return guard.current and _undecided_spec(guard.current, name, is_attributed=False)
        return _undecided_spec(one, name, is_attributed=True) or _added_spec(one, name)

    def _submodule(self, name, path):
        parent = name.rpartition(".")[0]
        owner = guard.owners.get(parent)
        if owner is None or path is None:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is None:
            return None
        if getattr(sys.modules.get(parent), "__file__", None) is None:
            owner = _owner_by_place(spec, owner)
        if name.partition(".")[0] in guard.private_names:
            _refuse_extension(spec, owner, name)
        guard.owners.setdefault(name, owner)
        return spec

    def find_distributions(self, context=None):
        """What \`importlib.metadata\` finds is what the asking script sees."""
        metadata = sys.modules.get("importlib.metadata")
        if metadata is None or context is None or "path" in vars(context) or context.name is None:
            return iter(())
        name = context.name
        one = guard.private_names.get(name.partition(".")[0], [importing_universe()])[0]
        if one is None:
            return iter(())
        name = name.partition("@")[0]
        wanted = metadata.DistributionFinder.Context(name=name, path=one.search)
        return iter(list(metadata.MetadataPathFinder.find_distributions(wanted))[:1])

    def invalidate_caches(self):
        pass


def _private_spec(name):
    owner, top = guard.private_names[name]
    spec = owner.find(top)
    if spec is None:
        return None
    if spec.loader is None or spec.origin is None:
        return _namespace_spec(name, spec)
    _refuse_extension(spec, owner, name)
    loader = type(spec.loader)(name, spec.origin)
    return importlib.util.spec_from_file_location(
        name, spec.origin, loader=loader, submodule_search_locations=spec.submodule_search_locations
    )


def _shared_spec(owner, name):
    spec = owner.find(name)
    return _namespace_spec(name, spec) if spec is not None and _is_namespace(spec) else spec


def _is_namespace(spec):
    return spec.submodule_search_locations is not None and (spec.loader is None or spec.origin is None)


def _namespace_spec(name, spec):
    """A plain list instead of one that follows \`sys.path\`: other scripts' directories don't flow in."""
    made = importlib.machinery.ModuleSpec(name, None, is_package=True)
    made.submodule_search_locations = list(spec.submodule_search_locations)
    return made


def _owner_by_place(spec, owner):
    place = spec.origin or next(iter(spec.submodule_search_locations or ()), "")
    for one in [owner] + owner.sharers:
        if any(place.startswith(directory + os.sep) for directory in one.paths):
            return one
    return owner


def _undecided_spec(one, name, is_attributed):
    """An import that no statement announced: by C code, another tool, or the host itself."""
    spec = one.find(name)
    if spec is None:
        return None
    try:
        target = guard.decide(one, name)
    except VersionConflict:
        if is_attributed:
            raise
        target = ELSEWHERE
    if target is None:
        return _shared_spec(guard.owners.get(name, one), name)
    # The name stands for the version that is loaded already: the rest of it comes from where that one lies.
    for dist in one.index.providers(name):
        for root in dist.roots:
            loaded = sys.modules.get(root)
            if loaded is not None:
                owner = guard._owner(root, loaded)
                found = PathFinder.find_spec(name, owner.search)
                if found is not None:
                    return found
    dist = next(iter(one.index.providers(name)), None)
    version = dist.version if dist else "(no version)"
    loaded = Side(name, "in another version", "another directory", guard.HOST)
    raise VersionConflict(name, loaded, Side(name, version, spec.origin, one.script))


def _added_spec(one, name):
    """From a directory that a script put on \`sys.path\` itself: what lies there is loaded for that script."""
    if one is guard.host:
        return None
    spec = PathFinder.find_spec(name)
    if spec is not None and spec.origin is not None and spec.loader is not None:
        guard.owners[name] = one
    return spec


def _refuse_extension(spec, owner, name):
    if isinstance(spec.loader, importlib.machinery.ExtensionFileLoader):
        real = name.partition("@")[0]
        module = sys.modules.get(real)
        loaded = Side(real, "in another version", getattr(module, "__file__", "?"), guard._owner(real, module).script)
        raise VersionConflict(real, loaded, Side(real, name.partition("@")[2], spec.origin, owner.script))
`,
  "venvoy/lane.py": `"""
A worker lane: another Python process with the environment that a script needs, and objects of it here as proxies.
"""

import builtins
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import weakref

from . import wire
from .errors import RemoteError, Timeout, VenvoyError, WorkerGone

#: What would lead the worker's Python to the host's own files.
_HOST_VARIABLES = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__")


def quiet_child():
    """Ctrl-C in the host's terminal is the host's; a GUI host on Windows shows no console for it."""
    if os.name == "nt":
        return {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0x08000000)}
    return {"start_new_session": True}


class Worker:
    """One process. Calls from several threads wait for each other."""

    def __init__(self, python, script, environment=None):
        self.python = python
        self.script = script
        self._directory = tempfile.mkdtemp(prefix="venvoy-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        variables = {name: value for name, value in os.environ.items() if name not in _HOST_VARIABLES}
        variables.update(environment or {})
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker_main.py")
        try:
            self._child = subprocess.Popen(
                [python, program, self._directory, script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if sys.stderr is None or os.name == "nt" else None,
                env=variables,
                **quiet_child()
            )
        except OSError as error:
            shutil.rmtree(self._directory, ignore_errors=True)
            raise WorkerGone("The worker's Python \`%s\` can't be started: %s" % (python, error)) from error
        self._answers = queue.Queue()
        self._lock = threading.RLock()
        self._released = []
        self._finish = weakref.finalize(self, _end, self._child, self._directory)
        threading.Thread(
            target=_read, args=(self._child.stdout, self._answers), name="venvoy-worker", daemon=True
        ).start()
        self.pid = self._child.pid

    def __repr__(self):
        return "<worker %d for %s, %s>" % (self.pid, self.script, "running" if self.alive else "ended")

    @property
    def alive(self):
        return self._finish.alive and self._child.poll() is None

    def run(self, argv=(), timeout=None):
        """Runs the script there as \`__main__\`; answers its exit status. What it defines stays for \`call\`."""
        return self._ask("run", list(argv), timeout=timeout)

    def call(self, name, *args, timeout=None, **named):
        """\`worker.call("package.module:function", 1, 2)\`; \`":function"\` is one of the script's own."""
        return self._ask("call", self.get(name), list(args), named, timeout=timeout)

    def get(self, name):
        """The value of \`package.module:attribute\`: plain values as copies, everything else as a proxy."""
        return self._ask("named", name)

    def import_module(self, name, leaf=True):
        """The module as a proxy: the one that \`name\` says, or the first of its parts as \`import a.b\` binds it."""
        module = self._ask("import", name)
        return module if leaf or "." not in name else self._ask("import", name.partition(".")[0])

    def fetch(self, value):
        """A copy of what a proxy stands for: an array's memory as a memoryview with its shape, a list, a dict."""
        return self._ask("fetch", value)

    def close(self):
        """Ends the process. What lived in it is lost; closing twice is nothing."""
        self._finish()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _ask(self, what, *args, timeout=None):
        with self._lock:
            if not self.alive:
                raise WorkerGone("The worker for \`%s\` has ended" % self.script)
            self._release()
            encoder = wire.Encoder(self._refer, self._directory)
            message = {"do": what, "args": [_encode(encoder, one) for one in args]}
            try:
                self._send(message, encoder.blobs)
                answer, blobs = self._answer(timeout)
            except BaseException:
                # Half an exchange leaves nobody knowing whose turn it is.
                self.close()
                raise
            if "error" in answer:
                raise _remote(answer["error"])
            if "stop" in answer:
                raise StopIteration
            return wire.Decoder(self._resolve, blobs, self._directory).decode(answer["value"])

    def _send(self, message, blobs):
        try:
            wire.write_frame(self._child.stdin, message, blobs)
        except OSError as error:
            raise self._gone() from error

    def _answer(self, timeout):
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if deadline is None else deadline - time.monotonic()
            try:
                if left is not None and left <= 0:
                    raise queue.Empty
                frame = self._answers.get(timeout=left)
            except queue.Empty:
                raise Timeout("The worker for \`%s\`" % self.script, timeout) from None
            if frame is None:
                raise self._gone()
            answer, blobs = frame
            if "printed" not in answer:
                return answer, blobs
            stream = getattr(sys, answer["printed"], None)
            if stream is not None:
                stream.write(answer["text"])

    def _gone(self):
        try:
            status = self._child.wait(5)
        except subprocess.TimeoutExpired:
            status = "unknown"
        return WorkerGone("The worker for \`%s\` ended unexpectedly (status %s)" % (self.script, status))

    def _refer(self, value):
        if isinstance(value, Proxy):
            if object.__getattribute__(value, "_venvoy_worker") is not self:
                raise TypeError("an object of another worker can't be sent to this one; use venvoy.fetch first")
            return {"object": object.__getattribute__(value, "_venvoy_number")}
        raise TypeError(
            "\`%s.%s\` lives in this process and can't be sent to the worker: send plain values, bytes or arrays, "
            "or run the whole script there with venvoy.worker"
            % (type(value).__module__, type(value).__qualname__)
        )

    def _resolve(self, kind, value):
        number, type_name, _ = value
        return Proxy(self, number, type_name)

    def _release(self):
        """Proxies may die in any thread and at any time, inside an exchange too: what they held is given back here."""
        if not self._released:
            return
        numbers = []
        while self._released:
            numbers.append(self._released.pop())
        self._send({"do": "release", "args": [{"list": numbers}]}, ())
        self._answer(None)


def _encode(encoder, value):
    """Arguments: arrays of this process go as their memory."""
    if isinstance(value, list):
        return {"list": [_encode(encoder, one) for one in value]}
    if type(value) is dict:
        return {"dict": [[encoder.encode(key), _encode(encoder, item)] for key, item in value.items()]}
    if not isinstance(value, (bytes, type, Proxy)):
        try:
            memoryview(value)
        except TypeError:
            return encoder.encode(value)
        return encoder.buffer(value)
    return encoder.encode(value)


def _read(stream, answers):
    try:
        while True:
            answers.put(wire.read_frame(stream))
    except (wire.Broken, OSError, ValueError):
        answers.put(None)


def _end(child, directory):
    """First asked (its input ends), then forced; the descriptors and the directory go in any case."""
    try:
        child.stdin.close()
    except OSError:
        pass
    try:
        child.wait(0.5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    shutil.rmtree(directory, ignore_errors=True)


def _remote(told):
    base = getattr(builtins, told["builtin"], Exception)
    kind = RemoteError
    if issubclass(base, Exception) and base is not Exception:
        try:
            kind = type("Remote%s" % base.__name__, (RemoteError, base), {"__module__": "venvoy"})
        except TypeError:
            kind = RemoteError
    try:
        return kind(told["type"], told["message"], told["traceback"])
    except TypeError:
        return RemoteError(told["type"], told["message"], told["traceback"])


#: What would have another package read this process's memory at that process's addresses.
_ADDRESSES = frozenset(
    ["__array_interface__", "__array_struct__", "__cuda_array_interface__", "__dlpack__", "__dlpack_device__",
     "__arrow_c_array__", "__arrow_c_stream__", "__arrow_c_schema__", "__dataframe__", "ctypes", "_as_parameter_"]
)  # fmt: skip


class Proxy:
    """An object of a worker. Attributes, calls, items, iteration and operators happen there."""

    __slots__ = ("_venvoy_worker", "_venvoy_number", "_venvoy_type", "__weakref__")

    def __init__(self, worker, number, type_name):
        object.__setattr__(self, "_venvoy_worker", worker)
        object.__setattr__(self, "_venvoy_number", number)
        object.__setattr__(self, "_venvoy_type", type_name)

    def __del__(self):
        try:
            object.__getattribute__(self, "_venvoy_worker")._released.append(
                object.__getattribute__(self, "_venvoy_number")
            )
        except Exception:
            pass

    def __getattr__(self, name):
        if name in _ADDRESSES:
            raise AttributeError("\`%s\` is an address in another process; venvoy.fetch copies the memory" % name)
        return _ask_for(self, "getattr", name)

    def __array__(self, dtype=None, copy=None):
        """\`numpy.asarray(proxy)\` here: a copy of the memory there."""
        return sys.modules["numpy"].asarray(fetch(self), dtype=dtype)

    def __setattr__(self, name, value):
        _ask_for(self, "setattr", name, value)

    def __call__(self, *args, **named):
        return _ask_for(self, "call", list(args), named)

    def __dir__(self):
        return _builtin("dir", self)

    def __reduce_ex__(self, protocol):
        raise TypeError("an object of a worker can't be pickled")

    def __mro_entries__(self, bases):
        raise TypeError("a class of a worker has no subclasses here; run the whole script there with venvoy.worker")

    def __instancecheck__(self, value):
        return isinstance(value, Proxy) and _builtin("isinstance", value, self)


def fetch(value):
    """A copy of what a proxy stands for; any other value as it is."""
    if not isinstance(value, Proxy):
        return value
    return object.__getattribute__(value, "_venvoy_worker").fetch(value)


def _ask_for(proxy, what, *args):
    return object.__getattribute__(proxy, "_venvoy_worker")._ask(what, proxy, *args)


def _builtin(name, *args):
    return object.__getattribute__(args[0], "_venvoy_worker")._ask("builtin", name, list(args))


def _operator(name):
    def method(self, *args):
        try:
            return _ask_for(self, "special", name, list(args))
        except TypeError as error:
            if isinstance(error, VenvoyError):
                raise
            return NotImplemented

    method.__name__ = name
    return method


_binary = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or"
_names = ["__%s__" % word for word in _binary.split()] + ["__r%s__" % word for word in _binary.split()]
_names += ["__%s__" % word for word in "eq ne lt le gt ge neg pos abs invert getitem setitem delitem contains".split()]
_names += ["__enter__", "__exit__", "__index__", "__complex__"]
for _name in _names:
    setattr(Proxy, _name, _operator(_name))
for _name in ("len", "iter", "next", "repr", "str", "bool", "int", "float", "hash"):
    setattr(Proxy, "__%s__" % _name, (lambda name: lambda self: _builtin(name, self))(_name))
`,
  "venvoy/loaded.py": `"""What is Python's own, and what of a module is loaded."""

import importlib.machinery
import os
import sys
import sysconfig

stdlib_directories = [
    os.path.normcase(os.path.realpath(path))
    for path in {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    if path
]
_stdlib_names = {}


def is_stdlib(top):
    """The standard library is one for all: no package replaces a part of it."""
    if top not in _stdlib_names:
        known = getattr(sys, "stdlib_module_names", None)
        if top in sys.builtin_module_names or (known is not None and top in known):
            _stdlib_names[top] = True
        else:
            places = stdlib_directories + [os.path.join(path, "lib-dynload") for path in stdlib_directories]
            places += [path for path in sys.path if path.endswith(".zip")]
            spec = None if known is not None else importlib.machinery.PathFinder.find_spec(top, places)
            _stdlib_names[top] = spec is not None and spec.loader is not None
    return _stdlib_names[top]


#: how many modules there were, and their first names
_first_names = [0, set()]


def leftover(root):
    """A part of a module that is loaded while the module itself is not: its import failed, or somebody removed it."""
    if _first_names[0] != len(sys.modules):
        _first_names[:] = [len(sys.modules), {name.partition(".")[0] for name in list(sys.modules)}]
    if root.partition(".")[0] not in _first_names[1]:
        return None
    parts = [name for name, module in list(sys.modules.items()) if module is not None]
    return next((name for name in parts if name.startswith(root + ".") and hasattr(sys.modules[name], "__spec__")), None)


def same_path(one, other):
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))


def directory_of(spec):
    """The directory in which a top-level module lies."""
    if spec.submodule_search_locations:
        return os.path.dirname(next(iter(spec.submodule_search_locations), ""))
    return os.path.dirname(spec.origin or "")
`,
  "venvoy/packages.py": `"""
What stands in a directory of packages: read from \`.dist-info\`, never by importing anything.

A distribution is a package with a name and a version as pip knows it; its roots are the modules that it brings:
\`idna\`, or \`google.protobuf\` below a namespace that several distributions share.
"""

import csv
import importlib.machinery
import os
import re

#: file endings of compiled code, on any system; a pure package has none of them
_NATIVE = re.compile(r"\\.(so|pyd|dll|dylib)(\\.[0-9.]+)?$", re.I)
_MODULE_ENDINGS = tuple(sorted(importlib.machinery.all_suffixes(), key=len, reverse=True))
_REQUIRES = re.compile(r"^Requires-Dist:[ \\t]*([A-Za-z0-9][\\w.-]*)[ \\t]*(?:\\[([^\\]\\n]*)\\])?([^;\\n]*)(?:;(.*))?$", re.M)
_EXTRA = re.compile(r"extra\\s*==\\s*['\\"]([^'\\"]+)['\\"]")


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


class Distribution:
    def __init__(self, directory, info):
        self.directory = directory
        self.info = info
        stem = info[: -len(".dist-info")]
        name, _, version = stem.partition("-")
        self.name = normalized(name)
        self.version = version
        self._files = None
        self._requires = None

    def __repr__(self):
        return "%s %s in %s" % (self.name, self.version, self.directory)

    def _read(self, name):
        try:
            with open(os.path.join(self.directory, self.info, name), encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def _look(self):
        if self._files is not None:
            return
        text = self._read("RECORD")
        rows = csv.reader(text.splitlines()) if '"' in text else (line.split(",", 1) for line in text.splitlines())
        paths = [row[0] for row in rows if row] or self._walk()
        self._native = any(_NATIVE.search(path) for path in paths)
        self._files = _roots(paths)

    def _walk(self):
        """Some distributors take RECORD away; then \`top_level.txt\` says where to look."""
        found = []
        for top in self._read("top_level.txt").split():
            found += [name for name in os.listdir(self.directory) if name.startswith(top + ".")]
            for place, _, names in os.walk(os.path.join(self.directory, top)):
                below = os.path.relpath(place, self.directory).replace(os.sep, "/")
                found += ["%s/%s" % (below, name) for name in names]
        return found

    @property
    def roots(self):
        """The shallowest modules that are this distribution's alone."""
        self._look()
        return self._files

    @property
    def tops(self):
        return {root.partition(".")[0] for root in self.roots}

    @property
    def namespaces(self):
        """First names that it shares with other distributions."""
        return {root.partition(".")[0] for root in self.roots if "." in root}

    @property
    def native(self):
        self._look()
        return self._native

    @property
    def requires(self):
        """(name, extras asked of it, the extra of this distribution that asks or None)"""
        if self._requires is None:
            head = self._read("METADATA").replace("\\r\\n", "\\n").partition("\\n\\n")[0]
            self._requires = [
                (normalized(name), _extras(extras), (_EXTRA.search(marker or "") or [None, None])[1])
                for name, extras, _, marker in _REQUIRES.findall(head)
            ]
        return self._requires


def _extras(text):
    return frozenset(normalized(word.strip()) for word in (text or "").split(",") if word.strip())


def _roots(paths):
    modules = []
    packages = set()
    for path in paths:
        if path.startswith(("..", "/")) or ".dist-info/" in path:
            continue
        ending = next((one for one in _MODULE_ENDINGS if path.endswith(one)), None)
        if ending is None:
            continue
        parts = path[: -len(ending)].split("/")
        if not all(part.isidentifier() for part in parts):
            continue
        if parts[-1] == "__init__":
            packages.add(tuple(parts[:-1]))
        modules.append(parts)
    found = set()
    for parts in modules:
        depth = next((n for n in range(1, len(parts)) if tuple(parts[:n]) in packages), len(parts))
        found.add(".".join(parts[:depth]))
    found.discard("")
    return found


_directories = {}


def read_directory(directory):
    """The distributions of one directory, by name. Read again when the directory changed."""
    try:
        stamp = os.stat(directory).st_mtime_ns
    except OSError:
        return {}
    known = _directories.get(directory)
    if known is None or known[0] != stamp:
        try:
            names = sorted(os.listdir(directory))
        except OSError:
            return {}
        found = {}
        for name in names:
            if name.endswith(".dist-info"):
                one = Distribution(directory, name)
                found.setdefault(one.name, one)
        known = _directories[directory] = (stamp, found)
    return known[1]


class Index:
    """The distributions of several directories as one: of the same name the first counts, as on \`sys.path\`."""

    def __init__(self, directories, requirements=()):
        self.directories = list(directories)
        self.requirements = list(requirements)
        self.distributions = {}
        for directory in self.directories:
            for name, one in read_directory(directory).items():
                self.distributions.setdefault(name, one)
        self._by_top = None
        self._needs = {}
        self._asked = None

    def providers(self, top):
        """The distributions that have modules of this first name."""
        if self._by_top is None:
            table = {}
            for one in self.distributions.values():
                for name in one.tops:
                    table.setdefault(name, []).append(one)
            self._by_top = table
        return self._by_top.get(top, [])

    def needs(self, one):
        """Names of what it directly depends on and what is here; an extra counts where somebody here asks for it."""
        if one.name not in self._needs:
            if self._asked is None:
                asked = {}
                for text in self.requirements:
                    for name, extras, _, _ in _REQUIRES.findall("Requires-Dist: " + text):
                        asked.setdefault(normalized(name), set()).update(_extras(extras))
                for other in self.distributions.values():
                    for name, extras, _ in other.requires:
                        asked.setdefault(name, set()).update(extras)
                self._asked = asked
            extras = self._asked.get(one.name, ())
            self._needs[one.name] = {
                name
                for name, _, extra in one.requires
                if name in self.distributions and name != one.name and (extra is None or normalized(extra) in extras)
            }
        return self._needs[one.name]

    def closure(self, one):
        """Names of everything that it depends on, at any distance."""
        found = set()
        queue = [one]
        while queue:
            for name in self.needs(queue.pop()):
                if name not in found:
                    found.add(name)
                    queue.append(self.distributions[name])
        found.discard(one.name)
        return found

    def grow(self, seeds):
        """With all that depends on the seeds, and what shares a namespace package with one of them."""
        grown = dict.fromkeys(seeds)
        shared = set()
        for one in seeds:
            shared |= one.namespaces
        while True:
            names = {one.name for one in grown}
            more = [
                one
                for one in self.distributions.values()
                if one not in grown and (self.needs(one) & names or one.namespaces & shared)
            ]
            if not more:
                return list(grown)
            for one in more:
                grown[one] = None
                shared |= one.namespaces
`,
  "venvoy/wire.py": `"""
What travels between this process and a worker: a frame is a length, JSON, and raw bytes behind it.

Plain values travel as copies: None, bool, int, float, complex, str, bytes, list, tuple, set, dict, slice, range, and
Python's own types (\`float\`, \`list[int]\`) by name; a path travels as its text. Whatever offers its memory (an array, a memoryview) travels as bytes with its shape; from 1 MiB on through a file that both map. Everything
else stays where it is and travels as a reference. Nothing is ever pickled or unpickled, in neither direction: a frame
can't make either side import or run anything that a request doesn't name.
"""

import builtins
import json
import mmap
import os
import struct
import tempfile
import types

_LIMIT = 256 << 20
_BY_FILE = 1 << 20
_HEAD = struct.Struct(">II")
_EXACT = (bool, int, float, str)


class Broken(Exception):
    """The other side closed the channel, or sent what is no frame."""


def write_frame(stream, message, blobs=()):
    message["blobs"] = [len(blob) for blob in blobs]
    text = json.dumps(message, separators=(",", ":")).encode("ascii")
    stream.write(_HEAD.pack(0x76766F79, len(text)) + text)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def read_frame(stream):
    magic, length = _HEAD.unpack(_exactly(stream, _HEAD.size))
    if magic != 0x76766F79 or length > _LIMIT:
        raise Broken("what came is no frame")
    message = json.loads(_exactly(stream, length).decode("ascii"))
    return message, [_exactly(stream, size) for size in message.pop("blobs")]


def _exactly(stream, size):
    parts = []
    while size > 0:
        part = stream.read(min(size, 1 << 20))
        if not part:
            raise Broken("the channel is closed")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


class Encoder:
    """Turns values into what JSON can hold. \`refer\` says how anything else is named, or raises."""

    def __init__(self, refer, directory):
        self.refer = refer
        self.directory = directory
        self.blobs = []

    def encode(self, value):
        if value is None or type(value) in _EXACT:
            return value
        if isinstance(value, (list, tuple, set, frozenset)):
            kind = next(name for name, one in _COLLECTIONS.items() if isinstance(value, one))
            return {kind: [self.encode(item) for item in value]} if type(value) in _PLAIN else self.refer(value)
        if type(value) is dict:
            return {"dict": [[self.encode(key), self.encode(item)] for key, item in value.items()]}
        if type(value) is complex:
            return {"complex": [value.real, value.imag]}
        if isinstance(value, bytes):
            return {"bytes": self._blob(value)}
        # numpy.float64 is a float and goes as one; an enum's member is more than its number and stays.
        if isinstance(value, (float, int, str)) and not hasattr(type(value), "__members__"):
            return next(one for one in (float, int, str) if isinstance(value, one))(value)
        return self._by_name(value) or self.refer(value)

    def _by_name(self, value):
        kind = type(value)
        if kind in (slice, range):
            return {kind.__name__: [self.encode(one) for one in (value.start, value.stop, value.step)]}
        if kind is _GENERIC:
            return {"generic": [self.encode(value.__origin__), self.encode(value.__args__)]}
        if isinstance(value, type):
            name = value.__name__
        else:
            name = "Ellipsis" if value is Ellipsis else "NotImplemented" if value is NotImplemented else None
        if name is not None and getattr(builtins, name, None) is value:
            return {"builtin": name}
        if isinstance(value, os.PathLike):
            return os.fspath(value)
        return None

    def _blob(self, data):
        self.blobs.append(data)
        return len(self.blobs) - 1

    def buffer(self, value):
        """The memory of an array. Raises TypeError for one that holds Python objects."""
        view = memoryview(value)
        if "O" in view.format or "P" in view.format:
            raise TypeError("an array of Python objects can't travel")
        shape, form = list(view.shape), view.format
        flat = (view if view.c_contiguous else memoryview(view.tobytes())).cast("B") if view.nbytes else b""
        told = {"shape": shape, "format": form}
        if view.nbytes < _BY_FILE:
            told["blob"] = self._blob(bytes(flat))
        else:
            told["file"] = _write_file(flat, self.directory)
        return {"buffer": told}


_COLLECTIONS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
_PLAIN = tuple(_COLLECTIONS.values())
_GENERIC = getattr(types, "GenericAlias", None)


def _write_file(flat, directory):
    handle, path = tempfile.mkstemp(prefix="array-", dir=directory)
    with os.fdopen(handle, "wb") as file:
        file.write(flat)
    return os.path.basename(path)


class Decoder:
    def __init__(self, resolve, blobs, directory):
        self.resolve = resolve
        self.blobs = blobs
        self.directory = directory

    def decode(self, told):
        if not isinstance(told, dict):
            return told
        ((kind, value),) = told.items()
        if kind in _COLLECTIONS:
            return _COLLECTIONS[kind]([self.decode(item) for item in value])
        if kind == "dict":
            return {self.decode(key): self.decode(item) for key, item in value}
        if kind == "complex":
            return complex(*value)
        if kind == "bytes":
            return self.blobs[value]
        if kind == "buffer":
            return self._buffer(value)
        if kind in ("slice", "range"):
            return (slice if kind == "slice" else range)(*[self.decode(one) for one in value])
        if kind == "generic":
            return self.decode(value[0])[self.decode(value[1])]
        if kind == "builtin":
            found = getattr(builtins, value)
            # Types and two constants: no message names a function that would be called.
            if isinstance(found, type) or found is Ellipsis or found is NotImplemented:
                return found
            raise Broken("what came is no value")
        return self.resolve(kind, value)

    def _buffer(self, told):
        shape, form = told["shape"], told["format"]
        if "file" in told:
            data = _map_file(os.path.join(self.directory, os.path.basename(told["file"])))
        else:
            data = bytearray(self.blobs[told["blob"]])
        if 0 in shape:
            return memoryview(bytearray()).cast("B") if len(shape) != 1 else memoryview(bytearray()).cast(_native(form))
        return memoryview(data).cast("B").cast(_native(form), shape)


def _native(form):
    """\`cast\` knows native formats only; standard sizes of this machine's order are the same thing."""
    return form.lstrip("@=<") or "B"


def _map_file(path):
    """The receiver owns the file: its name is gone at once, its memory with the last view of it."""
    with open(path, "r+b") as file:
        mapped = mmap.mmap(file.fileno(), 0)
    try:
        os.unlink(path)
    except OSError:
        # Windows keeps the name while it is mapped; the directory goes with the worker.
        pass
    return mapped
`,
  "venvoy/worker_main.py": `"""
The worker's side: \`python worker_main.py DIRECTORY SCRIPT\`. It reads requests from standard input and answers on what
was standard output; programs' own prints travel as frames, so they never disturb the channel. It ends with its input.
"""

import importlib
import io
import os
import shutil
import sys
import threading
import traceback

if __name__ == "__main__":
    # This file's directory holds \`errors\`, \`wire\` and others, which must not be what a script imports.
    here = sys.path.pop(0) if sys.path else os.path.dirname(os.path.abspath(__file__))
    import importlib.util

    spec = importlib.util.spec_from_file_location("_venvoy_wire", os.path.join(here, "wire.py"))
    wire = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(wire)


class Printed(io.TextIOBase):
    def __init__(self, send, name):
        self._send = send
        self._name = name

    def write(self, text):
        if text:
            self._send({"printed": self._name, "text": text})
        return len(text)

    def writable(self):
        return True

    @property
    def encoding(self):
        return "utf-8"


class Worker:
    def __init__(self, source, sink, directory, script):
        self.source = source
        self.sink = sink
        self.directory = directory
        self.script = script
        self.objects = {}
        self.numbers = {}
        self.next = 1
        self.writing = threading.Lock()
        self.namespace = {"__name__": "__main__", "__file__": script, "__builtins__": __builtins__}

    def serve(self):
        while True:
            try:
                message, blobs = wire.read_frame(self.source)
            except wire.Broken:
                return
            decoder = wire.Decoder(self.resolve, blobs, self.directory)
            encoder = wire.Encoder(self.refer, self.directory)
            try:
                args = [decoder.decode(item) for item in message.get("args", ())]
                named = {name: decoder.decode(item) for name, item in message.get("named", {}).items()}
                value = getattr(self, "do_" + message["do"])(encoder, *args, **named)
                answer = {"value": value}
            except StopIteration:
                answer = {"stop": True}
            except BaseException as error:
                answer = {"error": self.describe(error)}
                encoder.blobs = []
                # A kept traceback would keep every local of the failed call.
                error.__traceback__ = None
            self.send(answer, encoder.blobs)

    def send(self, message, blobs=()):
        with self.writing:
            wire.write_frame(self.sink, message, blobs)

    def describe(self, error):
        lines = traceback.format_exception(type(error), error, error.__traceback__)
        kind = type(error)
        return {
            "type": kind.__name__ if kind.__module__ == "builtins" else "%s.%s" % (kind.__module__, kind.__name__),
            "builtin": next(one.__name__ for one in kind.__mro__ if one.__module__ == "builtins"),
            "message": str(error),
            "traceback": "".join(lines),
        }

    def refer(self, value):
        number = self.numbers.get(id(value))
        if number is None:
            number = self.next
            self.next += 1
            self.numbers[id(value)] = number
            self.objects[number] = [value, 0]
        self.objects[number][1] += 1
        kind = type(value)
        return {"object": [number, "%s.%s" % (kind.__module__, kind.__qualname__), callable(value)]}

    def resolve(self, kind, value):
        if kind == "object":
            return self.objects[value][0]
        raise ValueError("\`%s\` is no kind of value" % kind)

    def do_import(self, encoder, name):
        return encoder.refer(importlib.import_module(name))

    def do_named(self, encoder, name):
        """\`package.module:some.function\`; without a module it is the script's own."""
        module, _, path = name.partition(":")
        value = importlib.import_module(module) if module else None
        for number, part in enumerate(path.split(".") if path else ()):
            if value is None and number == 0:
                value = self.namespace[part]
            else:
                value = getattr(value, part)
        return encoder.encode(value)

    def do_run(self, encoder, argv):
        sys.argv[:] = [self.script] + argv
        with open(self.script, "rb") as file:
            code = compile(file.read(), self.script, "exec")
        main = type(sys)("__main__")
        main.__dict__.update(self.namespace)
        self.namespace = main.__dict__
        sys.modules["__main__"] = main
        try:
            exec(code, self.namespace)
        except SystemExit as ended:
            return ended.code if ended.code is None or isinstance(ended.code, int) else str(ended.code)
        return None

    def do_call(self, encoder, function, args, named):
        return encoder.encode(function(*self.arrays(args), **dict(zip(named, self.arrays(named.values())))))

    def arrays(self, values):
        """Memory becomes an array where the package that has arrays is in use."""
        numpy = sys.modules.get("numpy")
        return [numpy.asarray(one) if numpy and isinstance(one, memoryview) else one for one in values]

    def do_getattr(self, encoder, value, name):
        return encoder.encode(getattr(value, name))

    def do_setattr(self, encoder, value, name, item):
        setattr(value, name, item)

    def do_special(self, encoder, value, name, args):
        """An operator: looked up on the type, as Python does."""
        method = getattr(type(value), name, None)
        return encoder.encode(NotImplemented if method is None else method(value, *self.arrays(args)))

    def do_builtin(self, encoder, name, args):
        function = {"len": len, "iter": iter, "next": next, "repr": repr, "str": str, "bool": bool, "dir": dir,
                    "int": int, "float": float, "hash": hash, "isinstance": isinstance}[name]  # fmt: skip
        return encoder.encode(function(*args))

    def do_fetch(self, encoder, value):
        try:
            memoryview(value)
        except TypeError:
            for copy in (list, dict):
                if isinstance(value, copy):
                    return encoder.encode(copy(value))
            raise TypeError("\`%s\` has neither memory to share nor a plain value" % type(value).__name__) from None
        return encoder.buffer(value)

    def do_release(self, encoder, numbers):
        for number in numbers:
            kept = self.objects[number]
            kept[1] -= 1
            if kept[1] == 0:
                del self.objects[number]
                self.numbers.pop(id(kept[0]), None)


def main():
    directory, script = sys.argv[1:3]
    # The channel gets descriptors of its own; what programs do with 0 and 1 is their business.
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    worker = Worker(source, sink, directory, script)
    sys.stdout = Printed(worker.send, "stdout")
    sys.stderr = Printed(worker.send, "stderr")
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    worker.serve()
    # A host that crashed can't take its directory away, which may be memory.
    shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
`,
};
