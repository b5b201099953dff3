"""Sections of pages of HTML, and the index that is made of them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya import BadArgument, Document, Index
from jooya.indexer.integrations.html_sections import html_sections
from jooya.indexer.integrations.search_page import ASSETS, SCRIPT, STYLE, checked_server, search_page
from jooya.indexer.integrations.site_index import PageSection, SitePage, indexed_pages, update_site_index


@pytest.mark.parametrize(
    ("html", "sections"),
    [
        ("", []),
        ("  \n", []),
        ("<p>باران</p>", [(None, None, "باران")]),
        ("پیش <h1 id=a>سر</h1> پس", [(None, None, "پیش"), ("a", "سر", "پس")]),
        ("<h1 id=a>سر</h1><h2 id=b>زیر</h2><p>متن</p>", [("a", "سر", ""), ("b", "زیر", "متن")]),
        ("<h2>بی‌نشانی</h2><p>متن</p>", [(None, None, "بی‌نشانی\n\nمتن")]),
        ("<h1 id=a>دو <em>پاره</em><a class='headerlink' href='#a'>¶</a></h1>", [("a", "دو پاره", "")]),
        ("<h1 id=a>دو<br>سطر</h1>", [("a", "دو سطر", "")]),
        ("<div><section><h1 id=a>سر</h1><p>درون</p></section></div>بیرون", [("a", "سر", "درون\n\nبیرون")]),
        ("<p>یک\n  دو</p><p>سه</p>", [(None, None, "یک دو\n\nسه")]),
        ("<p>یک<br>دو</p>", [(None, None, "یک\nدو")]),
        ("<ul><li>یک</li><li>دو<ul><li>سه</li></ul></li></ul>", [(None, None, "یک\n\nدو\n\nسه")]),
        ("<pre><code>یک\n  دو\n</code></pre>", [(None, None, "یک\nدو")]),
        ("<table><tr><th>نام</th><td>ژرفا</td></tr></table>", [(None, None, "نام\tژرفا")]),
        ("<p>کتاب<b>ها</b>ی نو</p>", [(None, None, "کتابهای نو")]),
        ("<p>می\u200cرود</p>", [(None, None, "می\u200cرود")]),
        ("<style>p {}</style><script>x()</script><p>متن<svg><text>x</text></svg></p><!-- y -->", [(None, None, "متن")]),
        ("<p>ناتمام <b>متن", [(None, None, "ناتمام متن")]),
    ],
)
def test_sections_of_html(html: str, sections: list[tuple[str | None, str | None, str]]) -> None:
    assert html_sections(html) == tuple(PageSection(*one) for one in sections)


@given(st.text(alphabet=st.sampled_from("<>/&;!-p h1id='a\x00\nآب\u200c\ufeff😀"), max_size=80))
def test_any_text_is_read(html: str) -> None:
    for section in html_sections(html):
        assert section.text == section.text.strip()
        assert section.heading or section.text


def test_deep_html_is_read() -> None:
    assert "باران" in html_sections("<div>" * 1_500 + "باران")[0].text


PAGES = [
    SitePage("", "باغ", (PageSection(None, None, "خوش آمدید"), PageSection("q", "قنات", "قنات‌های کویر"))),
    SitePage("guide/", "راهنما", (PageSection("a", "هرس", ""), PageSection("a", None, "هرس درخت"))),
]
URLS = ["", "guide/"]


def test_sections_are_documents_that_link(tmp_path: Path) -> None:
    report = update_site_index(tmp_path / "new" / "index", PAGES, URLS, base="https://a.example/docs/")
    assert (report.new, report.removed, report.skipped) == (3, 0, [])
    with Index.open(tmp_path / "new" / "index") as index:
        hit = index.search("قناتها")[0]
        assert (hit.document, hit.title, hit.heading) == ("index.html#q", "باغ", "قنات")
        assert dict(hit.meta) == {"url": "https://a.example/docs/index.html#q", "page": "index.html"}
        assert [one.key for one in index.documents()] == ["guide/#a", "index.html", "index.html#q"]
        assert index.search("هرس")[0].text == "هرس درخت"
    assert indexed_pages(tmp_path / "new" / "index") == {"index.html", "guide/"}
    assert indexed_pages(tmp_path / "none") == set()


def test_what_is_gone_is_removed_and_what_is_not_the_site_s_stays(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    with Index.create(folder) as index:
        index.add(Document("mine", "قنات من", meta={"page": "12"}))
    update_site_index(folder, PAGES, URLS)
    # Nothing was written anew, and all is still there.
    assert update_site_index(folder, [], URLS).removed == 0
    # A section has gone from a page that was written anew.
    smaller = PAGES[0]._replace(sections=PAGES[0].sections[:1])
    report = update_site_index(folder, [smaller], URLS)
    assert (report.unchanged, report.removed) == (1, 1)
    # A page has gone.
    assert update_site_index(folder, [], [""]).removed == 1
    with Index.open(folder) as index:
        assert [one.key for one in index.documents()] == ["index.html", "mine"]


def test_a_section_that_cannot_be_indexed_costs_no_other(tmp_path: Path) -> None:
    bad = SitePage("x" * 100_000, "", (PageSection("a", None, "باران"),))
    report = update_site_index(tmp_path / "index", [bad, *PAGES], [*URLS, bad.url])
    assert (report.new, len(report.skipped)) == (3, 1)


def test_the_search_page_escapes_and_names_its_assets() -> None:
    page = search_page('http://a"b', "../", "../assets/")
    assert 'data-server="http://a&quot;b" data-root="../"' in page
    for name in (STYLE, SCRIPT):
        assert f'="../assets/{name}"' in page
        assert (ASSETS / name).is_file()


@pytest.mark.parametrize("address", ["", "example.org", "ftp://a", "javascript:alert(1)", "http://", "http://a?q=1"])
def test_a_server_has_an_address(address: str) -> None:
    with pytest.raises(BadArgument, match="give one such as https"):
        checked_server(address)
    assert checked_server("https://a.example/x/") == "https://a.example/x"
