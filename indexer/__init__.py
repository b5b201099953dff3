"""The public names of Jooya: `Index`, and what goes into it and comes out of it. `jooya` exports the same names."""

# Names are imported when they are first used, so `import jooya` takes hardly any time, and a process that only reads
# files does not load the modules of the index.

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .any_index import Searcher, open, open_or_create
    from .context import Context, Excerpt
    from .dates.parsing import Date, parse_date
    from .document import Document, Passage, Place, Section
    from .errors import (
        BadArgument,
        BadInput,
        BadQuery,
        BeyondLimit,
        EngineError,
        IndexBusy,
        IndexDamaged,
        IndexUnusable,
        JooyaError,
        MissingPackage,
    )
    from .index import Index
    from .limits import Limits
    from .options import ReadOptions
    from .query.corrections import Correction
    from .rank_fusion import reciprocal_rank_fusion
    from .ranking.score_parts import ScorePart
    from .remote.remote_index import RemoteIndex
    from .reports import (
        BackupReport,
        CheckReport,
        Commit,
        IndexReport,
        IndexStatus,
        Progress,
        RepairReport,
        ScrubReport,
        WorkProgress,
    )
    from .results import Hit, Neighbour, Results
    from .search.facets import FacetCount
    from .stored_documents import StoredDocument
    from .token_counts import estimated_tokens

_MODULES = {
    "BackupReport": ".reports",
    "BadArgument": ".errors",
    "BadInput": ".errors",
    "BadQuery": ".errors",
    "BeyondLimit": ".errors",
    "CheckReport": ".reports",
    "Commit": ".reports",
    "Context": ".context",
    "Correction": ".query.corrections",
    "Date": ".dates.parsing",
    "Document": ".document",
    "EngineError": ".errors",
    "Excerpt": ".context",
    "FacetCount": ".search.facets",
    "Hit": ".results",
    "Index": ".index",
    "IndexBusy": ".errors",
    "IndexDamaged": ".errors",
    "IndexReport": ".reports",
    "IndexStatus": ".reports",
    "IndexUnusable": ".errors",
    "JooyaError": ".errors",
    "Limits": ".limits",
    "MissingPackage": ".errors",
    "Neighbour": ".results",
    "Passage": ".document",
    "Place": ".document",
    "Progress": ".reports",
    "ReadOptions": ".options",
    "RemoteIndex": ".remote.remote_index",
    "RepairReport": ".reports",
    "Results": ".results",
    "ScorePart": ".ranking.score_parts",
    "ScrubReport": ".reports",
    "Searcher": ".any_index",
    "Section": ".document",
    "StoredDocument": ".stored_documents",
    "WorkProgress": ".reports",
    "estimated_tokens": ".token_counts",
    "open": ".any_index",
    "open_or_create": ".any_index",
    "parse_date": ".dates.parsing",
    "reciprocal_rank_fusion": ".rank_fusion",
}

__all__ = [
    "BackupReport",
    "BadArgument",
    "BadInput",
    "BadQuery",
    "BeyondLimit",
    "CheckReport",
    "Commit",
    "Context",
    "Correction",
    "Date",
    "Document",
    "EngineError",
    "Excerpt",
    "FacetCount",
    "Hit",
    "Index",
    "IndexBusy",
    "IndexDamaged",
    "IndexReport",
    "IndexStatus",
    "IndexUnusable",
    "JooyaError",
    "Limits",
    "MissingPackage",
    "Neighbour",
    "Passage",
    "Place",
    "Progress",
    "ReadOptions",
    "RemoteIndex",
    "RepairReport",
    "Results",
    "ScorePart",
    "ScrubReport",
    "Searcher",
    "Section",
    "StoredDocument",
    "WorkProgress",
    "estimated_tokens",
    "open",
    "open_or_create",
    "parse_date",
    "reciprocal_rank_fusion",
]


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
