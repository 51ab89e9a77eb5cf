"""
Never a mixed state: random packages, random scripts, random order. `python random_sets.py SEED COUNT` prints a line of
JSON for each set that broke the rule, and one with the counts.

Every package tells its version and, through imports at its top or inside its function, those of all that it depends
on. Whatever a script sees that way must be what its own environment holds, or a VersionConflict.
"""

import json
import os
import random
import shutil
import sys
import traceback

import kit

NAMES = ["p%d" % number for number in range(6)]


def package(name, version, needs, eager, native, broken):
    lines = ["version = %r" % version]
    lines += ["import %s" % need for need in needs if need in eager]
    lines += ["from . import fast"] if native else []
    lines += ["from . import part", "raise ValueError('broken')"] if broken else []
    lines += ["def see():", "    found = {%r: version, %r: piece()}" % (name, name + ".part")]
    if native:
        lines += ["    found[%r] = fast.version()" % (name + ".fast")]
    for need in needs:
        lines += ["    import %s" % need, "    found.update(%s.see())" % need]
    lines += ["    return found", "def piece():", "    from . import part as it", "    return it.version"]
    files = {name + "/__init__.py": "\n".join(lines) + "\n", name + "/part.py": "version = %r\n" % version}
    return kit.dist(name, version, files, needs, native and name + ".fast")


def world(chance):
    """For each package and version what it needs; only later names, so there are no circles."""
    table = {}
    native = {name for name in NAMES if chance.random() < 0.25}
    for number, name in enumerate(NAMES):
        for version in "123":
            needs = [other for other in NAMES[number + 1 :] if chance.random() < 0.35]
            eager = {other for other in needs if chance.random() < 0.5}
            table[name, version] = (needs, eager, name in native, chance.random() < 0.08)
    return table


def environment(chance, table):
    """The versions that one script's environment holds, and its directory."""
    versions = {name: chance.choice("123") for name in NAMES}
    wanted = [name for name in NAMES if chance.random() < 0.5] or ["p0"]
    queue, found = list(wanted), set()
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue += table[name, versions[name]][0]
    held = {name: versions[name] for name in sorted(found)}
    may_break = any(table[one][3] for one in held.items())
    place = kit.site(*[package(name, version, *table[name, version]) for name, version in held.items()])
    return wanted, held, place, may_break


def host_of(chance, table):
    """What the host brings, and a plug-in of its own that imports it late."""
    wanted, held, place, may_break = environment(chance, table)
    with open(script_of(wanted, chance, eager=0)) as file:
        kit.write(os.path.join(place, "hostplug.py"), file.read())
    sys.path.insert(0, place)
    import hostplug

    return None, {"see": hostplug.see}, wanted, held, may_break


def script_of(wanted, chance, eager=0.5):
    lines = ["import %s" % name for name in wanted if chance.random() < eager] + ["def see(name):"]
    for name in wanted:
        lines += ["    if name == %r:" % name, "        import %s" % name, "        return %s.see()" % name]
    return kit.script("\n".join(lines) + "\n")


def check(seed):
    import venvoy

    chance = random.Random(seed)
    table = world(chance)
    counts = {"seen": 0, "refused": 0, "private": 0, "remote": 0, "broken": 0, "host": 0}
    running = [host_of(chance, table)] if chance.random() < 0.5 else []
    for _ in range(chance.randint(0, 2) if running else 0):
        look(venvoy, running[0], chance, counts)
    for _ in range(chance.randint(2, 4)):
        wanted, held, place, may_break = environment(chance, table)
        allow_worker = chance.random() < 0.3
        path = list(sys.path)
        try:
            used = kit.enter(script_of(wanted, chance), place, allow_worker=allow_worker)
        except venvoy.VersionConflict:
            assert sys.path == path, "a refusal left its directories behind"
            counts["refused"] += 1
            continue
        try:
            names = used.run()
        except venvoy.VersionConflict:
            counts["refused"] += 1
            continue
        except ValueError:
            assert may_break
            counts["broken"] += 1
            continue
        running.append((used, names, wanted, held, may_break))
        for _ in range(chance.randint(0, 6)):
            look(venvoy, chance.choice(running), chance, counts)
    for one in running * 2:
        look(venvoy, one, chance, counts)
    counts["private"] = sum("@" in name and "." not in name for name in sys.modules)
    for used, *_ in running:
        if used is not None:
            used.close()
    return counts


def look(venvoy, one, chance, counts):
    used, names, wanted, held, may_break = one
    name = chance.choice(wanted)
    try:
        found = names["see"](name)
    except venvoy.VersionConflict:
        counts["refused"] += 1
        return
    except ValueError:
        assert may_break
        counts["broken"] += 1
        return
    counts["seen"] += 1
    counts["remote"] += used is not None and name in used.in_worker
    counts["host"] += used is None
    assert name in found, found
    for key, version in found.items():
        assert held.get(key.partition(".")[0]) == version, "%s sees %s %s, and holds %s" % (used or "the host", key, version, held)


def main(first, count):
    total = {}
    for seed in range(first, first + count):
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                told = {"counts": check(seed)}
            except BaseException:
                told = {"seed": seed, "broken": traceback.format_exc()}
            os.write(writer, json.dumps(told).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as file:
            told = json.loads(file.read().decode() or '{"broken": "it ended"}')
        os.waitpid(pid, 0)
        for key, value in told.pop("counts", {}).items():
            total[key] = total.get(key, 0) + value
        if told:
            print(json.dumps(dict(told, seed=seed)))
    print(json.dumps({"total": total}))
    if "GUARD_ROOT" not in os.environ:
        shutil.rmtree(kit.root)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
