"""A program as a host of scripts, through `venvoy host serve`: python client.py plot.py fit.py"""
import itertools
import json
import subprocess
import sys
import threading
from concurrent.futures import Future


class HostError(Exception):
    """A failure of venvoy: `code` for programs, the text and `hint` for people."""

    def __init__(self, message, code, data=None):
        super().__init__(message)
        self.code, self.hint = (data or {}).get("code", code), (data or {}).get("hint")


class Host:
    """One session: `host.request("run", file="plot.py")`. `on_notice(method, params)` hears what happens meanwhile."""

    def __init__(self, command=("venvoy", "host", "serve"), on_notice=lambda method, params: None):
        self.on_notice, self.ids, self.waiting, self.lock = on_notice, itertools.count(1), {}, threading.Lock()
        self.server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=self._listen, daemon=True).start()

    def start(self, method, **params):
        """Asks without waiting; the Future's `id` is for `cancel`."""
        future = Future()
        future.id = next(self.ids)
        self.waiting[future.id] = future
        self._send(id=future.id, method=method, params=params)
        return future

    def request(self, method, **params):
        return self.start(method, **params).result()

    def cancel(self, future):
        self._send(method="$/cancelRequest", params={"id": future.id})

    def close(self):
        self.server.stdin.close()  # the end of input ends every lane
        self.server.wait()

    def _send(self, **message):
        with self.lock:
            self.server.stdin.write(json.dumps(dict(message, jsonrpc="2.0")).encode() + b"\n")
            self.server.stdin.flush()

    def _listen(self):
        for message in map(json.loads, self.server.stdout):
            future = self.waiting.pop(message.get("id"), None)
            if "method" in message:
                self.on_notice(message["method"], message["params"])
            elif future and "error" in message:
                future.set_exception(HostError(**message["error"]))
            elif future:
                future.set_result(message["result"])
        for future in list(self.waiting.values()):
            future.set_exception(HostError("venvoy is gone", "RPC_ENDED"))


if __name__ == "__main__":
    host = Host(on_notice=lambda method, params: method == "output" and print(params["text"], end=""))
    for name in sys.argv[1:]:
        print(name, "ended with", host.request("run", file=name)["exit"])
    host.close()
