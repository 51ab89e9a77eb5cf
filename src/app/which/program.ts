/**
 * Asks an environment's own Python where a module comes from, and prints JSON. It is started with `-S`, so that the
 * start-up of `site` happens under its eyes: every entry of the search path is written down with what put it there.
 *
 * Nothing that is asked about is imported, and neither are its parents: each part of a dotted name is looked up with the
 * finders on the path of the part before, which stands in `sys.modules` as an empty stand-in meanwhile. What a package
 * does to its own `__path__` while it is imported is therefore not seen.
 */
export const whichProgram = `
import sys
name, first = sys.argv[1:3]
heads = []
# Before anything else is imported: a json.py of the person's would be taken for the real one.
if sys.path and sys.path[0] == "":
    del sys.path[0]
    heads = [first] if first else []
import os, site
how = {}
finders = {}

def lines_of(directory, name, added):
    try:
        with open(os.path.join(directory, name), encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return {}
    code = [n for n, line in enumerate(lines, 1) if line.startswith(("import ", "import\\t"))]
    found = {}
    for path in added:
        for n, line in enumerate(lines, 1):
            word = line.rstrip()
            if not word or word.startswith("#") or n in code:
                continue
            if os.path.normcase(os.path.abspath(os.path.join(directory, word))) == os.path.normcase(path):
                found[path] = n
        if path not in found and len(code) == 1:
            found[path] = code[0]
    return found

def watch(name, tell):
    original = getattr(site, name, None)
    if original is None:
        return
    def watched(*words, **more):
        paths, metas = set(sys.path), set(map(id, sys.meta_path))
        result = original(*words, **more)
        tell([p for p in sys.path if p not in paths], [f for f in sys.meta_path if id(f) not in metas], words)
        return result
    setattr(site, name, watched)

def by_file(paths, metas, words):
    directory, name = str(words[0] or os.getcwd()), words[1]
    at = lines_of(directory, name, paths)
    file = os.path.join(directory, name)
    for path in paths:
        how[path] = {"kind": "pth", "file": file, "line": at.get(path)}
    for finder in metas:
        finders[id(finder)] = file

def by_directory(paths, metas, words):
    for path in paths:
        how.setdefault(path, {"kind": "site"})

def by_customize(paths, metas, words):
    for path in paths:
        how[path] = {"kind": "customize"}

watch("addpackage", by_file)
watch("addsitedir", by_directory)
watch("execsitecustomize", by_customize)
watch("execusercustomize", by_customize)
site.main()
started = set(sys.modules)
import importlib.machinery, json, types
sys.path[:0] = heads

def first_of(name, path, among):
    for finder in among:
        find = getattr(finder, "find_spec", None)
        spec = find(name, path, None) if find is not None else None
        if spec is not None:
            return spec, finder
    return None, None

def find(name, path, among):
    parts, stand_ins, spec, finder = name.split("."), [], None, None
    try:
        for at in range(1, len(parts) + 1):
            whole = ".".join(parts[:at])
            spec, by = first_of(whole, path, among if at == 1 else sys.meta_path)
            finder = finder or by
            if spec is None:
                return None, None
            if at == len(parts):
                break
            path = spec.submodule_search_locations
            if path is None:
                return None, None
            if whole not in sys.modules:
                stand_in = types.ModuleType(whole)
                stand_in.__path__ = list(path)
                sys.modules[whole] = stand_in
                stand_ins.append(whole)
        return spec, finder
    finally:
        for whole in stand_ins:
            sys.modules.pop(whole, None)

def facts(spec):
    if spec.origin in ("built-in", "frozen") or spec.name in sys.builtin_module_names:
        return {"kind": spec.origin or "built-in", "file": getattr(getattr(spec, "loader_state", None), "filename", None)}
    folders = [str(p) for p in spec.submodule_search_locations or []]
    if spec.origin is None or spec.origin == "namespace":
        return {"kind": "namespace", "file": None, "folders": folders}
    loader = type(spec.loader).__name__ if spec.loader is not None else ""
    kind = "extension" if loader == "ExtensionFileLoader" else "package" if folders else "module"
    return {"kind": kind, "file": spec.origin, "folders": folders}

def is_pythons(finder):
    return str(getattr(finder, "__module__", "")).startswith("_frozen_importlib")

def finder_name(finder):
    kind = finder if isinstance(finder, type) else type(finder)
    return {"module": str(kind.__module__), "name": kind.__qualname__, "file": finders.get(id(finder))}

answer = {
    "version": "%d.%d.%d" % sys.version_info[:3],
    "first": heads[0] if heads else None,
    "path": [{"path": p, "how": how.get(p), "is_file": os.path.isfile(p), "exists": os.path.exists(p)} for p in sys.path],
    "finders": [finder_name(f) for f in sys.meta_path if not is_pythons(f)],
    "user": site.getusersitepackages() if hasattr(site, "getusersitepackages") else None,
    "found": None,
    "copies": [],
}
if name:
    loaded = getattr(sys.modules[name], "__spec__", None) if name in started else None
    spec, by = (loaded, None) if loaded is not None else find(name, None, sys.meta_path)
    if spec is not None:
        by = None if by is None or is_pythons(by) else finder_name(by)
        answer["found"] = dict(facts(spec), finder=by, real=spec.name, loaded=loaded is not None)
    for entry in sys.path:
        other, _ = find(name, [entry], [importlib.machinery.PathFinder])
        if other is not None:
            answer["copies"].append(dict(facts(other), entry=entry))
print()
print(json.dumps(answer))
`;
