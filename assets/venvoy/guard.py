"""
Who owns which module, and what an import means for the script that asks.

Each script sees a universe: the directories that serve its header, its own folder, and what the host brings. The first
version of a package that is imported lives in `sys.modules` under its own name, as always, and belongs to the universe
that asked first. Another universe shares it when it would get the same version, with the same versions of all it
depends on; else a pure package is loaded a second time under a name of its own (`idna@3_6`), which only that
universe's imports lead to, and a compiled one is refused or left to a worker.

`decide` is the one place where this is settled. It looks at files and at `sys.modules` and imports nothing: it runs
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
        #: directories of plain modules: the script's own, `env:` folders, editable projects
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
    """What this process holds of compiled distributions, as `name==version`: other scripts do well to fit in."""
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
    """What `import top` means in this universe: None (the module of that name), a private name, or ELSEWHERE."""
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
    find in `sys.modules` what it needs.
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
