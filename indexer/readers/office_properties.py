"""The properties of office documents: title, date, author, subject and keywords."""

from typing import Any

from ..dates.parsing import Date, sole_date
from .document_builder import clean_title
from .file_meta import file_meta, split_tags
from .zip_package import OfficePackage

_PROPERTIES = "docProps/core.xml"
_MIDNIGHT = "T00:00:00"
# The authors that programs write where nobody gave one.
_NOBODY = frozenset(("user", "admin", "administrator", "python-docx", "openpyxl", "unknown", "microsoft office user"))


def office_properties(package: OfficePackage) -> tuple[str | None, Date | None, dict[str, str | tuple[str, ...]]]:
    """Return the title, the day of creation and the metadata, as far as a person seems to have entered them.

    Programs write the moment at which they made the file, or the template of it, which may be long after the text was
    written; a day without a time was entered by a person.

    Args:
        package: A package of Office Open XML.
    """
    root = package.xml(package.target("core-properties") or _PROPERTIES)
    if root is None:
        return None, None, {}
    return clean_title(_text(root, "title")), entered_day(_text(root, "created")), properties_meta(
        author=_text(root, "creator"), subject=_text(root, "subject"), keywords=_text(root, "keywords")
    )  # fmt: skip


def properties_meta(*, author: str, subject: str, keywords: str) -> dict[str, str | tuple[str, ...]]:
    """Return properties as metadata, without what programs fill in."""
    by = "" if author.strip().lower() in _NOBODY else author
    return file_meta(author=by, subject=subject, tags=split_tags(keywords))


def entered_day(created: str) -> Date | None:
    """Return the day that a property states, if a person seems to have entered it."""
    return sole_date(created) if "T" not in created or _MIDNIGHT in created else None


def _text(root: Any, name: str) -> str:
    return next((element.text or "" for element in root.iter(f"{{*}}{name}")), "")
