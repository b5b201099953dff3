"""The numbers of lists and headings in OpenDocument."""

import io
import zipfile
from pathlib import Path

import pytest
from reader_helpers import document

STYLES = (
    '<l:list-style l:name="N"><l:list-level-style-number l:level="1" l:num-format="1" l:num-suffix="."/>'
    '<l:list-level-style-number l:level="2" l:num-format="1" l:num-suffix=")" l:display-levels="2"/>'
    '<l:list-level-style-bullet l:level="3" l:bullet-char="•"/></l:list-style>'
    '<l:list-style l:name="P"><l:list-level-style-number l:level="1" l:num-prefix="مادهٔ " l:num-format="۱, ۲, ۳, ..." '
    'l:start-value="3"/></l:list-style>'
    '<l:list-style l:name="A"><l:list-level-style-number l:level="1" l:num-format="ا, ب, پ, ..."/></l:list-style>'
    '<l:list-style l:name="R"><l:list-level-style-number l:level="1" l:num-format="I"/></l:list-style>'
    '<l:list-style l:name="B"><l:list-level-style-bullet l:level="1" l:bullet-char="•"/></l:list-style>'
)
OUTLINE = (
    '<l:outline-style l:name="Outline"><l:outline-level-style l:level="1" l:num-prefix="فصل " l:num-format="1"/>'
    '<l:outline-level-style l:level="2" l:num-format=""/></l:outline-style>'
)
ITEM = "<l:list-item><l:p>{}</l:p></l:list-item>"
TWO = ITEM.format("باران") + ITEM.format("برف")


def open_text(body: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        content = f'<x xmlns:l="l"><l:automatic-styles>{STYLES}</l:automatic-styles><l:body>{body}</l:body></x>'
        package.writestr("content.xml", content)
        package.writestr("styles.xml", f'<x xmlns:l="l">{OUTLINE}</x>')
    return out.getvalue()


def numbered(style: str, items: str, attributes: str = "") -> str:
    return f'<l:list l:style-name="{style}" {attributes}>{items}</l:list>'


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (numbered("N", TWO), ["1. باران", "2. برف"]),
        (numbered("P", TWO), ["مادهٔ ۳ باران", "مادهٔ ۴ برف"]),
        (numbered("A", TWO), ["ا باران", "ب برف"]),
        (numbered("R", TWO), ["I باران", "II برف"]),
        (numbered("B", TWO), ["باران", "برف"]),
        (numbered("unknown", TWO), ["باران", "برف"]),
        # Lists in lists, and a second paragraph of an item
        (
            numbered("N", f"<l:list-item><l:p>الف</l:p><l:list>{TWO}</l:list></l:list-item>{ITEM.format('ب')}"),
            ["1. الف", "1.1) باران", "1.2) برف", "2. ب"],
        ),
        (
            numbered("N", f"<l:list-item><l:p>الف</l:p><l:p>ب</l:p></l:list-item>{TWO}"),
            ["1. الف", "ب", "2. باران", "3. برف"],
        ),
        # Lists that begin again, that go on, and numbers that are set
        (numbered("N", TWO) + numbered("N", TWO), ["1. باران", "2. برف", "1. باران", "2. برف"]),
        (
            numbered("N", TWO) + numbered("N", TWO, 'l:continue-numbering="true"'),
            ["1. باران", "2. برف", "3. باران", "4. برف"],
        ),
        (
            numbered("N", '<l:list-item l:start-value="7"><l:p>الف</l:p></l:list-item>' + TWO),
            ["7. الف", "8. باران", "9. برف"],
        ),
        # Headings
        (
            '<l:h l:outline-level="1">آب</l:h><l:h l:outline-level="2">رود</l:h><l:h l:outline-level="1">باد</l:h>',
            ["فصل 1 آب", "رود", "فصل 2 باد"],
        ),
    ],
)
def test_what_stands_before_items_and_headings(tmp_path: Path, body: str, lines: list[str]) -> None:
    assert document(tmp_path, "a.odt", open_text(body)).text.replace("\n\n", "\n").split("\n") == lines
