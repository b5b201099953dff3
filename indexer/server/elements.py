"""Elements of HTML, in which every text is escaped unless it is an element itself."""

from collections.abc import Iterable
from html import escape

_VOID = frozenset({"br", "input", "link", "meta"})


class Html(str):
    """A piece of HTML that is sent as it is. Only `element` and `joined` make one."""

    __slots__ = ()


Child = str | int | None | Iterable["Child"]
"""The content of an element: elements, text, numbers, nothing, and lists of these."""

Attribute = str | int | bool | None
"""The value of an attribute; None and False leave it out, True gives it no value."""


def element(name: str, /, *children: Child, **attributes: Attribute) -> Html:
    """Return an element.

    Args:
        name: The name of the element.
        children: Its content. Strings are escaped, except for those that are Html.
        attributes: Its attributes. In their names an underscore stands for a hyphen; one at the end, as in `class_`, is
            dropped.
    """
    written = "".join([_attribute(key, value) for key, value in attributes.items() if value not in (None, False)])
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{joined(children)}</{name}>")


def joined(*children: Child) -> Html:
    """Return what several children of an element are together, without an element around them."""
    return Html("".join(_pieces(children)))


def _pieces(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if isinstance(child, Html):
            yield child
        elif isinstance(child, str | int):
            yield escape(_clean(str(child)))
        elif child is not None:
            yield from _pieces(child)


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(_clean(str(value)))}"'


def _clean(text: str) -> str:
    """Return `text` with U+FFFD for what HTML cannot hold: NUL, and halves of characters beyond U+FFFF."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
