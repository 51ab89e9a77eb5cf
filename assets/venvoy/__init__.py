"""
venvoy inside a host: one embedded Python, many scripts, each with the packages that its header asks for.

    import venvoy
    used = venvoy.use("script.py")      # downloads what is missing, puts the directories in front
    used.run()                          # or let the host run it, as it always does

Two scripts may need two versions of a package. A pure one is loaded twice; a compiled one raises
`venvoy.VersionConflict`, or lives in a worker process where the caller allows it (`allow_worker=True`). Which version
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
    Makes ready what the script's header asks for and puts it in front of `sys.path` for this script.

    Where the header leaves a choice, compiled packages are taken in the versions that this process holds already.
    `on_progress` is called in this thread with one dict per event. `timeout` is in seconds, for downloads and all.
    `allow_worker`: compiled packages that this process has in another version already come from a worker, as proxies.
    Raises VersionConflict and leaves everything as it was, when the script can't run beside what is loaded.
    """
    script = os.path.abspath(os.fspath(script))
    words = ["host", "use", script, "--interpreter-facts", client.json.dumps(client.interpreter_facts())]
    for one in guard.loaded_native():
        words += ["--loaded", one]
    answer = client.ask(words, on_progress=on_progress, timeout=timeout, binary=binary)
    return enter(script, answer, allow_worker=allow_worker)


def enter(script, answer, allow_worker=False):
    """`use` from the answer of `venvoy host use` on; for hosts that ask by a way of their own."""
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
    """What `use` did."""

    def __init__(self, script, universe, private, answer, notes):
        self._universe = universe
        self.script = script
        #: the directories in front of `sys.path`, in this order
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
        """The module that `import NAME` in the script would get."""
        namespace = {"__name__": "__main__", "__venvoy__": self._universe}
        return hooks.builtins.__import__(name, namespace, None, ("__doc__",), 0)

    def run(self, argv=(), name="__main__"):
        """
        Runs the script in this process and answers its names as a dict. `sys.argv` is the script's while it runs.
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
    """The script's own folder, what its `env:` lines name, and what path files lead to."""
    folders = [os.path.dirname(script)] + list(answer.get("folders", ()))
    notes = []
    for directory in answer["paths"]:
        for name in sorted(os.listdir(directory) if os.path.isdir(directory) else ()):
            if not name.endswith(".pth") or name.startswith(("_venvoy", "00_venvoy", "zz_venvoy")):
                continue
            with open(os.path.join(directory, name), encoding="utf-8", errors="replace") as file:
                lines = [line.strip() for line in file]
            for line in lines:
                if line.startswith(("import ", "import\t")):
                    notes.append("%s has a line of code, which is not run inside a host" % name)
                elif line and not line.startswith("#"):
                    path = os.path.abspath(os.path.join(directory, line))
                    if os.path.isdir(path) and path not in folders:
                        folders.append(path)
    return folders, notes
