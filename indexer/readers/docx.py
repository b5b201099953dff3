"""Word documents (.docx, .docm, .dotx), read from their XML by lxml.

All that Word shows is read, in the order of the text; at its end come notes, headers and footers, and the words of
charts and diagrams. Hidden and deleted text and tables of contents are left out, and comments too unless the options
ask for them.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...analyzers.characters import fold
from ..document import Document
from ..errors import BadInput
from ..options import ReadOptions
from .blocks import Block, Break, RenderedText, render
from .comments import word_comments
from .document_builder import build_document
from .office_properties import office_properties
from .office_text import OfficeText, attribute, read_part
from .own_metadata import with_metadata
from .source import Item, Source
from .word_numbering import Numbering
from .word_styles import Styles
from .zip_package import OfficePackage

_MAX_BYTES = 64 << 20  # of XML, unpacked; its tree takes some ten times as much memory
_HEAD = 1000  # characters, in which a title from the properties has to stand
_DOCUMENT = "word/document.xml"
_PARTS_AT_END = ("word/diagrams/data", "word/charts/chart")


def read_docx(source: Source, content: bytes, options: ReadOptions) -> Iterator[Item]:
    """Yield one document: the text with its notes, without pictures and deleted text."""
    try:
        package = OfficePackage(content, _MAX_BYTES, "Word", ".docx")
        text, embedded = _text(package, comments=options.comments)
        title, created, stated = office_properties(package)
    except BadInput as error:
        yield BadInput(f"{source.name}: {error}")
        return
    if embedded:
        yield BadInput(f"{source.name}: {embedded} embedded files in it are left out; open and save it with Word")
    item = build_document(source, text, title=title if title and _begins_with(text, title) else None)
    if isinstance(item, Document):
        # A heading states the date of the text; a property states, at best, when the text was written.
        item = replace(item, title=item.title or title, date=item.date or created)
    yield from with_metadata(item, stated)


def _text(package: OfficePackage, *, comments: bool) -> tuple[RenderedText, int]:
    """Return the text of a document, and the number of files of other programs in it.

    Raises:
        BadInput: If there is no text to be read.
    """
    main = package.target("officeDocument") or _DOCUMENT
    root = package.xml(main)
    if root is None or next(root.iter("{*}body"), None) is None:
        raise BadInput("broken, or no Word document")
    styles, numbering = Styles(package.xml("word/styles.xml")), Numbering(package.xml("word/numbering.xml"))
    describe = styles.describer(numbering)
    body = read_part(root, describe)
    blocks = body.blocks + _notes(package, body, styles)
    for name in sorted(package.names):
        if name.startswith(("word/header", "word/footer")) and (part := package.xml(name)) is not None:
            known = {block.text for block in blocks}
            shown = read_part(part, styles.describer(Numbering(None)), page_numbers=False).blocks
            blocks += [_at_end(block) for block in shown if block.text not in known]
        elif name.startswith(_PARTS_AT_END) and (part := package.xml(name)) is not None:
            blocks += [Block(text) for text in drawn_text(part)]
    if comments:
        blocks += word_comments(package.xml("word/comments.xml"))
    return render(blocks), body.embedded


def _notes(package: OfficePackage, body: OfficeText, styles: Styles) -> list[Block]:
    """Return the footnotes and endnotes, in the order in which the text refers to them."""
    blocks: list[Block] = []
    for kind in ("footnote", "endnote"):
        part = package.xml(f"word/{kind}s.xml")
        if part is None:
            continue
        notes = {attribute(note, "id"): note for note in part.iter(f"{{*}}{kind}")}
        for note_kind, note_id in body.notes:
            if note_kind == kind and (note := notes.get(note_id)) is not None:
                read = read_part(note, styles.describer(Numbering(None))).blocks
                first_break = Break.LINE if blocks else Break.PARAGRAPH
                blocks += [_at_end(block, Break.LINE if number else first_break) for number, block in enumerate(read)]
    return blocks


def drawn_text(part: Any) -> list[str]:
    """Return the texts of a chart or a diagram, each once: its titles and labels, and what its boxes say."""
    texts = [" ".join(filter(None, (run.text for run in paragraph.iter("{*}t")))) for paragraph in part.iter("{*}p")]
    texts += [value.text or "" for points in part.iter("{*}strCache") for value in points.iter("{*}v")]
    return list(dict.fromkeys(filter(None, (" ".join(text.split()) for text in texts))))


def _at_end(block: Block, break_before: Break | None = None) -> Block:
    """Return a block as it stands at the end of the text, where it begins no section."""
    return block._replace(heading=0, break_before=block.break_before if break_before is None else break_before)


def _begins_with(text: RenderedText, title: str) -> bool:
    """Return True if the title stands near the beginning. Other titles are often those of a file used as template."""
    return fold(title) in " ".join(fold(text.text[:_HEAD]).split())
