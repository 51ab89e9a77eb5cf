"""
Where the guard meets Python's import system: `builtins.__import__`, `importlib.import_module`, and a finder before all
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
    """The name that stands for `name` in this universe; ELSEWHERE when it lives in the worker."""
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
    C code that imports (`PyImport_Import`: an empty list, and the globals of whoever runs just now) looks in
    `sys.modules` by the plain name afterwards, and belongs to the one version that is loaded: it is left alone.
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
    """First on `sys.meta_path`. Answers only for what scripts own; the host's own imports pass by."""

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
        """What `importlib.metadata` finds is what the asking script sees."""
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
    """A plain list instead of one that follows `sys.path`: other scripts' directories don't flow in."""
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
    """From a directory that a script put on `sys.path` itself: what lies there is loaded for that script."""
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
