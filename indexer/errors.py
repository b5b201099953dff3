"""The errors a user can meet. Each message is one line that names the thing and the fix."""


class JooyaError(Exception):
    """Any of the errors below. message: becomes one line, whatever is in the names it has: those of files and columns
    may be of several."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.splitlines()))


class IndexUnusable(JooyaError):
    """The folder is no index, or not one that this version can use."""

    @classmethod
    def foreign(cls, path: object, analysis: str, own: str) -> "IndexUnusable":
        """The error to raise for an index that another analysis than one's own built."""
        return cls(
            f"{path} was built with analysis {analysis}, this is {own}: index again into a new folder, or use the "
            "version of Jooya that made it"
        )


class IndexDamaged(IndexUnusable):
    """A file of an index is not as it was written."""

    @classmethod
    def at(cls, file: object, what: str = "damaged") -> "IndexDamaged":
        """The error to raise for `file`, which is damaged or missing."""
        return cls(f"{file} is {what}: restore a copy of the index, or save what can be by 'jooya check --repair'")


class IndexBusy(JooyaError):
    """Another process is writing to the index."""


class BadInput(JooyaError):
    """Something that was to be read can't be; `str(error)` says where and why."""


class BadQuery(JooyaError):
    """The query has nothing to search for."""


class BeyondLimit(BadQuery):
    """The query asks for more than its limits allow; see `Limits`."""
