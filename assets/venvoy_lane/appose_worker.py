"""A worker that speaks Appose's messages: requests as lines of JSON on standard input, responses on standard output.

The environment needs no package for it. What scripts print goes to standard error, so that it never stands between
messages. Shared memory is the service's to remove, whoever made it. Tasks of the queue `main` run in the main thread, in
their order; all others in threads of their own.
"""

import sys

# Started as a file: its directory must hide nothing.
del sys.path[0]

import ast  # noqa: E402
import importlib.util  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import queue  # noqa: E402
import re  # noqa: E402
import threading  # noqa: E402
import traceback  # noqa: E402
import types  # noqa: E402


class SharedMemory(object):
    """A named block of memory of this machine."""

    def __init__(self, name=None, create=False, rsize=0):
        from multiprocessing import shared_memory

        options = {"track": False} if sys.version_info >= (3, 13) else {}
        self._block = shared_memory.SharedMemory(name=name, create=create, size=rsize, **options)
        if not options:
            from multiprocessing import resource_tracker

            # It would remove the block when this process ends, and the service still needs it.
            resource_tracker.unregister(self._block._name, "shared_memory")
        self.name = self._block.name
        self.buf = self._block.buf
        self.size = self._block.size
        self.rsize = rsize

    def close(self):
        self._block.close()

    dispose = close

    def unlink(self):
        self._block.unlink()

    def unlink_on_dispose(self, _value):
        """The service decides."""

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()


class NDArray(object):
    """An array in shared memory: `ndarray()` is NumPy's view of it, without copying."""

    def __init__(self, dtype, shape, shm=None):
        self.dtype = str(dtype)
        self.shape = list(shape)
        if shm is None:
            size = int(re.sub("[^0-9]", "", self.dtype)) // 8
            for length in self.shape:
                size *= length
            shm = SharedMemory(create=True, rsize=size)
        self.shm = shm

    def ndarray(self):
        import numpy

        return numpy.ndarray(self.shape, dtype=self.dtype, buffer=self.shm.buf)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.shm.dispose()


class Task(object):
    """What a script knows as `task`."""

    def __init__(self, worker, request):
        self._worker = worker
        self._id = request.get("task")
        self._script = request.get("script") or ""
        self._inputs = request.get("inputs") or {}
        self._lock = threading.Lock()
        self._is_over = False
        self.outputs = {}
        self.cancel_requested = False

    def export(self, **values):
        self._worker.exports.update(values)

    def update(self, message=None, current=None, maximum=None, info=None):
        told = {"info": info}
        if message is not None:
            told["message"] = str(message)
        for name, value in (("current", current), ("maximum", maximum)):
            if value is not None:
                try:
                    told[name] = int(value)
                except (TypeError, ValueError):
                    pass
        self._respond("UPDATE", told)

    def cancel(self):
        self._finish("CANCELATION", {})

    def fail(self, error=None):
        self._finish("FAILURE", {} if error is None else {"error": str(error)})

    def run(self):
        try:
            names = {"task": self, "__name__": "__main__"}
            names.update(self._worker.exports)
            names.update(self._inputs)
            self._respond("LAUNCH", {})
            result = _evaluate(self._script, names)
            if isinstance(result, dict):
                self.outputs.update(result)
            elif result is not None:
                self.outputs["result"] = result
            self._finish("COMPLETION", {"outputs": self.outputs})
        except BaseException:
            self.fail(traceback.format_exc())
        finally:
            self._worker.tasks.pop(self._id, None)

    def _finish(self, kind, told):
        with self._lock:
            if self._is_over:
                return
            self._is_over = True
        try:
            self._respond(kind, told)
        except Exception:
            self._respond("FAILURE", {"error": traceback.format_exc()})

    def _respond(self, kind, told):
        self._worker.send(dict(told, task=self._id, responseType=kind))


