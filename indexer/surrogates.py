"""Lone surrogates: halves of characters, which UTF-8 cannot hold."""

import re

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def well_formed(text: str) -> str:
    """Return `text` with each lone surrogate replaced by U+FFFD, since UTF-8 cannot hold them; offsets stay the same.

    JSON can escape half a character, and arguments of a command in another encoding arrive as surrogates.
    """
    return _LONE_SURROGATES.sub("\ufffd", text)
