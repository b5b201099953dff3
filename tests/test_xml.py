"""XML as EPUB and DOCX files contain it."""

import pytest

from jooya.indexer import BadInput
from jooya.indexer.readers.xml import parse_xml

PAGE = '<?xml version="1.0" encoding="{}"?><a b="باران">برف</a>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1256"])
def test_encodings(encoding: str) -> None:
    root = parse_xml(PAGE.format(encoding).encode(encoding))
    assert (root.get("b"), root.text) == ("باران", "برف")


@pytest.mark.parametrize("declared", ["", '<?xml version="1.0" encoding="UTF-8"?>'])
def test_a_broken_character_costs_itself(declared: str) -> None:
    """Asking for the text around it raised UnicodeDecodeError."""
    root = parse_xml(declared.encode() + b'<a b="x\xedy">z\xed</a>')
    assert (root.get("b"), root.text) == ("x\ufffdy", "z\ufffd")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("half", ["&#55296;", "&#057343;", "&#xD800;", "&#x0dfff;"])
def test_half_a_character_costs_itself(encoding: str, half: str) -> None:
    """Asking for the text around it raised UnicodeDecodeError."""
    root = parse_xml(f'<a b="x{half}y">z{half}</a>'.encode(encoding))
    assert (root.get("b"), root.text) == ("x\ufffdy", "z\ufffd")


def test_whole_characters_stay() -> None:
    assert parse_xml(b"<a>&#55295;&#57344;&#xd7ff;&#xe000;&#1576;</a>").text == "\ud7ff\ue000\ud7ff\ue000\u0628"


@pytest.mark.parametrize("content", [b"", b"x", b"<", b"\xff\xfe"])
def test_other_content_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput, match="broken XML"):
        parse_xml(content)
