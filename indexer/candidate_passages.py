"""The passages that a context is made of: those of the search, fused with those of other retrievers, ranked anew."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from .arguments import bad
from .errors import BadArgument
from .fingerprints import fingerprint
from .rank_fusion import reciprocal_rank_fusion
from .results import Hit

Retriever = Callable[[str], Iterable[str]]
"""A function that returns ids of passages, or their texts, for a question, best first: a vector search for example."""

Rerank = Callable[[str, Sequence[Hit]], Iterable[float] | Iterable[Hit] | Iterable[str]]
"""A function that takes a question and passages, and returns a score for each, or passages or their ids in order."""

Find = Callable[[Sequence[str]], list[Hit | None]]
"""A function that returns the passage for each id or text, or None."""

_SHOWN = 3  # names in a note


def fused(
    question: str, hits: Sequence[Hit], retrievers: Sequence[Retriever], find: Find, k: float, limit: int
) -> tuple[list[Hit], list[str]]:
    """Return the hits of a search joined with what retrievers find, by reciprocal rank fusion.

    Passages with the same words count as one, so a text is never given twice.

    Args:
        question: The question.
        hits: The hits of the search, best first.
        retrievers: The retrievers.
        find: The function that finds passages by ids and texts, among those that the caller may see.
        k: The constant of the fusion.
        limit: The number of passages to return, at most.

    Returns:
        The passages with their new ranks and scores, and notes on what was no passage.

    Raises:
        BadArgument: A retriever returns anything but strings.
    """
    passages = {_words(hit): hit for hit in reversed(hits)}
    rankings = [[_words(hit) for hit in hits]]
    notes = []
    for number, retriever in enumerate(retrievers, 1):
        names = _names(retriever(question))
        found = find(names)
        unknown = [name for name, one in zip(names, found, strict=True) if one is None]
        if unknown:
            shown = ", ".join(repr(name if len(name) <= 40 else f"{name[:40]}…") for name in unknown[:_SHOWN])
            more = ", …" if len(unknown) > _SHOWN else ""
            notes.append(f"retriever {number} returned {len(unknown)} that are no passages to search in: {shown}{more}")
        known = [one for one in found if one is not None]
        for one in known:
            passages.setdefault(_words(one), one)
        rankings.append([_words(one) for one in known])
    best = reciprocal_rank_fusion(rankings, k)[:limit]
    return _ranked([replace(passages[words], score=score) for words, score in best]), notes


def reranked(question: str, passages: Sequence[Hit], rerank: Rerank) -> list[Hit]:
    """Return passages in the order that a function gives them.

    Args:
        question: The question.
        passages: The passages, best first.
        rerank: The function. Of equal scores, the passage that was before stays before. Passages that an order does not
            name are left out.

    Raises:
        BadArgument: The function returns neither a score for each passage nor some of the passages.
    """
    if not passages:
        return []
    answer = list(rerank(question, list(passages)))
    if all(isinstance(one, Hit | str) for one in answer):
        by_id = {one.id: one for one in passages}
        ids = dict.fromkeys(one.id if isinstance(one, Hit) else str(one) for one in answer)
        for name in ids:
            if name not in by_id:
                raise _bad_rerank(name)
        return _ranked([by_id[name] for name in ids])
    scores = [_score(one) for one in answer]
    if len(scores) != len(passages):
        raise BadArgument(
            f"rerank returned {len(scores)} scores for {len(passages)} passages",
            "return a score for each passage, in their order",
            argument="rerank",
        )
    order = sorted(range(len(passages)), key=lambda place: -scores[place])
    return _ranked([replace(passages[place], score=scores[place]) for place in order])


def with_neighbours(passages: Sequence[Hit], number: int, passage: Callable[[str], Hit]) -> list[Hit]:
    """Return passages, each followed by so many around it, the nearest first, and each passage once.

    Args:
        passages: The passages, with at least so many neighbours each.
        number: How many before and after each to return.
        passage: The function that returns the passage with an id.
    """
    found: dict[str, Hit] = {}
    given = {one.id: one for one in passages}
    for one in passages:
        found.setdefault(one.id, one)
        for distance in range(number):
            for neighbour in (*one.after[distance : distance + 1], *one.before[::-1][distance : distance + 1]):
                if neighbour.id not in found:
                    known = given.get(neighbour.id)
                    found[neighbour.id] = known or replace(passage(neighbour.id), rank=one.rank, score=one.score)
    return list(found.values())


def _ranked(passages: Sequence[Hit]) -> list[Hit]:
    return [replace(one, rank=rank) for rank, one in enumerate(passages, 1)]


def _words(passage: Hit) -> int | str:
    """Return what passages with the same words share."""
    return fingerprint(passage.text) or passage.id


def _names(answer: object) -> list[str]:
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise bad("retrievers", answer, "functions that return a list of ids or texts of passages")
    names = list(answer)
    for name in names:
        if not isinstance(name, str):
            raise BadArgument(
                f"a retriever returned a {type(name).__name__}",
                "return ids or texts of passages as strings, best first",
                argument="retrievers",
                value=name,
            )
    return names


def _score(value: object) -> float:
    """Return a score as a number; those of numpy are numbers, too."""
    try:
        score = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise _bad_rerank(value) from None
    if math.isnan(score):
        raise _bad_rerank(value)
    return score


def _bad_rerank(value: object) -> BadArgument:
    return bad("rerank", value, "a function that returns a number for each passage, or passages that it was given")
