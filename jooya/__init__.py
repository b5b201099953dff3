"""Jooya: full-text passage search for Persian.

An index is a folder. Put files and documents in, and search their passages:

    from jooya import Document, Index

    with Index.open_or_create("index") as index:
        index.add("speeches/", Document("note", "متن یادداشت", date="1384-09-22"))
        for hit in index.search("سرزمین‌های اشغالی"):
            print(hit.score, hit.document, hit.text)

`help(Index)` has the methods, `help(Hit)` what a search returns, and `help(ReadOptions)` and `help(Limits)` the
options. All errors are subclasses of JooyaError, apart from OSError for disks and files. Messages about long work go
to loggers below `logging.getLogger("jooya")`.
"""

# Names are imported when they are first used, so `import jooya` takes hardly any time.

from typing import TYPE_CHECKING

from . import indexer

if TYPE_CHECKING:
    from .indexer import (
        BackupReport,
        BadArgument,
        BadInput,
        BadQuery,
        BeyondLimit,
        CheckReport,
        Commit,
        Context,
        Correction,
        Date,
        Document,
        EngineError,
        Excerpt,
        FacetCount,
        Hit,
        Index,
        IndexBusy,
        IndexDamaged,
        IndexReport,
        IndexStatus,
        IndexUnusable,
        JooyaError,
        Limits,
        MissingPackage,
        Neighbour,
        Passage,
        Place,
        Progress,
        ReadOptions,
        RemoteIndex,
        RepairReport,
        Results,
        ScorePart,
        ScrubReport,
        Searcher,
        Section,
        StoredDocument,
        WorkProgress,
        estimated_tokens,
        open,
        open_or_create,
        parse_date,
        reciprocal_rank_fusion,
    )

__version__ = "0.2.0"

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
    "__version__",
    "estimated_tokens",
    "open",
    "open_or_create",
    "parse_date",
    "reciprocal_rank_fusion",
]


def __getattr__(name: str) -> object:
    if name not in indexer.__all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(indexer, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
