"""The counts of hits by fields, for people: a line for each value, and years as a picture of bars."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import click

from .text_output import one_line

if TYPE_CHECKING:
    from .. import FacetCount, IndexStatus

_BARS = " ▏▎▍▌▋▊▉█"
_WIDEST = 40  # characters of the longest bar
_MOST_VALUES = 20  # of one field
_MOST_OF_STATUS = 5  # values of one field
_MOST_YEARS = 60  # more are shown by decades


def facet_lines(facets: Mapping[str, "Iterable[FacetCount]"]) -> Iterator[str]:
    """Yield the lines for all values of some fields, each field under its name."""
    for name, counts in facets.items():
        yield click.style(name, bold=True)
        found = list(counts)
        if not found:
            yield "  –"
        elif name == "year":
            yield from year_lines({int(count.value): count.count for count in found})
        else:
            width = max(len(f"{count.count:,}") for count in found)
            yield from (f"  {count.count:>{width},}  {one_line(str(count.value))}" for count in found[:_MOST_VALUES])
            if len(found) > _MOST_VALUES:
                yield f"  and {len(found) - _MOST_VALUES:,} more; --format json has them all"


def status_facet_lines(status: "IndexStatus") -> Iterator[str]:
    """Yield the years and the most frequent values of the declared fields of an index."""
    from .. import FacetCount  # noqa: PLC0415 - a search without facets does not wait for it

    years = tuple([FacetCount(year, count) for year, count in status.years.items()])
    values = {
        name: tuple([FacetCount(value, count) for value, count in list(counts.items())[:_MOST_OF_STATUS]])
        for name, counts in status.facets.items()
    }
    yield from facet_lines(({"year": years} if years else {}) | {name: own for name, own in values.items() if own})


def year_lines(years: Mapping[int, int]) -> Iterator[str]:
    """Yield a line with a bar for each year, or each decade if they are many, from the first to the last."""
    step = 1 if max(years) - min(years) < _MOST_YEARS else 10
    counts: dict[int, int] = {}
    for year, count in years.items():
        counts[year - year % step] = counts.get(year - year % step, 0) + count
    most = max(counts.values())
    width = len(f"{most:,}")
    for year in range(min(counts), max(counts) + 1, step):
        count = counts.get(year, 0)
        label = f"{year}" if step == 1 else f"{year}–{year + step - 1}"
        yield f"  {label}  {count:>{width},}  {_bar(count / most)}".rstrip()


def _bar(share: float) -> str:
    eighths = max(round(share * _WIDEST * 8), 1 if share else 0)
    full, rest = divmod(eighths, 8)
    return _BARS[-1] * full + (_BARS[rest] if rest else "")
