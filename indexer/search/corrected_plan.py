"""Planning a query with corrections of words that hardly any passage has."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..errors import BeyondLimit
from ..limits import Limits, check, deadline, left
from ..own_fields import NO_FIELDS, OwnFields
from ..query.corrections import MAX_CHARACTERS, Change, Correction
from ..query.parser import parse
from ..query.planner import QueryPlan, plan
from ..query.tree import Node, ParsedQuery
from ..ranking.searcher import IndexSearcher

if TYPE_CHECKING:
    from ..suggestions.vocabulary import Vocabulary

_MAX_COST = 2.5  # of the edits of a correction that takes part by itself: one edit, or two likely ones


def corrected_plan(
    searcher: IndexSearcher,
    text: str,
    parsed: ParsedQuery,
    within: ParsedQuery | None,
    limits: Limits,
    vocabulary: Callable[[], "Vocabulary"],
    *,
    where: Node | None = None,
    own: OwnFields = NO_FIELDS,
    plain: bool = False,
) -> QueryPlan | None:
    """Return the plan for a query, with corrections of its plain words; None if there is nothing to search for.

    Args:
        searcher: The searcher of the index.
        text: The query as it was given.
        parsed: The query.
        within: A query that passages must match too.
        limits: The limits of the call. At most half of the time that is left is spent on corrections.
        vocabulary: Returns the surface forms of the index. It is called only if a word may be misspelled.
        where: Another condition like `within`.
        own: The declared fields, which the query may name.
        plain: True if all of the query is plain words.
    """
    if len(text) > MAX_CHARACTERS:
        return plan(searcher, parsed, within, limits, where)
    finder = _ChangeFinder(searcher, text, vocabulary)
    planned = plan(searcher, parsed, within, limits, where, finder)
    if finder.in_other_layout is not None:
        other = plan(searcher, parse(finder.in_other_layout, limits, own, plain=plain), within, limits, where)
        if other is not None:
            return other._replace(corrections=(Correction(text, (finder.in_other_layout,), "layout"),))
    if planned is not None and finder.is_late:
        planned.notes.append("there was no time to correct the query; a longer time limit allows it")
    return planned


class _ChangeFinder:
    """Finds changes of the parts of a query; see `ChangeFinder`.

    Attributes:
        in_other_layout: The query as it reads in the other keyboard layout, if only then its words are in the index.
        is_late: True if there was no time to look for changes.
    """

    def __init__(self, searcher: IndexSearcher, text: str, vocabulary: Callable[[], "Vocabulary"]) -> None:
        self._searcher = searcher
        self._text: str | None = text  # until the other layout has been tried
        self._vocabulary = vocabulary
        self.in_other_layout: str | None = None
        self.is_late = False

    def __call__(self, part: str) -> Sequence[Sequence[Change]]:
        if self.is_late:
            return ()
        # A search for words that the index has does not wait for these.
        from ..suggestions.did_you_mean import in_other_layout  # noqa: PLC0415
        from ..suggestions.word_changes import changes  # noqa: PLC0415

        try:
            with deadline(left() / 2):
                if self._text is not None:
                    self.in_other_layout = in_other_layout(self._searcher, self._vocabulary, self._text)
                    self._text = None
                if self.in_other_layout is not None:
                    return ()
                return list(changes(self._searcher, self._vocabulary(), part, _MAX_COST))
        except BeyondLimit:
            check()  # the time for the whole search may be over, too
            self.is_late = True
            return ()
