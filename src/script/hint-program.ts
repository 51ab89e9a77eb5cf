/**
 * `assets/venvoy_hint.py`, as it is put beside an environment's packages: asks for `crashHint` after a traceback. A test
 * holds the two equal.
 */
export const hintProgram = `"""Asks venvoy for one helpful line after a traceback.

Active only when VENVOY_HINT holds a command as a JSON list of strings. After Python has printed the error as always,
the command gets the facts as JSON on its standard input and may print to standard error. Nothing here changes the
error, the exit status, or what a program without errors sees.
"""

import os
import sys

_LIMIT = 4000


def _text(value):
    try:
        return str(value)[:_LIMIT]
    except Exception:
        return ""


def _describe(error):
    facts = {"exceptionType": type(error).__name__, "message": _text(error)}
    for key, attribute in (("name", "name"), ("filename", "filename"), ("path", "path"), ("text", "text")):
        value = getattr(error, attribute, None)
        if isinstance(value, (str, bytes)) or hasattr(value, "__fspath__"):
            facts[key] = _text(os.fsdecode(value) if isinstance(value, bytes) else value)
    if isinstance(error, SyntaxError) and isinstance(error.lineno, int):
        facts["line"] = error.lineno
    return facts


def _chain(error):
    """The error and what it was raised from, the outermost first."""
    errors = []
    while error is not None and error not in errors and len(errors) < 6:
        errors.append(error)
        hidden = error.__suppress_context__ or error.__cause__ is not None
        error = error.__cause__ if hidden else error.__context__
    return errors


def _ask(setting, error):
    errors = _chain(error)
    if not any(isinstance(e, (ImportError, SyntaxError, NameError, OSError)) for e in errors):
        return
    # Imported here: every program start would pay for them, and only a crash needs them.
    import json
    import subprocess

    command = json.loads(setting)
    if not isinstance(command, list) or not command or not all(isinstance(word, str) for word in command):
        return
    facts = _describe(errors[0])
    facts["causes"] = [_describe(e) for e in errors[1:]]
    facts["pythonVersion"] = "%d.%d.%d" % sys.version_info[:3]
    facts["executable"] = sys.executable or ""
    facts["prefix"] = sys.prefix
    facts["script"] = _text(sys.argv[0]) if getattr(sys, "argv", None) else ""
    if sys.stderr is not None:
        sys.stderr.flush()
    # The answer is for the person who reads the traceback; the program's standard output stays its own.
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=2)
    try:
        child.communicate(json.dumps(facts).encode("ascii"), timeout=10)
    except BaseException:
        child.kill()
        raise


def _install():
    # Taken out of the environment, so that programs which this one starts are left alone.
    setting = os.environ.pop("VENVOY_HINT", "")
    if not setting:
        return
    before = sys.excepthook
    owner = os.getpid()

    def hook(kind, error, trace):
        try:
            before(kind, error, trace)
        finally:
            # A shell that goes on after errors, and a forked child, get no hints.
            if os.getpid() == owner and not hasattr(sys, "ps1") and not sys.flags.interactive:
                try:
                    _ask(setting, error)
                except BaseException:
                    pass

    sys.excepthook = hook


_install()
`;

/**
 * What stands in an environment's `site-packages`: the program, and the line that loads it, at the cost of one look at
 * the environment's variables when no hints are wanted.
 */
export const crashHintFiles: readonly { readonly path: string; readonly text: string }[] = [
  { path: "_venvoy_hint.py", text: hintProgram },
  { path: "_venvoy_hint.pth", text: "import os; 'VENVOY_HINT' in os.environ and __import__('_venvoy_hint')\n" },
];
