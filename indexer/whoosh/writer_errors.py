"""Errors of the writer, which are both Jooya's and Whoosh's."""

from whoosh.fields import UnknownFieldError
from whoosh.writing import IndexingError

from ..errors import JooyaError


class WriterError(JooyaError, IndexingError):
    """The writer cannot do what it was asked to do."""


class DocumentError(WriterError, ValueError):
    """A document cannot be analyzed; the message names it and the reason."""


class UnknownField(DocumentError, UnknownFieldError):
    """A document has a value for a field that is not in the schema."""
