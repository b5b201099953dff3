"""Own fields of an index: metadata of documents that is declared, and so can be searched, filtered, sorted and counted.

A field has one of four kinds. On disk, a field NAME is in one or two fields of the segments, whose names say the kind:

- `text`: `text.NAME` has its words, and `value.NAME` its values as they are;
- `keyword`: `value.NAME` has its values;
- `number`: `number.NAME` has a number, see `number_code`;
- `date`: `day.NAME` has a day, as of `date.toordinal`.

The term of a value is what its spellings share, see `value_key`, then a NUL, then the value as it was written. So a
value is found by a prefix, and shown as it was written.
"""

import re
import struct
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, get_args

from ..analyzers import fold
from ..analyzers.characters import align
from .arguments import bad
from .errors import BadArgument
from .meta import MAX_NAME, Meta, MetaValue

Kind = Literal["text", "keyword", "number", "date"]
"""The kinds of own fields."""

KINDS: tuple[str, ...] = get_args(Kind)

OwnFields = Mapping[str, Kind]
"""The kinds of declared fields, by name."""

NO_FIELDS: OwnFields = {}

RESERVED = frozenset(
    {"id", "text", "title", "heading", "speaker", "doc", "document", "collection", "date", "year", "score"}
)
"""Names that stand for something else in queries, sorting and facets."""

MAX_DECLARED = 100
"""The greatest number of declared fields."""

LONGEST_VALUE = 200
"""The characters of a value by which it is found and counted; what follows them makes no difference."""

END_OF_KEY = "\0"
"""Stands in the term of a value between its key and the value as it was written."""

LEAST, GREATEST = -(1 << 63), (1 << 63) - 1
"""The least and the greatest integer that a column can have."""

_NAME = re.compile(r"[^\W\d_][\w-]*")
_NUMBER = re.compile(r"[+-]?\d{1,300}(?:\.\d{1,300})?(?:e[+-]?\d{1,3})?", re.ASCII)
_SEPARATORS = str.maketrans({",": None, "٬": None, "،": None, "٫": ".", "−": "-", "–": "-"})


MAX_REPEATED = 100_000_000
"""The most characters of values that the passages of a document repeat together: all of them have all of its fields."""


class Problem(NamedTuple):
    """A value that is not in its field.

    Attributes:
        name: The name of the field.
        reason: Why it is not, in words that follow the name.
    """

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name} {self.reason}; it is stored and returned alone"


def checked_fields(value: object) -> dict[str, Kind]:
    """Return a declaration of fields, sorted by name.

    Raises:
        BadArgument: It is no mapping of names that a query can have before a colon to kinds of fields.
    """
    if not isinstance(value, Mapping):
        raise bad("fields", value, 'a mapping of names to kinds, such as {"author": "text"}')
    if len(value) > MAX_DECLARED:
        raise BadArgument(
            f"{len(value):,} fields are declared", f"declare at most {MAX_DECLARED}", argument="fields", value=value
        )
    found: dict[str, Kind] = {}
    keys: dict[str, str] = {}
    for name, kind in value.items():
        if not isinstance(name, str) or len(name) > MAX_NAME or not _NAME.fullmatch(name):
            raise bad("the name of a field", name, "letters, digits, '-' and '_' alone, with a letter first")
        if name.lower() in RESERVED:
            raise BadArgument(
                f"a field cannot be called {name!r}, which Jooya has itself",
                "give it another name",
                argument="fields",
                value=value,
            )
        if kind not in KINDS:
            raise BadArgument(
                f"the field {name!r} cannot be of the kind {kind!r}",
                f"give one of {', '.join(KINDS)}",
                argument="fields",
                value=value,
            )
        if (key := name_key(name)) in keys:
            raise BadArgument(
                f"the fields {keys[key]!r} and {name!r} are the same in a query",
                "rename one of them",
                argument="fields",
                value=value,
            )
        keys[key] = name
        found[name] = kind
    return dict(sorted(found.items()))


def name_key(name: str) -> str:
    """Return what the spellings of a field's name share, which a query may have before a colon."""
    return align(name).lower()


def disk_names(fields: OwnFields) -> list[str]:
    """Return the names that declared fields have in segments."""
    return [f"{part}.{name}" for name, kind in fields.items() for part in PARTS[kind]]


PARTS: dict[str, tuple[str, ...]] = {
    "text": ("text", "value"),
    "keyword": ("value",),
    "number": ("number",),
    "date": ("day",),
}
"""What stands before the dot in the names that a field of each kind has in segments; last, the part with its values."""


def column_name(name: str, kind: Kind) -> str:
    """Return the name in segments of the part of a field that it is sorted and counted by."""
    return f"{PARTS[kind][-1]}.{name}"


SPEAKERS = "value.speaker"
"""The name in segments of the names of speakers as they are written, by which they are counted."""


def is_own(disk_name: str) -> bool:
    """Return True if a name in segments is that of a part of an own field, or of the speakers."""
    return "." in disk_name


