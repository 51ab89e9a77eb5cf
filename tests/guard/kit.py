"""What scenarios are made of: directories of packages from literals, scripts, a compiled module."""

import compileall
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile

root = os.environ.get("GUARD_ROOT") or tempfile.mkdtemp()


def own_code():
    """A copy of what is tested, with its bytecode: every rule loads it anew, in a process of its own."""
    place = os.path.join(root, "code-%d" % os.getpid())
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "assets", "venvoy")
    shutil.copytree(source, os.path.join(place, "venvoy"), ignore=shutil.ignore_patterns("__pycache__"))
    if not compileall.compile_dir(place, quiet=1):
        raise SyntaxError("see above")
    return place


sys.path.insert(0, own_code())
counter = [0]


class Skipped(Exception):
    pass


def fresh():
    counter[0] += 1
    path = os.path.join(root, "%d-%d" % (os.getpid(), counter[0]))
    os.makedirs(path)
    return path


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    return path


def dist(name, version, files=None, requires=(), native=False):
    """A distribution; without files one module that knows its version."""
    stem = name.replace("-", "_")
    return name, version, files or {"%s/__init__.py" % stem: "__version__ = %r\n" % version}, requires, native


def site(*dists):
    """A site-packages directory, as venvoy makes one."""
    place = fresh()
    for name, version, files, requires, native in dists:
        info = "%s-%s.dist-info" % (name.replace("-", "_"), version)
        record = list(files) + [info + "/METADATA", info + "/RECORD"]
        for path, text in files.items():
            write(os.path.join(place, path), text)
        if native:
            record.append(compiled(place, native, version))
        head = ["Metadata-Version: 2.1", "Name: " + name, "Version: " + version]
        write(os.path.join(place, info, "METADATA"), "\n".join(head + ["Requires-Dist: " + one for one in requires] + [""]))
        write(os.path.join(place, info, "RECORD"), "".join("%s,,\n" % path for path in record))
    return place


SOURCE = """
#include <Python.h>
static PyObject *version(PyObject *self, PyObject *none) { return PyUnicode_FromString("%(version)s"); }
static PyObject *load(PyObject *self, PyObject *name) { return PyImport_ImportModule(PyUnicode_AsUTF8(name)); }
static PyMethodDef methods[] = {
    {"version", version, METH_NOARGS, ""}, {"load", load, METH_O, ""}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "%(stem)s", NULL, -1, methods};
PyMODINIT_FUNC PyInit_%(stem)s(void) { return PyModule_Create(&module); }
"""


def compiled(place, dotted, version):
    """A compiled module of one function, `version()`; made once for each Python. Answers its path for RECORD."""
    path = dotted.replace(".", "/") + (sysconfig.get_config_var("EXT_SUFFIX") or ".so")
    kept = os.path.join(root, "built-%s-%s-%s" % (sys.version_info[1], dotted, version))
    if not os.path.exists(kept):
        source = write(kept + ".c", SOURCE % {"version": version, "stem": dotted.rpartition(".")[2]})
        command = ["gcc", "-shared", "-fPIC", "-O1", "-I", sysconfig.get_path("include"), source, "-o", kept]
        try:
            subprocess.run(command, check=True, stderr=subprocess.PIPE)
        except OSError:
            raise Skipped("no gcc is here")
    os.makedirs(os.path.dirname(os.path.join(place, path)), exist_ok=True)
    with open(kept, "rb") as one, open(os.path.join(place, path), "wb") as other:
        other.write(one.read())
    return path


def script(text="", name="script.py", folder=None):
    return write(os.path.join(folder or fresh(), name), text)


def enter(path, *sites, **more):
    """`venvoy.use`, with the binary's answer in hand."""
    import venvoy

    allow_worker = more.pop("allow_worker", False)
    answer = {"paths": list(sites), "environment": {"name": os.path.basename(path)}, "python": sys.executable}
    # The worker stands on this Python, and sees the directory as its own environment would.
    answer["variables"] = {"PYTHONPATH": os.pathsep.join(sites)}
    answer.update(more)
    return venvoy.enter(path, answer, allow_worker=allow_worker)


def raises(kind, work, *args, **named):
    try:
        work(*args, **named)
    except kind as error:
        return error
    raise AssertionError("no %s was raised" % kind.__name__)


def same(one, other):
    assert one == other, "%r is not %r" % (one, other)
