"""Texts with marks around the words that a query found, for pages of HTML and other markup."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from .highlight import Span

Kind = Literal["text", "found", "cut"]
"""The kinds of pieces: text as it was written, words that a query found, and the sign that something is left out."""

_CUT_BEFORE, _CUT_AFTER = "… ", " …"


class Piece(NamedTuple):
    """A piece of a text.

    Attributes:
        kind: The kind of the piece.
        text: The piece as it was written.
    """

    kind: Kind
    text: str


def pieces(text: str, spans: Sequence[Span], part: Span | None = None) -> Iterator[Piece]:
    """Yield the pieces of a text, or of a part of it, in order; together they are that text.

    Args:
        text: The text.
        spans: The parts that a query found. They may overlap, and reach beyond the text or the part.
        part: The part of the text that is shown. A piece of the kind `cut` stands for what is left out on either side.
    """
    done, end = (0, len(text)) if part is None else (max(part[0], 0), min(part[1], len(text)))
    if done:
        yield Piece("cut", _CUT_BEFORE)
    for start, stop in _united(spans):
        start, stop = max(start, done), min(stop, end)  # noqa: PLW2901 - clipped to what is shown
        if start < stop:
            if done < start:
                yield Piece("text", text[done:start])
            yield Piece("found", text[start:stop])
            done = stop
    if done < end:
        yield Piece("text", text[done:end])
    if end < len(text):
        yield Piece("cut", _CUT_AFTER)


def marked(parts: Iterator[Piece], pre: str, post: str, escape: Callable[[str], str]) -> str:
    """Return pieces as one text: each is escaped by itself, and those that were found are put in marks."""
    return "".join(
        f"{pre}{escape(piece.text)}{post}" if piece.kind == "found" else escape(piece.text) for piece in parts
    )


def _united(spans: Sequence[Span]) -> list[Span]:
    """Return the spans in order; those that overlap or touch are one."""
    united: list[Span] = []
    for start, stop in sorted(spans):
        if united and start <= united[-1][1]:
            united[-1] = united[-1][0], max(stop, united[-1][1])
        else:
            united.append((start, stop))
    return united
