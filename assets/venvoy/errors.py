"""What can go wrong, in one place. Every failure of this package is a VenvoyError."""


class VenvoyError(Exception):
    """`code` never changes, `hint` is what to do next."""

    def __init__(self, message, code="HOST_FAILED", hint=None, data=None):
        super().__init__(message if not hint else "%s\nhint: %s" % (message, hint))
        self.message = message
        self.code = code
        self.hint = hint
        self.data = data or {}


class BinaryNotFound(VenvoyError):
    """The venvoy program is not on this machine, or not where anybody looks; `looked` has the places."""

    def __init__(self, looked):
        super().__init__(
            "The venvoy program was not found; looked at: %s" % "; ".join(looked),
            code="BINARY_NOT_FOUND",
            hint="install venvoy, or set VENVOY_BINARY to the program's path",
        )
        self.looked = looked


class Timeout(VenvoyError):
    """Took longer than the caller allowed; whatever was started for it has been ended."""

    def __init__(self, what, seconds):
        super().__init__("%s took longer than %g s and was ended" % (what, seconds), code="TIMEOUT")


class VersionConflict(VenvoyError):
    """
    Two scripts need two versions, and this process can't hold both. It is no ImportError: code that does without a
    package when an import fails must not go on as if the package were only missing.
    """

    def __init__(self, module, loaded, wanted, native=None):
        self.module = module
        self.loaded = loaded
        self.wanted = wanted
        #: the distribution with compiled code that stands in the way
        self.native = native or wanted.distribution
        reason = (
            "it has compiled modules, which one process loads in one version only"
            if self.native == wanted.distribution
            else "`%s`, which depends on it, has compiled modules and can't be loaded a second time" % self.native
        )
        super().__init__(
            "`%s`: %s; %s; %s" % (module, loaded.sentence("is loaded"), wanted.sentence("is needed"), reason),
            code="VERSION_CONFLICT",
            hint="venvoy.use(script, allow_worker=True) or venvoy.worker(script) runs it in a process of its own",
            data={"module": module, "loaded": loaded.as_dict(), "wanted": wanted.as_dict(), "native": self.native},
        )


class Side:
    """One side of a conflict: which version, from which file, for which script."""

    def __init__(self, distribution, version, file, script):
        self.distribution = distribution
        self.version = version
        self.file = file
        self.script = script

    def sentence(self, verb):
        return "%s %s %s for %s (%s)" % (self.distribution, self.version, verb, self.script, self.file)

    def as_dict(self):
        return {key: getattr(self, key) for key in ("distribution", "version", "file", "script")}


class WorkerGone(VenvoyError):
    """The worker process ended; what lived in it is lost."""

    def __init__(self, message):
        super().__init__(message, code="WORKER_GONE", hint="call venvoy.use or venvoy.worker again for a new one")


class RemoteError(VenvoyError):
    """
    An exception in the worker: `type_name`, its message, and `remote_traceback` as text. Where the exception there is
    one of Python's own (ValueError), so is this one, too.
    """

    def __init__(self, type_name, message, remote_traceback):
        super().__init__("%s: %s" % (type_name, message), code="REMOTE_ERROR")
        self.type_name = type_name
        self.remote_traceback = remote_traceback

    def __str__(self):
        return "%s\n\nin the worker:\n%s" % (self.message, self.remote_traceback)
