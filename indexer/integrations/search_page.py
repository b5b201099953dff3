"""The search page of a site of documentation, which asks a server of Jooya (`jooya serve`) from a reader's browser."""

from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from .. import BadArgument

ASSETS = Path(__file__).parent / "static"
"""The folder with the style and the script of the page."""

STYLE, SCRIPT = "jooya-search.css", "jooya-search.js"

TITLE = "جست\u200cوجو"
"""The title of the page, unless the site gives another."""


def checked_server(address: str) -> str:
    """Return the address of a server without a slash at its end.

    Raises:
        BadArgument: It is no address of the web.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise BadArgument(
            f"the server has the address {address!r}", "give one such as https://search.example.org", argument="server"
        )
    return address.rstrip("/")


def search_page(server: str, root: str, assets: str, *, parameter: str = "q") -> str:
    """Return the HTML of the search page below its title.

    Without JavaScript its form leads to the page of the server.

    Args:
        server: The address of the server, as `checked_server` returns it.
        root: The URL of the root of the site, relative to the page: `../`.
        assets: The URL of the folder with the assets, relative to the page.
        parameter: The parameter of the page's URL that has the query; `q` is read, too.
    """
    server, root, assets = escape(server), escape(root), escape(assets.rstrip("/"))
    return f"""<link rel="stylesheet" href="{assets}/{STYLE}">
<div class="jooya-search" lang="fa" dir="rtl" data-server="{server}" data-root="{root}" data-parameter="{parameter}">
<form role="search" action="{server}/" method="get">
<input type="search" name="q" aria-label="پرسش" dir="auto" autocomplete="off" spellcheck="false" required>
<button type="submit">{TITLE}</button>
</form>
<p class="jooya-status" role="status"></p>
<ol class="jooya-hits"></ol>
<button type="button" class="jooya-more" hidden>نتایج بیشتر</button>
</div>
<script src="{assets}/{SCRIPT}" defer></script>
"""
