"""Detection of encodings: bytes to text where a file does not say what its encoding is."""

import codecs
from typing import NamedTuple

from ...analyzers import analysis
from ..errors import BadInput

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, since it begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE_ENCODINGS = ("utf-16-le", "utf-16-be")
_LEGACY_ENCODINGS = ("windows-1256", "iso8859-6")

_SAMPLE = 5000  # characters of which the words are looked up
_MIN_KNOWN = 0.5  # share of the words; of a text in another encoding, hardly any word is known


class Decoded(NamedTuple):
    """A text, and the encoding that its bytes were decoded with."""

    text: str
    encoding: str


def decode(content: bytes, named: str | None = None) -> Decoded:
    """Return the text of a file.

    The encoding is the one that the user named, or the one of the byte order mark, or UTF-8; or else UTF-16,
    Windows-1256 or ISO-8859-6 if most of the words are Persian in it.

    Args:
        content: The bytes of the file.
        named: The encoding that the user named, if any.

    Raises:
        BadInput: If the text is in none of these encodings.
    """
    if named:
        return Decoded(_decode_as(content, named), named)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            try:
                return Decoded(content.decode(encoding), encoding.removesuffix("-sig"))
            except UnicodeDecodeError:
                raise BadInput(f"broken {encoding.removesuffix('-sig').upper()}") from None
    has_zeros = b"\0" in content
    try:
        if not has_zeros:
            return Decoded(content.decode("utf-8"), "utf-8")
        reason = "binary file"
    except UnicodeDecodeError as error:
        reason = f"not UTF-8 (byte {error.start}), nor another encoding of Persian; name it with the encoding option"
    candidates = []
    for encoding in _WIDE_ENCODINGS if has_zeros else _LEGACY_ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            candidates.append((_known_share(text[:_SAMPLE]), Decoded(text, encoding)))
    share, best = max(candidates, key=lambda candidate: candidate[0], default=(0.0, None))
    if best is None or share < _MIN_KNOWN:
        raise BadInput(reason)
    return best


def detect_encoding(start: bytes) -> str:
    """Return the encoding of a text that begins with `start`, found as `decode` does.

    Raises:
        BadInput: If it is in none of the encodings that `decode` tries.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return encoding.removesuffix("-sig")
    if b"\0" in start:
        return decode(start[: len(start) // 2 * 2]).encoding
    whole = max(start.rfind(b"\n"), start.rfind(b" ")) + 1  # the last character may be cut
    return decode(start[:whole] or start).encoding


def check_name(encoding: str) -> None:
    """Raise BadInput unless Python has an encoding of text by this name."""
    try:
        " ".encode(encoding)
    except (LookupError, ValueError):  # a codec that is not for text (base64), or for nothing (undefined), or none
        raise BadInput(f"no encoding is called {encoding!r}; for example windows-1256") from None


def _decode_as(content: bytes, encoding: str) -> str:
    check_name(encoding)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(f"not {encoding} (byte {error.start})") from None
    except UnicodeError:  # some codecs, such as punycode, raise this instead
        raise BadInput(f"not {encoding}") from None


def _known_share(text: str) -> float:
    """Return the share of the words of `text` in Arabic script that are known in Persian, from 0 to 1."""
    words = [token for token in analysis().tokens(text) if any("\u0620" <= char <= "\u06d3" for char in token.surface)]
    return sum(token.why != "unknown" for token in words) / len(words) if words else 0.0
