/**
 * Asks an environment's own Python where a module comes from. It answers with JSON: the search path, and for each of its
 * entries what the name would load. Nothing is imported but parents of a dotted name that Python itself must import.
 */
export const whichProgram = `
import importlib.machinery, importlib.util, json, sys
name = sys.argv[1]
answer = {"path": [p for p in sys.path if p], "kind": "module", "origin": None, "all": []}
top = name.partition(".")[0]
if top in sys.builtin_module_names:
    answer["kind"] = "built-in"
else:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        spec = None
    if spec is None:
        answer["kind"] = None
    elif spec.origin in ("built-in", "frozen"):
        answer["kind"] = spec.origin
    elif spec.origin is None:
        answer["kind"] = "namespace"
        answer["all"] = [str(p) for p in (spec.submodule_search_locations or [])]
    else:
        answer["origin"] = spec.origin
        answer["kind"] = "package" if spec.submodule_search_locations is not None else "module"
    for entry in answer["path"]:
        found = importlib.machinery.PathFinder.find_spec(top, [entry])
        if found is not None and found.origin:
            answer["all"].append(found.origin)
print(json.dumps(answer))
`;
