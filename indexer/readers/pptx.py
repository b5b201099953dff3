"""Presentations of PowerPoint (.pptx, .pptm, .ppsx), read from their XML by lxml.

Each slide is a page: its title is a heading, and after its text come the words of its charts and diagrams and the notes
of the speaker. Numbers of slides, dates and footers are left out, and comments too unless the options ask for them.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from ..document import Document
from ..errors import BadInput
from ..options import ReadOptions
from .blocks import Block, Break, RenderedText, render
from .comments import slide_comments
from .document_builder import build_document
from .docx import drawn_text
from .office_properties import office_properties
from .office_text import Paragraph, attribute, read_part
from .own_metadata import with_metadata
from .parts import join_parts
from .source import Item, Source
from .zip_package import OfficePackage

_MAX_BYTES = 128 << 20  # of XML, unpacked
_MAX_SLIDES = 20_000
_TITLES = frozenset(("title", "ctrTitle"))
_ON_EVERY_SLIDE = frozenset(("sldNum", "dt", "ftr", "hdr", "sldImg"))
_SLIDE_TITLE = 2  # the level of its heading; that of the first slide is the title of all
_DRAWN = ("chart", "chartEx", "diagramData")


def read_pptx(source: Source, content: bytes, options: ReadOptions) -> Iterator[Item]:
    """Yield one document: the text of the slides with the notes to them."""
    try:
        package = OfficePackage(content, _MAX_BYTES, "PowerPoint", ".pptx")
        joined = join_parts(_slides(package, comments=options.comments))
        title, created, stated = office_properties(package)
    except BadInput as error:
        yield BadInput(f"{source.name}: {error}")
        return
    item = build_document(source, joined.rendered, title=None if joined.rendered.body else title)
    if isinstance(item, Document):
        item = replace(item, title=item.title or title, date=item.date or created, places=joined.places)
    yield from with_metadata(item, stated)


def _slides(package: OfficePackage, *, comments: bool) -> Iterator[RenderedText]:
    """Yield the text of each slide, in the order of the presentation."""
    main = package.target("officeDocument") or "ppt/presentation.xml"
    root = package.xml(main)
    if root is None:
        raise BadInput("broken, or no PowerPoint document")
    relations = package.relations(main)
    # Besides the id of its relation, a slide has a number by that name, without a namespace.
    ids = [value for slide in root.iter("{*}sldId") for key, value in slide.items() if key.endswith("}id")]
    names = [relations[found][1] for found in ids if found in relations]
    if len(names) > _MAX_SLIDES:
        raise BadInput(f"has more than {_MAX_SLIDES:,} slides")
    for number, name in enumerate(names):
        slide = package.xml(name)
        if slide is None:
            raise BadInput(f"broken: its part {name!r} is missing")
        level = _SLIDE_TITLE if number else 1
        blocks = read_part(slide, partial(_described, title_level=level)).blocks
        for kind, part in package.relations(name).values():
            is_read = kind in _DRAWN or kind == "notesSlide" or (comments and kind == "comments")
            found = package.xml(part) if is_read else None
            if found is not None and kind == "notesSlide":
                blocks += read_part(found, partial(_described, title_level=0)).blocks
            elif found is not None and kind == "comments":
                blocks += slide_comments(found)
            elif found is not None:
                known = {block.text for block in blocks}
                blocks += [Block(text, Break.LINE) for text in drawn_text(found) if text not in known]
        yield render(_titles_first(blocks))


def _titles_first(blocks: list[Block]) -> list[Block]:
    """Return the blocks with the title of the slide before what was drawn behind it."""
    return [block for block in blocks if block.heading] + [block for block in blocks if not block.heading]


def _described(paragraph: Any, title_level: int) -> Paragraph:
    """Describe a paragraph by the kind of the shape that holds it."""
    shape = next(paragraph.iterancestors("{*}sp"), None)
    placeholder = None if shape is None else next(shape.iter("{*}ph"), None)
    kind = "" if placeholder is None else attribute(placeholder, "type")
    return Paragraph(
        heading=title_level if kind in _TITLES else 0,
        is_item=kind not in _TITLES,
        is_left_out=kind in _ON_EVERY_SLIDE,
    )
