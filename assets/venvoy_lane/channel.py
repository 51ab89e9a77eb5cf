"""The control channel: frames of JSON with binary attachments. Never standard output.

A frame is `VL`, the number of attachments (2 bytes), the length of the JSON text (4 bytes), the length of each attachment
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
        """The next message and its attachments; `None` when the other side is gone."""
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
