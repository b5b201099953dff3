"""The reasons for what was skipped, as lines for a person: many files of one kind share a line."""

import re
from collections import defaultdict
from collections.abc import Iterable

_RECORD = re.compile(r":\d+$")

_ALONE = 3
"""The most files of one kind that get a line each."""

_NAMED = 2
"""The number of files that a line for many names."""


def skipped_lines(reasons: Iterable[str]) -> list[str]:
    """Return lines for reasons of the form `NAME: WHY`, in the order in which their kinds first occur.

    Files with the same ending that are skipped for the same reason share a line, if there are many of them:
    `300 × .jpg: unknown format (a.jpg, b.jpg, …)`.
    """
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for reason in reasons:
        name, _, why = reason.partition(": ")
        groups[_ending(name), why].append(name)
    lines: list[str] = []
    for (ending, why), names in groups.items():
        if len(names) <= _ALONE:
            lines += (f"{name}: {why}" if why else name for name in names)
        else:
            kind = ending or "without an ending"
            lines.append(f"{len(names):,} × {kind}: {why} ({', '.join(names[:_NAMED])}, …)")
    return lines


def _ending(name: str) -> str:
    """Return the ending of a name, which may be that of a record in a file: `a.csv:12`."""
    name = _RECORD.sub("", name)
    stem, point, ending = name[name.rfind("/") + 1 :].rpartition(".")
    return f".{ending.lower()}" if point and stem and len(ending) <= 12 and " " not in ending else ""
