"""The ranking without the compiled core, for tests of its twin in Python."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from jooya.indexer.ranking import (
    clauses,
    collector,
    kept_matches,
    mixed_disjunction,
    other_spelling,
    phrase_matching,
    rescorers,
    topk,
)

WITH_A_TWIN = (clauses, collector, kept_matches, mixed_disjunction, other_spelling, phrase_matching, rescorers, topk)


@contextmanager
def twin() -> Iterator[None]:
    """Let the modules of the ranking use no compiled core."""
    with pytest.MonkeyPatch.context() as patch:
        for module in WITH_A_TWIN:
            patch.setattr(module, "compiled", None)
        yield
