"""Front matter, which stands above the text of a Markdown file, in YAML between `---` or in TOML between `+++`."""

import datetime
import re
import tomllib
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from ..dates.parsing import Date, sole_date
from ..meta import MetaValue
from .file_meta import fitting_meta

_FRONT_MATTER = re.compile(
    r"\ufeff?(?P<mark>---|\+\+\+)[ \t]*\r?\n(?P<fields>(?:(?!---|\.\.\.|\+\+\+)[^\n]*\n)*+)"
    r"(?:(?P=mark)|\.\.\.)[ \t]*\r?(?:\n|\Z)"
)
_LINE = re.compile(r"^([^\W\d][\w -]{0,40}?)[ \t]*:[ \t]*(\S[^\n]*)", re.MULTILINE)  # of YAML that is broken
_MAX_LENGTH = 100_000  # characters
_ALIAS = re.compile(r"(?:^|[\s\[{,:-])\*\w")  # a few of them can stand for gigabytes
_TITLES = ("title", "عنوان", "تیتر")
_DATES = ("date", "تاریخ", "published", "created", "تاریخ انتشار")


class FrontMatter(NamedTuple):
    """The front matter of a text.

    Attributes:
        end: The offset of its end; 0 if there is none.
        title: The title that it states.
        date: The date that it states.
        meta: What else it states.
        left_out: The names of what is too long to be kept.
    """

    end: int = 0
    title: str | None = None
    date: Date | None = None
    meta: dict[str, MetaValue] = {}  # noqa: RUF012 - nobody changes it
    left_out: list[str] = []  # noqa: RUF012


def front_matter(text: str) -> FrontMatter:
    """Return the front matter that a text begins with."""
    found = _FRONT_MATTER.match(text)
    if not found:
        return FrontMatter()
    values = _values(found["fields"], is_toml=found["mark"] == "+++")
    by_lower = {name.strip().lower(): name for name in values}
    title = next((by_lower[name] for name in _TITLES if name in by_lower), None)
    date = next((by_lower[name] for name in _DATES if name in by_lower), None)
    others = ((name, value) for name, value in values.items() if name not in (title, date))
    meta, left_out = fitting_meta((name, kept) for name, value in others for kept in _kept(value))
    stated = None if title is None else str(values[title])
    return FrontMatter(found.end(), stated, _date(values[date]) if date else None, meta, left_out)


def _values(fields: str, *, is_toml: bool) -> dict[str, Any]:
    """Return the values by name; where the text is no valid YAML or TOML, those of its simple lines."""
    found: Any = None
    try:
        if is_toml:
            found = tomllib.loads(fields.replace("\r\n", "\n"))
        elif len(fields) <= _MAX_LENGTH and not _ALIAS.search(fields):
            # As strings: YAML would take Jalali dates for days of another calendar, and no for False.
            found = yaml.load(fields, yaml.BaseLoader)
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, RecursionError, TypeError):
        found = None
    if isinstance(found, dict):
        return {str(name): value for name, value in found.items() if value is not None and str(name).strip()}
    return {line[1].strip(): _unquoted(line[2].strip()) for line in _LINE.finditer(fields)}


def _date(value: Any) -> Date | None:
    if isinstance(value, datetime.datetime | datetime.date):  # of TOML, whose dates may be Jalali, too
        value = value.isoformat()[:10]
    return sole_date(str(value))


def _kept(value: Any) -> Iterator[MetaValue | list[str]]:
    if isinstance(value, list):
        listed = [str(one) for one in value if isinstance(one, str | int | float)]
        if listed:
            yield listed
    elif isinstance(value, datetime.datetime | datetime.date):
        yield value.isoformat()
    elif isinstance(value, str | int | bool) and value != "":
        yield value
    elif isinstance(value, float):
        yield value if value - value == 0 else str(value)


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] in "\"'" and value[0] == value[-1] else value
