"""Jooya: Persian full-text passage search.

    from jooya import Document, Index

    with Index.open_or_create("index") as index:
        index.add("speeches/", Document("note", "متن یادداشت"))
        for hit in index.search("سرزمین‌های اشغالی"):
            print(hit.score, hit.document, hit.text)

Names are imported when they are first used.
"""

from typing import TYPE_CHECKING

from . import indexer

if TYPE_CHECKING:
    from .indexer import (
        BadInput,
        BadQuery,
        BeyondLimit,
        CheckReport,
        Date,
        Document,
        Hit,
        Index,
        IndexBusy,
        IndexDamaged,
        IndexReport,
        IndexStatus,
        IndexUnusable,
        JooyaError,
        Limits,
        Neighbour,
        Passage,
        Place,
        Progress,
        ReadOptions,
        RepairReport,
        Results,
        ScorePart,
        Section,
        parse_date,
    )

__version__ = "0.2.0"

__all__ = [
    "BadInput",
    "BadQuery",
    "BeyondLimit",
    "CheckReport",
    "Date",
    "Document",
    "Hit",
    "Index",
    "IndexBusy",
    "IndexDamaged",
    "IndexReport",
    "IndexStatus",
    "IndexUnusable",
    "JooyaError",
    "Limits",
    "Neighbour",
    "Passage",
    "Place",
    "Progress",
    "ReadOptions",
    "RepairReport",
    "Results",
    "ScorePart",
    "Section",
    "__version__",
    "parse_date",
]


def __getattr__(name: str) -> object:
    if name not in indexer.__all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(indexer, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
