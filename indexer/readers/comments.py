"""The comments on office files, which are read if the options ask for them: each with the name of who wrote it."""

from typing import Any

from .blocks import Block
from .office_text import Paragraph, attribute, local_name, read_part


def word_comments(part: Any | None) -> list[Block]:
    """Return the comments of a Word document, from the part that has them."""
    return [
        block
        for comment in (() if part is None else part.iter("{*}comment"))
        for block in _blocks(attribute(comment, "author"), _paragraphs(comment))
    ]


def slide_comments(part: Any) -> list[Block]:
    """Return the comments on a slide: a text without paragraphs in files of older programs, with them in later ones."""
    blocks: list[Block] = []
    for element in part.iter():
        if local_name(element.tag) == "text":
            blocks += _blocks("", [element.text or ""])
        elif local_name(element.tag) == "txBody":
            blocks += _blocks("", _paragraphs(element))
    return blocks


def sheet_comments(part: Any) -> list[str]:
    """Return the comments on the cells of a sheet. Excel writes the name of who wrote one into its text."""
    texts = ("".join(run.text or "" for run in comment.iter("{*}t")) for comment in part.iter("{*}comment"))
    return list(filter(None, (" ".join(text.split()) for text in texts)))


def annotation(element: Any) -> list[Block]:
    """Return a comment of OpenDocument."""
    creator = next((found.text or "" for found in element.iter("{*}creator")), "")
    return _blocks(creator, ["".join(found.itertext()) for found in element.iter("{*}p")])


def _paragraphs(element: Any) -> list[str]:
    return [block.text for block in read_part(element, lambda _: Paragraph()).blocks]


def _blocks(author: str, paragraphs: list[str]) -> list[Block]:
    text = " ".join(" ".join(paragraphs).split())
    return [Block(f"{author.strip()}: {text}" if author.strip() else text)] if text else []
