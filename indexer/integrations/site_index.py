"""The index of a site of documentation: a document for each section of a page, which links to the section."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

from .. import BadArgument, Document, Index, IndexReport, Section


class PageSection(NamedTuple):
    """A section of a page.

    Attributes:
        anchor: The id of its element in the page, or None for what stands before all headings.
        heading: Its heading, or None.
        text: Its text, without the heading and without the sections in it.
    """

    anchor: str | None
    heading: str | None
    text: str


class SitePage(NamedTuple):
    """A page of a site.

    Attributes:
        url: Its URL, relative to the root of the site: `guide/install.html`; empty for the first page of a site whose
            URLs are folders.
        title: Its title.
        sections: Its sections.
    """

    url: str
    title: str
    sections: tuple[PageSection, ...]


def report_lines(folder: Path, report: IndexReport) -> tuple[list[str], str]:
    """Return what a builder of sites says of an update: a warning for each section left out, and what has changed."""
    changed = f"new {report.new}, updated {report.updated}, unchanged {report.unchanged}, removed {report.removed}"
    return [f"not indexed: {line}" for line in report.skipped], f"{folder}: {changed} sections"


def update_site_index(
    folder: Path, changed: Iterable[SitePage], urls: Iterable[str], *, base: str | None = None
) -> IndexReport:
    """Bring the index of a site up to date, in one or more commits; make it if there is none.

    The key of a section's document is its URL, relative to the root of the site: `guide/install.html#requirements`. Its
    metadata has `url`, which is the same with `base` before it, and `page`, the URL of its page. Documents that the
    index has besides those of a site are left alone.

    Args:
        folder: The folder of the index.
        changed: The pages that are new or may have changed.
        urls: The URLs of all pages. What the index has of others is removed.
        base: The address of the site, `https://docs.example.org/`.

    Returns:
        The report of `Index.add`, with what was removed. Sections that were skipped are in it.
    """
    skipped: list[str] = []
    added: dict[str, set[str]] = {}

    def documents() -> Iterator[Document]:
        for page in changed:
            of_page = added.setdefault(_page_key(page.url), set())
            for document in _documents(page, base, skipped):
                of_page.add(document.key)
                yield document

    folder.parent.mkdir(parents=True, exist_ok=True)
    there = {_page_key(url) for url in urls}
    with Index.open_or_create(folder) as index:
        report = index.add(documents())
        gone = [key for key, page in _sections(index) if page not in there or key not in added.get(page, {key})]
        report.removed += len(index.remove(*gone)) if gone else 0
    report.skipped += skipped
    return report


def indexed_pages(folder: Path) -> set[str]:
    """Return the URLs of the pages that the index of a site has, as keys have them; none if there is no index."""
    if not folder.exists():
        return set()
    with Index.open_or_create(folder) as index:
        return {page for _, page in _sections(index)}


def _sections(index: Index) -> Iterator[tuple[str, str]]:
    """Yield the keys of the documents that are sections of a site, and their pages."""
    for document in index.documents():
        page = document.meta.get("page")
        if isinstance(page, str) and "url" in document.meta and document.source is None:
            yield document.key, page


def _page_key(url: str) -> str:
    """Return the URL of a page as keys have it: that of the folder of the site is not empty."""
    return url.removeprefix("./") or "index.html"


def _documents(page: SitePage, base: str | None, skipped: list[str]) -> Iterator[Document]:
    page_key = _page_key(page.url)
    texts: dict[str, list[PageSection]] = {}
    for section in page.sections:
        if section.text.strip() or section.heading:
            texts.setdefault(f"{page_key}#{section.anchor}" if section.anchor else page_key, []).append(section)
    for key, sections in texts.items():  # an id that a page has twice leads to the first
        heading = next((section.heading for section in sections if section.heading), None)
        text = "\n\n".join(section.text.strip() for section in sections if section.text.strip())
        try:
            yield Document(
                key,
                text or heading or "",
                title=page.title or None,
                sections=[Section(0, heading)],
                meta={"url": urljoin(base, key) if base else key, "page": page_key},
            )
        except BadArgument as error:
            skipped.append(f"{key}: {error}")
