"""A plugin of MkDocs that indexes a site, and gives it a page to search with: `pip install "jooya[mkdocs]"`."""

from pathlib import Path
from typing import Any

from .. import BadArgument, JooyaError
from .extras import missing
from .html_sections import html_sections
from .search_page import ASSETS, SCRIPT, STYLE, TITLE, checked_server, search_page
from .site_index import SitePage, report_lines, update_site_index

try:
    from mkdocs.config import config_options
    from mkdocs.config.base import Config
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.exceptions import PluginError
    from mkdocs.plugins import BasePlugin, get_plugin_logger
    from mkdocs.structure.files import File, Files
    from mkdocs.structure.pages import Page
    from mkdocs.utils import get_relative_url
except ModuleNotFoundError as error:
    raise missing("MkDocs", "mkdocs", error) from error

_ASSETS = "assets/jooya"

_LOGGER = get_plugin_logger("jooya")


class JooyaConfig(Config):  # type: ignore[no-untyped-call]
    """The settings of the plugin.

    Attributes:
        index: The folder of the index, relative to that of `mkdocs.yml`.
        server: The address of the `jooya serve` that searches it. Without it, the site has no page to search with.
        page: The file of that page, as if it were in the folder of documents.
        title: The title of that page.
    """

    index = config_options.Type(str, default="jooya-index")
    server = config_options.Optional(config_options.Type(str))
    page = config_options.Type(str, default="search.md")
    title = config_options.Type(str, default=TITLE)


class JooyaPlugin(BasePlugin[JooyaConfig]):  # type: ignore[no-untyped-call]
    """Indexes the sections of each page, with links to them, when a site is built.

    In `mkdocs.yml`:

        plugins:
          - jooya:
              server: https://search.example.org
    """

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Check the settings."""
        if self.config.server is not None:
            try:
                self.config.server = checked_server(self.config.server)
            except BadArgument as error:
                raise PluginError(f"jooya: {error}") from error
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Begin a build."""
        self._pages: list[SitePage] = []

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the page to search with and its assets."""
        if self.config.server is not None:
            if files.get_file_from_path(self.config.page) is None:
                content = f"---\nsearch:\n  exclude: true\n---\n\n# {self.config.title}\n"
                files.append(File.generated(config, self.config.page, content=content))
            for name in (STYLE, SCRIPT):
                files.append(File.generated(config, f"{_ASSETS}/{name}", abs_src_path=str(ASSETS / name)))
        return files

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Keep the sections of a page for the index; put the search into its own page."""
        if self.config.server is not None and page.file.src_uri == self.config.page:
            root = get_relative_url(".", page.url)
            assets = get_relative_url(_ASSETS, page.url)
            # At `?q=`, the searches of themes open.
            return html + search_page(self.config.server, root.rstrip("/") + "/", assets, parameter="query")
        search: Any = page.meta.get("search")
        if not (isinstance(search, dict) and search.get("exclude")):
            self._pages.append(SitePage(page.url, str(page.title or ""), html_sections(html)))
        return html

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Bring the index up to date."""
        folder = Path(config.config_file_path or ".").resolve().parent / self.config.index
        urls = [page.url for page in self._pages]
        try:
            report = update_site_index(folder, self._pages, urls, base=config.site_url or None)
        except (JooyaError, OSError) as error:
            raise PluginError(f"jooya: {error}") from error
        warnings, changed = report_lines(folder, report)
        for line in warnings:
            _LOGGER.warning("%s", line)
        _LOGGER.info("%s", changed)
