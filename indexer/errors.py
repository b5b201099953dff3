"""The errors a user can meet. Each message is one line that names the thing and the fix."""


class JooyaError(Exception):
    """Any of the errors below."""


class IndexUnusable(JooyaError):
    """The folder is no index, or not one that this version can use."""

    @classmethod
    def damaged(cls, file: object, what: str = "damaged") -> "IndexUnusable":
        """The error to raise where a file of an index is not as it was written."""
        return cls(f"{file} is {what}: restore it from a copy, or index again into a new folder")


class IndexBusy(JooyaError):
    """Another process is writing to the index."""


class BadInput(JooyaError):
    """Something that was to be read can't be; `str(error)` says where and why."""


class BadQuery(JooyaError):
    """The query has nothing to search for."""
