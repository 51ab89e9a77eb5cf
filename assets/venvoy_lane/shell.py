"""The Python shell of a lane: what is typed, statement by statement, in one namespace."""

import ast
import codeop
import sys

from . import scope

_NAME = "shell"


def namespace():
    module = scope.kept.get(_NAME)
    if module is None:
        module = scope.main_module(_NAME)
    sys.modules["__main__"] = module
    return module.__dict__


def is_complete(text):
    """False when more lines are needed; what can't be read at all is complete: it is an error to be shown."""
    try:
        if codeop.compile_command(text, "<input>", "single") is not None:
            return True
        # A block that holds whole statements is complete as a block once its last line is blank.
        return text.endswith("\n\n") and codeop.compile_command(text, "<input>", "exec") is not None
    except (SyntaxError, ValueError, OverflowError):
        return True


def evaluate(text):
    """Runs the statements; each expression shows its value."""
    names = namespace()
    import linecache

    lines = [line + "\n" for line in text.splitlines()]
    linecache.cache["<input>"] = (len(text), None, lines, "<input>")
    for statement in ast.parse(text, "<input>", "exec").body:
        tree = ast.Interactive([statement])
        exec(compile(tree, "<input>", "single"), names)


def complete(text, cursor):
    """What may stand at the cursor: `(start, words)`, the start of what the words replace."""
    import re
    import rlcompleter

    before = text[:cursor]
    line = before[before.rfind("\n") + 1 :]
    module = re.match(r"\s*(?:from|import)\s+([\w.]*)$", line)
    if module is not None:
        return cursor - len(module.group(1)), _modules(module.group(1))
    word = re.search(r"[\w.]*$", line).group(0)
    if not word:
        return cursor, []
    completer = rlcompleter.Completer(namespace())
    found = []
    while len(found) < 500:
        one = completer.complete(word, len(found))
        if one is None:
            break
        found.append(one)
    return cursor - len(word), sorted(set(found))


def _modules(prefix):
    import importlib
    import pkgutil

    parent, _, last = prefix.rpartition(".")
    if parent:
        try:
            paths = list(importlib.import_module(parent).__path__)
        except Exception:
            return []
    else:
        paths = None
    names = {one.name for one in pkgutil.iter_modules(paths)}
    if not parent:
        names.update(sys.builtin_module_names)
    start = parent + "." if parent else ""
    return sorted(start + name for name in names if name.startswith(last) and not (name.startswith("_") and not last))
