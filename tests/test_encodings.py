"""Detecting the encoding of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.indexer import BadInput
from jooya.indexer.readers.encodings import decode

TEXT = "سلام بر مردم و سرزمین‌های دور؛ باران می‌بارد."
ARABIC = "سلام بر مردم و باران تند در سرزمين دور".replace("ی", "ي")


@pytest.mark.parametrize(
    ("content", "text", "encoding"),
    [
        (TEXT.encode(), TEXT, "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), TEXT, "utf-8"),
        (TEXT.encode("utf-16"), TEXT, "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), TEXT, "utf-16"),
        (TEXT.encode("utf-32"), TEXT, "utf-32"),
        # Without a byte order mark: the encoding in which the words are Persian.
        (TEXT.encode("utf-16-le"), TEXT, "utf-16-le"),
        (TEXT.encode("utf-16-be"), TEXT, "utf-16-be"),
        (ARABIC.encode("cp1256"), ARABIC, "windows-1256"),
        ("کتاب پدر و چای".replace("ی", "ي").encode("cp1256"), "کتاب پدر و چاي", "windows-1256"),
        (ARABIC.encode("iso8859-6"), ARABIC, "iso8859-6"),
        (b"plain ASCII", "plain ASCII", "utf-8"),
    ],
)
def test_encodings_are_detected(content: bytes, text: str, encoding: str) -> None:
    assert decode(content) == (text, encoding)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\0\1\2", "binary file"),
        (b"\x7fELF\0\0", "binary file"),
        ("größer als Größe".encode("latin1"), "not UTF-8 (byte 2), nor another encoding of Persian"),
        (b"\xff\xfe\x00", "broken UTF-16"),
        (TEXT.encode() + b"\xff", "not UTF-8 (byte"),  # broken UTF-8 is not taken for Windows-1256
    ],
)
def test_binary_files_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(BadInput) as error:
        decode(content)
    assert str(error.value).startswith(reason)


def test_a_named_encoding_is_used() -> None:
    assert decode("größer".encode("latin1"), "latin1") == ("größer", "latin1")
    with pytest.raises(BadInput, match="no encoding is called 'x-y'"):
        decode(b"a", "x-y")
    with pytest.raises(BadInput, match="not ascii"):
        decode(b"\xff", "ascii")
    for name in ("zip", "base64", "undefined", "utf-8\0"):  # codecs that are not for text, and an unknown name
        with pytest.raises(BadInput, match="no encoding is called"):
            decode(b"a", name)
    with pytest.raises(BadInput, match="not punycode"):
        decode(b'"', "punycode")  # its codec raises another error than others do


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(content: bytes) -> None:
    try:
        decode(content)
    except BadInput as error:
        assert "\n" not in str(error)
