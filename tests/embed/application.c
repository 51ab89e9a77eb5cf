/*
 * The smallest application with a Python inside that honours variables, as Maya and Nuke do: it has a home of its own, runs
 * the startup file `~/.nuke/init.py` when there is one, and then whatever Python's own command line would run.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    PyStatus status = PyConfig_SetBytesString(&config, &config.home, PYTHON_HOME);
    if (!PyStatus_Exception(status)) status = PyConfig_SetBytesString(&config, &config.executable, argv[0]);
    if (!PyStatus_Exception(status)) status = PyConfig_SetBytesArgv(&config, argc, argv);
    if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status)) Py_ExitStatusException(status);
    char path[4096];
    snprintf(path, sizeof path, "%s/.nuke/init.py", getenv("HOME"));
    FILE *file = fopen(path, "rb");
    if (file != NULL && PyRun_SimpleFileExFlags(file, path, 1, NULL) != 0) {
        fprintf(stderr, "init.py failed\n");
        return 70;
    }
    return Py_RunMain();
}
