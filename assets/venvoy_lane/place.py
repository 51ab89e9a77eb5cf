"""Which environment the process stands in. Entering one changes what is imported next, and nothing that is loaded."""

import os
import site
import sys


class Place(object):
    def __init__(self, own_sites):
        # What the interpreter has by itself: the standard library.
        self._library = [entry for entry in sys.path if entry and os.path.normpath(entry) not in own_sites]
        self._entered = {}
        self.tree = None

    def enter(self, tree):
        root = tree["root"]
        if self.tree is not None and self.tree["root"] == root:
            self.tree = tree
            return
        self._leave()
        if not tree.get("inPlace"):
            self._be(tree)
        known = self._entered.get(root)
        if known is None:
            known = self._entered[root] = self._first_time(tree)
        else:
            sys.meta_path[:] = known["meta"] + [one for one in sys.meta_path if one not in known["meta"]]
        self.tree = tree

    def search_path(self, front):
        """What `sys.path` is for a run: its own directories, the standard library, the environment."""
        if self.tree is None:
            return front + self._library
        return front + self._library + self._entered[self.tree["root"]]["entries"]

    def entries(self):
        return [] if self.tree is None else self._entered[self.tree["root"]]["entries"]

    def _leave(self):
        if self.tree is None:
            return
        finders = self._entered[self.tree["root"]]["meta"]
        sys.meta_path[:] = [one for one in sys.meta_path if one not in finders]

    def _first_time(self, tree):
        """Reads the environment's `.pth` files, as a start of Python would."""
        before = list(sys.meta_path)
        if tree.get("inPlace"):
            entries = [entry for entry in sys.path if entry and entry not in self._library]
        else:
            sys.path[:] = self._library
            for directory in tree["sites"]:
                site.addsitedir(directory)
            if tree.get("systemSites"):
                for directory in site.getsitepackages([sys.base_prefix]):
                    if os.path.isdir(directory):
                        site.addsitedir(directory)
            entries = [entry for entry in sys.path if entry not in self._library]
            site.execsitecustomize()
        return {"entries": entries, "meta": [one for one in sys.meta_path if one not in before]}

    def _be(self, tree):
        prefix = tree["prefix"]
        sys.prefix = sys.exec_prefix = prefix
        sys.executable = tree["python"]
        site.PREFIXES[:] = [prefix]
        config = sys.modules.get("sysconfig")
        if config is not None:
            config._PREFIX = config._EXEC_PREFIX = prefix
            config._CONFIG_VARS = None
            if hasattr(config, "_CONFIG_VARS_INITIALIZED"):
                config._CONFIG_VARS_INITIALIZED = False
