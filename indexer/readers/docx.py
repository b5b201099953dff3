"""Word documents (.docx), converted to HTML by mammoth."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import mammoth
from lxml import etree

from ...analyzers.characters import fold
from ..dates.parsing import Date, sole_date
from ..document import Document
from ..errors import BadInput
from .blocks import RenderedText, render
from .document_builder import build_document, clean_title
from .html_parser import parse_html
from .own_metadata import listed, with_metadata
from .source import Item, Source
from .xml import parse_xml
from .zip_package import ZipPackage

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the first bytes of files of Word 97, and of encrypted ones
_MAX_BYTES = 64 << 20  # of XML, unpacked; mammoth takes forty times as much memory
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_STYLES = "word/styles.xml"
_PROPERTIES = "docProps/core.xml"
_STATISTICS = "docProps/app.xml"
_STATED = {"author": "creator", "subject": "subject", "keywords": "keywords", "category": "category",
           "description": "description"}  # fmt: skip
_DEEPEST_HEADING = 6
_HEAD = 1000  # characters, in which a title from the properties has to stand
_MIDNIGHT = "T00:00:00"
_TABLES_OF_CONTENTS = "p[style-name^='toc '] => !"  # lets mammoth leave them out, since they repeat the headings


def read_docx(source: Source, content: bytes, encoding: str | None) -> Iterator[Item]:
    """Yield one document: the text with its footnotes, without pictures, comments and deleted text."""
    try:
        if content.startswith(_OLE):
            if _ENCRYPTED in content:
                raise BadInput("protected by a password; save it without one")
            raise BadInput("a file of an older program; save it as .docx")
        package = ZipPackage(content, _MAX_BYTES)
        html = _html(package)
        title, created, stated = _properties(package)
    except BadInput as error:
        yield BadInput(f"{source.name}: {error}")
        return
    text = render(parse_html(html).blocks)
    item = build_document(source, text, title=title if title and _begins_with(text, title) else None)
    if isinstance(item, Document):
        # A heading states the date of the text; a property states, at best, when the text was written.
        item = replace(item, title=item.title or title, date=item.date or created)
    yield from with_metadata(item, stated)


def _html(package: ZipPackage) -> str:
    xml_parts = _xml_parts(package)
    try:
        converted: str = mammoth.convert_to_html(
            xml_parts, style_map=_TABLES_OF_CONTENTS, convert_image=lambda _: [], include_embedded_style_map=False
        ).value
    except MemoryError:
        raise
    except RecursionError:
        raise BadInput("nested too deeply") from None
    except Exception as error:  # a broken file can lead mammoth to any error
        raise BadInput("broken, or no Word document") from error
    return converted


def _xml_parts(package: ZipPackage) -> io.BytesIO:
    """Return a package of the XML parts alone, after checking that they are as large as stated and have no entities."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in package.names:
            if name.endswith((".xml", ".rels")):
                part = package.read(name) or b""
                if b"<!DOCTYPE" in part.replace(b"\0", b""):  # also in UTF-16
                    raise BadInput(f"its part {name!r} has a document type, which no Word document has")
                archive.writestr(name, _named_styles(part) if name == _STYLES else part)
    file.seek(0)
    return file


def _named_styles(content: bytes) -> bytes:
    """Return the styles with only their names, since mammoth would spend most of its time on the rest.

    Styles that make headings (تیتر, based on one of Word's own headings) are renamed to `heading 1` and so on.
    """
    root = parse_xml(content)
    levels = _heading_levels(root)
    for style in list(root):
        if _local(style.tag) != "style":
            root.remove(style)
        elif _attribute(style, "type") != "numbering":
            for part in list(style):
                if _local(part.tag) != "name":
                    style.remove(part)
                elif level := levels.get(_attribute(style, "styleId")):
                    part.attrib.update(dict.fromkeys(part.attrib, f"heading {level}"))
    styles: bytes = etree.tostring(root)
    return styles


def _heading_levels(styles: Any) -> dict[str, int]:
    """Return the heading level of each style that makes headings, by its id.

    These are the headings of Word itself, styles with a level in the outline, and styles that are based on any of them.
    """
    stated: dict[str, int] = {}
    bases: dict[str, str] = {}
    for style in styles.iter("{*}style"):
        name = _value(style, "name").lower()
        style_id = _attribute(style, "styleId")
        outline = _value(style, "outlineLvl")
        bases[style_id] = _value(style, "basedOn")
        if name == "title":
            stated[style_id] = 1
        elif name.startswith("heading ") and name[8:].isdecimal():
            stated[style_id] = int(name[8:])
        elif outline.isdecimal():
            stated[style_id] = int(outline) + 1
    levels = {style_id: _inherited_level(style_id, stated, bases) for style_id in bases}
    # The tenth level of the outline is that of body text.
    return {style_id: min(level, _DEEPEST_HEADING) for style_id, level in levels.items() if 1 <= level <= 9}


def _inherited_level(style_id: str, stated: dict[str, int], bases: dict[str, str]) -> int:
    """Return the level of a style, or of the nearest style that it is based on; 0 if none has one.

    The level is entered in `stated` for all styles on the way.
    """
    path: dict[str, None] = {}
    while style_id in bases and style_id not in stated and style_id not in path:
        path[style_id] = None
        style_id = bases[style_id]
    level = stated.get(style_id, 0)
    stated |= dict.fromkeys(path, level)
    return level


def _properties(package: ZipPackage) -> tuple[str | None, Date | None, dict[str, object]]:
    """Return the title and the day of creation, as far as a person seems to have entered them, and other metadata.

    Programs write the moment at which they made the file, or the template of it, which may be long after the text was
    written; a day without a time was entered by a person.
    """
    content = package.read(_PROPERTIES)
    if not content:
        return None, None, {}
    root = parse_xml(content)
    title = next((element.text for element in root.iter("{*}title")), None)
    created = next((element.text or "" for element in root.iter("{*}created")), "")
    is_entered = "T" not in created or _MIDNIGHT in created
    stated: dict[str, object] = {
        own: next((element.text or "" for element in root.iter(f"{{*}}{name}")), "") for own, name in _STATED.items()
    }
    stated["keywords"] = listed(str(stated["keywords"]))
    if pages := _number_of_pages(package):
        stated["pages"] = pages
    return clean_title(title), sole_date(created) if is_entered else None, stated


def _number_of_pages(package: ZipPackage) -> int | None:
    """Return the number of pages that Word counted when it saved the document."""
    content = package.read(_STATISTICS)
    if not content:
        return None
    counted = next((element.text or "" for element in parse_xml(content).iter("{*}Pages")), "").strip()
    return int(counted) if counted.isascii() and counted.isdecimal() and 0 < len(counted) < 7 else None


def _begins_with(text: RenderedText, title: str) -> bool:
    """Return True if the title stands near the beginning. Other titles are often those of a file used as template."""
    return fold(title) in " ".join(fold(text.text[:_HEAD]).split())


def _value(style: Any, name: str) -> str:
    return next((_attribute(element, "val") for element in style.iter(f"{{*}}{name}")), "")


def _attribute(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.items() if _local(key) == name), "")


def _local(name: object) -> str:
    """Return a name without its namespace."""
    return str(name).rpartition("}")[2]
