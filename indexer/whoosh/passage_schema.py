"""The Whoosh schema of an index of passages. `schema.passage_fields` fills its fields."""

import json
from collections.abc import Sequence

from whoosh import columns, fields
from whoosh.analysis import IDTokenizer

from ...analyzers import PersianAnalyzer
from ..own_fields import SPEAKERS, OwnFields, disk_names


class ValueAnalyzer(IDTokenizer):
    """Takes a text as a single term, and the texts of a list as a term each, in their order."""

    values_are_terms = True

    def terms(self, text: str) -> tuple[Sequence[str], Sequence[int]]:
        """Return the term and its position, as `DocumentAnalyzer` asks for them."""
        return [text], [0]


def schema(own: OwnFields | str = "{}") -> fields.Schema:
    """Return the fields.

    Plain words are searched for in `text` and `title`, which are indexed by stems, and in `exact`, the text indexed by
    its surface forms, and for less in `loose`, which has the loose terms of those words whose loose term is not their
    stem; other fields are searched only if the query names them. `day` and `fingerprint` are for filters,
    sorting and copies; `source`, `encoding` and `digest` are the record of the document. `meta` is stored with the
    first passage of a document alone.

    Args:
        own: The declared fields, by the names that `own_fields` has; in the process of a worker, as JSON.
    """
    declared = json.loads(own) if isinstance(own, str) else own
    persian = PersianAnalyzer()
    exact = PersianAnalyzer(exact=True)
    kinds = {
        "text": lambda: fields.TEXT(analyzer=persian),
        "value": lambda: fields.ID(analyzer=ValueAnalyzer(), sortable=True),
        "number": lambda: fields.COLUMN(columns.NumericColumn("q")),
        "day": lambda: fields.COLUMN(columns.NumericColumn("q")),
    }
    names = [*disk_names(declared), SPEAKERS]
    return fields.Schema(
        document=fields.ID(stored=True, sortable=True),
        id=fields.ID(stored=True, sortable=True),
        title=fields.TEXT(analyzer=persian, stored=True),
        text=fields.TEXT(analyzer=persian, stored=True),
        exact=fields.TEXT(analyzer=exact),
        loose=fields.ID(analyzer=PersianAnalyzer(loose=True)),
        start=fields.STORED,
        end=fields.STORED,
        day=fields.COLUMN(columns.NumericColumn("q")),
        fingerprint=fields.COLUMN(columns.NumericColumn("q")),
        gregorian=fields.STORED,
        jalali=fields.STORED,
        heading=fields.TEXT(analyzer=persian, stored=True),
        speaker=fields.TEXT(analyzer=persian, stored=True),
        page=fields.STORED,
        time=fields.STORED,
        places=fields.STORED,
        collection=fields.ID(stored=True, sortable=True),
        source=fields.ID(sortable=True),
        encoding=fields.ID(sortable=True),
        digest=fields.COLUMN(columns.NumericColumn("q")),
        meta=fields.STORED,
        **{name: kinds[name.partition(".")[0]]() for name in names},
    )
