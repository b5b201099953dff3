"""The roles of the parts of a query: to find passages, to filter them, or only to add to scores.

Beside words with a content of their own (content words), stop words find nothing, and fields are filters: of the
query «speaker:رضایی نفت در جنوب» a passage needs the speaker and one of نفت and جنوب, and در makes no difference to
what is found.
"""

from collections.abc import Sequence

from .query_words import QueryWord, query_words
from .tree import (
    DateRangeNode,
    FieldNode,
    KeyFilterNode,
    Node,
    NumberRangeNode,
    OrNode,
    SequenceNode,
    SignedNode,
    ValueNode,
    WordsNode,
)


def is_filter(node: Node) -> bool:
    """Return True if passages must match a node that stands beside words, without any effect on their scores.

    These are the fields, documents, collections, dates, numbers and values, and groups and alternatives of nothing
    else.
    """
    match node:
        case FieldNode() | KeyFilterNode() | DateRangeNode() | NumberRangeNode() | ValueNode():
            return True
        case OrNode(nodes):
            return all(is_filter(inner) for inner in nodes)
        case SequenceNode(items):
            return bool(items) and all(item.sign != "-" and is_filter(item.node) for item in items)
        case _:
            return False


def has_content(item: SignedNode) -> bool:
    """Return True if a part of a sequence finds passages by itself, so that stop words beside it need not.

    A stop word does so only with a + or in quotation marks: whoever types these means the word.
    """
    node = item.node
    match node:
        case _ if item.sign == "-" or is_filter(node):
            return False
        case WordsNode(text):
            words = query_words(text)
            return bool(words) if item.sign else has_content_words(words)
        case OrNode(nodes):
            return any(has_content(SignedNode(inner, item.sign)) for inner in nodes)
        case SequenceNode(items):
            return any(has_content(inner) for inner in items)
        case _:
            return True


def has_content_words(words: Sequence[QueryWord]) -> bool:
    """Return True if any of some words is no stop word."""
    return not all(word.is_stop_word for word in words)
