"""An extension of Sphinx that indexes a site, and gives it a page to search with: `pip install "jooya[sphinx]"`."""

import shutil
from html import escape
from pathlib import Path
from typing import Any

from .. import BadArgument, JooyaError
from .extras import missing
from .search_page import ASSETS, SCRIPT, STYLE, TITLE, checked_server, search_page
from .site_index import PageSection, SitePage, indexed_pages, report_lines, update_site_index

try:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.errors import ConfigError, ExtensionError
    from sphinx.util import logging
except ModuleNotFoundError as error:
    raise missing("Sphinx", "sphinx", error) from error

_BUILDERS = ("html", "dirhtml")

_PAGE = "search"
"""The page of a site to which the search boxes of themes lead."""

_LOGGER = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension: `extensions = ["jooya.indexer.integrations.sphinx"]` in `conf.py`.

    Its settings there are `jooya_index`, the folder of the index relative to that of `conf.py`; `jooya_server`, the
    address of the `jooya serve` that searches it, without which the site keeps its own search; and `jooya_title`, the
    title of the page to search with.
    """
    app.add_config_value("jooya_index", "jooya-index", "", [str])
    app.add_config_value("jooya_server", None, "html", [str])
    app.add_config_value("jooya_title", TITLE, "html", [str])
    site = _Site()
    app.connect("builder-inited", site.begin)
    app.connect("doctree-resolved", site.add, priority=900)
    app.connect("html-page-context", site.show_search)
    app.connect("build-finished", site.update)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class _Site:
    """The pages of a build that are written anew, until they are indexed."""

    def __init__(self) -> None:
        self._pages: dict[str, SitePage] = {}
        self._server: str | None = None

    def begin(self, app: Sphinx) -> None:
        """Begin a build: check the settings."""
        self._pages.clear()
        self._server = None
        if app.config.jooya_server and app.builder.name in _BUILDERS:
            try:
                self._server = checked_server(app.config.jooya_server)
            except BadArgument as error:
                raise ConfigError(f"jooya_server: {error}") from error

    def add(self, app: Sphinx, doctree: nodes.document, name: str) -> None:
        """Take in a page that is about to be written."""
        if app.builder.name in _BUILDERS and "nosearch" not in app.env.metadata[name]:
            self._pages[name] = _page(app, name, doctree)

    def show_search(
        self, app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
    ) -> str | None:
        """Put Jooya's search into the page to which the theme's search boxes lead."""
        if name != _PAGE or self._server is None:
            return None
        pathto = context["pathto"]
        root = "../" if app.builder.name == "dirhtml" else "./"
        title = escape(app.config.jooya_title)
        assets = pathto("_static/x", 1).rpartition("/")[0]
        context["title"] = title
        context["body"] = (
            f"<section><h1>{title}</h1>\n{search_page(self._server, root, assets, parameter='q')}</section>"
        )
        return "page.html"

    def update(self, app: Sphinx, error: Exception | None) -> None:
        """Bring the index up to date when a site has been built."""
        if error is not None or app.builder.name not in _BUILDERS:
            return
        if self._server is not None:
            # A change of html_static_path would have Sphinx write all pages anew.
            for name in (STYLE, SCRIPT):
                shutil.copyfile(ASSETS / name, Path(app.outdir) / "_static" / name)
        folder = Path(app.confdir) / app.config.jooya_index
        wanted = {
            name: app.builder.get_target_uri(name)
            for name in sorted(app.env.found_docs)
            if "nosearch" not in app.env.metadata[name]
        }
        try:
            # Pages that have not changed are not written again. The index may be new all the same.
            known = indexed_pages(folder)
            for name, url in wanted.items():
                if name not in self._pages and (url or "index.html") not in known:
                    self._pages[name] = _page(app, name, app.env.get_and_resolve_doctree(name, app.builder))
            report = update_site_index(
                folder, self._pages.values(), wanted.values(), base=app.config.html_baseurl or None
            )
        except (JooyaError, OSError) as failure:
            raise ExtensionError(f"jooya: {failure}") from failure
        warnings, changed = report_lines(folder, report)
        for line in warnings:
            _LOGGER.warning("jooya: %s", line)
        _LOGGER.info("jooya: %s", changed)


def _page(app: Sphinx, name: str, doctree: nodes.document) -> SitePage:
    title = app.env.titles.get(name)
    sections = [_section(section) for section in doctree.findall(nodes.section)]
    before = "\n\n".join(_texts(doctree))
    if before:
        sections.insert(0, PageSection(None, None, before))
    return SitePage(app.builder.get_target_uri(name), title.astext() if title else "", tuple(sections))


def _section(section: nodes.section) -> PageSection:
    heading = next(iter(section.findall(nodes.title)), None)
    anchor = section["ids"][0] if section["ids"] else None
    return PageSection(anchor, heading.astext() if heading else None, "\n\n".join(_texts(section)))


def _texts(node: nodes.Element) -> list[str]:
    """Return the texts of an element, without those of titles and of sections in it."""
    found: list[str] = []
    for child in node.children:
        if isinstance(child, nodes.section | nodes.title | nodes.Invisible | nodes.raw):
            continue
        if isinstance(child, nodes.TextElement):
            found.append(child.astext())
        elif isinstance(child, nodes.line_block):  # a verse, for example
            found.append("\n".join(line.astext() for line in child.findall(nodes.line)))
        elif isinstance(child, nodes.row):
            found.append("\t".join(" ".join(cell.astext().split()) for cell in child.children))
        elif isinstance(child, nodes.compound) and "toctree-wrapper" in child["classes"]:  # the titles of other pages
            continue
        elif isinstance(child, nodes.Element):
            found += _texts(child)
    return [text for text in found if text.strip()]
