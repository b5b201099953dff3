"""Mails of Outlook: texts in any code page, and what is attached to them."""

import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest
from outlook_files import Tree, compound_file, message, moment
from reader_helpers import items

from jooya.indexer import BadInput, Document
from jooya.indexer.readers.source import Item

SUBJECT, BODY, PAGE = "0037", "1000", "1013"
INTERNET, STATED, LOCALE = 0x3FDE, 0x3FFD, 0x3FF1
TEXT = "باران آمد"
ARABIC = TEXT.translate(str.maketrans("\u06cc\u06a9", "\u064a\u0643"))


def read(folder: Path, tree: Tree) -> list[Item]:
    return items(folder, "a.msg", compound_file(tree))


def only(folder: Path, tree: Tree) -> Document:
    (item,) = read(folder, tree)
    assert isinstance(item, Document), item
    return item


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        ({SUBJECT: TEXT, BODY: TEXT}, {}),
        ({SUBJECT: TEXT + "\0", BODY: TEXT + "\0"}, {}),
        ({SUBJECT: ARABIC.encode("cp1256"), BODY: ARABIC.encode("cp1256")}, {STATED: 1256}),
        ({SUBJECT: ARABIC.encode("cp1256"), BODY: ARABIC.encode("cp1256")}, {LOCALE: 0x429}),
        ({SUBJECT: ARABIC.encode("cp1256"), BODY: TEXT.encode()}, {STATED: 1256, INTERNET: 65001}),
        ({SUBJECT: ARABIC.encode("cp1256"), BODY: ARABIC.encode("cp1256")}, {LOCALE: 0x401, INTERNET: 65001}),
        ({SUBJECT: ARABIC.encode("iso8859-6"), BODY: ARABIC.encode("iso8859-6")}, {STATED: 28596, INTERNET: 28596}),
        ({SUBJECT: TEXT.encode(), BODY: TEXT.encode()}, {}),
        ({SUBJECT: TEXT.encode(), BODY: TEXT.encode()}, {STATED: 99_999}),
        ({SUBJECT: TEXT, PAGE: f"<html><body><p>{TEXT}</p></body></html>"}, {}),
    ],
)
def test_texts_in_any_code_page(tmp_path: Path, texts: dict[str, str | bytes], numbers: dict[int, int]) -> None:
    found = only(tmp_path, message(texts, numbers))
    assert (found.title, found.text) == (TEXT, TEXT)


def test_a_page_in_the_encoding_of_the_message(tmp_path: Path) -> None:
    page = f"<html><body><p>{ARABIC}</p></body></html>".encode("cp1256")
    found = only(tmp_path, message({SUBJECT: "خبر"}, {INTERNET: 1256}, {"__substg1.0_10130102": page}))
    assert found.text == ARABIC


def test_persons_and_the_day(tmp_path: Path) -> None:
    people: Tree = {"__recip_version1.0_#00000000": message({"3001": "مریم", "39FE": "m@x.ir"}, head=8)}
    texts: dict[str, str | bytes] = {SUBJECT: TEXT, BODY: "متن", "0C1A": "علی", "0C1F": "a@x.ir"}
    found = only(tmp_path, message(texts, {0x0039: moment(datetime(2023, 2, 1, 12, tzinfo=UTC))}, people))
    assert found.meta == {"from": "علی <a@x.ir>", "to": ("مریم <m@x.ir>",)}
    assert found.date and found.date.gregorian == "2023-02-01"


def test_what_is_attached(tmp_path: Path) -> None:
    inner = message({SUBJECT: "گزارش رود", BODY: "آب رود بالا آمد " * 600}, head=24)
    file = message({"3707": "یادداشت.txt"}, head=8) | {"__substg1.0_37010102": "چتر بیاور".encode()}
    picture = message({"3707": "logo.png", "3712": "a@b"}, head=8) | {"__substg1.0_37010102": b"x"}
    inner["__attach_version1.0_#00000000"] = file
    attached: Tree = {
        "__attach_version1.0_#00000000": message({"3001": "x"}, head=8) | {"__substg1.0_3701000D": inner},
        "__attach_version1.0_#00000001": file,
        "__attach_version1.0_#00000002": picture,
        "__attach_version1.0_#00000003": message({"3707": "a.bin"}, head=8),
    }
    found = read(tmp_path, message({SUBJECT: TEXT, BODY: "متن"}, {}, attached))
    assert [(item.key, item.title) for item in found if isinstance(item, Document)] == [
        ("a.msg", TEXT),
        ("a.msg/گزارش رود.eml", "گزارش رود"),
        ("a.msg/گزارش رود.eml/یادداشت.txt", None),
        ("a.msg/یادداشت.txt", None),
    ]
    assert found[1].text.split() == ("آب رود بالا آمد " * 600).split()  # type: ignore[union-attr]
    assert [str(item) for item in found if isinstance(item, BadInput)] == ["a.msg/a.bin: unknown format"]


def test_other_compound_files(tmp_path: Path) -> None:
    (error,) = read(tmp_path, {"WordDocument": b"x"})
    assert str(error) == "a.msg: broken, or no mail of Outlook"


def test_a_stream_that_is_larger_than_the_file(tmp_path: Path) -> None:
    content = compound_file(message({SUBJECT: TEXT, BODY: TEXT * 500}))
    size = struct.pack("<Q", 2 * len(TEXT) * 500)
    assert content.count(size) == 1
    (error,) = items(tmp_path, "a.msg", content.replace(size, struct.pack("<Q", 0xFFFFFFF0)))
    assert str(error) == "a.msg: broken, or no mail of Outlook"
