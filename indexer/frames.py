"""Rows as DataFrames of pandas or polars. Neither is a dependency: a program that wants one has it."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from .arguments import check_choice
from .errors import MissingPackage
from .result_dicts import ROW

LIBRARIES = ("pandas", "polars")
"""The libraries that are known, those that are preferred first."""


def frame(rows: Sequence[Mapping[str, Any]], library: str | None = None) -> Any:
    """Return rows of hits as a DataFrame, whose columns are there also if there are no rows.

    Args:
        rows: A value for each column.
        library: The library that makes it; if None, the first that is installed.

    Raises:
        MissingPackage: It is not installed, or none is.
    """
    if library is not None:
        check_choice("library", library, LIBRARIES)
    wanted = LIBRARIES if library is None else (library,)
    found = next((name for name in wanted if find_spec(name) is not None), None)
    if found is None:
        raise MissingPackage(
            f"a DataFrame needs {' or '.join(wanted)}, which is not installed", f"pip install {wanted[0]}"
        )
    return import_module(found).DataFrame({name: [row[name] for row in rows] for name in ROW})
