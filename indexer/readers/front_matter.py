"""Front matter: metadata in YAML or TOML between two lines of `---` or `+++` at the very beginning of a text."""

import datetime
import re
from typing import Any, NamedTuple

from ..dates.parsing import Date, sole_date
from .document_builder import clean_title

_FRONT_MATTER = re.compile(
    r"\ufeff?---[ \t]*\r?\n(?P<fields>(?:(?!---|\.\.\.)[^\n]*\n)*+)(?:---|\.\.\.)[ \t]*\r?(?:\n|\Z)"
)
_TOML_MATTER = re.compile(r"\ufeff?\+\+\+[ \t]*\r?\n(?P<fields>(?:(?!\+\+\+)[^\n]*\n)*+)\+\+\+[ \t]*\r?(?:\n|\Z)")
_FIELD = re.compile(r"^(title|date|عنوان|تاریخ)[ \t]*:[ \t]*(\S[^\n]*)", re.MULTILINE | re.IGNORECASE)
_TITLES, _DATES = ("title", "عنوان"), ("date", "تاریخ")
_LONGEST = 1 << 16  # characters that are parsed; YAML takes a second for a few times as much
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})", re.ASCII)
_FLOAT = re.compile(r"-?\d{1,15}\.\d{1,15}", re.ASCII)


class FrontMatter(NamedTuple):
    """The front matter of a text.

    Attributes:
        end: The offset at which the text after it begins.
        title: The title that it states, or None.
        date: The date that it states, or None.
        values: The other metadata, by name.
        problem: Why the other metadata can't be read, in words that follow the name of the file; None if it can.
        is_mapping: True if it has names and values; a text between dashes that has none is no front matter of a file
            of plain text.
    """

    end: int
    title: str | None
    date: Date | None
    values: dict[str, object]
    problem: str | None
    is_mapping: bool


def front_matter(text: str) -> FrontMatter | None:
    """Return the front matter of a text; None if it has none."""
    if text.startswith(("+++", "\ufeff+++")):
        return _toml_matter(text)
    if not text.startswith(("---", "\ufeff---")):
        return None
    match = _FRONT_MATTER.match(text)
    if not match:
        return None
    fields = dict(_field(field) for field in _FIELD.finditer(match["fields"]))
    values: dict[str, object] = {}
    problem = None
    is_mapping = False
    if len(match["fields"]) > _LONGEST:
        problem = f"front matter of more than {_LONGEST:,} characters; only its title and date are read"
    else:
        loaded = _loaded(match["fields"])
        is_mapping = isinstance(loaded, dict) and bool(loaded)
        if isinstance(loaded, dict):
            values = {
                str(name): _typed(value)
                for name, value in loaded.items()
                if str(name).lower() not in (*_TITLES, *_DATES)
            }
        elif loaded is not None:
            problem = "its front matter is no YAML with names and values; only its title and date are read"
    date = sole_date(fields.get("date", ""))
    if "date" in fields and not date:  # it may still be a year
        values.setdefault("date", fields["date"])
    return FrontMatter(match.end(), clean_title(fields.get("title")), date, values, problem, is_mapping)


def _toml_matter(text: str) -> FrontMatter | None:
    """Return the front matter in TOML, between lines of `+++`, as Hugo writes it."""
    match = _TOML_MATTER.match(text)
    if not match:
        return None
    import tomllib  # noqa: PLC0415 - few files have front matter

    loaded: dict[str, Any] = {}
    problem = None
    try:
        if len(match["fields"]) > _LONGEST:
            problem = f"front matter of more than {_LONGEST:,} characters, which is not read"
        else:
            loaded = tomllib.loads(match["fields"].replace("\r\n", "\n"))
    except (ValueError, RecursionError):
        problem = "its front matter is no TOML, and is not read"
    loaded = {name: _without_times(value) for name, value in loaded.items()}
    stated = {name.lower(): value for name, value in loaded.items()}
    title, written = (next((stated[name] for name in names if name in stated), "") for names in (_TITLES, _DATES))
    date = sole_date(str(written))
    values = {name: value for name, value in loaded.items() if name.lower() not in (*_TITLES, *_DATES)}
    if written and not date:  # it may still be a year
        values.setdefault("date", written)
    return FrontMatter(match.end(), clean_title(str(title) or None), date, values, problem, bool(loaded))


def _without_times(value: Any) -> Any:
    """Return a value of TOML with days and times as texts."""
    if isinstance(value, dict):
        return {name: _without_times(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without_times(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value


def _field(match: re.Match[str]) -> tuple[str, str]:
    name, value = match[1].lower(), match[2].strip()
    if value[0] in "\"'" and value[0] == value[-1]:
        value = value[1:-1]
    return ("title" if name in _TITLES else "date"), value


def _loaded(text: str) -> Any:
    """Return what YAML has, with texts for all scalars; False if it is no YAML, and None if it is empty."""
    import yaml  # noqa: PLC0415 - few files have front matter

    class Loader(yaml.BaseLoader):  # type: ignore[misc]
        """A loader without aliases, by which a few lines could stand for gigabytes."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise yaml.YAMLError("an alias")
            return super().compose_node(parent, index)

    try:
        return yaml.load(text, Loader)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return False


def _typed(value: object) -> object:
    """Return a text as the number, or the True or False, that it is written as."""
    if not isinstance(value, str):
        return value
    if _INTEGER.fullmatch(value):
        return int(value)
    if _FLOAT.fullmatch(value):
        return float(value)
    return {"true": True, "false": False}.get(value.lower(), value)
