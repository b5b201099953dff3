"""The words of the page in Persian and in English, and how it writes numbers and dates."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from .. import Date

Language = Literal["fa", "en"]
"""A language of the page."""

LANGUAGES: tuple[Language, ...] = get_args(Language)

_PERSIAN = str.maketrans("0123456789,.", "۰۱۲۳۴۵۶۷۸۹٬٫")
_TO_LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "0123456789" * 2)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the page in one language.

    Attributes:
        language: The language.
        direction: The direction in which it is written.
    """

    language: Language

    @property
    def direction(self) -> Literal["rtl", "ltr"]:
        """The direction in which the language is written."""
        return "rtl" if self.language == "fa" else "ltr"

    def __call__(self, key: str, **values: str) -> str:
        """Return the words with a key, with values in their places."""
        return _table()[key][self.language].format(**values)

    def known(self, key: str, otherwise: str) -> str:
        """Return the words with a key, or `otherwise` if there are none."""
        return _table()[key][self.language] if key in _table() else otherwise

    def number(self, number: int) -> str:
        """Return a number with the digits of the language and a mark after thousands."""
        return self.digits(f"{number:,}")

    def digits(self, text: str) -> str:
        """Return `text`, which holds a number of ours, with the digits of the language."""
        return text.translate(_PERSIAN) if self.language == "fa" else text

    def date(self, date: Date) -> str:
        """Return a date as it is read: the day, the name of the Jalali month, and the year."""
        year, month, day = date.jalali.split("-")
        jalali = f"{int(day)} {self(f'month.{int(month)}')} {year}"
        return self.digits(jalali) if self.language == "fa" else f"{jalali} ({date.gregorian})"


def latin_digits(text: str) -> str:
    """Return `text` with Latin digits in place of Persian and Arabic ones."""
    return text.translate(_TO_LATIN)


@cache
def _table() -> dict[str, dict[str, str]]:
    text = files(__package__).joinpath("page_words.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {key: {"fa": persian, "en": english} for key, persian, english in rows}
