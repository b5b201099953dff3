"""The Whoosh schema of an index of passages. `schema.passage_fields` fills its fields."""

from whoosh import columns, fields

from ...analyzers import PersianAnalyzer


def schema() -> fields.Schema:
    """Return the fields.

    Plain words are searched for in `text` and `title`, which are indexed by stems, and in `exact`, the text indexed by
    its surface forms, and for less in `loose`, which has the loose terms of those words whose loose term is not their
    stem; other fields are searched only if the query names them. `day` and `fingerprint` are for filters,
    sorting and copies; `source`, `encoding` and `digest` are the record of the document.
    """
    persian = PersianAnalyzer()
    exact = PersianAnalyzer(exact=True)
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
    )
