"""Runs scripts: each in a fresh `__main__`, with everything around it as at a start of Python."""

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
    """What scripts replace in `sys` and the next one must find as it was."""

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
    """Does `work` so that it can be interrupted. What came of it: `(status, exit, error, value)`."""
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
    """`package.module:name.part` with values as arguments; a dict of names when it is one."""
    name, _, path = target.partition(":")
    found = importlib.import_module(name)
    for part in path.split("."):
        found = getattr(found, part)
    positional, named = values
    return found(*positional, **named)
