/**
 * The question that every interpreter is asked. It runs on Python 2.7 and on all of 3, without `site` and without
 * anything from outside (`-I -S`), and prints one line of JSON between two marks, so that whatever a wrapper script
 * or a start-up hook prints around it does no harm.
 */
export const answerMarks = { begin: "<venvoy:", end: ":venvoy>" } as const;

export const askProgram = `
import json, os, platform, sys, sysconfig

def text(value):
    if value is None or isinstance(value, type(u"")):
        return value
    return value.decode(sys.getfilesystemencoding() or "utf-8", "replace") if isinstance(value, bytes) else str(value)

def scheme_paths():
    names = sysconfig.get_scheme_names()
    if "venv" in names:
        scheme = "venv"
    elif os.name == "nt":
        scheme = "nt"
    elif "pypy" in names and sys.version_info < (3, 8):
        scheme = "pypy"
    else:
        scheme = "posix_prefix"
    root = os.path.abspath(os.sep + "R")
    variables = dict((name, root) for name in ("base", "platbase", "installed_base", "installed_platbase", "prefix", "exec_prefix"))
    paths = sysconfig.get_paths(scheme, variables)
    out = {}
    for name in ("purelib", "platlib", "scripts", "include", "data"):
        relative = os.path.relpath(paths[name], root).replace(os.sep, "/")
        # Debian moves its own packages out of the way of everybody else's; environments don't follow.
        out[name] = "" if relative == "." else relative.replace("dist-packages", "site-packages")
    return out

def own_site_packages():
    found = []
    scheme = getattr(sysconfig, "get_default_scheme", lambda: None)()
    for name in ("purelib", "platlib"):
        path = sysconfig.get_path(name, scheme) if scheme else sysconfig.get_path(name)
        if path and path not in found:
            found.append(path)
    major, minor = sys.version_info[:2]
    if sys.platform.startswith("linux"):
        for path in ("/usr/local/lib/python%d.%d/dist-packages" % (major, minor), "/usr/lib/python%d/dist-packages" % major):
            if base_prefix == "/usr" and os.path.isdir(path) and path not in found:
                found.append(path)
    return found

def user_site():
    try:
        if hasattr(sysconfig, "get_preferred_scheme"):
            scheme = sysconfig.get_preferred_scheme("user")
        else:
            scheme = os.name + "_user"
            if sys.platform == "darwin" and sysconfig.get_config_var("PYTHONFRAMEWORK"):
                scheme = "osx_framework_user"
        return sysconfig.get_path("purelib", scheme)
    except Exception:
        return None

def bundled_wheels(stdlib):
    # Debian takes the wheels out of ensurepip and keeps them for all its Pythons.
    for place in (os.path.join(stdlib, "ensurepip", "_bundled"), sysconfig.get_config_var("WHEEL_PKG_DIR"),
                  "/usr/share/python-wheels"):
        if place and os.path.isdir(place):
            found = [os.path.join(place, name) for name in sorted(os.listdir(place)) if name.endswith(".whl")]
            if found:
                return found
    return []

def elf_loader(path):
    # Names the dynamic loader (PT_INTERP), which tells musl from glibc.
    import struct
    with open(path, "rb") as file:
        head = file.read(64)
        if head[:4] != b"\\x7fELF":
            return None
        wide = bytearray(head)[4] == 2
        order = "<" if bytearray(head)[5] == 1 else ">"
        offset, = struct.unpack(order + ("Q" if wide else "I"), head[32:40] if wide else head[28:32])
        size, count = struct.unpack(order + "HH", head[54:58] if wide else head[42:46])
        for index in range(count):
            file.seek(offset + index * size)
            row = file.read(size)
            if struct.unpack(order + "I", row[:4])[0] == 3:
                start, = struct.unpack(order + ("Q" if wide else "I"), row[8:16] if wide else row[4:8])
                length, = struct.unpack(order + ("Q" if wide else "I"), row[32:40] if wide else row[16:20])
                file.seek(start)
                return file.read(length).rstrip(b"\\x00").decode("ascii")
    return None

def libc():
    if not sys.platform.startswith("linux"):
        return None
    try:
        name, version = os.confstr("CS_GNU_LIBC_VERSION").rsplit(None, 1)
        if name == "glibc":
            return ["glibc", version]
    except (AttributeError, ValueError, OSError):
        pass
    try:
        name, version = platform.libc_ver()
        if name == "glibc" and version:
            return ["glibc", version]
        loader = elf_loader(sys.executable)
        if loader and "musl" in loader:
            import re, subprocess
            told = subprocess.Popen([loader], stderr=subprocess.PIPE).communicate()[1].decode("utf-8", "replace")
            match = re.search(r"Version (\\d+\\.\\d+)", told)
            return ["musl", match.group(1)] if match else None
    except Exception:
        pass
    return None

def implementation():
    own = getattr(sys, "implementation", None)
    if own is None:
        return platform.python_implementation().lower(), platform.python_version()
    v = own.version
    version = "%d.%d.%d" % (v.major, v.minor, v.micro)
    return own.name, version if v.releaselevel == "final" else version + v.releaselevel[0] + str(v.serial)

base_prefix = getattr(sys, "real_prefix", None) or getattr(sys, "base_prefix", sys.prefix)
name, own_version = implementation()
stdlib = sysconfig.get_path("stdlib")
wheels = bundled_wheels(stdlib)
python_version = platform.python_version()
answer = {
    "executable": text(getattr(sys, "_base_executable", None) or sys.executable),
    "prefix": text(base_prefix),
    "version": python_version,
    "versionInfo": list(sys.version_info[:3]),
    "prerelease": sys.version_info[3] != "final",
    "implementation": name,
    "implementationVersion": own_version,
    "machine": platform.machine(),
    "platformTag": sysconfig.get_platform(),
    "pointerBits": 64 if sys.maxsize > 2 ** 32 else 32,
    "freeThreaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "debug": bool(sysconfig.get_config_var("Py_DEBUG")) or hasattr(sys, "gettotalrefcount"),
    "soabi": sysconfig.get_config_var("SOABI"),
    "extSuffix": sysconfig.get_config_var("EXT_SUFFIX") or sysconfig.get_config_var("SO"),
    "libc": libc(),
    "macos": platform.mac_ver()[0] or None if sys.platform == "darwin" else None,
    "paths": scheme_paths(),
    "markers": {
        "implementation_name": name,
        "implementation_version": own_version,
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": python_version,
        "platform_python_implementation": platform.python_implementation(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": "linux" if sys.platform.startswith("linux") else sys.platform,
    },
    "bundledWheels": [text(path) for path in wheels],
    "hasEnsurepip": os.path.isdir(os.path.join(stdlib, "ensurepip")),
    "externallyManaged": os.path.isfile(os.path.join(stdlib, "EXTERNALLY-MANAGED")),
    "stdlib": text(stdlib),
    "sitePackages": [text(path) for path in own_site_packages()],
    "userSite": text(user_site()),
}
sys.stdout.write("\\n${answerMarks.begin}" + json.dumps(answer) + "${answerMarks.end}\\n")
`;
