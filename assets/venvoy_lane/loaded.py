"""What is loaded in this process: which distribution each module belongs to, and which modules are people's own."""

import importlib.machinery
import os
import re
import sys

_STDLIB = os.path.normcase(os.path.dirname(os.path.abspath(os.__file__))) + os.sep
_OWN = os.path.dirname(os.path.abspath(__file__))
_SUFFIXES = tuple(importlib.machinery.EXTENSION_SUFFIXES)


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


class _Site(object):
    """The distributions of one site-packages; their RECORD files are read when a module asks for them."""

    def __init__(self, directory, root, packages):
        self.directory = directory
        self.root = root
        self.packages = packages
        self._files = {}
        self._places = None

    def owner(self, path):
        """Name and identity of the distribution that a file belongs to; `None` when nothing claims it."""
        relative = path[len(self.directory) + 1 :].replace(os.sep, "/")
        if self._places is None:
            self._places = [name for name in os.listdir(self.directory) if name.endswith((".dist-info", ".egg-info"))]
        top = _normal(relative.split("/")[0].split(".")[0])
        for place in sorted(self._places, key=lambda one: _normal(one.split("-")[0]) != top):
            if relative in self._record(place):
                name, _, version = place[: place.rindex(".")].partition("-")
                return _normal(name), self.identity(_normal(name), version)
        return None

    def identity(self, name, version):
        known = self.packages.get(name)
        # What others put here is the same only in the same tree.
        return known if known is not None and known.split(" ")[0] == version else "%s %s" % (version, self.root)

    def _record(self, place):
        found = self._files.get(place)
        if found is None:
            found = set()
            for name in ("RECORD", "installed-files.txt"):
                try:
                    with open(os.path.join(self.directory, place, name), encoding="utf-8", errors="replace") as file:
                        for line in file:
                            found.add(line.split(",")[0].strip().strip('"'))
                except OSError:
                    pass
            self._files[place] = found
        return found


class Loaded(object):
    def __init__(self):
        self._sites = []
        self._known = {}
        self.distributions = {}
        # Name -> (file, stamp) of modules from outside the environments.
        self.user = {}
        self._started = 0.0

    def know(self, tree, entries):
        """Takes in an environment that was entered."""
        known = {one.directory for one in self._sites}
        directories = [one for one in entries if os.path.basename(one) in ("site-packages", "dist-packages")]
        for directory in directories:
            if directory not in known:
                packages = tree["packages"] if directory in tree["sites"] else {}
                self._sites.append(_Site(directory, tree["root"], packages))

    def begin(self, now):
        self._started = now

    def refresh(self):
        """Looks at the modules that came since the last look."""
        for name, module in list(sys.modules.items()):
            if name == "__main__" or self._known.get(name) is module:
                continue
            self._known[name] = module
            path = self._file(module)
            if path is None or path.startswith(_OWN):
                continue
            where = next((one for one in self._sites if path.startswith(one.directory + os.sep)), None)
            if where is not None:
                owner = where.owner(path)
                if owner is not None:
                    self.distributions.setdefault(owner[0], owner[1])
            elif not os.path.normcase(path).startswith(_STDLIB):
                self.user[name] = (path, self._stamp(path, True))
        for name in [one for one in self.user if one not in sys.modules]:
            del self.user[name]

    def clashes(self, packages):
        """Loaded distributions that another environment holds in another version. What it lacks does no harm."""
        return [
            {"name": name, "loaded": identity, "wanted": packages[name]}
            for name, identity in sorted(self.distributions.items())
            if packages.get(name, identity) != identity
        ]

    def changed(self):
        """Files of people's own modules that are no longer as they were imported."""
        return sorted({path for path, stamp in self.user.values() if stamp is None or self._stamp(path) != stamp})

    def hides(self, front):
        """True when a loaded module stands in the way of another one of its name in these directories."""
        for name, (path, _) in self.user.items():
            if "." in name:
                continue
            found = importlib.machinery.PathFinder.find_spec(name, front)
            if found is not None and os.path.abspath(found.origin or "") != path.rstrip(os.sep):
                return True
        return False

    def has_native_user_modules(self):
        return any(path.endswith(_SUFFIXES) for path, _ in self.user.values())

    def forget_user(self):
        """All of them, so that no old class meets a new one."""
        for name in self.user:
            sys.modules.pop(name, None)
            self._known.pop(name, None)
        self.user.clear()

    @staticmethod
    def _file(module):
        path = getattr(module, "__file__", None)
        if isinstance(path, str):
            return os.path.abspath(path)
        # A package without __init__.py: where it looks for its parts.
        try:
            return next((os.path.join(os.path.abspath(one), "") for one in module.__path__), None)
        except Exception:
            return None

    def _stamp(self, path, fresh=False):
        if path.endswith(os.sep):
            return ()
        try:
            info = os.stat(path)
        except OSError:
            return ()
        # Written while the run went on: nobody knows which text was imported.
        if fresh and info.st_mtime >= self._started:
            return None
        return (info.st_mtime_ns, info.st_size)
