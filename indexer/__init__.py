"""Persian passage search: `Index` and what goes in and comes out of it."""

from jooya.indexer.codec.budget import MEMORY
from jooya.indexer.dates import Date
from jooya.indexer.document import Document, Passage
from jooya.indexer.errors import BadInput, BadQuery, IndexBusy, IndexUnusable, JooyaError
from jooya.indexer.index import Index
from jooya.indexer.results import Changes, Hit, Progress, Results, Status
from jooya.indexer.settings import Settings

__all__ = [
    "MEMORY",
    "BadInput",
    "BadQuery",
    "Changes",
    "Date",
    "Document",
    "Hit",
    "Index",
    "IndexBusy",
    "IndexUnusable",
    "JooyaError",
    "Passage",
    "Progress",
    "Results",
    "Settings",
    "Status",
]
