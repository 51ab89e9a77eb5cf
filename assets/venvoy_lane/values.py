"""Values between a lane and the session: JSON, bytes, paths, and NumPy arrays in shared memory.

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
                os.write(number, b"\0")

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
        """A new file in the first directory that has room: its path, and what `fill` gave."""
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
    raise Unsupported("a `%s.%s`" % (type(value).__module__, type(value).__qualname__))


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
        raise Unsupported("an array of `%s` in an environment without NumPy" % (described,))
    size = int(described[2:])
    for length in shape:
        size *= length
    offset = value.get("offset", 0)
    return memoryview(mapped)[offset : offset + size].cast(code, shape)
