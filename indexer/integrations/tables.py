"""Tables of pandas, polars and `datasets`: rows in as documents, passages and answers out as rows.

Each library is imported only when it is asked for. On the way in, a table is known by what it can do, not by its type.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, get_args

from .. import BadArgument, Document, IndexReport, MissingPackage, Results, Searcher
from ..any_index import AnyIndex
from ..arguments import check_choice
from ..result_dicts import hit_row
from .passage_metadata import add_all, document_from

Library = Literal["pandas", "polars", "datasets"]
"""The libraries whose tables are made."""

_TYPES = {"pandas": "DataFrame", "polars": "DataFrame", "datasets": "Dataset"}

_NO_ANSWER = ("rank", "score", "copies")
"""The columns that only an answer to a query has."""


def add_table(
    index: AnyIndex,
    table: Any,
    *,
    text: str = "text",
    key: str | None = None,
    columns: Mapping[str, str] | None = None,
    whole: bool = False,
    **options: Any,
) -> IndexReport:
    """Add the rows of a table to an index, each as a document.

    Values that are missing (None, NaN, NaT) are left out. Columns called `title`, `date` and `collection` become those
    of the document where they can be read as such; all others are metadata.

    Args:
        index: The index.
        table: A DataFrame of pandas or polars, a Dataset of `datasets`, or an iterable of mappings.
        text: The column with the text.
        key: The column with the key. If None, the key is a hash of the row, so adding it again changes nothing.
        columns: Other names for columns, such as `{"عنوان": "title", "تاریخ": "date"}`.
        whole: Make each row a single passage.
        options: The other arguments of `Index.add`.

    Returns:
        The report of `Index.add`. Rows that were skipped are in it, and are logged as warnings.

    Raises:
        BadArgument: The table is none of these, or lacks one of the columns.
    """
    names = _column_names(table)
    for column in (text, *([] if key is None else [key]), *(columns or {})):
        if names is not None and column not in names:
            raise BadArgument(f"the table has no column {column!r}", f"it has {', '.join(map(str, names))}")
    renamed = columns or {}

    def converted(row: Mapping[str, Any]) -> Document:
        values = {name: value for name, value in row.items() if name not in (text, key) and not _is_missing(value)}
        content = row.get(text)
        if _is_missing(content) or not isinstance(content, str):
            raise BadArgument(f"the column {text!r} has no text", "give a string")
        name = None
        if key is not None:
            if _is_missing(row.get(key)):
                raise BadArgument(f"the column {key!r} has no key", "give each row one")
            name = str(row[key])
        metadata = {renamed.get(column, column): _plain(value) for column, value in values.items()}
        return document_from(content, metadata, name, whole=whole)

    return add_all(index, _rows(table), converted, **options)


def results_table(results: Results | Iterable[Results], library: Library = "pandas") -> Any:
    """Return the hits of one query or several as a table, a row for each, with the query as the first column.

    Args:
        results: The answer to a query, or those of `Index.search_many`.
        library: The library that makes the table.

    Raises:
        MissingPackage: The library is not installed.
    """
    answers = [results] if isinstance(results, Results) else list(results)
    rows = [{"query": one.query} | hit_row(hit) for one in answers for hit in one]
    return _table(rows, library)


def passages_table(index: Searcher, pattern: str = "*", library: Library = "pandas") -> Any:
    """Return passages of an index as a table, a row for each, in the order of documents.

    Metadata of documents is in columns of its own; where a name is taken by another column, with `meta.` before it.

    Args:
        index: The index.
        pattern: The keys of the documents; a `*` stands for any characters.
        library: The library that makes the table.

    Raises:
        MissingPackage: The library is not installed.
    """
    _check(library)
    rows: list[dict[str, Any]] = []
    for document in index.documents(pattern, passages=True):
        for hit in document.passages:
            row = {name: value for name, value in hit_row(hit).items() if name not in _NO_ANSWER}
            for name, value in hit.meta.items():
                row[f"meta.{name}" if name in row else name] = list(value) if isinstance(value, tuple) else value
            rows.append(row)
    return _table(rows, library)


def _check(library: str) -> None:
    check_choice("library", library, get_args(Library))
    if find_spec(library) is None:
        raise MissingPackage(f"a table of {library} needs {library}, which is not installed", f"pip install {library}")


def _table(rows: list[dict[str, Any]], library: str) -> Any:
    """Return rows as a table. A column is of strings if its values are of several types."""
    _check(library)
    columns: dict[str, list[Any]] = {name: [] for row in rows for name in row}
    for name, values in columns.items():
        values.extend(row.get(name) for row in rows)
        if len({_kind(value) for value in values if value is not None}) > 1:
            columns[name] = [None if value is None else str(value) for value in values]
    module = import_module(library)
    return module.Dataset.from_dict(columns) if library == "datasets" else module.DataFrame(columns)


def _kind(value: object) -> type:
    """Return the type of a value; whole numbers are numbers like others."""
    return float if type(value) is int else type(value)


def _column_names(table: Any) -> list[Any] | None:
    """Return the names of the columns; None if rows alone have names."""
    names = getattr(table, "column_names", None)
    names = getattr(table, "columns", None) if names is None else names
    return None if names is None or callable(names) else list(names)


def _rows(table: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a table as mappings, without a copy of the table."""
    if hasattr(table, "iter_rows"):  # polars
        yield from table.iter_rows(named=True)
    elif hasattr(table, "itertuples"):  # pandas
        names = list(table.columns)
        for row in table.itertuples(index=False, name=None):
            yield dict(zip(names, row, strict=True))
    elif isinstance(table, Iterable) and not isinstance(table, str | Mapping):
        for row in table:
            if not isinstance(row, Mapping):
                raise BadArgument(
                    f"a row is a {type(row).__name__}", "give a DataFrame, a Dataset, or mappings of columns to values"
                )
            yield row
    else:
        raise BadArgument(
            f"the table is a {type(table).__name__}", "give a DataFrame, a Dataset, or mappings of columns to values"
        )


def _is_missing(value: object) -> bool:
    """Return True for None, and for NaN, NaT and NA, which alone do not equal themselves or cannot be compared."""
    if value is None:
        return True
    if isinstance(value, str | bool | int | list | tuple | dict) or hasattr(value, "__len__"):
        return False
    try:
        return bool(value != value)  # noqa: PLR0124 - that is what NaN is known by
    except TypeError:  # NA of pandas has no truth value
        return True


def _plain(value: Any) -> Any:
    """Return a value of numpy as one of Python."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return value
