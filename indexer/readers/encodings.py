"""Bytes to text, where a file does not say what its bytes mean."""

import codecs
from typing import NamedTuple

from ...analyzers import analysis
from ..errors import BadInput

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-16-le", "utf-16-be")
_OLD = ("windows-1256", "iso8859-6")

_LOOKED_AT = 5000  # characters
_FITS = 0.5  # of the words are known: of a text in another encoding, hardly one is


class Decoded(NamedTuple):
    """A text, and what its bytes were taken for."""

    text: str
    encoding: str


def decode(content: bytes, named: str | None = None) -> Decoded:
    """The text of a file: in the encoding `named`, or with a byte order mark, or in UTF-8, or in UTF-16, Windows-1256
    or ISO-8859-6 if most of its words are Persian then.

    Raises BadInput if it is none of these.
    """
    if named:
        return Decoded(_named(content, named), named)
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return Decoded(content.decode(encoding), encoding.removesuffix("-sig"))
            except UnicodeDecodeError:
                raise BadInput(f"broken {encoding.removesuffix('-sig').upper()}") from None
    zero = b"\0" in content
    try:
        if not zero:
            return Decoded(content.decode("utf-8"), "utf-8")
        reason = "binary file"
    except UnicodeDecodeError as error:
        reason = f"not UTF-8 (byte {error.start}), nor another encoding of Persian; name it with the encoding option"
    guesses = []
    for encoding in _WIDE if zero else _OLD:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            guesses.append((_known(text[:_LOOKED_AT]), Decoded(text, encoding)))
    share, best = max(guesses, key=lambda guess: guess[0], default=(0.0, None))
    if best is None or share < _FITS:
        raise BadInput(reason)
    return best


def encoding_of(start: bytes) -> str:
    """The encoding of a text that begins with `start`, as of `decode`. Raises BadInput."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding.removesuffix("-sig")
    if b"\0" in start:
        return decode(start[: len(start) // 2 * 2]).encoding
    whole = max(start.rfind(b"\n"), start.rfind(b" ")) + 1  # the last character may be cut
    return decode(start[:whole] or start).encoding


def check_name(encoding: str) -> None:
    """Raises BadInput unless there is an encoding of text that is called so."""
    try:
        " ".encode(encoding)
    except (LookupError, ValueError):  # of something else (base64), of nothing (undefined), or no name at all
        raise BadInput(f"no encoding is called {encoding!r}; for example windows-1256") from None


def _named(content: bytes, encoding: str) -> str:
    check_name(encoding)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(f"not {encoding} (byte {error.start})") from None
    except UnicodeError:  # how some tell of it: punycode
        raise BadInput(f"not {encoding}") from None


def _known(text: str) -> float:
    """How many of the words of `text` are Persian ones, from 0 to 1."""
    words = [token for token in analysis().tokens(text) if any("\u0620" <= char <= "\u06d3" for char in token.surface)]
    return sum(token.why != "unknown" for token in words) / len(words) if words else 0.0
