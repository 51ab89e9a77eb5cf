"""The lane's main loop: one request after the other in the main thread, cancelling and the parent's end beside it."""

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

    The system sends a signal when the parent ends, and its handler is `alarm` of the C library: called with the signal's
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
