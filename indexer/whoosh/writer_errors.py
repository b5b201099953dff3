"""Errors of the writer, which are both Jooya's and Whoosh's."""

from whoosh.fields import UnknownFieldError
from whoosh.index import LockError
from whoosh.writing import IndexingError

from ..errors import IndexBusy, JooyaError


class WriterError(JooyaError, IndexingError):
    """The writer cannot do what it was asked to do."""


class DocumentError(WriterError, ValueError):
    """A document cannot be analyzed; the message names it and the reason."""


class DocumentTypeError(DocumentError, TypeError):
    """A document cannot be analyzed, since a value is of the wrong type."""


class WriterBusy(IndexBusy, LockError):
    """Another process or thread is writing to the index. Whoosh's own writers wait for it when they see a LockError."""

    @classmethod
    def of(cls, error: IndexBusy) -> "WriterBusy":
        """Return the same error as one that Whoosh knows."""
        return cls(error.problem, error.fix, path=error.path, holder=error.holder, waited=error.waited)


class UnknownField(DocumentError, UnknownFieldError):
    """A document has a value for a field that is not in the schema."""
