"""Word documents (.docx), made into HTML by mammoth."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...analyzers.characters import fold
from ..dates.parsing import Date, sole_date
from ..document import Document
from ..errors import BadInput
from .blocks import Text, render
from .markup import parse
from .source import Item, Source
from .structured import document, sensible_title
from .xml import parse_xml
from .zip_package import Package

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what files of older programs begin with, and encrypted ones
_MOST_BYTES = 64 << 20  # of XML, unpacked; mammoth takes forty times as many
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_STYLES = "word/styles.xml"
_PROPERTIES = "docProps/core.xml"
_DEEPEST_HEADING = 6
_HEAD = 1000  # characters, in which a title out of the properties has to stand
_MIDNIGHT = "T00:00:00"
_TABLES_OF_CONTENTS = "p[style-name^='toc '] => !"  # they say the headings once more


def read_docx(source: Source, content: bytes, encoding: str | None) -> Iterator[Item]:
    """One document: the text with its footnotes, without pictures, comments and what was deleted."""
    try:
        if content.startswith(_OLE):
            if _ENCRYPTED in content:
                raise BadInput("protected by a password; save it without one")
            raise BadInput("a file of an older program; save it as .docx")
        package = Package(content, _MOST_BYTES)
        html = _html(package)
        title, created = _properties(package)
    except BadInput as error:
        yield BadInput(f"{source.name}: {error}")
        return
    text = render(parse(html).blocks)
    item = document(source, text, title=title if title and _begins_with(text, title) else None)
    if isinstance(item, Document):
        # A heading says which day the text is of; a property, at best, when it was written.
        item = replace(item, title=item.title or title, date=item.date or created)
    yield item


def _html(package: Package) -> str:
    import mammoth  # noqa: PLC0415 - only those who have such files wait for it

    texts = _texts(package)
    try:
        converted: str = mammoth.convert_to_html(
            texts, style_map=_TABLES_OF_CONTENTS, convert_image=lambda _: [], include_embedded_style_map=False
        ).value
    except MemoryError:
        raise
    except RecursionError:
        raise BadInput("nested too deeply") from None
    except Exception as error:  # whatever a broken file leads mammoth to
        raise BadInput("broken, or no Word document") from error
    return converted


def _texts(package: Package) -> io.BytesIO:
    """The parts that are XML, and no others: none is larger than it says, and none has entities."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in package.names:
            if name.endswith((".xml", ".rels")):
                part = package.read(name) or b""
                if b"<!DOCTYPE" in part.replace(b"\0", b""):  # in UTF-16, too
                    raise BadInput(f"its part {name!r} has a document type, which no Word document has")
                archive.writestr(name, _plain_styles(part) if name == _STYLES else part)
    file.seek(0)
    return file


def _plain_styles(content: bytes) -> bytes:
    """The styles with nothing but their names, for mammoth would take longest for them. Those that make headings (تیتر,
    based on a heading of Word's own) are called so."""
    from lxml import etree  # noqa: PLC0415 - as above

    root = parse_xml(content)
    levels = _levels(root)
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


def _levels(styles: Any) -> dict[str, int]:
    """Of which level styles make headings: those that Word has, and those that have a level in the outline, or are
    based on one of these."""
    told: dict[str, int] = {}
    bases: dict[str, str] = {}
    for style in styles.iter("{*}style"):
        name = _value(style, "name").lower()
        style_id = _attribute(style, "styleId")
        outline = _value(style, "outlineLvl")
        bases[style_id] = _value(style, "basedOn")
        if name == "title":
            told[style_id] = 1
        elif name.startswith("heading ") and name[8:].isdecimal():
            told[style_id] = int(name[8:])
        elif outline.isdecimal():
            told[style_id] = int(outline) + 1
    levels = {style_id: _inherited(style_id, told, bases) for style_id in bases}
    # The tenth level is that of text.
    return {style_id: min(level, _DEEPEST_HEADING) for style_id, level in levels.items() if 1 <= level <= 9}


def _inherited(style_id: str, told: dict[str, int], bases: dict[str, str]) -> int:
    """The level of a style, or of the nearest one it is based on, which all in between have then; 0 if none has."""
    path: dict[str, None] = {}
    while style_id in bases and style_id not in told and style_id not in path:
        path[style_id] = None
        style_id = bases[style_id]
    level = told.get(style_id, 0)
    told |= dict.fromkeys(path, level)
    return level


def _properties(package: Package) -> tuple[str | None, Date | None]:
    """The title and the day of creation, as far as someone seems to have given them. A program writes the moment at
    which it made the file, or the template of it, which may be long after the text; a day without a time was set."""
    content = package.read(_PROPERTIES)
    if not content:
        return None, None
    root = parse_xml(content)
    title = next((element.text for element in root.iter("{*}title")), None)
    created = next((element.text or "" for element in root.iter("{*}created")), "")
    is_set = "T" not in created or _MIDNIGHT in created
    return sensible_title(title), sole_date(created) if is_set else None


def _begins_with(text: Text, title: str) -> bool:
    """Whether a title stands near the beginning of a text: others are often those of the file it was made from."""
    return fold(title) in " ".join(fold(text.text[:_HEAD]).split())


def _value(style: Any, name: str) -> str:
    return next((_attribute(element, "val") for element in style.iter(f"{{*}}{name}")), "")


def _attribute(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.items() if _local(key) == name), "")


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]
