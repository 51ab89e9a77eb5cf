"""
What travels between this process and a worker: a frame is a length, JSON, and raw bytes behind it.

Plain values travel as copies: None, bool, int, float, complex, str, bytes, list, tuple, set, dict, slice, range, and
Python's own types (`float`, `list[int]`) by name; a path travels as its text. Whatever offers its memory (an array, a memoryview) travels as bytes with its shape; from 1 MiB on through a file that both map. Everything
else stays where it is and travels as a reference. Nothing is ever pickled or unpickled, in neither direction: a frame
can't make either side import or run anything that a request doesn't name.
"""

import builtins
import json
import mmap
import os
import struct
import tempfile
import types

_LIMIT = 256 << 20
_BY_FILE = 1 << 20
_HEAD = struct.Struct(">II")
_EXACT = (bool, int, float, str)


class Broken(Exception):
    """The other side closed the channel, or sent what is no frame."""


def write_frame(stream, message, blobs=()):
    message["blobs"] = [len(blob) for blob in blobs]
    text = json.dumps(message, separators=(",", ":")).encode("ascii")
    stream.write(_HEAD.pack(0x76766F79, len(text)) + text)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def read_frame(stream):
    magic, length = _HEAD.unpack(_exactly(stream, _HEAD.size))
    if magic != 0x76766F79 or length > _LIMIT:
        raise Broken("what came is no frame")
    message = json.loads(_exactly(stream, length).decode("ascii"))
    return message, [_exactly(stream, size) for size in message.pop("blobs")]


def _exactly(stream, size):
    parts = []
    while size > 0:
        part = stream.read(min(size, 1 << 20))
        if not part:
            raise Broken("the channel is closed")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


class Encoder:
    """Turns values into what JSON can hold. `refer` says how anything else is named, or raises."""

    def __init__(self, refer, directory):
        self.refer = refer
        self.directory = directory
        self.blobs = []

    def encode(self, value):
        if value is None or type(value) in _EXACT:
            return value
        if isinstance(value, (list, tuple, set, frozenset)):
            kind = next(name for name, one in _COLLECTIONS.items() if isinstance(value, one))
            return {kind: [self.encode(item) for item in value]} if type(value) in _PLAIN else self.refer(value)
        if type(value) is dict:
            return {"dict": [[self.encode(key), self.encode(item)] for key, item in value.items()]}
        if type(value) is complex:
            return {"complex": [value.real, value.imag]}
        if isinstance(value, bytes):
            return {"bytes": self._blob(value)}
        # numpy.float64 is a float and goes as one; an enum's member is more than its number and stays.
        if isinstance(value, (float, int, str)) and not hasattr(type(value), "__members__"):
            return next(one for one in (float, int, str) if isinstance(value, one))(value)
        return self._by_name(value) or self.refer(value)

    def _by_name(self, value):
        kind = type(value)
        if kind in (slice, range):
            return {kind.__name__: [self.encode(one) for one in (value.start, value.stop, value.step)]}
        if kind is _GENERIC:
            return {"generic": [self.encode(value.__origin__), self.encode(value.__args__)]}
        if isinstance(value, type):
            name = value.__name__
        else:
            name = "Ellipsis" if value is Ellipsis else "NotImplemented" if value is NotImplemented else None
        if name is not None and getattr(builtins, name, None) is value:
            return {"builtin": name}
        if isinstance(value, os.PathLike):
            return os.fspath(value)
        return None

    def _blob(self, data):
        self.blobs.append(data)
        return len(self.blobs) - 1

    def buffer(self, value):
        """The memory of an array. Raises TypeError for one that holds Python objects."""
        view = memoryview(value)
        if "O" in view.format or "P" in view.format:
            raise TypeError("an array of Python objects can't travel")
        shape, form = list(view.shape), view.format
        flat = (view if view.c_contiguous else memoryview(view.tobytes())).cast("B") if view.nbytes else b""
        told = {"shape": shape, "format": form}
        if view.nbytes < _BY_FILE:
            told["blob"] = self._blob(bytes(flat))
        else:
            told["file"] = _write_file(flat, self.directory)
        return {"buffer": told}


_COLLECTIONS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
_PLAIN = tuple(_COLLECTIONS.values())
_GENERIC = getattr(types, "GenericAlias", None)


def _write_file(flat, directory):
    handle, path = tempfile.mkstemp(prefix="array-", dir=directory)
    with os.fdopen(handle, "wb") as file:
        file.write(flat)
    return os.path.basename(path)


class Decoder:
    def __init__(self, resolve, blobs, directory):
        self.resolve = resolve
        self.blobs = blobs
        self.directory = directory

    def decode(self, told):
        if not isinstance(told, dict):
            return told
        ((kind, value),) = told.items()
        if kind in _COLLECTIONS:
            return _COLLECTIONS[kind]([self.decode(item) for item in value])
        if kind == "dict":
            return {self.decode(key): self.decode(item) for key, item in value}
        if kind == "complex":
            return complex(*value)
        if kind == "bytes":
            return self.blobs[value]
        if kind == "buffer":
            return self._buffer(value)
        if kind in ("slice", "range"):
            return (slice if kind == "slice" else range)(*[self.decode(one) for one in value])
        if kind == "generic":
            return self.decode(value[0])[self.decode(value[1])]
        if kind == "builtin":
            found = getattr(builtins, value)
            # Types and two constants: no message names a function that would be called.
            if isinstance(found, type) or found is Ellipsis or found is NotImplemented:
                return found
            raise Broken("what came is no value")
        return self.resolve(kind, value)

    def _buffer(self, told):
        shape, form = told["shape"], told["format"]
        if "file" in told:
            data = _map_file(os.path.join(self.directory, os.path.basename(told["file"])))
        else:
            data = bytearray(self.blobs[told["blob"]])
        if 0 in shape:
            return memoryview(bytearray()).cast("B") if len(shape) != 1 else memoryview(bytearray()).cast(_native(form))
        return memoryview(data).cast("B").cast(_native(form), shape)


def _native(form):
    """`cast` knows native formats only; standard sizes of this machine's order are the same thing."""
    return form.lstrip("@=<") or "B"


def _map_file(path):
    """The receiver owns the file: its name is gone at once, its memory with the last view of it."""
    with open(path, "r+b") as file:
        mapped = mmap.mmap(file.fileno(), 0)
    try:
        os.unlink(path)
    except OSError:
        # Windows keeps the name while it is mapped; the directory goes with the worker.
        pass
    return mapped
