"""Asks what runs in the main thread to stop, with KeyboardInterrupt, and never hits the lane's own code."""

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
            # Wakes system calls that wait, which `interrupt_main` alone does not.
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        else:
            import _thread

            _thread.interrupt_main()
