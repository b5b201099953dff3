"""The options of a commit, as Whoosh's writers take them."""

from typing import Any

from whoosh.writing import CLEAR, MERGE_SMALL, NO_MERGE, OPTIMIZE

from ..codec.merge_policy import Merging
from .writer_errors import WriterError


def chosen_merging(mergetype: Any, optimize: bool, merge: bool) -> Merging:
    """Return what to merge, as the arguments of Whoosh's `commit` say it."""
    if mergetype is not None:
        known: dict[Any, Merging] = {OPTIMIZE: "all", NO_MERGE: "none", MERGE_SMALL: "policy", CLEAR: "policy"}
        if mergetype not in known:
            raise WriterError("a merge function of your own can't be used: give one of those in whoosh.writing")
        return known[mergetype]
    if optimize:
        return "all"
    return "policy" if merge else "none"
