/**
 * Calls one hook of a build backend (PEP 517, 660) in the interpreter that runs it, and writes the answer to a file: a
 * backend may print what it likes. Written for Python 3.7 and newer; standard library only.
 */
export const hookProgram = `import importlib, json, os, sys, traceback

def answer(**facts):
    with open(request["answer"], "w", encoding="utf-8") as file:
        json.dump(facts, file)

def load(name):
    module, _, attributes = name.partition(":")
    found = importlib.import_module(module)
    for attribute in attributes.split(".") if attributes else ():
        found = getattr(found, attribute)
    return found

with open(sys.argv[1], encoding="utf-8") as file:
    request = json.load(file)
log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
os.dup2(log, 1)
os.dup2(log, 2)
os.chdir(request["source"])
sys.argv[:] = [sys.argv[0]]
sys.path[:0] = [os.path.join(request["source"], path) for path in request["backendPath"]]
try:
    backend = load(request["backend"])
except Exception:
    traceback.print_exc()
    answer(kind="no-backend")
    sys.exit(0)
inside = [os.path.realpath(os.path.join(request["source"], path)) for path in request["backendPath"]]
where = os.path.realpath(getattr(sys.modules[request["backend"].partition(":")[0]], "__file__", None) or "")
if inside and not any(where.startswith(path + os.sep) for path in inside):
    answer(kind="backend-elsewhere", where=where)
    sys.exit(0)
hook = getattr(backend, request["hook"], None)
if hook is None:
    answer(kind="no-hook")
    sys.exit(0)
settings = request["settings"] or None
try:
    if request["hook"].startswith("get_requires_"):
        result = list(hook(settings))
    elif request["hook"].startswith("prepare_metadata_"):
        result = hook(request["into"], settings)
    else:
        result = hook(request["into"], settings, request["metadata"])
except SystemExit as error:
    if error.code in (None, 0):
        traceback.print_exc()
    elif not isinstance(error.code, int):
        print(error.code, file=sys.stderr, flush=True)
    answer(kind="failed")
except BaseException:
    traceback.print_exc()
    answer(kind="failed")
else:
    answer(kind="done", result=result)
`;
