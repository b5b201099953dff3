"""Persian passage search: `Index` and what goes in and comes out of it."""

from jooya.indexer.codec.budget import MEMORY
from jooya.indexer.codec.lock import WAIT
from jooya.indexer.dates import Date
from jooya.indexer.document import Document, Passage
from jooya.indexer.errors import BadInput, BadQuery, BeyondLimit, IndexBusy, IndexDamaged, IndexUnusable, JooyaError
from jooya.indexer.index import Index
from jooya.indexer.limits import Limits
from jooya.indexer.results import Changes, Hit, Progress, Repair, Results, Soundness, Status
from jooya.indexer.settings import Settings

__all__ = [
    "MEMORY",
    "WAIT",
    "BadInput",
    "BadQuery",
    "BeyondLimit",
    "Changes",
    "Date",
    "Document",
    "Hit",
    "Index",
    "IndexBusy",
    "IndexDamaged",
    "IndexUnusable",
    "JooyaError",
    "Limits",
    "Passage",
    "Progress",
    "Repair",
    "Results",
    "Settings",
    "Soundness",
    "Status",
]
