"""
What stands in a directory of packages: read from `.dist-info`, never by importing anything.

A distribution is a package with a name and a version as pip knows it; its roots are the modules that it brings:
`idna`, or `google.protobuf` below a namespace that several distributions share.
"""

import csv
import importlib.machinery
import os
import re

#: file endings of compiled code, on any system; a pure package has none of them
_NATIVE = re.compile(r"\.(so|pyd|dll|dylib)(\.[0-9.]+)?$", re.I)
_MODULE_ENDINGS = tuple(sorted(importlib.machinery.all_suffixes(), key=len, reverse=True))
_REQUIRES = re.compile(r"^Requires-Dist:[ \t]*([A-Za-z0-9][\w.-]*)[ \t]*(?:\[([^\]\n]*)\])?([^;\n]*)(?:;(.*))?$", re.M)
_EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


class Distribution:
    def __init__(self, directory, info):
        self.directory = directory
        self.info = info
        stem = info[: -len(".dist-info")]
        name, _, version = stem.partition("-")
        self.name = normalized(name)
        self.version = version
        self._files = None
        self._requires = None

    def __repr__(self):
        return "%s %s in %s" % (self.name, self.version, self.directory)

    def _read(self, name):
        try:
            with open(os.path.join(self.directory, self.info, name), encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def _look(self):
        if self._files is not None:
            return
        text = self._read("RECORD")
        rows = csv.reader(text.splitlines()) if '"' in text else (line.split(",", 1) for line in text.splitlines())
        paths = [row[0] for row in rows if row] or self._walk()
        self._native = any(_NATIVE.search(path) for path in paths)
        self._files = _roots(paths)

    def _walk(self):
        """Some distributors take RECORD away; then `top_level.txt` says where to look."""
        found = []
        for top in self._read("top_level.txt").split():
            found += [name for name in os.listdir(self.directory) if name.startswith(top + ".")]
            for place, _, names in os.walk(os.path.join(self.directory, top)):
                below = os.path.relpath(place, self.directory).replace(os.sep, "/")
                found += ["%s/%s" % (below, name) for name in names]
        return found

    @property
    def roots(self):
        """The shallowest modules that are this distribution's alone."""
        self._look()
        return self._files

    @property
    def tops(self):
        return {root.partition(".")[0] for root in self.roots}

    @property
    def namespaces(self):
        """First names that it shares with other distributions."""
        return {root.partition(".")[0] for root in self.roots if "." in root}

    @property
    def native(self):
        self._look()
        return self._native

    @property
    def requires(self):
        """(name, extras asked of it, the extra of this distribution that asks or None)"""
        if self._requires is None:
            head = self._read("METADATA").replace("\r\n", "\n").partition("\n\n")[0]
            self._requires = [
                (normalized(name), _extras(extras), (_EXTRA.search(marker or "") or [None, None])[1])
                for name, extras, _, marker in _REQUIRES.findall(head)
            ]
        return self._requires


def _extras(text):
    return frozenset(normalized(word.strip()) for word in (text or "").split(",") if word.strip())


def _roots(paths):
    modules = []
    packages = set()
    for path in paths:
        if path.startswith(("..", "/")) or ".dist-info/" in path:
            continue
        ending = next((one for one in _MODULE_ENDINGS if path.endswith(one)), None)
        if ending is None:
            continue
        parts = path[: -len(ending)].split("/")
        if not all(part.isidentifier() for part in parts):
            continue
        if parts[-1] == "__init__":
            packages.add(tuple(parts[:-1]))
        modules.append(parts)
    found = set()
    for parts in modules:
        depth = next((n for n in range(1, len(parts)) if tuple(parts[:n]) in packages), len(parts))
        found.add(".".join(parts[:depth]))
    found.discard("")
    return found


_directories = {}


def read_directory(directory):
    """The distributions of one directory, by name. Read again when the directory changed."""
    try:
        stamp = os.stat(directory).st_mtime_ns
    except OSError:
        return {}
    known = _directories.get(directory)
    if known is None or known[0] != stamp:
        try:
            names = sorted(os.listdir(directory))
        except OSError:
            return {}
        found = {}
        for name in names:
            if name.endswith(".dist-info"):
                one = Distribution(directory, name)
                found.setdefault(one.name, one)
        known = _directories[directory] = (stamp, found)
    return known[1]


class Index:
    """The distributions of several directories as one: of the same name the first counts, as on `sys.path`."""

    def __init__(self, directories, requirements=()):
        self.directories = list(directories)
        self.requirements = list(requirements)
        self.distributions = {}
        for directory in self.directories:
            for name, one in read_directory(directory).items():
                self.distributions.setdefault(name, one)
        self._by_top = None
        self._needs = {}
        self._asked = None

    def providers(self, top):
        """The distributions that have modules of this first name."""
        if self._by_top is None:
            table = {}
            for one in self.distributions.values():
                for name in one.tops:
                    table.setdefault(name, []).append(one)
            self._by_top = table
        return self._by_top.get(top, [])

    def needs(self, one):
        """Names of what it directly depends on and what is here; an extra counts where somebody here asks for it."""
        if one.name not in self._needs:
            if self._asked is None:
                asked = {}
                for text in self.requirements:
                    for name, extras, _, _ in _REQUIRES.findall("Requires-Dist: " + text):
                        asked.setdefault(normalized(name), set()).update(_extras(extras))
                for other in self.distributions.values():
                    for name, extras, _ in other.requires:
                        asked.setdefault(name, set()).update(extras)
                self._asked = asked
            extras = self._asked.get(one.name, ())
            self._needs[one.name] = {
                name
                for name, _, extra in one.requires
                if name in self.distributions and name != one.name and (extra is None or normalized(extra) in extras)
            }
        return self._needs[one.name]

    def closure(self, one):
        """Names of everything that it depends on, at any distance."""
        found = set()
        queue = [one]
        while queue:
            for name in self.needs(queue.pop()):
                if name not in found:
                    found.add(name)
                    queue.append(self.distributions[name])
        found.discard(one.name)
        return found

    def grow(self, seeds):
        """With all that depends on the seeds, and what shares a namespace package with one of them."""
        grown = dict.fromkeys(seeds)
        shared = set()
        for one in seeds:
            shared |= one.namespaces
        while True:
            names = {one.name for one in grown}
            more = [
                one
                for one in self.distributions.values()
                if one not in grown and (self.needs(one) & names or one.namespaces & shared)
            ]
            if not more:
                return list(grown)
            for one in more:
                grown[one] = None
                shared |= one.namespaces
