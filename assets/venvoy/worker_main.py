"""
The worker's side: `python worker_main.py DIRECTORY SCRIPT`. It reads requests from standard input and answers on what
was standard output; programs' own prints travel as frames, so they never disturb the channel. It ends with its input.
"""

import importlib
import io
import os
import shutil
import sys
import threading
import traceback

if __name__ == "__main__":
    # This file's directory holds `errors`, `wire` and others, which must not be what a script imports.
    here = sys.path.pop(0) if sys.path else os.path.dirname(os.path.abspath(__file__))
    import importlib.util

    spec = importlib.util.spec_from_file_location("_venvoy_wire", os.path.join(here, "wire.py"))
    wire = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(wire)


class Printed(io.TextIOBase):
    def __init__(self, send, name):
        self._send = send
        self._name = name

    def write(self, text):
        if text:
            self._send({"printed": self._name, "text": text})
        return len(text)

    def writable(self):
        return True

    @property
    def encoding(self):
        return "utf-8"


class Worker:
    def __init__(self, source, sink, directory, script):
        self.source = source
        self.sink = sink
        self.directory = directory
        self.script = script
        self.objects = {}
        self.numbers = {}
        self.next = 1
        self.writing = threading.Lock()
        self.namespace = {"__name__": "__main__", "__file__": script, "__builtins__": __builtins__}

    def serve(self):
        while True:
            try:
                message, blobs = wire.read_frame(self.source)
            except wire.Broken:
                return
            decoder = wire.Decoder(self.resolve, blobs, self.directory)
            encoder = wire.Encoder(self.refer, self.directory)
            try:
                args = [decoder.decode(item) for item in message.get("args", ())]
                named = {name: decoder.decode(item) for name, item in message.get("named", {}).items()}
                value = getattr(self, "do_" + message["do"])(encoder, *args, **named)
                answer = {"value": value}
            except StopIteration:
                answer = {"stop": True}
            except BaseException as error:
                answer = {"error": self.describe(error)}
                encoder.blobs = []
                # A kept traceback would keep every local of the failed call.
                error.__traceback__ = None
            self.send(answer, encoder.blobs)

    def send(self, message, blobs=()):
        with self.writing:
            wire.write_frame(self.sink, message, blobs)

    def describe(self, error):
        lines = traceback.format_exception(type(error), error, error.__traceback__)
        kind = type(error)
        return {
            "type": kind.__name__ if kind.__module__ == "builtins" else "%s.%s" % (kind.__module__, kind.__name__),
            "builtin": next(one.__name__ for one in kind.__mro__ if one.__module__ == "builtins"),
            "message": str(error),
            "traceback": "".join(lines),
        }

    def refer(self, value):
        number = self.numbers.get(id(value))
        if number is None:
            number = self.next
            self.next += 1
            self.numbers[id(value)] = number
            self.objects[number] = [value, 0]
        self.objects[number][1] += 1
        kind = type(value)
        return {"object": [number, "%s.%s" % (kind.__module__, kind.__qualname__), callable(value)]}

    def resolve(self, kind, value):
        if kind == "object":
            return self.objects[value][0]
        raise ValueError("`%s` is no kind of value" % kind)

    def do_import(self, encoder, name):
        return encoder.refer(importlib.import_module(name))

    def do_named(self, encoder, name):
        """`package.module:some.function`; without a module it is the script's own."""
        module, _, path = name.partition(":")
        value = importlib.import_module(module) if module else None
        for number, part in enumerate(path.split(".") if path else ()):
            if value is None and number == 0:
                value = self.namespace[part]
            else:
                value = getattr(value, part)
        return encoder.encode(value)

    def do_run(self, encoder, argv):
        sys.argv[:] = [self.script] + argv
        with open(self.script, "rb") as file:
            code = compile(file.read(), self.script, "exec")
        main = type(sys)("__main__")
        main.__dict__.update(self.namespace)
        self.namespace = main.__dict__
        sys.modules["__main__"] = main
        try:
            exec(code, self.namespace)
        except SystemExit as ended:
            return ended.code if ended.code is None or isinstance(ended.code, int) else str(ended.code)
        return None

    def do_call(self, encoder, function, args, named):
        return encoder.encode(function(*self.arrays(args), **dict(zip(named, self.arrays(named.values())))))

    def arrays(self, values):
        """Memory becomes an array where the package that has arrays is in use."""
        numpy = sys.modules.get("numpy")
        return [numpy.asarray(one) if numpy and isinstance(one, memoryview) else one for one in values]

    def do_getattr(self, encoder, value, name):
        return encoder.encode(getattr(value, name))

    def do_setattr(self, encoder, value, name, item):
        setattr(value, name, item)

    def do_special(self, encoder, value, name, args):
        """An operator: looked up on the type, as Python does."""
        method = getattr(type(value), name, None)
        return encoder.encode(NotImplemented if method is None else method(value, *self.arrays(args)))

    def do_builtin(self, encoder, name, args):
        function = {"len": len, "iter": iter, "next": next, "repr": repr, "str": str, "bool": bool, "dir": dir,
                    "int": int, "float": float, "hash": hash, "isinstance": isinstance}[name]  # fmt: skip
        return encoder.encode(function(*args))

    def do_fetch(self, encoder, value):
        try:
            memoryview(value)
        except TypeError:
            for copy in (list, dict):
                if isinstance(value, copy):
                    return encoder.encode(copy(value))
            raise TypeError("`%s` has neither memory to share nor a plain value" % type(value).__name__) from None
        return encoder.buffer(value)

    def do_release(self, encoder, numbers):
        for number in numbers:
            kept = self.objects[number]
            kept[1] -= 1
            if kept[1] == 0:
                del self.objects[number]
                self.numbers.pop(id(kept[0]), None)


def main():
    directory, script = sys.argv[1:3]
    # The channel gets descriptors of its own; what programs do with 0 and 1 is their business.
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    worker = Worker(source, sink, directory, script)
    sys.stdout = Printed(worker.send, "stdout")
    sys.stderr = Printed(worker.send, "stderr")
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    worker.serve()
    # A host that crashed can't take its directory away, which may be memory.
    shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
