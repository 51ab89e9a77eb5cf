"""What is Python's own, and what of a module is loaded."""

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
