"""Which words of a passage a query found."""

from collections.abc import Collection

from jooya.analyzers import analysis

Span = tuple[int, int]
"""Start and end, offsets in characters."""


def highlight(text: str, stems: Collection[str]) -> list[Span]:
    """Spans of the words of `text` that have one of `stems`, in order, none inside another."""
    columns = analysis().columns(text)
    spans = [
        (start, end)
        for stem, start, end in zip(columns.stems, columns.starts, columns.ends, strict=True)
        if stem in stems
    ]
    spans.sort(key=lambda span: (span[0], -span[1]))
    outer: list[Span] = []
    for span in spans:
        if not outer or span[0] >= outer[-1][1]:
            outer.append(span)
    return outer