def fields_of(disk_names_found: Iterable[str]) -> dict[str, Kind]:
    """Return the declared fields of segments that have these names, for an index whose declaration is lost."""
    found: dict[str, set[str]] = {}
    for disk_name in disk_names_found:
        part, dot, name = disk_name.partition(".")
        if dot and disk_name != SPEAKERS:
            found.setdefault(name, set()).add(part)
    kinds: dict[str, Kind] = {}
    for name, parts in sorted(found.items()):
        kind = next((kind for kind in get_args(Kind) if set(PARTS[kind]) == parts), None)
        if kind is not None:
            kinds[name] = kind
    return kinds


def own_values(meta: Meta, fields: OwnFields, passages: int) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values of declared fields by their names in segments, and those that cannot be in their fields.

    Args:
        meta: The metadata of a document.
        fields: The declared fields.
        passages: The number of passages of the document.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, kind in fields.items():
        value = meta.get(name)
        if value is None or value in ("", ()):
            continue
        if kind in ("text", "keyword"):
            texts = texts_of(value)
            size = sum(map(len, texts)) * passages
            if size > MAX_REPEATED:
                problems.append(Problem(name, f"is too long for the {passages:,} passages of its document"))
                continue
            if terms := list(dict.fromkeys(filter(None, map(value_term, texts)))):
                values[f"value.{name}"] = terms
            if kind == "text":
                values[f"text.{name}"] = "\n".join(texts)
            continue
        one = value[0] if isinstance(value, tuple) and len(value) == 1 else value
        code = (number_of if kind == "number" else day_of)(one)
        if code is None:
            problems.append(Problem(name, f"is declared as a {kind}, which {_shown(value)} is not"))
        else:
            values[column_name(name, kind)] = code
    return values, problems


def _shown(value: MetaValue) -> str:
    shown = repr(list(value) if isinstance(value, tuple) else value)
    return shown if len(shown) <= MAX_NAME else f"{shown[:MAX_NAME]}…"


def texts_of(value: MetaValue) -> list[str]:
    """Return a value as texts."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [value if isinstance(value, str) else f"{value}"]


def value_key(text: str) -> str:
    """Return what the spellings of a value share: its folded characters, without spaces."""
    return "".join(fold(text).replace(END_OF_KEY, "").split())[:LONGEST_VALUE]


def value_term(text: str) -> str:
    """Return the term of a value; empty if there is nothing in it to find it by."""
    key = value_key(text)
    return f"{key}{END_OF_KEY}{written(text)}" if key else ""


def written(text: str) -> str:
    """Return a value as its term has it: on one line, and no longer than the limit."""
    return " ".join(text.replace(END_OF_KEY, "").split())[:LONGEST_VALUE]


def split_term(term: bytes) -> tuple[str, str]:
    """Return the key and the written form of the term of a value."""
    key, _, shown = term.decode("utf-8", "replace").partition(END_OF_KEY)
    return key, shown or key


def number_of(value: object) -> int | None:
    """Return the code of a number, which may be written in digits of any script; None if it is none."""
    if isinstance(value, str):
        text = align(value).translate(_SEPARATORS).strip().lower()
        if not _NUMBER.fullmatch(text):
            return None
        value = float(text)
    if not isinstance(value, int | float):
        return None
    number = float(value)
    return number_code(number) if abs(number) < float("inf") else None


def number_code(number: float) -> int:
    """Return the integer by which a column has a number. Codes have the order of their numbers, and none is 0."""
    bits: int = struct.unpack("<q", struct.pack("<d", number + 0.0))[0]  # -0.0 + 0.0 is 0.0
    return bits + 1 if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)


def number_of_code(code: int) -> int | float:
    """Return the number that a code stands for; a whole one as an integer."""
    bits = code - 1 if code > 0 else (-code & 0x7FFF_FFFF_FFFF_FFFF) | (-1 << 63)
    number: float = struct.unpack("<d", struct.pack("<q", bits))[0]
    return int(number) if abs(number) < 1 << 63 and number.is_integer() else number


def day_of(value: object) -> int | None:
    """Return the day that a value states, or the first day of the month or year; None if it states none."""
    from .dates.periods import BadPeriod, parse_period  # noqa: PLC0415 - only dates wait for it

    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    try:
        return parse_period(value)[0]
    except BadPeriod:
        return None


class FieldProblems:
    """The values of a run that are not of the kinds of their fields: the first of each field, and their number."""

    def __init__(self) -> None:
        self._first: dict[str, Problem] = {}
        self._counts: Counter[str] = Counter()

    def add(self, problems: Iterable[Problem]) -> None:
        """Add what `own_values` found in a document."""
        for problem in problems:
            self._first.setdefault(problem.name, problem)
            self._counts[problem.name] += 1

    def lines(self) -> list[str]:
        """Return a line for each field with such values."""
        lines = []
        for name, problem in self._first.items():
            more = self._counts[name] - 1
            lines.append(f"{problem}" + (f" ({more:,} more like this)" if more else ""))
        return lines
