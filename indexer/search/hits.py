"""From a page of scored passages to hits: their stored values, neighbours and explanations."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ..limits import check
from ..query.corrections import Correction
from ..query.highlight_terms import HighlightTerms
from ..query.planner import QueryPlan
from ..ranking.score_parts import rounded
from ..ranking.searcher import IndexSearcher
from ..results import Hit, Neighbour, Results
from ..stored_passages import Places, stored_passage
from .pages import FoundPassage, SearchPage

if TYPE_CHECKING:
    from .facets import Facets


def results_of(
    searcher: IndexSearcher,
    query: str,
    plan: QueryPlan,
    page: SearchPage,
    first: int = 1,
    *,
    context: int = 0,
    explain: bool = False,
    facets: "Facets | None" = None,
) -> Results:
    """Return the results that a page holds.

    Args:
        searcher: The searcher that made the page.
        query: The query as it was given.
        plan: The plan by which the page was made.
        page: The page.
        first: The rank of its first hit, from 1.
        context: How many passages before and after each hit to return with it.
        explain: Return the parts of each score, too.
        facets: The counts of fields that were asked for.
    """
    hits = []
    for rank, (found, copies) in enumerate(zip(page.passages, page.copies, strict=True), first):
        check()
        hit = _hit(searcher, found, rank, plan.highlight_terms, copies)
        if context:
            before, after = _neighbours(searcher, found.number, hit.document, context)
            hit = replace(hit, before=before, after=after)
        if explain:
            from ..ranking.explanation import explain as explain_score  # noqa: PLC0415 - few searches ask for it

            leaf, doc = searcher.locate(found.number)
            if page.documents:
                parts = tuple(rounded(page.documents.explain(leaf, doc), found.score))
            else:
                rescorers = plan.rescorers if found.is_rescored else ()
                parts = explain_score(leaf, doc, found.score, plan.clause, rescorers)
            hit = replace(hit, explanation=parts)
        hits.append(hit)
    corrections = [_as_written(searcher, one) for one in plan.corrections]
    return Results(query, page.total, hits, plan.notes, corrections, facets or {})


def _as_written(searcher: IndexSearcher, correction: Correction) -> Correction:
    """Return a correction with the words as passages have them, with their half-spaces."""
    if correction.kind == "layout":
        return correction
    from ..suggestions.display_forms import display_form  # noqa: PLC0415 - few searches have corrections

    used = [" ".join(display_form(searcher, word) for word in words.split(" ")) for words in correction.used]
    return replace(correction, used=tuple(used))


def passage_of(searcher: IndexSearcher, number: int, context: int = 0) -> Hit:
    """Return a passage that no query found, by its number in the snapshot: a hit of rank and score 0."""
    passage = _hit(searcher, FoundPassage(number, 0.0, is_rescored=False), 0, HighlightTerms(), 0)
    if not context:
        return passage
    before, after = _neighbours(searcher, number, passage.document, context)
    return replace(passage, before=before, after=after)


def _hit(searcher: IndexSearcher, found: FoundPassage, rank: int, highlight_terms: HighlightTerms, copies: int) -> Hit:
    leaf, doc = searcher.locate(found.number)
    stored = stored_passage(leaf.segment, doc)
    hit = Hit(
        rank,
        found.score,
        stored.id,
        stored.document,
        stored.title,
        stored.date,
        stored.text,
        stored.start,
        stored.end,
        stored.page,
        stored.time,
        stored.heading,
        stored.speaker,
        stored.collection,
        dict(stored.meta),
        copies,
        highlight_terms=highlight_terms,
    )
    return _at_first_match(hit, stored.places) if stored.places else hit


def _at_first_match(hit: Hit, later_places: Places) -> Hit:
    """Return a hit with the page or time of its first match, where its passage goes on at other ones.

    Args:
        hit: The hit, with the page or time at which its passage begins.
        later_places: The others in the passage: each an offset in it, a page and a time.
    """
    first = next((start for start, _ in hit.highlights), 0)
    for start, page, time in later_places:
        if start > first:
            break
        hit = replace(hit, page=page, time=time)
    return hit


def _neighbours(
    searcher: IndexSearcher, number: int, document: str, context: int
) -> tuple[tuple[Neighbour, ...], tuple[Neighbour, ...]]:
    """Return the passages of a document before and after one of its passages: their numbers are consecutive."""
    leaf, doc = searcher.locate(number)

    def passages(docs: range) -> Iterator[Neighbour]:
        for other in docs:
            check()
            stored = stored_passage(leaf.segment, other)
            if stored.document != document:
                return
            yield Neighbour(stored.id, stored.text, stored.start, stored.end)

    before = tuple(passages(range(doc - 1, max(doc - context, 0) - 1, -1)))
    return before[::-1], tuple(passages(range(doc + 1, min(doc + context + 1, leaf.size))))
