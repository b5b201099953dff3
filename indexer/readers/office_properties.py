"""The properties of office documents: title, date, author, subject, keywords and the like."""

import re
from typing import Any

from ..dates.parsing import Date, sole_date
from .document_builder import clean_title
from .own_metadata import listed
from .zip_package import OfficePackage

_PROPERTIES = "docProps/core.xml"
_STATISTICS = "docProps/app.xml"
_STATED = {"author": "creator", "subject": "subject", "keywords": "keywords", "category": "category",
           "description": "description"}  # fmt: skip
_MIDNIGHT = "T00:00:00"
_GENERATED = re.compile(r"generated (?:by|using) \S+", re.IGNORECASE)
# The authors that programs write where nobody gave one.
_NOBODY = frozenset(("user", "admin", "administrator", "python-docx", "openpyxl", "unknown", "microsoft office user"))


def office_properties(package: OfficePackage) -> tuple[str | None, Date | None, dict[str, object]]:
    """Return the title and the day of creation, as far as a person seems to have entered them, and other metadata.

    Programs write the moment at which they made the file, or the template of it, which may be long after the text was
    written; a day without a time was entered by a person.

    Args:
        package: A package of Office Open XML.
    """
    root = package.xml(package.target("core-properties") or _PROPERTIES)
    if root is None:
        return None, None, {}
    stated = stated_properties({own: _text(root, name) for own, name in _STATED.items()})
    statistics = package.xml(_STATISTICS)
    counted = "" if statistics is None else _text(statistics, "Pages").strip()
    if counted.isascii() and counted.isdecimal() and 0 < len(counted) < 7 and int(counted):
        stated["pages"] = int(counted)
    return clean_title(_text(root, "title")), entered_day(_text(root, "created")), stated


def stated_properties(values: dict[str, str]) -> dict[str, object]:
    """Return properties as metadata: keywords as a list, and no author that a program filled in."""
    stated: dict[str, object] = dict(values)
    if values.get("author", "").strip().lower() in _NOBODY:
        del stated["author"]
    if _GENERATED.fullmatch(values.get("description", "").strip()):
        del stated["description"]
    if "keywords" in values:
        stated["keywords"] = listed(values["keywords"])
    return stated


def entered_day(created: str) -> Date | None:
    """Return the day that a property states, if a person seems to have entered it."""
    return sole_date(created) if "T" not in created or _MIDNIGHT in created else None


def _text(root: Any, name: str) -> str:
    return next((element.text or "" for element in root.iter(f"{{*}}{name}")), "")
