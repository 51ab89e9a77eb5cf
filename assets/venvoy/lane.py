"""
A worker lane: another Python process with the environment that a script needs, and objects of it here as proxies.
"""

import builtins
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import weakref

from . import wire
from .errors import RemoteError, Timeout, VenvoyError, WorkerGone

#: What would lead the worker's Python to the host's own files.
_HOST_VARIABLES = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__")


def quiet_child():
    """Ctrl-C in the host's terminal is the host's; a GUI host on Windows shows no console for it."""
    if os.name == "nt":
        return {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0x08000000)}
    return {"start_new_session": True}


class Worker:
    """One process. Calls from several threads wait for each other."""

    def __init__(self, python, script, environment=None):
        self.python = python
        self.script = script
        self._directory = tempfile.mkdtemp(prefix="venvoy-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        variables = {name: value for name, value in os.environ.items() if name not in _HOST_VARIABLES}
        variables.update(environment or {})
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker_main.py")
        try:
            self._child = subprocess.Popen(
                [python, program, self._directory, script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if sys.stderr is None or os.name == "nt" else None,
                env=variables,
                **quiet_child()
            )
        except OSError as error:
            shutil.rmtree(self._directory, ignore_errors=True)
            raise WorkerGone("The worker's Python `%s` can't be started: %s" % (python, error)) from error
        self._answers = queue.Queue()
        self._lock = threading.RLock()
        self._released = []
        self._finish = weakref.finalize(self, _end, self._child, self._directory)
        threading.Thread(
            target=_read, args=(self._child.stdout, self._answers), name="venvoy-worker", daemon=True
        ).start()
        self.pid = self._child.pid

    def __repr__(self):
        return "<worker %d for %s, %s>" % (self.pid, self.script, "running" if self.alive else "ended")

    @property
    def alive(self):
        return self._finish.alive and self._child.poll() is None

    def run(self, argv=(), timeout=None):
        """Runs the script there as `__main__`; answers its exit status. What it defines stays for `call`."""
        return self._ask("run", list(argv), timeout=timeout)

    def call(self, name, *args, timeout=None, **named):
        """`worker.call("package.module:function", 1, 2)`; `":function"` is one of the script's own."""
        return self._ask("call", self.get(name), list(args), named, timeout=timeout)

    def get(self, name):
        """The value of `package.module:attribute`: plain values as copies, everything else as a proxy."""
        return self._ask("named", name)

    def import_module(self, name, leaf=True):
        """The module as a proxy: the one that `name` says, or the first of its parts as `import a.b` binds it."""
        module = self._ask("import", name)
        return module if leaf or "." not in name else self._ask("import", name.partition(".")[0])

    def fetch(self, value):
        """A copy of what a proxy stands for: an array's memory as a memoryview with its shape, a list, a dict."""
        return self._ask("fetch", value)

    def close(self):
        """Ends the process. What lived in it is lost; closing twice is nothing."""
        self._finish()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _ask(self, what, *args, timeout=None):
        with self._lock:
            if not self.alive:
                raise WorkerGone("The worker for `%s` has ended" % self.script)
            self._release()
            encoder = wire.Encoder(self._refer, self._directory)
            message = {"do": what, "args": [_encode(encoder, one) for one in args]}
            try:
                self._send(message, encoder.blobs)
                answer, blobs = self._answer(timeout)
            except BaseException:
                # Half an exchange leaves nobody knowing whose turn it is.
                self.close()
                raise
            if "error" in answer:
                raise _remote(answer["error"])
            if "stop" in answer:
                raise StopIteration
            return wire.Decoder(self._resolve, blobs, self._directory).decode(answer["value"])

    def _send(self, message, blobs):
        try:
            wire.write_frame(self._child.stdin, message, blobs)
        except OSError as error:
            raise self._gone() from error

    def _answer(self, timeout):
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if deadline is None else deadline - time.monotonic()
            try:
                if left is not None and left <= 0:
                    raise queue.Empty
                frame = self._answers.get(timeout=left)
            except queue.Empty:
                raise Timeout("The worker for `%s`" % self.script, timeout) from None
            if frame is None:
                raise self._gone()
            answer, blobs = frame
            if "printed" not in answer:
                return answer, blobs
            stream = getattr(sys, answer["printed"], None)
            if stream is not None:
                stream.write(answer["text"])

    def _gone(self):
        try:
            status = self._child.wait(5)
        except subprocess.TimeoutExpired:
            status = "unknown"
        return WorkerGone("The worker for `%s` ended unexpectedly (status %s)" % (self.script, status))

    def _refer(self, value):
        if isinstance(value, Proxy):
            if object.__getattribute__(value, "_venvoy_worker") is not self:
                raise TypeError("an object of another worker can't be sent to this one; use venvoy.fetch first")
            return {"object": object.__getattribute__(value, "_venvoy_number")}
        raise TypeError(
            "`%s.%s` lives in this process and can't be sent to the worker: send plain values, bytes or arrays, "
            "or run the whole script there with venvoy.worker"
            % (type(value).__module__, type(value).__qualname__)
        )

    def _resolve(self, kind, value):
        number, type_name, _ = value
        return Proxy(self, number, type_name)

    def _release(self):
        """Proxies may die in any thread and at any time, inside an exchange too: what they held is given back here."""
        if not self._released:
            return
        numbers = []
        while self._released:
            numbers.append(self._released.pop())
        self._send({"do": "release", "args": [{"list": numbers}]}, ())
        self._answer(None)


def _encode(encoder, value):
    """Arguments: arrays of this process go as their memory."""
    if isinstance(value, list):
        return {"list": [_encode(encoder, one) for one in value]}
    if type(value) is dict:
        return {"dict": [[encoder.encode(key), _encode(encoder, item)] for key, item in value.items()]}
    if not isinstance(value, (bytes, type, Proxy)):
        try:
            memoryview(value)
        except TypeError:
            return encoder.encode(value)
        return encoder.buffer(value)
    return encoder.encode(value)


def _read(stream, answers):
    try:
        while True:
            answers.put(wire.read_frame(stream))
    except (wire.Broken, OSError, ValueError):
        answers.put(None)


def _end(child, directory):
    """First asked (its input ends), then forced; the descriptors and the directory go in any case."""
    try:
        child.stdin.close()
    except OSError:
        pass
    try:
        child.wait(0.5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    shutil.rmtree(directory, ignore_errors=True)


def _remote(told):
    base = getattr(builtins, told["builtin"], Exception)
    kind = RemoteError
    if issubclass(base, Exception) and base is not Exception:
        try:
            kind = type("Remote%s" % base.__name__, (RemoteError, base), {"__module__": "venvoy"})
        except TypeError:
            kind = RemoteError
    try:
        return kind(told["type"], told["message"], told["traceback"])
    except TypeError:
        return RemoteError(told["type"], told["message"], told["traceback"])


#: What would have another package read this process's memory at that process's addresses.
_ADDRESSES = frozenset(
    ["__array_interface__", "__array_struct__", "__cuda_array_interface__", "__dlpack__", "__dlpack_device__",
     "__arrow_c_array__", "__arrow_c_stream__", "__arrow_c_schema__", "__dataframe__", "ctypes", "_as_parameter_"]
)  # fmt: skip


class Proxy:
    """An object of a worker. Attributes, calls, items, iteration and operators happen there."""

    __slots__ = ("_venvoy_worker", "_venvoy_number", "_venvoy_type", "__weakref__")

    def __init__(self, worker, number, type_name):
        object.__setattr__(self, "_venvoy_worker", worker)
        object.__setattr__(self, "_venvoy_number", number)
        object.__setattr__(self, "_venvoy_type", type_name)

    def __del__(self):
        try:
            object.__getattribute__(self, "_venvoy_worker")._released.append(
                object.__getattribute__(self, "_venvoy_number")
            )
        except Exception:
            pass

    def __getattr__(self, name):
        if name in _ADDRESSES:
            raise AttributeError("`%s` is an address in another process; venvoy.fetch copies the memory" % name)
        return _ask_for(self, "getattr", name)

    def __array__(self, dtype=None, copy=None):
        """`numpy.asarray(proxy)` here: a copy of the memory there."""
        return sys.modules["numpy"].asarray(fetch(self), dtype=dtype)

    def __setattr__(self, name, value):
        _ask_for(self, "setattr", name, value)

    def __call__(self, *args, **named):
        return _ask_for(self, "call", list(args), named)

    def __dir__(self):
        return _builtin("dir", self)

    def __reduce_ex__(self, protocol):
        raise TypeError("an object of a worker can't be pickled")

    def __mro_entries__(self, bases):
        raise TypeError("a class of a worker has no subclasses here; run the whole script there with venvoy.worker")

    def __instancecheck__(self, value):
        return isinstance(value, Proxy) and _builtin("isinstance", value, self)


def fetch(value):
    """A copy of what a proxy stands for; any other value as it is."""
    if not isinstance(value, Proxy):
        return value
    return object.__getattribute__(value, "_venvoy_worker").fetch(value)


def _ask_for(proxy, what, *args):
    return object.__getattribute__(proxy, "_venvoy_worker")._ask(what, proxy, *args)


def _builtin(name, *args):
    return object.__getattribute__(args[0], "_venvoy_worker")._ask("builtin", name, list(args))


def _operator(name):
    def method(self, *args):
        try:
            return _ask_for(self, "special", name, list(args))
        except TypeError as error:
            if isinstance(error, VenvoyError):
                raise
            return NotImplemented

    method.__name__ = name
    return method


_binary = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or"
_names = ["__%s__" % word for word in _binary.split()] + ["__r%s__" % word for word in _binary.split()]
_names += ["__%s__" % word for word in "eq ne lt le gt ge neg pos abs invert getitem setitem delitem contains".split()]
_names += ["__enter__", "__exit__", "__index__", "__complex__"]
for _name in _names:
    setattr(Proxy, _name, _operator(_name))
for _name in ("len", "iter", "next", "repr", "str", "bool", "int", "float", "hash"):
    setattr(Proxy, "__%s__" % _name, (lambda name: lambda self: _builtin(name, self))(_name))
