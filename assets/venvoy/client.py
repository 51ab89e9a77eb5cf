"""Asks the venvoy program; knows where to find it and how to describe the Python that this is."""

import json
import os
import platform
import queue
import shutil
import subprocess
import sys
import sysconfig
import threading
import time

from .errors import BinaryNotFound, Timeout, VenvoyError
from .lane import quiet_child


def find_binary(given=None):
    """The venvoy program: given, VENVOY_BINARY, PATH, or where `venvoy setup` puts it. Raises BinaryNotFound."""
    looked = []
    for source, path in (("given", given), ("VENVOY_BINARY", os.environ.get("VENVOY_BINARY"))):
        if path:
            if os.path.isfile(path):
                return path
            raise BinaryNotFound(["%s says %s, which is no file" % (source, path)])
    looked.append("VENVOY_BINARY (not set)")
    found = shutil.which("venvoy")
    if found:
        return found
    looked.append("PATH")
    for path in _install_places():
        if os.path.isfile(path):
            return path
        looked.append(path)
    raise BinaryNotFound(looked)


def _install_places():
    home = os.path.expanduser("~")
    if os.name == "nt":
        local = os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
        return [os.path.join(local, "venvoy", "bin", name) for name in ("venvoy.exe", "venvoy.cmd")]
    own = os.environ.get("XDG_BIN_HOME") or os.path.join(home, ".local", "bin")
    return [os.path.join(own, "venvoy"), "/usr/local/bin/venvoy", "/opt/homebrew/bin/venvoy"]


def interpreter_facts():
    """This Python, whatever program it runs in: `sys.executable` may be the host's own."""
    own = sys.implementation
    number = "%d.%d.%d" % own.version[:3]
    if own.version[3] != "final":
        number += own.version[3][0] + str(own.version[4])
    is_linux = sys.platform.startswith("linux")
    prefix = getattr(sys, "base_prefix", sys.prefix)
    stdlib = sysconfig.get_path("stdlib") or os.path.dirname(os.__file__)
    return {
        "executable": getattr(sys, "_base_executable", None) or sys.executable or prefix,
        "prefix": prefix,
        "version": platform.python_version(),
        "versionInfo": list(sys.version_info[:3]),
        "prerelease": sys.version_info[3] != "final",
        "implementation": own.name,
        "implementationVersion": number,
        "machine": platform.machine(),
        "platformTag": sysconfig.get_platform(),
        "pointerBits": 64 if sys.maxsize > 2**32 else 32,
        "freeThreaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "debug": hasattr(sys, "gettotalrefcount"),
        "soabi": sysconfig.get_config_var("SOABI"),
        "extSuffix": sysconfig.get_config_var("EXT_SUFFIX"),
        "libc": _libc() if is_linux else None,
        "macos": platform.mac_ver()[0] or None if sys.platform == "darwin" else None,
        "paths": {"purelib": "", "platlib": "", "scripts": "", "include": "", "data": ""},
        "markers": {
            "implementation_name": own.name,
            "implementation_version": number,
            "os_name": os.name,
            "platform_machine": platform.machine(),
            "platform_release": platform.release(),
            "platform_system": platform.system(),
            "platform_version": platform.version(),
            "python_full_version": platform.python_version(),
            "platform_python_implementation": platform.python_implementation(),
            "python_version": ".".join(platform.python_version_tuple()[:2]),
            "sys_platform": "linux" if is_linux else sys.platform,
        },
        "bundledWheels": [],
        "hasEnsurepip": False,
        "externallyManaged": False,
        "stdlib": stdlib,
        "sitePackages": [],
        "userSite": None,
    }


def _libc():
    try:
        return os.confstr("CS_GNU_LIBC_VERSION").split(None, 1)
    except (AttributeError, ValueError, OSError):
        return ["musl", "1.2"] if any(name.startswith("ld-musl-") for name in os.listdir("/lib")) else None


def ask(words, on_progress=None, timeout=None, binary=None):
    """
    Runs `venvoy WORDS --json` and answers what it printed. Progress is told in the calling thread, so a host may draw;
    whatever `on_progress` raises ends the program and goes on to the caller. Nothing is left running.
    """
    program = find_binary(binary)
    flags = ["--json"] + (["--events"] if on_progress is not None else [])
    try:
        child = subprocess.Popen(
            [program] + list(words) + flags,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **quiet_child()
        )
    except OSError as error:
        raise VenvoyError("The program `%s` can't be started: %s" % (program, error), code="BINARY_BROKEN") from error
    try:
        out, err = _listen(child, on_progress, timeout)
    except BaseException:
        _end(child)
        raise
    finally:
        for stream in (child.stdout, child.stderr):
            stream.close()
    return _answer(program, child.wait(), out, err)


def _listen(child, on_progress, timeout):
    lines = queue.Queue()

    def read(name, stream):
        for line in stream:
            lines.put((name, line))
        lines.put((name, None))

    threads = [
        threading.Thread(target=read, args=(name, getattr(child, name)), daemon=True) for name in ("stdout", "stderr")
    ]
    for one in threads:
        one.start()
    kept = {"stdout": [], "stderr": []}
    deadline = None if timeout is None else time.monotonic() + timeout
    open_streams = len(threads)
    while open_streams:
        try:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise queue.Empty
            name, line = lines.get(timeout=left)
        except queue.Empty:
            raise Timeout("venvoy", timeout) from None
        if line is None:
            open_streams -= 1
        elif name == "stderr" and on_progress is not None and line.startswith(b'{"type":'):
            on_progress(json.loads(line.decode("utf-8", "replace")))
        else:
            kept[name].append(line)
    return [b"".join(kept[name]).decode("utf-8", "replace") for name in ("stdout", "stderr")]


def _end(child):
    """First asked: venvoy takes away what it had half done. Then forced."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(3)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _answer(program, status, out, err):
    try:
        answer = json.loads(out)
    except ValueError:
        said = (err or out).strip()[-2000:] or "nothing"
        raise VenvoyError(
            "`%s` ended with status %s and said: %s" % (program, status, said),
            code="BINARY_BROKEN",
            hint="run `venvoy --version` in a terminal; it may be an older version",
        ) from None
    if status != 0 or "error" in answer:
        error = answer.get("error", answer)
        raise VenvoyError(
            error.get("message", "venvoy failed"),
            code=error.get("code", "HOST_FAILED"),
            hint=error.get("hint"),
            data=error.get("data"),
        )
    return answer
