"""Judges a lock by pip's own reading of markers, versions and requirements, on the Python that it was made for.

stdin: {"roots": [requirement], "packages": {name: {"version", "requires": [requirement], "requiresPython"}}}
stdout: what is wrong with it, one sentence each, as a JSON list.
"""
import json
import sys

from pip._vendor.packaging.markers import default_environment
from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
from pip._vendor.packaging.specifiers import SpecifierSet
from pip._vendor.packaging.utils import canonicalize_name


def main():
    question = json.load(sys.stdin)
    packages = question["packages"]
    environment = default_environment()
    faults = []
    reached = {}
    waiting = []

    def ask(text, whom, extra):
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            return
        if requirement.marker is not None and not requirement.marker.evaluate(dict(environment, extra=extra)):
            return
        name = canonicalize_name(requirement.name)
        locked = packages.get(name)
        if locked is None:
            faults.append("%s needs %s, and it is not there" % (whom, text))
            return
        if requirement.url is None and not requirement.specifier.contains(locked["version"], prereleases=True):
            faults.append("%s needs %s, and %s is there" % (whom, text, locked["version"]))
        known = reached.setdefault(name, set())
        for one in [""] + [canonicalize_name(extra) for extra in requirement.extras]:
            if one not in known:
                known.add(one)
                waiting.append((name, one))

    for text in question["roots"]:
        ask(text, "the question", "")
    while waiting:
        name, extra = waiting.pop()
        for text in packages[name]["requires"]:
            # A line without the extra in its marker was asked with the package itself.
            ask(text, "%s[%s]" % (name, extra), extra)
    for name, locked in packages.items():
        if name not in reached:
            faults.append("nobody asks for %s" % name)
        lowest = [one for one in SpecifierSet(locked.get("requiresPython") or "") if one.operator in (">", ">=", "~=")]
        python = environment["python_full_version"]
        for one in lowest:
            bound = one.version.rstrip(".*")
            if not SpecifierSet(">=" + bound).contains(python, prereleases=True):
                faults.append("%s %s needs Python %s" % (name, locked["version"], one))
    json.dump(sorted(set(faults)), sys.stdout)


main()
