"""Standard streams of runs. What a run writes by any way, C code and child processes included, comes through the pipes
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
    """Puts the streams where they belong, whatever the run before did. `given` is what standard input holds."""
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