def _evaluate(script, names):
    """The value of the last statement, when it is an expression."""
    block = ast.parse(script, "<task>", "exec")
    last = block.body.pop() if block.body and isinstance(block.body[-1], ast.Expr) else None
    exec(compile(block, "<task>", "exec"), names)
    return None if last is None else eval(compile(ast.Expression(last.value), "<task>", "eval"), names)


class Worker(object):
    def __init__(self):
        self.exports = {}
        self.tasks = {}
        self._main = queue.Queue()
        self._sending = threading.Lock()
        self._objects = 0
        # Kept aside for messages; what scripts read and write is something else.
        self._in = os.fdopen(os.dup(0), "r", encoding="utf-8")
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
        empty = os.open(os.devnull, os.O_RDONLY)
        os.dup2(empty, 0)
        os.close(empty)
        os.dup2(2, 1)
        if sys.stdout is not None:
            sys.stdout.reconfigure(line_buffering=True)
        self._memory, self._array = _classes()

    def send(self, response):
        line = json.dumps(response, default=self._plain, separators=(",", ":"))
        with self._sending:
            self._out.write(line + "\n")
            self._out.flush()

    def serve(self):
        threading.Thread(target=self._receive, name="venvoy-receiver", daemon=True).start()
        while True:
            task = self._main.get()
            if task is None:
                return
            task.run()

    def begin(self, path):
        """The service's own beginning: what it defines is known to every task."""
        try:
            with open(path, encoding="utf-8") as file:
                source = file.read()
            names = {}
            exec(compile(source, path, "exec"), names)
            self.exports.update({name: value for name, value in names.items() if not name.startswith("_")})
            os.remove(path)
        except BaseException as failure:
            print("[WARNING] Init script failed: %s" % failure, file=sys.stderr)

    def _receive(self):
        for line in self._in:
            if not line.strip():
                break
            try:
                self._take(json.loads(line, object_hook=self._object))
            except Exception:
                # One bad line must not cost the tasks that go on.
                traceback.print_exc()
        self._main.put(None)

    def _take(self, request):
        kind = request.get("requestType")
        if kind == "CANCEL":
            task = self.tasks.get(request.get("task"))
            if task is None:
                print("No such task: %s" % request.get("task"), file=sys.stderr)
            else:
                task.cancel_requested = True
        elif kind == "EXECUTE":
            task = self.tasks[request.get("task")] = Task(self, request)
            if request.get("queue") == "main":
                self._main.put(task)
            else:
                threading.Thread(target=task.run, name="venvoy-%s" % request.get("task")).start()
        else:
            print("No request is called %r" % (kind,), file=sys.stderr)

    def _object(self, value):
        kind = value.get("appose_type")
        if kind == "shm":
            return self._memory(name=value["name"], rsize=value["rsize"])
        if kind == "ndarray":
            return self._array(value["dtype"], value["shape"], value["shm"])
        return value

    def _plain(self, value):
        if isinstance(value, (SharedMemory, self._memory)):
            return {"appose_type": "shm", "name": value.name, "rsize": value.rsize}
        if isinstance(value, (NDArray, self._array)):
            return {"appose_type": "ndarray", "dtype": value.dtype, "shape": value.shape, "shm": value.shm}
        # Anything else stays here, and the service talks to it by name.
        name = "_appose_auto_%d" % self._objects
        self._objects += 1
        self.exports[name] = value
        return {"appose_type": "worker_object", "var_name": name}


def _classes():
    """Those of the package `appose` where the environment has it, so that scripts that import it meet the same ones."""
    if importlib.util.find_spec("appose") is None:
        module = types.ModuleType("appose", "What tasks import of Appose, where the package itself is not installed.")
        module.SharedMemory, module.NDArray = SharedMemory, NDArray
        sys.modules["appose"] = module
        return SharedMemory, NDArray
    import appose
    from appose.util import message

    message._worker_mode = True
    return appose.SharedMemory, appose.NDArray


def main():
    worker = Worker()
    begin = os.environ.get("APPOSE_INIT_SCRIPT")
    if begin and os.path.exists(begin):
        worker.begin(begin)
    worker.serve()


if __name__ == "__main__":
    main()
