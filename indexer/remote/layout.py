"""The layout of an index on OpenSearch: its fields, their names and types, and what a term is there.

Each passage is a document of the engine. Its texts are analyzed here, and a field is sent as a *stream* of terms: the
positions are apart by a space, and the terms of one position are joined by `<`, which no term holds. A whitespace
tokenizer and a `pattern_capture` filter of the engine put the terms at their positions again. So the engine needs no
plugin, and has for each field the terms, positions and lengths that a segment has.

The streams of a passage's own texts are not kept in `_source`; the stored fields of the passage, as a segment has them,
are its object `stored`.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from ...analyzers import identity
from ..errors import IndexUnusable
from ..own_fields import SPEAKERS, OwnFields, disk_names
from ..ranking.bm25 import BM25

LAYOUT = 1
"""The version of the layout. Raise it when indexes of the one before can no longer be read or written."""

STREAMS = ("text", "exact", "title", "heading", "speaker")
"""The fields of texts that keep positions and lengths. Own fields of the kind `text` are further ones."""

LOOSE = "loose"
"""The field of loose terms, which keeps neither positions nor lengths: a passage has a term or lacks it."""

KEYWORDS = ("document", "id", "collection", "source", "encoding")
"""The fields whose only term is their value."""

NUMBERS = ("day", "fingerprint", "digest")
"""The columns of numbers that local segments have, too. A passage whose number would be 0 has none."""

NUMBER = "number"
"""The column with the number of a passage in its document, from 1."""

SINCE = "since"
"""The column with the number of the commit that shows a passage first, see `commit_state`."""

STORED = "stored"
"""The object with the stored fields of a passage, as a segment has them."""

LENGTH = "length"
"""The object that has for each field with positions a column with the number of its terms in the passage."""

OWN = "own"
"""The object that has the parts of own fields, whose names in segments have a dot."""

SORT = "sort"
"""The object that has for each own field of texts a column with the key by which its passages are sorted."""

JOINT = "<"
"""Joins the terms of one position in a stream."""

SIMILARITY = "jooya"
"""The name of the similarity of the fields with lengths."""

LONGEST_TERM = 8_000
"""The greatest length of a term in bytes of UTF-8. The engine takes no term of more than 32,766 bytes."""

_KEPT = 1_000  # characters that are kept of a longer term
_LONGEST_POSITION = 1 << 20  # characters of the terms of one position, which is all that the engine's tokenizer takes
_POSITIONS, _SET = "jooya_positions", "jooya_terms"  # the analyzers of streams with positions and without
_SPLITTER, _WORDS = "jooya_split", "jooya_words"


class Placement(NamedTuple):
    """The place of an index in the engine: its shards and copies. The engine decides what is None.

    Attributes:
        shards: The number of primary shards of the index; it cannot be changed later.
        replicas: The number of copies of each shard.
    """

    shards: int = 1
    replicas: int | None = None


def engine_name(name: str) -> str:
    """Return the name in the engine of a field that has the name `name` in segments."""
    return f"{OWN}.{name}" if "." in name else name


def length_name(name: str) -> str:
    """Return the name in the engine of the column with the lengths of a field."""
    return f"{LENGTH}.{engine_name(name)}"


def streams(own: OwnFields) -> list[str]:
    """Return the names in segments of all fields with positions and lengths."""
    return [*STREAMS, *(name for name in disk_names(own) if name.startswith("text."))]


def engine_term(term: str) -> str:
    """Return a term as the engine has it: itself, unless it is longer than the engine takes.

    Of a longer one the beginning is kept, and a hash of the whole.
    """
    if len(term) * 4 <= LONGEST_TERM or len(content := term.encode("utf-8", "surrogatepass")) <= LONGEST_TERM:
        return term
    return f"{term[:_KEPT]}\u2026{hashlib.blake2b(content, digest_size=16).hexdigest()}"


def index_body(own: OwnFields, placement: Placement, bm25: BM25) -> dict[str, Any]:
    """Return the body of the request that creates the index of the passages."""
    settings: dict[str, Any] = {
        "number_of_shards": placement.shards,
        "refresh_interval": "-1",  # commits do so themselves
        "similarity": {
            SIMILARITY: {"type": "BM25", "k1": bm25.k1, "b": bm25.b, "discount_overlaps": False},
        },
        "analysis": {
            "tokenizer": {_WORDS: {"type": "whitespace", "max_token_length": _LONGEST_POSITION}},
            "filter": {
                _SPLITTER: {"type": "pattern_capture", "preserve_original": False, "patterns": [f"([^{JOINT}]+)"]}
            },
            "analyzer": {
                _POSITIONS: {"type": "custom", "tokenizer": _WORDS, "filter": [_SPLITTER]},
                _SET: {"type": "custom", "tokenizer": _WORDS},
            },
        },
    }
    if placement.replicas is not None:
        settings["number_of_replicas"] = placement.replicas
    return {"settings": {"index": settings}, "mappings": _mappings(own)}


def _mappings(own: OwnFields) -> dict[str, Any]:
    stream = {"type": "text", "analyzer": _POSITIONS, "similarity": SIMILARITY, "index_options": "positions"}
    keyword = {"type": "keyword"}
    number = {"type": "long"}
    length = {"type": "integer", "index": False}
    properties: dict[str, Any] = {
        **dict.fromkeys(STREAMS, stream),
        LOOSE: {"type": "text", "analyzer": _SET, "index_options": "docs", "norms": False},
        **dict.fromkeys(KEYWORDS, keyword),
        **dict.fromkeys((*NUMBERS, SINCE), number),
        NUMBER: {"type": "integer"},
        STORED: {"type": "object", "enabled": False},
    }
    kinds = {"text": stream, "value": keyword, "number": number, "day": number}
    for name in (*disk_names(own), SPEAKERS):
        _put(properties, engine_name(name), kinds[name.partition(".")[0]])
    for name in streams(own):
        _put(properties, length_name(name), length)
    for name, kind in own.items():
        if kind in ("text", "keyword"):
            _put(properties, f"{SORT}.{name}", {"type": "keyword", "index": False})
    return {
        "dynamic": "strict",
        "_source": {"excludes": [*STREAMS, LOOSE, LENGTH, SORT]},
        "_meta": {"jooya": {"layout": LAYOUT, "analysis": identity(), "fields": dict(own)}},
        "properties": properties,
    }


def _put(properties: dict[str, Any], path: str, kind: Mapping[str, Any]) -> None:
    """Add a field at a path of objects."""
    *objects, name = path.split(".")
    for one in objects:
        properties = properties.setdefault(one, {"properties": {}})["properties"]
    properties[name] = kind


def check_identity(where: str, layout: object, analysis: object) -> None:
    """Raise IndexUnusable unless an index has this layout and this analysis.

    Args:
        where: The address of the index, for messages.
        layout: The version of its layout.
        analysis: The identity of the analysis that built it.
    """
    if layout != LAYOUT:
        raise IndexUnusable(
            f"{where} has the layout {layout}, this is {LAYOUT}",
            "make it again with RemoteIndex.rebuild, or use the version of Jooya that made it",
            reason="format",
        )
    if analysis != identity():
        raise IndexUnusable(
            f"{where} was built with analysis {analysis}, this is {identity()}",
            "make it again with RemoteIndex.rebuild, or use the version of Jooya that made it",
            reason="analysis",
        )
