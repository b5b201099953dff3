"""The metadata of a web page: its title, the day it was published, its author and the like."""

import json
from collections.abc import Iterable, Iterator

from ...analyzers.characters import fold
from ..dates.parsing import Date, sole_date
from .blocks import Block
from .document_builder import clean_title
from .html_parser import ParsedHtml
from .own_metadata import listed, one_or_all

# Names of `meta` tags, best first. Those of the last change and of the copyright are left out.
_PUBLISHED = (
    "article:published_time", "datepublished", "citation_publication_date", "dcterms.issued", "dc.date.issued",
    "dcterms.date", "dc.date", "dcterms.created", "dc.date.created", "pubdate", "publishdate", "publish-date",
    "publication_date", "date",
)  # fmt: skip
_AUTHORS = ("author", "article:author", "citation_author", "dc.creator", "dcterms.creator", "parsely-author")
_SEPARATORS = " -–—|·:»«"


def page_title(parsed: ParsedHtml, blocks: list[Block]) -> str | None:
    """Return the title of a page, without the name of its site where that is certain.

    A heading of the first level is taken if the title of the page contains it, or if there is only one such heading and
    the page states no better title.

    Args:
        parsed: The parsed page.
        blocks: The blocks of its main text.
    """
    metas = _metas(parsed)
    site = clean_title(metas.get("og:site_name"))
    headings = [" ".join(block.text.split()) for block in blocks if block.heading == 1]
    shared = clean_title(metas.get("og:title"))
    title = shared or clean_title(parsed.title)
    if title:
        folded = fold(title)
        contained = [heading for heading in headings if heading != site and fold(heading) in folded]
        if contained:  # one of several may be the site's name, which stands last in most titles
            return min(contained, key=lambda heading: folded.index(fold(heading)))
        title = _without_site(title, site)
    return headings[0] if len(headings) == 1 and not shared else title


def page_date(parsed: ParsedHtml) -> Date | None:
    """Return the day on which a page states that it was published; None if it states none, or several."""
    metas = _metas(parsed)
    stated: Iterable[str] = (metas[name] for name in _PUBLISHED if name in metas)
    for value in stated:
        if date := sole_date(value):
            return date
    times = parsed.times
    return (
        _agreed_date(value for name, value in times if name.lower() in ("datepublished", "datecreated"))
        or _agreed_date(value for json_ld in parsed.json_ld for value in _date_published(json_ld))
        or _agreed_date(value for name, value in times if not name)
    )


def page_metadata(parsed: ParsedHtml) -> dict[str, object]:
    """Return the author, the keywords, the description and the address that a page states."""
    metas = _metas(parsed)
    keywords = metas.get("keywords") or metas.get("news_keywords") or ""
    tags = [
        meta["content"]
        for meta in parsed.metas
        if meta.get("property") == "article:tag" and meta.get("content", "").strip()
    ]
    return {
        "author": one_or_all(_authors(parsed)),
        "keywords": listed(keywords) or tuple(dict.fromkeys(filter(None, tags))),
        "description": " ".join((metas.get("description") or metas.get("og:description") or "").split()),
        "url": _address(parsed.canonical or metas.get("og:url") or ""),
    }


def _authors(parsed: ParsedHtml) -> Iterator[str]:
    """Yield the names of authors; addresses of their pages are left out."""
    for meta in parsed.metas:
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        value = meta.get("content", "")
        if name in _AUTHORS and not value.strip().lower().startswith(("http://", "https://")):
            yield value


def _address(text: str) -> str:
    """Return an absolute address of the web; empty for anything else."""
    text = text.strip()
    return text if text.lower().startswith(("http://", "https://")) and not any(map(str.isspace, text)) else ""


def _metas(parsed: ParsedHtml) -> dict[str, str]:
    """Return the content of the `meta` tags by name; the first tag of a name counts."""
    metas: dict[str, str] = {}
    for meta in parsed.metas:
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


def _agreed_date(values: Iterable[str]) -> Date | None:
    """Return the date that all values with a date state; None if they state several, or none."""
    dates = {date for date in map(sole_date, set(values)) if date}
    return dates.pop() if len(dates) == 1 else None


def _date_published(json_ld: str) -> Iterator[str]:
    """Yield the values of `datePublished` anywhere in a JSON-LD script."""
    try:
        waiting = [json.loads(json_ld)]
    except (ValueError, RecursionError):  # the page can be read without it
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(published := value.get("datePublished"), str):
                yield published
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
