"""The errors that Jooya raises. Each message is one line that names the thing that is wrong and the fix."""

import errno
from pathlib import Path
from typing import Literal

from .places import is_address

Unusable = Literal[
    "missing",
    "not an index",
    "not empty",
    "not readable",
    "not writable",
    "format",
    "analysis",
    "key",
    "closed",
    "other",
]
"""The reasons for which an index cannot be used."""


class JooyaError(Exception):
    """The base class of all errors that Jooya raises, apart from OSError for disks and files.

    `str(error)` is one line: the problem, and after a colon the fix in terms of the Python API.

    Attributes:
        problem: What is wrong.
        fix: What to do about it, or None if the problem says all.
    """

    def __init__(self, problem: str, fix: str | None = None) -> None:
        # Names of files and columns may contain line breaks.
        self.problem = _one_line(problem)
        self.fix = None if fix is None else _one_line(fix)
        super().__init__(self.problem if self.fix is None else f"{self.problem}: {self.fix}")


class IndexUnusable(JooyaError):
    """The folder holds no index, or one that this version cannot use, or the index has been closed.

    Attributes:
        path: The folder or file that cannot be used; None if it is not known, or if the index is in no folder.
        reason: `"missing"` (there is no such folder), `"not an index"`, `"not empty"` (no index can be created there),
            `"not readable"`, `"not writable"`, `"format"` or `"analysis"` (made by another version), `"key"` (its
            authentication code is missing or wrong, or its key was not given), `"closed"` or `"other"`.
    """

    def __init__(
        self,
        problem: str,
        fix: str | None = None,
        *,
        path: str | Path | None = None,
        reason: Unusable = "other",
    ) -> None:
        super().__init__(problem, fix)
        self.path = None if path is None or is_address(path) else Path(path)
        self.reason = reason

    @classmethod
    def foreign(cls, path: object, analysis: str, own: str) -> "IndexUnusable":
        """Return the error for the index at `path`, which was built with `analysis` instead of `own`."""
        return cls(
            f"{path} was built with analysis {analysis}, this is {own}",
            "index again into a new folder, or use the version of Jooya that made it",
            path=str(path),
            reason="analysis",
        )

    @classmethod
    def unreadable(cls, path: str | Path, error: OSError) -> "IndexUnusable":
        """Return the error for an index, or a file of it, that the system does not let this process read."""
        reason, fix = reason_and_fix(error, "check its disk")
        return cls(f"{error.filename or path} can't be read ({reason})", fix, path=path, reason="not readable")


class IndexDamaged(IndexUnusable):
    """A file of the index is missing, or its content is not what was written.

    Attributes:
        path: The damaged file; None if the index is in no folder.
    """

    @classmethod
    def at(cls, file: object, what: str = "damaged") -> "IndexDamaged":
        """Return the error that says "`file` is `what`": damaged, missing, or without something that it needs.

        Args:
            file: The file, or the address of an index.
            what: What is wrong with it.
        """
        fix = "restore a copy of the index, or save what can be read with Index.repair"
        if is_address(file):
            fix = "restore a snapshot of OpenSearch, or make the index again with RemoteIndex.rebuild"
        return cls(f"{file} is {what}", fix, path=str(file))


class IndexBusy(JooyaError):
    """Another process or thread is writing to the index.

    Attributes:
        path: The folder of the index, or None if it is not known.
        holder: The process that is writing, in its own words, or None if it is not known.
        waited: How many seconds the call waited.
    """

    def __init__(
        self,
        problem: str,
        fix: str | None = None,
        *,
        path: str | Path | None = None,
        holder: str | None = None,
        waited: float = 0.0,
    ) -> None:
        super().__init__(problem, fix)
        self.path = None if path is None else Path(path)
        self.holder = holder
        self.waited = waited


class EngineError(JooyaError):
    """OpenSearch cannot be reached, or refuses a request.

    Attributes:
        status: The status of its answer, or None if there was none.
        kind: Its own name of the error, such as `"version_conflict_engine_exception"`; or `"unreachable"`, `"tls"`,
            `"foreign"` (what answers is not OpenSearch) or `"partial"` (some shards do not answer).
    """

    def __init__(self, problem: str, fix: str | None = None, *, status: int | None = None, kind: str = "") -> None:
        super().__init__(problem, fix)
        self.status = status
        self.kind = kind


class MissingPackage(JooyaError, ImportError):
    """A call needs a package that is not installed. The message says how to install it."""


class BadInput(JooyaError):
    """A file, a record or an id cannot be read or does not exist. The message says where and why."""


class BadQuery(JooyaError):
    """The query contains nothing to search for, or cannot be answered within its limits (see `BeyondLimit`)."""


class BeyondLimit(BadQuery):
    """The query asks for more than its `Limits` allow.

    Attributes:
        limit: The name of the limit, an attribute of `Limits`.
        asked: What the query asked for, or None if this is not known (a query is stopped when its time is over).
        allowed: The value of the limit.
    """

    def __init__(
        self,
        problem: str,
        fix: str | None = None,
        *,
        limit: str = "",
        asked: float | None = None,
        allowed: float | None = None,
    ) -> None:
        super().__init__(problem, fix)
        self.limit = limit
        self.asked = asked
        self.allowed = allowed


class BadArgument(JooyaError, ValueError):
    """An argument of a call has the wrong type or value. Nothing has been done.

    Attributes:
        argument: The name of the argument.
        value: The value that was given.
    """

    def __init__(self, problem: str, fix: str | None = None, *, argument: str = "", value: object = None) -> None:
        super().__init__(problem, fix)
        self.argument = argument
        self.value = value


def reason_and_fix(error: OSError, otherwise: str) -> tuple[str, str]:
    """Return what is wrong with a file or folder, by an error of the system, and what to do about it.

    Args:
        error: The error.
        otherwise: What to do about an error that is due neither to permissions nor to a limit of this process.
    """
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return "too many open files", "raise the limit (ulimit -n), or close some"
    if isinstance(error, PermissionError):
        return "permission denied", "check its permissions"
    return error.strerror or str(error), otherwise


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())
