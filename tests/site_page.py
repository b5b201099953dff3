"""The search page of a site in a browser: it asks a running server of another origin."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from browser import chromium
from server_process import running_server
from sites import shown


def check_search_page(
    folder: Path,
    site: Path,
    build: Callable[[str], None],
    *,
    page: str,
    target: str,
    boxes: str | None = None,
    parameter: str = "q",
    is_first: bool = True,
) -> None:
    """Build a site, serve its index, and use its search page.

    Args:
        folder: The folder that has the index, `jooya-index`.
        site: The folder that the site is built in.
        build: Builds the site for the address of a server.
        page: The URL of the search page, relative to the site.
        target: The URL that a hit for the query قیچی leads to.
        is_first: Also check what does not depend on the theme.
        parameter: The parameter of the page that has the query.
        boxes: The search box of the theme on the first page, as a selector, if it leads to the search page.
    """
    pytest.importorskip("playwright", reason="NOT TESTED: the page in a browser needs jooya[test]")
    from playwright.sync_api import expect  # noqa: PLC0415 - may be missing

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    build(f"http://127.0.0.1:{port}")
    with shown(site) as address, chromium() as browser:
        visitor = browser.new_page(locale="fa-IR")
        visitor.set_default_timeout(5_000)
        wrong: list[str] = []
        visitor.on("pageerror", lambda error: wrong.append(str(error)) if "jooya" in (error.stack or "") else None)
        # Themes load fonts from elsewhere, which this page does not need.
        visitor.route("**", lambda one: one.continue_() if "//127.0.0.1" in one.request.url else one.abort())
        options = ("-i", "jooya-index", "--port", str(port))
        visitor.goto(f"{address}/{page}?{parameter}=قیچی")
        status = visitor.locator(".jooya-status")
        expect(status).to_have_text("سرور جست\u200cوجو پاسخ نمی\u200cدهد.")
        if is_first:
            with running_server(folder, *options):  # which does not know the site
                visitor.reload()
                expect(status).to_have_text("سرور جست\u200cوجو پاسخ نمی\u200cدهد.")
                expect(visitor.locator(".jooya-hit")).to_have_count(0)
        with running_server(folder, *options, "--allow-origin", address):
            visitor.reload()
            expect(status).to_have_text("۱ بند پیدا شد.")
            box = visitor.locator(".jooya-search input")
            expect(box).to_have_value("قیچی")
            expect(visitor.locator(".jooya-hit mark").first).to_have_text("قیچی")
            assert visitor.locator(".jooya-search").evaluate("one => getComputedStyle(one).direction") == "rtl"
            box.fill("")
            expect(visitor.locator(".jooya-hit")).to_have_count(0)
            box.press_sequentially("قناتهای كوير", delay=10)
            expect(visitor.locator(".jooya-hit mark")).to_have_text(["قنات\u200cهای کویر"])
            if is_first:
                assert "%D9%82%D9%86" in visitor.url
                box.fill("kavir")
                expect(status).to_have_text("نمایش نتایج برای «کویر». ۱ بند پیدا شد.")
                box.fill("موشک")
                box.press("Enter")
                expect(status).to_have_text("چیزی پیدا نشد.")
                box.fill("؟")
                expect(status).to_contain_text("سرور جست\u200cوجو به این پرسش پاسخ نداد: ")
            box.fill("قیچی")
            link = visitor.locator(".jooya-link")
            expect(link).to_have_text("هرس درختان")
            link.click()
            visitor.wait_for_url(f"{address}/{target}")
            if boxes:
                visitor.goto(f"{address}/index.html")
                visitor.locator(boxes).first.fill("قیچی")
                visitor.locator(boxes).first.press("Enter")
                expect(visitor.locator(".jooya-hit")).to_have_count(1)
        assert wrong == []
