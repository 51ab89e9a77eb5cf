/*
 * The smallest program with a Python inside, as a stand-in for Rhino: one interpreter, many scripts one after another, each
 * run in a namespace of its own as `__main__`.
 *
 *     host PYTHON_HOME MODULE_DIR SCRIPT...
 *
 * Before each script it calls `venvoy.use(script)`; `worker:script.py` allows a worker. A script that fails is told on
 * standard error, and the next one runs.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>

static const char *runner =
    "import sys, traceback\n"
    "sys.path.insert(0, module_dir)\n"
    "import venvoy\n"
    "spaces = []\n"
    "for word in words:\n"
    "    script = word[7:] if word.startswith('worker:') else word\n"
    "    space = {'__name__': '__main__', '__file__': script}\n"
    "    try:\n"
    "        venvoy.use(script, allow_worker=word is not script)\n"
    "        with open(script) as file:\n"
    "            exec(compile(file.read(), script, 'exec'), space)\n"
    "        spaces.append(space)\n"
    "    except BaseException as error:\n"
    "        print('FAILED %s: %s: %s' % (script, type(error).__name__, error), file=sys.stderr)\n"
    "# The host's buttons are pressed later, in another order: each script's `again` must still mean its own packages.\n"
    "for space in spaces:\n"
    "    if 'again' in space:\n"
    "        space['again']()\n"
    "sys.stdout.flush()\n";

static int put(PyObject *names, const char *name, PyObject *value)
{
    int failed = value == NULL || PyDict_SetItemString(names, name, value) < 0;
    Py_XDECREF(value);
    return failed;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "host PYTHON_HOME MODULE_DIR SCRIPT...\n");
        return 2;
    }
#if PY_VERSION_HEX >= 0x03080000
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    /* As hosts do: their own program, a Python beside it, and no variable is honoured. */
    config.use_environment = 0;
    config.parse_argv = 0;
    PyStatus status = PyConfig_SetBytesString(&config, &config.home, argv[1]);
    if (!PyStatus_Exception(status)) status = PyConfig_SetBytesString(&config, &config.executable, argv[0]);
    if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status)) Py_ExitStatusException(status);
#else
    Py_IgnoreEnvironmentFlag = 1;
    Py_SetPythonHome(Py_DecodeLocale(argv[1], NULL));
    Py_SetProgramName(Py_DecodeLocale(argv[0], NULL));
    Py_Initialize();
#endif
    PyObject *words = PyList_New(0);
    for (int index = 3; index < argc; index++) {
        PyObject *word = PyUnicode_DecodeFSDefault(argv[index]);
        if (word == NULL || PyList_Append(words, word) < 0) return 70;
        Py_DECREF(word);
    }
    PyObject *names = PyDict_New();
    int failed = put(names, "words", words) || put(names, "module_dir", PyUnicode_DecodeFSDefault(argv[2])) ||
                 put(names, "__builtins__", PyImport_ImportModule("builtins")) ||
                 put(names, "__name__", PyUnicode_FromString("host"));
    if (failed) return 70;
    PyObject *done = PyRun_String(runner, Py_file_input, names, names);
    if (done == NULL) {
        PyErr_Print();
        return 1;
    }
    Py_DECREF(done);
    Py_DECREF(names);
    return Py_FinalizeEx() < 0 ? 120 : 0;
}
