// Made by `npm run generate` from assets/venvoy_lane; edit the files there instead.

/** The Python side of a lane, by path. */
export const agentFiles: Readonly<Record<string, string>> = {
  "venvoy_lane/__init__.py": `"""A lane: one Python process in which a session of venvoy runs scripts, one at a time.

For scripts: \`shared_array(shape, dtype)\` is a NumPy array in memory that other lanes can map, so that it can be returned
or handed over without copying. Everything else here is the lane's own.

Standard library only, Python 3.7 and later.
"""

__all__ = ["shared_array"]


def shared_array(shape, dtype="float64"):
    """A new NumPy array in shared memory. Whoever gets it from here sees what is written to it later."""
    from . import values

    return values.store().new_array(shape, dtype)
`,
  "venvoy_lane/__main__.py": `"""Starts a lane. Its directory goes off the search path again before anything of a script is imported."""

import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
from venvoy_lane import lane  # noqa: E402

del sys.path[0]
lane.main()
`,
  "venvoy_lane/appose_worker.py": `"""A worker that speaks Appose's messages: requests as lines of JSON on standard input, responses on standard output.

The environment needs no package for it. What scripts print goes to standard error, so that it never stands between
messages. Shared memory is the service's to remove, whoever made it. Tasks of the queue \`main\` run in the main thread, in
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
    """An array in shared memory: \`ndarray()\` is NumPy's view of it, without copying."""

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
    """What a script knows as \`task\`."""

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
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\\n")
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
            self._out.write(line + "\\n")
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
    """Those of the package \`appose\` where the environment has it, so that scripts that import it meet the same ones."""
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
`,
  "venvoy_lane/channel.py": `"""The control channel: frames of JSON with binary attachments. Never standard output.

A frame is \`VL\`, the number of attachments (2 bytes), the length of the JSON text (4 bytes), the length of each attachment
(4 bytes each), the text, the attachments; numbers are big-endian.
"""

import json
import os
import socket
import struct
import threading

_HEAD = struct.Struct(">2sHI")
_MAGIC = b"VL"
TEXT_LIMIT = 16 << 20
ATTACHMENT_LIMIT = 256 << 20


class Malformed(Exception):
    """What came is no frame, or is too large."""


def connect(words):
    """Opens what the environment variable names: an inherited descriptor, or a port on this machine with a token."""
    kind, _, rest = words.partition(":")
    if kind == "fd":
        number = int(rest)
        os.set_inheritable(number, False)
        sock = socket.socket(fileno=number)
    else:
        port, _, token = rest.partition(":")
        sock = socket.create_connection(("127.0.0.1", int(port)))
        sock.sendall(token.encode("ascii"))
    sock.setblocking(True)
    return Channel(sock)


class Channel(object):
    def __init__(self, sock):
        self._sock = sock
        self._sending = threading.Lock()

    def send(self, message, attachments=()):
        text = json.dumps(message, separators=(",", ":"), allow_nan=False).encode("utf-8", "surrogatepass")
        sizes = [len(part) for part in attachments]
        if len(text) > TEXT_LIMIT or sum(sizes) > ATTACHMENT_LIMIT or len(sizes) > 0xFFFF:
            raise Malformed("a message of %d bytes is too large" % (len(text) + sum(sizes)))
        head = _HEAD.pack(_MAGIC, len(sizes), len(text)) + struct.pack(">%dI" % len(sizes), *sizes)
        with self._sending:
            self._sock.sendall(head + text)
            for part in attachments:
                self._sock.sendall(part)

    def receive(self):
        """The next message and its attachments; \`None\` when the other side is gone."""
        head = self._exactly(_HEAD.size)
        if head is None:
            return None
        magic, count, length = _HEAD.unpack(head)
        if magic != _MAGIC or length > TEXT_LIMIT:
            raise Malformed("no frame")
        sizes = struct.unpack(">%dI" % count, self._exactly(4 * count) or b"") if count else ()
        if sum(sizes) > ATTACHMENT_LIMIT:
            raise Malformed("the attachments are too large")
        text = self._exactly(length)
        parts = [self._exactly(size) for size in sizes]
        if text is None or None in parts:
            return None
        return json.loads(text.decode("utf-8", "surrogatepass")), parts

    def close(self):
        """For a forked child: the parent must not be kept waiting by it."""
        self._sock.close()

    def _exactly(self, size):
        data = bytearray(size)
        view = memoryview(data)
        at = 0
        while at < size:
            try:
                got = self._sock.recv_into(view[at:])
            except OSError:
                return None
            if got == 0:
                return None
            at += got
        return bytes(data)
`,
  "venvoy_lane/interrupts.py": `"""Asks what runs in the main thread to stop, with KeyboardInterrupt, and never hits the lane's own code."""

import signal
import sys
import threading

_lock = threading.Lock()
_asked = set()
_active = None


def install():
    signal.signal(signal.SIGINT, _handler)


def _handler(_number, _frame):
    if _active is not None and _active in _asked:
        _asked.discard(_active)
        raise KeyboardInterrupt


def begin(run):
    """False when it was called off before it began."""
    global _active
    with _lock:
        if run in _asked:
            _asked.discard(run)
            return False
        _active = run
    return True


def end():
    global _active
    with _lock:
        if _active is not None:
            _asked.discard(_active)
        _active = None
    if sys.platform != "win32" and signal.getsignal(signal.SIGINT) is not _handler:
        signal.signal(signal.SIGINT, _handler)


def ask(run):
    """Called by the thread that reads the channel."""
    with _lock:
        _asked.add(run)
        if _active != run:
            return
        if hasattr(signal, "pthread_kill"):
            # Wakes system calls that wait, which \`interrupt_main\` alone does not.
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        else:
            import _thread

            _thread.interrupt_main()
`,
  "venvoy_lane/lane.py": `"""The lane's main loop: one request after the other in the main thread, cancelling and the parent's end beside it."""

import gc
import os
import queue
import signal
import sys
import threading
import time

from . import channel as channels
from . import interrupts, loaded, place, scope, shell, streams, values

PROTOCOL = 1


def main():
    link = channels.connect(os.environ.pop("VENVOY_LANE", "fd:3"))
    if hasattr(os, "setsid"):
        try:
            # A group of its own: whatever scripts start can be ended with it.
            os.setsid()
        except OSError:
            pass
    _die_with_parent()
    interrupts.install()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=link.close)
    lane = Lane(link)
    requests = queue.SimpleQueue()
    threading.Thread(target=_read, args=(link, requests), name="venvoy-channel", daemon=True).start()
    link.send(
        {
            "kind": "hello",
            "protocol": PROTOCOL,
            "pid": os.getpid(),
            "python": "%d.%d.%d" % sys.version_info[:3],
            "implementation": sys.implementation.name,
            "basePrefix": sys.base_prefix,
        }
    )
    while True:
        try:
            message, attachments = requests.get(timeout=lane.idle_seconds)
        except queue.Empty:
            link.send({"kind": "idle"})
            return
        if message["kind"] == "close":
            return
        lane.handle(message, attachments)
        if requests.empty():
            # Namespaces are full of cycles, and their arrays may be large.
            gc.collect()


def _read(link, requests):
    while True:
        try:
            frame = link.receive()
        except (channels.Malformed, ValueError):
            frame = None
        if frame is None:
            _end()
        message, attachments = frame
        if message.get("kind") == "cancel":
            interrupts.ask(message["id"])
        else:
            requests.put((message, attachments))


def _end():
    """The session is gone, or has said so: nothing that was started here stays."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(0)


def _die_with_parent():
    """For the case that the thread that reads the channel can't run, because C code holds the interpreter.

    The system sends a signal when the parent ends, and its handler is \`alarm\` of the C library: called with the signal's
    number it has SIGALRM end this process that many seconds later. Until then the thread may end the whole group.
    """
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    try:
        import ctypes

        libc = ctypes.CDLL(None)
        libc.signal.argtypes = (ctypes.c_int, ctypes.c_void_p)
        libc.signal(int(signal.SIGRTMIN), ctypes.cast(libc.alarm, ctypes.c_void_p))
        libc.prctl(1, int(signal.SIGRTMIN), 0, 0, 0)
    except Exception:
        return
    if os.getppid() != parent:
        _end()


class Lane(object):
    def __init__(self, link):
        self._link = link
        self._loaded = loaded.Loaded()
        own = {os.path.normpath(one) for one in sys.path if os.path.basename(one) in ("site-packages", "dist-packages")}
        self._in_place = own
        self._place = None

    def handle(self, message, attachments):
        kind = message["kind"]
        try:
            if kind == "setup":
                values.configure(message["directories"], message["lane"])
                self.idle_seconds = message.get("idleSeconds")
                return
            answer, parts = self._answer(kind, message, attachments)
        except BaseException as failure:
            # A fault of the lane itself, or a request that it can't serve.
            answer, parts = {"status": "fault", "message": "%s: %s" % (type(failure).__name__, failure)}, []
        answer.update(kind="answer", id=message["id"])
        try:
            self._link.send(answer, parts)
        except channels.Malformed as failure:
            self._link.send({"kind": "answer", "id": message["id"], "status": "fault", "message": str(failure)})
        if kind in ("run", "call", "evaluate"):
            self._report()

    def _answer(self, kind, message, attachments):
        if kind in ("run", "call", "evaluate"):
            refusal = self._enter(message)
            return (refusal, []) if refusal is not None else self._work(kind, message, attachments)
        if kind == "complete":
            start, words = shell.complete(message["text"], message["cursor"])
            return {"status": "done", "start": start, "words": words}, []
        if kind == "paths":
            return {"status": "done", "path": list(sys.path), "prefix": sys.prefix, "python": sys.executable}, []
        raise ValueError("no request is called %r" % (kind,))

    def _enter(self, message):
        """Stands the process in the environment, or says why that would mix something."""
        tree = message["tree"]
        if self._place is None:
            self._place = place.Place(set() if tree.get("inPlace") else self._in_place)
        self._loaded.refresh()
        clashes = self._loaded.clashes(tree["packages"])
        if clashes:
            return {"status": "refused", "reason": "clash", "clashes": clashes}
        keep = message.get("keep", False)
        changed = self._loaded.changed()
        moved = bool(self._loaded.user) and message["front"] != self._front
        if moved and scope.kept:
            # What is kept may hold on to them: they stay while they hide nothing.
            moved = self._loaded.hides(message["front"])
        if changed or moved:
            if (keep or message["kind"] == "evaluate") and not moved:
                message["stale"] = changed
            elif scope.kept or self._loaded.has_native_user_modules():
                return {"status": "refused", "reason": "changed" if changed else "moved", "files": changed}
            else:
                self._loaded.forget_user()
        self._front = message["front"]
        self._place.enter(tree)
        self._loaded.know(tree, self._place.entries())
        self._loaded.begin(time.time())
        return None

    def _work(self, kind, message, attachments):
        given = attachments[message["stdin"]] if message.get("stdin") is not None else None
        keep = message.get("keep", False)
        if kind == "evaluate" and not shell.is_complete(message["text"]):
            return {"status": "incomplete", "exit": 0}, []
        self._link.send({"kind": "began", "id": message["id"], "stale": message.get("stale", [])})

        def work():
            # Within what can be interrupted, and with the script's own streams for what fails here.
            if kind == "run":
                return scope.run_file(message["file"], keep)
            if kind == "evaluate":
                return shell.evaluate(message["text"])
            arguments = values.decode(message["values"], attachments)
            return values.encode(scope.call(message["target"], arguments))

        scope.surround(message, self._place, given)
        status, code, error, value = scope.guarded(message["id"], work)
        scope.leave()
        streams.mark(message["marker"].encode("ascii"))
        answer = {"status": status, "exit": code, "error": error, "marked": True}
        if value is not None:
            answer["value"] = value[0]
            return answer, value[1]
        return answer, []

    def _report(self):
        """After the answer, so that nobody waits for it; the lane takes the next request behind it."""
        try:
            self._loaded.refresh()
        except Exception as failure:
            self._link.send({"kind": "loaded", "fault": str(failure), "distributions": {}, "kept": []})
            return
        self._link.send({"kind": "loaded", "distributions": self._loaded.distributions, "kept": sorted(scope.kept)})

    idle_seconds = None
    _front = None
`,
  "venvoy_lane/loaded.py": `"""What is loaded in this process: which distribution each module belongs to, and which modules are people's own."""

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
        """Name and identity of the distribution that a file belongs to; \`None\` when nothing claims it."""
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
`,
  "venvoy_lane/place.py": `"""Which environment the process stands in. Entering one changes what is imported next, and nothing that is loaded."""

import os
import site
import sys


class Place(object):
    def __init__(self, own_sites):
        # What the interpreter has by itself: the standard library.
        self._library = [entry for entry in sys.path if entry and os.path.normpath(entry) not in own_sites]
        self._entered = {}
        self.tree = None

    def enter(self, tree):
        root = tree["root"]
        if self.tree is not None and self.tree["root"] == root:
            self.tree = tree
            return
        self._leave()
        if not tree.get("inPlace"):
            self._be(tree)
        known = self._entered.get(root)
        if known is None:
            known = self._entered[root] = self._first_time(tree)
        else:
            sys.meta_path[:] = known["meta"] + [one for one in sys.meta_path if one not in known["meta"]]
        self.tree = tree

    def search_path(self, front):
        """What \`sys.path\` is for a run: its own directories, the standard library, the environment."""
        if self.tree is None:
            return front + self._library
        return front + self._library + self._entered[self.tree["root"]]["entries"]

    def entries(self):
        return [] if self.tree is None else self._entered[self.tree["root"]]["entries"]

    def _leave(self):
        if self.tree is None:
            return
        finders = self._entered[self.tree["root"]]["meta"]
        sys.meta_path[:] = [one for one in sys.meta_path if one not in finders]

    def _first_time(self, tree):
        """Reads the environment's \`.pth\` files, as a start of Python would."""
        before = list(sys.meta_path)
        if tree.get("inPlace"):
            entries = [entry for entry in sys.path if entry and entry not in self._library]
        else:
            sys.path[:] = self._library
            for directory in tree["sites"]:
                site.addsitedir(directory)
            if tree.get("systemSites"):
                for directory in site.getsitepackages([sys.base_prefix]):
                    if os.path.isdir(directory):
                        site.addsitedir(directory)
            entries = [entry for entry in sys.path if entry not in self._library]
            site.execsitecustomize()
        return {"entries": entries, "meta": [one for one in sys.meta_path if one not in before]}

    def _be(self, tree):
        prefix = tree["prefix"]
        sys.prefix = sys.exec_prefix = prefix
        sys.executable = tree["python"]
        site.PREFIXES[:] = [prefix]
        config = sys.modules.get("sysconfig")
        if config is not None:
            config._PREFIX = config._EXEC_PREFIX = prefix
            config._CONFIG_VARS = None
            if hasattr(config, "_CONFIG_VARS_INITIALIZED"):
                config._CONFIG_VARS_INITIALIZED = False
`,
  "venvoy_lane/scope.py": `"""Runs scripts: each in a fresh \`__main__\`, with everything around it as at a start of Python."""

import builtins
import importlib
import importlib.machinery
import linecache
import os
import signal
import sys
import threading
import traceback
import types

from . import interrupts, streams

# Kept between runs, by script.
kept = {}
_own_main = sys.modules["__main__"]
_pid = os.getpid()


class _Hooks(object):
    """What scripts replace in \`sys\` and the next one must find as it was."""

    _names = ("excepthook", "displayhook", "unraisablehook", "breakpointhook")

    def __init__(self):
        self._values = {name: getattr(sys, name) for name in self._names if hasattr(sys, name)}
        self._thread = getattr(threading, "excepthook", None)
        self._limit = sys.getrecursionlimit()
        names = ("SIGTERM", "SIGALRM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGPIPE")
        numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
        self._signals = {number: signal.getsignal(number) for number in numbers}

    def restore(self):
        for number, handler in self._signals.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)
        if hasattr(signal, "setitimer"):
            # An alarm that was set must not hit the next script.
            signal.setitimer(signal.ITIMER_REAL, 0)
        for name, value in self._values.items():
            setattr(sys, name, value)
        if self._thread is not None:
            threading.excepthook = self._thread
        sys.settrace(None)
        sys.setprofile(None)
        if sys.getrecursionlimit() != self._limit:
            sys.setrecursionlimit(self._limit)


_hooks = _Hooks()


def surround(message, place, given):
    """Search path, variables, directory, streams."""
    streams.prepare(given)
    _hooks.restore()
    wanted = message["env"]
    for name in [one for one in os.environ if one not in wanted]:
        del os.environ[name]
    for name, value in wanted.items():
        if os.environ.get(name) != value:
            os.environ[name] = value
    sys.argv = list(message["argv"])
    sys.path[:] = place.search_path(list(message["front"]))
    os.chdir(message["cwd"])
    importlib.invalidate_caches()
    linecache.checkcache()


def guarded(run, work):
    """Does \`work\` so that it can be interrupted. What came of it: \`(status, exit, error, value)\`."""
    before = set(threading.enumerate())
    status, code, error, value = "done", 0, None, None
    try:
        if not interrupts.begin(run):
            return "cancelled", 1, None, None
        try:
            value = work()
            _join(before)
        except KeyboardInterrupt as stop:
            status, code, error = "cancelled", 130, _told(stop)
        except SystemExit as leave:
            code = _exit_code(leave.code)
            status = "done" if code == 0 else "failed"
            _join(before)
        except BaseException as failure:
            status, code, error = "failed", 1, _told(failure)
        finally:
            interrupts.end()
    except KeyboardInterrupt:
        # It came between the script's last step and here.
        status, code = "cancelled", 130
        interrupts.end()
    if os.getpid() != _pid:
        # A forked child that came out of the script: it must not answer for its parent.
        streams.flush()
        os._exit(code)
    return status, code, error, value


def _join(before):
    """As at the end of a program: threads that are no daemons end first."""
    for thread in threading.enumerate():
        if thread not in before and not thread.daemon and thread is not threading.current_thread():
            thread.join()


def _exit_code(value):
    if value is None:
        return 0
    if isinstance(value, int):
        return value & 0xFF
    print(value, file=sys.stderr)
    return 1


def _told(failure):
    """Prints an error as Python does, without the lane's own frames; what the session is told of it."""
    trace = failure.__traceback__
    here = os.path.dirname(os.path.abspath(__file__))
    while trace is not None and os.path.dirname(trace.tb_frame.f_code.co_filename) == here:
        trace = trace.tb_next
    failure.__traceback__ = trace
    told = {
        "type": type(failure).__name__,
        "module": type(failure).__module__,
        "message": _text(failure),
        "traceback": "".join(traceback.format_exception(type(failure), failure, trace))[:100000],
    }
    last = traceback.extract_tb(trace)[-1:] if trace is not None else []
    if last:
        told["file"], told["line"] = last[0].filename, last[0].lineno
    try:
        sys.excepthook(type(failure), failure, trace)
    except BaseException:
        print(told["traceback"], end="", file=sys.stderr)
    return told


def _text(failure):
    try:
        return str(failure)[:4000]
    except Exception:
        return ""


def main_module(name, path=None):
    module = types.ModuleType("__main__")
    module.__dict__["__builtins__"] = builtins
    if path is not None:
        module.__file__ = path
        module.__cached__ = None
        module.__loader__ = importlib.machinery.SourceFileLoader("__main__", path)
    sys.modules["__main__"] = module
    if name is not None:
        kept[name] = module
    return module


def run_file(path, keep):
    """The body of a run."""
    with open(path, "rb") as file:
        source = file.read()
    code = compile(source, path, "exec", 0, True)
    module = kept.get(path) if keep else None
    if module is None:
        kept.pop(path, None)
        module = main_module(path if keep else None, path)
    else:
        sys.modules["__main__"] = module
    exec(code, module.__dict__)


def leave():
    """Lets the namespace of a script that is over go, unless it is kept or something of it is still registered somewhere."""
    sys.modules["__main__"] = _own_main


def call(target, values):
    """\`package.module:name.part\` with values as arguments; a dict of names when it is one."""
    name, _, path = target.partition(":")
    found = importlib.import_module(name)
    for part in path.split("."):
        found = getattr(found, part)
    positional, named = values
    return found(*positional, **named)
`,
  "venvoy_lane/shell.py": `"""The Python shell of a lane: what is typed, statement by statement, in one namespace."""

import ast
import codeop
import sys

from . import scope

_NAME = "shell"


def namespace():
    module = scope.kept.get(_NAME)
    if module is None:
        module = scope.main_module(_NAME)
    sys.modules["__main__"] = module
    return module.__dict__


def is_complete(text):
    """False when more lines are needed; what can't be read at all is complete: it is an error to be shown."""
    try:
        if codeop.compile_command(text, "<input>", "single") is not None:
            return True
        # A block that holds whole statements is complete as a block once its last line is blank.
        return text.endswith("\\n\\n") and codeop.compile_command(text, "<input>", "exec") is not None
    except (SyntaxError, ValueError, OverflowError):
        return True


def evaluate(text):
    """Runs the statements; each expression shows its value."""
    names = namespace()
    import linecache

    lines = [line + "\\n" for line in text.splitlines()]
    linecache.cache["<input>"] = (len(text), None, lines, "<input>")
    for statement in ast.parse(text, "<input>", "exec").body:
        tree = ast.Interactive([statement])
        exec(compile(tree, "<input>", "single"), names)


def complete(text, cursor):
    """What may stand at the cursor: \`(start, words)\`, the start of what the words replace."""
    import re
    import rlcompleter

    before = text[:cursor]
    line = before[before.rfind("\\n") + 1 :]
    module = re.match(r"\\s*(?:from|import)\\s+([\\w.]*)$", line)
    if module is not None:
        return cursor - len(module.group(1)), _modules(module.group(1))
    word = re.search(r"[\\w.]*$", line).group(0)
    if not word:
        return cursor, []
    completer = rlcompleter.Completer(namespace())
    found = []
    while len(found) < 500:
        one = completer.complete(word, len(found))
        if one is None:
            break
        found.append(one)
    return cursor - len(word), sorted(set(found))


def _modules(prefix):
    import importlib
    import pkgutil

    parent, _, last = prefix.rpartition(".")
    if parent:
        try:
            paths = list(importlib.import_module(parent).__path__)
        except Exception:
            return []
    else:
        paths = None
    names = {one.name for one in pkgutil.iter_modules(paths)}
    if not parent:
        names.update(sys.builtin_module_names)
    start = parent + "." if parent else ""
    return sorted(start + name for name in names if name.startswith(last) and not (name.startswith("_") and not last))
`,
  "venvoy_lane/streams.py": `"""Standard streams of runs. What a run writes by any way, C code and child processes included, comes through the pipes
behind descriptors 1 and 2; a marker behind its last byte says where it ends."""

import os
import sys

try:
    import ctypes

    _libc = ctypes.CDLL(None) if sys.platform != "win32" else None
except Exception:
    _libc = None

# Kept aside: a script may close or replace 1 and 2.
_out = os.dup(1)
_err = os.dup(2)


def flush():
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            stream.flush()
        except Exception:
            pass
    if _libc is not None:
        _libc.fflush(None)


def prepare(given=None):
    """Puts the streams where they belong, whatever the run before did. \`given\` is what standard input holds."""
    os.dup2(_out, 1)
    os.dup2(_err, 2)
    sys.stdout = sys.__stdout__ = _writer(sys.__stdout__, 1, "surrogateescape")
    sys.stderr = sys.__stderr__ = _writer(sys.__stderr__, 2, "backslashreplace")
    source = _source(given)
    os.dup2(source, 0)
    os.close(source)
    sys.stdin = sys.__stdin__ = open(0, "r", encoding="utf-8", errors="surrogateescape", closefd=False)


def _writer(present, number, errors):
    if present is not None and not present.closed:
        present.reconfigure(encoding="utf-8", errors=errors, line_buffering=True)
        return present
    return open(number, "w", buffering=1, encoding="utf-8", errors=errors, closefd=False)


def _source(given):
    if not given:
        return os.open(os.devnull, os.O_RDONLY)
    import tempfile

    with tempfile.TemporaryFile() as file:
        file.write(given)
        file.flush()
        file.seek(0)
        return os.dup(file.fileno())


def mark(marker):
    flush()
    # What could not be written, because the script closed a descriptor, is still the script's.
    os.dup2(_out, 1)
    os.dup2(_err, 2)
    flush()
    for number in (_out, _err):
        rest = marker
        while rest:
            rest = rest[os.write(number, rest) :]
`,
  "venvoy_lane/values.py": `"""Values between a lane and the session: JSON, bytes, paths, and NumPy arrays in shared memory.

Who owns what: the lane that makes an array makes its file, in the session's directory. Once it is handed over the session
owns the file and alone removes it; a lane that maps it keeps its memory for as long as it holds the array. Received
arrays are read-only unless the sender said otherwise.
"""

import math
import mmap
import os
import pathlib
import sys
import weakref


class Unsupported(Exception):
    """A value that can't go over."""


class _Shared(mmap.mmap):
    """A mapped file that knows its path."""


class Store(object):
    def __init__(self, directories, lane):
        self._directories = directories
        self._lane = lane
        self._count = 0
        self._kept = {}

    def new_array(self, shape, dtype):
        import numpy

        dtype = numpy.dtype(dtype)
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        size = dtype.itemsize
        for length in shape:
            size *= int(length)
        mapped = self._allocate(max(size, 1))
        return numpy.frombuffer(mapped, dtype=dtype, count=size // max(dtype.itemsize, 1)).reshape(shape)

    def place(self, array):
        """File and offset of an array, copied there unless it lies in shared memory."""
        import numpy

        mapped = _mapping(array)
        order = "C" if array.flags.c_contiguous or not array.flags.f_contiguous else "F"
        if mapped is None or not (array.flags.c_contiguous or array.flags.f_contiguous):
            flat = numpy.ascontiguousarray(array.T if order == "F" else array).reshape(-1)
            return {"file": self._write(flat.view(numpy.uint8)), "offset": 0, "order": order}
        start = numpy.frombuffer(mapped, dtype="u1").__array_interface__["data"][0]
        self._kept.pop(mapped.path, None)
        return {"file": mapped.path, "offset": array.__array_interface__["data"][0] - start, "order": order}

    def _write(self, data):
        """One pass: the system copies into pages that it makes on the way, and says when there is no room."""

        def fill(number, _path):
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(number, rest[: 1 << 30]) :]
            if not len(data):
                # An empty file can't be mapped.
                os.write(number, b"\\0")

        return self._make(fill)[0]

    def _allocate(self, size):
        def fill(number, path):
            if hasattr(os, "posix_fallocate"):
                # Promised now: a full memory file system would else end the process when it is written to.
                os.posix_fallocate(number, 0, size)
            else:
                os.ftruncate(number, size)
            mapped = _Shared(number, size)
            mapped.path = path
            self._kept[path] = weakref.finalize(mapped, self._drop, path)
            return mapped

        return self._make(fill)[1]

    def _make(self, fill):
        """A new file in the first directory that has room: its path, and what \`fill\` gave."""
        failure = Unsupported("this lane has no directory for shared arrays")
        for directory in self._directories:
            self._count += 1
            path = os.path.join(directory, "%s-%d" % (self._lane, self._count))
            number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                return path, fill(number, path)
            except OSError as error:
                os.unlink(path)
                failure = error
            finally:
                os.close(number)
        raise failure

    def _drop(self, path):
        if self._kept.pop(path, None) is not None:
            try:
                os.unlink(path)
            except OSError:
                pass


def _mapping(array):
    base = array
    while base is not None and not isinstance(base, _Shared):
        base = base.obj if isinstance(base, memoryview) else getattr(base, "base", None)
    return base


def _map(path, writable):
    number = os.open(path, os.O_RDWR if writable else os.O_RDONLY)
    try:
        mapped = _Shared(number, 0, access=mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ)
    finally:
        os.close(number)
    mapped.path = path
    return mapped


_store = Store([], "")


def store():
    return _store


def configure(directories, lane):
    global _store
    _store = Store(directories, lane)


def encode(value):
    attachments = []
    return _encode(value, attachments, 0), attachments


def _encode(value, attachments, depth):
    if depth > 200:
        raise Unsupported("the value is nested too deeply, or holds itself")
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value) if -(2**53) < value < 2**53 else {"$": "int", "text": str(int(value))}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"$": "float", "text": repr(float(value))}
    if isinstance(value, (list, tuple)):
        return [_encode(one, attachments, depth + 1) for one in value]
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise Unsupported("a dict whose keys are not all text")
        whole = {key: _encode(one, attachments, depth + 1) for key, one in value.items()}
        return {"$": "map", "map": whole} if "$" in whole else whole
    if isinstance(value, (bytes, bytearray, memoryview)):
        attachments.append(bytes(value))
        return {"$": "bytes", "at": len(attachments) - 1}
    if isinstance(value, pathlib.PurePath):
        return {"$": "file", "path": os.path.abspath(str(value))}
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        if isinstance(value, numpy.ndarray) and value.ndim > 0:
            return _array(value)
        if isinstance(value, (numpy.generic, numpy.ndarray)) and not value.dtype.hasobject:
            item = value.item()
            if isinstance(item, (bool, int, float, str, bytes)):
                return _encode(item, attachments, depth + 1)
    raise Unsupported("a \`%s.%s\`" % (type(value).__module__, type(value).__qualname__))


def _array(value):
    dtype = value.dtype
    if dtype.hasobject:
        raise Unsupported("an array of Python objects")
    described = dtype.str if dtype.fields is None else dtype.descr
    return dict(_store.place(value), **{"$": "array", "dtype": described, "shape": list(value.shape)})


def decode(value, attachments):
    if isinstance(value, list):
        return [decode(one, attachments) for one in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("$")
    if kind is None:
        return {key: decode(one, attachments) for key, one in value.items()}
    if kind == "map":
        return {key: decode(one, attachments) for key, one in value["map"].items()}
    if kind == "bytes":
        return attachments[value["at"]]
    if kind == "int":
        return int(value["text"])
    if kind == "float":
        return float(value["text"])
    if kind == "file":
        return pathlib.Path(value["path"])
    if kind == "array":
        return _decode_array(value)
    raise Unsupported("a value of the unknown kind %r" % (kind,))


def _decode_array(value):
    mapped = _map(value["file"], value.get("writable", False))
    shape = tuple(value["shape"])
    try:
        import numpy
    except ImportError:
        return _plain(mapped, value, shape)
    described = value["dtype"]
    dtype = numpy.dtype(described if isinstance(described, str) else [_field(one) for one in described])
    count = 1
    for length in shape:
        count *= length
    flat = numpy.frombuffer(mapped, dtype=dtype, count=count, offset=value.get("offset", 0))
    return flat.reshape(shape, order=value.get("order", "C"))


def _field(one):
    name, kind = one[0], one[1]
    shape = (tuple(one[2]),) if len(one) > 2 else ()
    return (name, kind if isinstance(kind, str) else [_field(part) for part in kind]) + shape


_FORMATS = {"b1": "?", "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "i8": "q", "u8": "Q", "f4": "f", "f8": "d"}


def _plain(mapped, value, shape):
    """Without NumPy: a memoryview of the same shape."""
    described = value["dtype"]
    code = _FORMATS.get(described[1:]) if isinstance(described, str) else None
    native = isinstance(described, str) and (described[0] in "|=" or (described[0] == "<") == (sys.byteorder == "little"))
    if code is None or not native or value.get("order", "C") != "C":
        raise Unsupported("an array of \`%s\` in an environment without NumPy" % (described,))
    size = int(described[2:])
    for length in shape:
        size *= length
    offset = value.get("offset", 0)
    return memoryview(mapped)[offset : offset + size].cast(code, shape)
`,
};
