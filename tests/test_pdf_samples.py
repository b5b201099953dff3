"""PDFs of many producers and fonts, read: the text that must come out is in the table beside them."""

import re
from pathlib import Path

import pytest

from jooya.indexer import Document
from jooya.indexer.readers.pdf import read_pdf
from jooya.indexer.readers.source import Source

FOLDER = Path(__file__).parent / "data" / "pdf"
SAMPLES = [
    line.split("\t")
    for line in (FOLDER / "samples.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def text_of(content: bytes) -> str:
    """Return the text of a PDF, with signs for line ends and half-spaces."""
    (document,) = read_pdf(Source(Path("/a.pdf"), "a.pdf"), content)
    assert isinstance(document, Document)
    return re.sub(r"\n+", " | ", document.text.replace("\u200c", "~"))


@pytest.mark.parametrize(("name", "producer", "font", "kind", "text"), SAMPLES, ids=[row[0] for row in SAMPLES])
def test_text(name: str, producer: str, font: str, kind: str, text: str) -> None:
    read = text_of((FOLDER / name).read_bytes())
    if name == "libreoffice-strokes.pdf":  # a paragraph of several lines
        read = read.replace(" | ", " ")
    assert read == text.replace(" & ", " "), kind
