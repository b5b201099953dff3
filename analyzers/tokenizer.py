"""Where words begin and end in aligned text (see `characters.align`)."""

import re
from functools import cache

from jooya.analyzers.characters import characters


@cache
def token_pattern() -> re.Pattern[str]:
    """A pattern with one group, the token: `split` by it gives gap, token, gap, token, … gap.

    Half-spaces and other joiners belong to a token between two letters and not at its edges.
    """
    table = characters()
    letters, marks, joiners = table.letters, table.marks, table.joiners
    arabic = f"[{letters}][{letters}{marks}]*(?:[{joiners}]+[{letters}{marks}]+)*"
    # Any other letter or digit that `\\w` knows; `_` joins words only inside hashtags and the like.
    other = rf"(?:(?![{letters}_])\w)"
    word = rf"{other}(?:{other}|[{marks}]|[{joiners}]+(?={other}))*"
    # With an accent on its last letter it is no host, whether that is one character or two; so with ≮ and ≯.
    host = rf"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{{2,}}+(?!{other}|[{marks}])"
    url = r"(?:https?://|www\.)[^\s<>≮≯\"«»]*[^\s<>≮≯\"«».,:;!?؟،؛)\]}'…]"
    email = rf"[a-z0-9][a-z0-9._%+-]*@{host}"
    tag = rf"[#@](?:{arabic}|{word})(?:_+(?:{arabic}|{word}))*"
    number = rf"[0-9]+(?:[.,/:-][0-9]+)+(?!{other})"
    return re.compile(f"({arabic}|{url}|{email}|{number}|{tag}|{word})")
