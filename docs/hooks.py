"""A hook of mkdocs: isolates (`<bdi>`) keep the parts of a line of output in order.

Digits after Persian letters are drawn from right to left where a hyphen or a dot parts them: 1402-07-20 would come out
as 20-07-1402. Persian words with arrows between them would be read against the arrows.
"""

import re
from typing import Any

_BLOCK = re.compile(r"(?<=<code>).*?(?=</code></pre>)", re.DOTALL)
_DATE_OR_SCORE = re.compile(r"(?<![\w/-])\d{4}-\d\d-\d\d(?![\w-])|(?<= · )\d+\.\d+(?=(?:</span>)?$)", re.MULTILINE)
_STEPS = re.compile(r"^(?=.*[\u0600-\u06ff]).*→.*$", re.MULTILINE)
_WORDS = re.compile(r"[\u0600-\u06ff\u200c]+(?:(?:[ #]|-…-)[\u0600-\u06ff\u200c]+)*")


def on_page_content(html: str, **_kwargs: Any) -> str:
    """Return the HTML of a page with isolates in its blocks of code."""
    return _BLOCK.sub(lambda block: _isolated(block[0]), html)


def _isolated(block: str) -> str:
    block = _STEPS.sub(lambda line: '<span class="ltr"></span>' + _WORDS.sub(r"<bdi>\g<0></bdi>", line[0]), block)
    return _DATE_OR_SCORE.sub(r"<bdi>\g<0></bdi>", block)
