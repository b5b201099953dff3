"""What a web page says of itself: its title, and the day it was published."""

import json
from collections.abc import Iterable, Iterator

from ...analyzers.characters import fold
from ..dates.parsing import Date, sole_date
from .blocks import Block
from .markup import Markup
from .structured import sensible_title

# Names of `meta` tags, best first. Not the day of the last change, nor that of the copyright.
_PUBLISHED = (
    "article:published_time", "datepublished", "citation_publication_date", "dcterms.issued", "dc.date.issued",
    "dcterms.date", "dc.date", "dcterms.created", "dc.date.created", "pubdate", "publishdate", "publish-date",
    "publication_date", "date",
)  # fmt: skip
_SEPARATORS = " -–—|·:»«"


def page_title(markup: Markup, blocks: list[Block]) -> str | None:
    """The title of a page without the name of its site, as far as that is sure: its one heading of the first level if
    its title has it too, or there is no better."""
    metas = _metas(markup)
    site = sensible_title(metas.get("og:site_name"))
    headings = [" ".join(block.text.split()) for block in blocks if block.heading == 1]
    shared = sensible_title(metas.get("og:title"))
    title = shared or sensible_title(markup.title)
    if title:
        folded = fold(title)
        named = [heading for heading in headings if heading != site and fold(heading) in folded]
        if named:  # of several, one may be the site's; it stands last in most titles
            return min(named, key=lambda heading: folded.index(fold(heading)))
        title = _without_site(title, site)
    return headings[0] if len(headings) == 1 and not shared else title


def page_date(markup: Markup) -> Date | None:
    """The day a page says it was published on. None if it does not say, or names several days."""
    metas = _metas(markup)
    told: Iterable[str] = (metas[name] for name in _PUBLISHED if name in metas)
    for value in told:
        if date := sole_date(value):
            return date
    times = markup.times
    return (
        _sole(value for name, value in times if name.lower() in ("datepublished", "datecreated"))
        or _sole(value for record in markup.linked_data for value in _published(record))
        or _sole(value for name, value in times if not name)
    )


def _metas(markup: Markup) -> dict[str, str]:
    """What `meta` tags say, the first of a name."""
    metas: dict[str, str] = {}
    for meta in markup.metas:
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        if name and meta.get("content", "").strip():
            metas.setdefault(name.strip().lower(), meta["content"])
    return metas


def _without_site(title: str, site: str | None) -> str:
    if site and title != site:
        for rest, end in ((title.removesuffix(site), -1), (title.removeprefix(site), 0)):
            if rest != title and rest[end] in _SEPARATORS:
                return rest.strip(_SEPARATORS) or title
    return title


def _sole(values: Iterable[str]) -> Date | None:
    dates = {date for date in map(sole_date, set(values)) if date}
    return dates.pop() if len(dates) == 1 else None


def _published(record: str) -> Iterator[str]:
    """The values of `datePublished` anywhere in JSON-LD."""
    try:
        waiting = [json.loads(record)]
    except (ValueError, RecursionError):  # a page is more than this
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(published := value.get("datePublished"), str):
                yield published
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
