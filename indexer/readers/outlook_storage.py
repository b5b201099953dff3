"""The storage of a mail of Outlook, read by olefile: its properties, and those of its recipients and attached files.

Strings are in UTF-16, or in a code page. Programs state that page wrongly or not at all, so that a text is read with
the first page that has all its bytes.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from .mail import decoded

_UTF16, _BYTES, _BINARY, _STORAGE = "001F", "001E", "0102", "000D"
_INTERNET_PAGE, _MESSAGE_PAGE, _LOCALE = 0x3FDE, 0x3FFD, 0x3FF1
_BODIES = frozenset(("1000", "1013"))
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_PROPERTIES = "__properties_version1.0"
_HEADS = {"": 32, "__substg1.0_3701000D": 24}  # bytes before the properties; of a message, of an attached one
_UTF8 = 65001
_PAGES = {_UTF8: "utf-8", 20127: "ascii", 1200: "utf-16-le", 20866: "koi8-r", 936: "gbk"}
# The code pages of the languages of Windows, by the number of the language; others use that of Western Europe.
_WESTERN = 1252
_LANGUAGE_PAGES = {
    0x01: 1256, 0x20: 1256, 0x29: 1256, 0x59: 1256, 0x8C: 1256, 0x92: 1256, 0x02: 1251, 0x19: 1251, 0x22: 1251,
    0x05: 1250, 0x0E: 1250, 0x15: 1250, 0x18: 1250, 0x1A: 1250, 0x1B: 1250, 0x24: 1250, 0x08: 1253, 0x1F: 1254,
    0x0D: 1255, 0x11: 932, 0x04: 936, 0x12: 949,
}  # fmt: skip


class Storage(NamedTuple):
    """A message, a recipient or an attached file.

    Attributes:
        ole: The file.
        size: The bytes of the file, more than which nothing in it can have.
        path: The names of the storages down to this one.
        pages: The code pages of strings, likeliest first.
        body_pages: Those of the text of the message.
    """

    ole: Any
    size: int
    path: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    body_pages: tuple[int, ...] = ()

    def parts(self, prefix: str) -> Iterator["Storage"]:
        """Yield the storages in this one whose names begin with `prefix`."""
        depth = len(self.path)
        names = {entry[depth] for entry in self.ole.listdir() if self._holds(entry) and len(entry) > depth + 1}
        for name in sorted(names):
            if name.startswith(prefix):
                yield self._replace(path=(*self.path, name))

    def embedded(self, number: str) -> "Storage | None":
        """Return the message that a property holds; None if it holds none."""
        found = self._replace(path=(*self.path, f"__substg1.0_{number}{_STORAGE}"))
        return found.with_pages() if found.content(_PROPERTIES) else None

    def with_pages(self) -> "Storage":
        """Return the storage of a message with the code pages that it states."""
        numbers = self._numbers()
        language = numbers.get(_LOCALE, 0) & 0x3FF
        local = (_LANGUAGE_PAGES.get(language, _WESTERN),) if language else ()
        message = (numbers[_MESSAGE_PAGE],) if _MESSAGE_PAGE in numbers else ()
        internet = (numbers[_INTERNET_PAGE],) if _INTERNET_PAGE in numbers else ()
        return self._replace(pages=message + local + internet, body_pages=internet + message + local)

    def text(self, *numbers: str) -> str:
        """Return the first of these properties that is a text with characters; empty if there is none."""
        for number in numbers:
            wide = self.content(f"__substg1.0_{number}{_UTF16}")
            content = self.content(f"__substg1.0_{number}{_BYTES}")
            found = wide.decode("utf-16-le", "replace") if wide else self._decoded(number, content)
            if found := found.replace("\0", ""):
                return found
        return ""

    def page(self) -> tuple[bytes, str | None]:
        """Return the text of the message as a web page, and its encoding; empty if there is none."""
        content = self.content(f"__substg1.0_1013{_BINARY}")
        if content:
            return content, next((name for page in self.body_pages if (name := _name(page))), None)
        return self.text("1013").encode(), "utf-8"

    def binary(self, number: str) -> bytes:
        """Return the bytes of a property; none if there is no such property."""
        return self.content(f"__substg1.0_{number}{_BINARY}")

    def moment(self, *numbers: int) -> datetime | None:
        """Return the first of these properties that is a time."""
        known = self._values()
        for number in numbers:
            if number in known:
                with suppress(OverflowError):
                    return _EPOCH + timedelta(microseconds=struct.unpack("<Q", known[number])[0] // 10)
        return None

    def content(self, name: str) -> bytes:
        """Return the content of a stream of this storage; empty if there is none."""
        path = [*self.path, name]
        if not self.ole.exists(path) or self.ole.get_type(path) != 2:  # a stream
            return b""
        if max(self.ole.get_size(path), self.ole.root.size) > self.size:
            raise ValueError("a stream that is larger than the file")
        with self.ole.openstream(path) as stream:
            return bytes(stream.read())

    def _holds(self, entry: list[str]) -> bool:
        return tuple(entry[: len(self.path)]) == self.path

    def _values(self) -> dict[int, bytes]:
        """Return the 8 bytes of each property of a fixed size."""
        content = self.content(_PROPERTIES)[_HEADS.get(self.path[-1] if self.path else "", 8) :]
        values: dict[int, bytes] = {}
        for start in range(0, len(content) - 15, 16):
            values[struct.unpack_from("<H", content, start + 2)[0]] = content[start + 8 : start + 16]
        return values

    def _numbers(self) -> dict[int, int]:
        return {number: struct.unpack_from("<I", value)[0] for number, value in self._values().items()}

    def _decoded(self, number: str, content: bytes) -> str:
        for page in self.body_pages if number in _BODIES else self.pages:
            if name := _name(page):
                with suppress(LookupError, ValueError):
                    return content.decode(name)
        return decoded(content, None)


def _name(page: int) -> str | None:
    """Return the name of the encoding that is a code page of Windows; None if Python has no such encoding."""
    known = f"iso8859-{page - 28590}" if 28590 < page < 28607 else _PAGES.get(page, f"cp{page}")
    with suppress(LookupError):
        return known if " ".encode(known) else None
    return None
