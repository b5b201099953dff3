"""The page as the server draws it: without JavaScript, and whatever a URL or a document holds."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_archive import HOSTILE_KEY, HOSTILE_TEXT, HOSTILE_TITLE, make_archive
from pdfs import made
from starlette.testclient import TestClient

from jooya import Document, Hit, Index, Limits
from jooya.indexer.server.app import create_app
from jooya.indexer.server.elements import element, joined
from jooya.indexer.server.facet_panel import BARS, YearBar, year_bars
from jooya.indexer.server.page_routes import STATIC
from jooya.indexer.server.page_state import DocumentState, PageState
from jooya.indexer.server.page_words import Words
from jooya.indexer.server.result_list import citation, text_class
from jooya.indexer.server.server_settings import ServerSettings
from jooya.indexer.server.source_links import SourceFiles, source_url


class Parsed(HTMLParser):
    """The elements of a page with their attributes, and its text, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, class_: str = "") -> list[dict[str, str]]:
        return [
            attributes
            for name, attributes in self.elements
            if name == tag and (not class_ or class_ in attributes.get("class", "").split())
        ]

    def link(self, label: str, html: str) -> str:
        """Return the URL of the link with a label."""
        found = re.search(rf'<a [^>]*?href="([^"]*)"[^>]*>(?:<[^>]*>)*{re.escape(label)}', html)
        assert found, label
        return found[1].replace("&amp;", "&")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with Index.open(make_archive(tmp_path_factory.mktemp("archive"))) as index:
        yield TestClient(create_app(index, ServerSettings()), base_url="http://127.0.0.1:8765")


def drawn(client: TestClient, address: str, status: int = 200) -> tuple[str, Parsed]:
    response = client.get(address)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response.text, Parsed(response.text)


# --- elements


@given(st.text(), st.text())
def test_text_is_text(content: str, value: str) -> None:
    page = Parsed(f"<!doctype html>{element('p', content, title=value, class_='a')}")
    assert [name for name, _ in page.elements] == ["p"]
    kept = str.maketrans({"\0": "\ufffd"})
    assert page.text.replace("\r\n", "\n") == content.translate(kept).replace("\r\n", "\n")
    assert page.elements[0][1] == {"title": value.translate(kept), "class": "a"}


@pytest.mark.parametrize(
    ("made", "html"),
    [
        (element("a", "<", href='"&'), '<a href="&quot;&amp;">&lt;</a>'),
        (element("br"), "<br>"),
        (element("input", name="q", hidden=True, value=None), '<input name="q" hidden>'),
        (element("p", ["a", None, [element("b", 1)]], data_first_page=2), '<p data-first-page="2">a<b>1</b></p>'),
        (joined("<", element("i")), "&lt;<i></i>"),
        (element("p", "a\0\ud800"), "<p>a\ufffd\ufffd</p>"),
    ],
)
def test_elements(made: str, html: str) -> None:
    assert made == html


# --- the state of the page and its URL

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(str.strip)
FILTERS = st.lists(st.tuples(st.sampled_from(["collection", "author"]), TEXTS.filter(bool)), unique=True).map(tuple)


@given(
    st.builds(
        PageState,
        query=TEXTS,
        filters=FILTERS,
        since=TEXTS,
        until=TEXTS,
        first=st.integers(1, 10_000),
        sort=st.sampled_from(["score", "date", "document"]),
        by=st.sampled_from(["passage", "document"]),
        exact=st.booleans(),
        language=st.sampled_from(["fa", "en"]),
    )
)
def test_each_state_is_a_url(state: PageState) -> None:
    query = urlsplit(state.url(first=state.first)).query
    assert PageState.of(parse_qsl(query, keep_blank_values=True)) == state


@given(st.lists(st.tuples(st.sampled_from(["q", "from", "sort", "by", "lang", "correct", "where", "x"]), st.text())))
def test_any_parameters_are_a_state(pairs: list[tuple[str, str]]) -> None:
    state = PageState.of(pairs)
    assert state.first >= 1
    assert state.sort in ("score", "date", "document")
    assert state.url().startswith("/")


def test_filters_are_set_and_taken_away() -> None:
    state = PageState("آب", (("collection", "a"),), since="1384", first=21)
    assert state.toggled("collection", "a") == f"/?q={quote('آب')}&since=1384"
    assert state.toggled("collection", "b") == f"/?q={quote('آب')}&where=collection:a&where=collection:b&since=1384"
    assert state.without("year").url() == f"/?q={quote('آب')}&where=collection:a"
    assert state.without("collection").url() == f"/?q={quote('آب')}&since=1384"
    assert state.json_url(["year"]) == f"/api/search?q={quote('آب')}&where=collection:a&since=1384&from=21&facet=year"


@pytest.mark.parametrize("key", ["talks/water.txt", "../بالا.txt", "a?b&c#d%2F", HOSTILE_KEY])
def test_document_urls_hold_any_key(key: str) -> None:
    parts = urlsplit(DocumentState(key, search=PageState("آب")).url("3"))
    assert parts.fragment == "passage-3"
    assert DocumentState.of(parse_qsl(parts.query)) == DocumentState(key, "3", PageState("آب"))


# --- words, numbers, dates


def test_each_word_is_there_in_both_languages_once() -> None:
    rows = files("jooya.indexer.server").joinpath("page_words.tsv").read_text("utf-8").splitlines()
    cells = [row.split("\t") for row in rows if row and not row.startswith("#")]
    keys = [row[0] for row in cells]
    assert sorted(keys) == sorted(set(keys))
    for key, persian, english in cells:
        places = [sorted(re.findall(r"\{\w+\}", text)) for text in (persian, english)]
        assert places[0] == places[1], key
        assert re.search(r"[\u0600-\u06ff]", persian) or key in ("language", "years.bar"), key


@pytest.mark.parametrize(
    ("number", "persian", "english"), [(0, "۰", "0"), (1234567, "۱٬۲۳۴٬۵۶۷", "1,234,567"), (12, "۱۲", "12")]
)
def test_numbers(number: int, persian: str, english: str) -> None:
    assert Words("fa").number(number) == persian
    assert Words("en").number(number) == english


# --- the histogram


def bars_of(years: range, counts: dict[int, int]) -> list[YearBar]:
    return [YearBar(year, year + years.step - 1, counts.get(year, 0)) for year in years]


@pytest.mark.parametrize(
    ("years", "bars"),
    [
        ([], []),
        ([(1384, 3)], [YearBar(1384, 1384, 3)]),
        ([(1384, 3), (1386, 1)], [YearBar(1384, 1384, 3), YearBar(1385, 1385, 0), YearBar(1386, 1386, 1)]),
        ([(1380, 1), (1399, 2)], bars_of(range(1380, 1400, 2), {1380: 1, 1398: 2})),
        ([(1310, 1), (1402, 2)], bars_of(range(1310, 1410, 10), {1310: 1, 1400: 2})),
    ],
)
def test_years_become_bars(years: list[tuple[str | int | float, int]], bars: list[YearBar]) -> None:
    assert year_bars(years) == bars


@given(st.dictionaries(st.integers(1, 1700), st.integers(1, 9), min_size=1))
def test_bars_are_few_and_count_all(counts: dict[int, int]) -> None:
    bars = year_bars(list(counts.items()))
    assert len(bars) <= BARS
    assert sum(bar.count for bar in bars) == sum(counts.values())


# --- texts and citations


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("یک بند", "text"),
        ("مصرع نخست\nمصرع دوم", "text lines"),
        ("سطری که آن را برای پهنای صفحه شکسته\u200cاند و از شصت نویسه بلندتر است،\nو سطر بعد", "text"),
    ],
)
def test_short_lines_are_kept(text: str, classes: str) -> None:
    assert text_class(text) == classes


def test_citation(client: TestClient) -> None:
    _, page = drawn(client, f"/?q={quote('آفتاب')}&where=collection:talks")
    [button] = page.all("button", "cite")
    assert button["data-citation"] == "«قنات\u200cهای کویر»، لیلا رستمی، ۲۰ مهر ۱۴۰۲ [talks/water.txt#1]"


@pytest.mark.parametrize(
    ("page", "time", "persian", "english"),
    [
        (12, None, "«سند»، صفحهٔ ۱۲ [سند.pdf#3]", "“سند”, page 12 [سند.pdf#3]"),
        (None, "00:12:30", "«سند»، زمان ۰۰:۱۲:۳۰ [سند.pdf#3]", "“سند”, at 00:12:30 [سند.pdf#3]"),
        (None, None, "«سند» [سند.pdf#3]", "“سند” [سند.pdf#3]"),
    ],
)
def test_citations_name_the_place(page: int | None, time: str | None, persian: str, english: str) -> None:
    hit = Hit(1, 1.0, "سند.pdf#3", "سند.pdf", "سند", None, "متن", 0, 3, page=page, time=time)
    assert citation(hit, Words("fa")) == persian
    assert citation(hit, Words("en")) == english


def test_sources_open_at_their_place() -> None:
    files = SourceFiles(frozenset(["کتاب.pdf"]), frozenset(["talk.srt"]))
    book = Hit(1, 1.0, "کتاب.pdf#3", "کتاب.pdf", None, None, "متن", 0, 3, page=7)
    talk = Hit(1, 1.0, "talk.srt#3", "talk.srt", None, None, "متن", 0, 3, time="01:02:03")
    assert source_url(book, files) == f"/source/{quote('کتاب.pdf')}#page=7"
    assert source_url(talk, files) == "/source/talk.srt?media=true#t=3723"
    assert source_url(book, SourceFiles()) is None


# --- pages


def test_home_tells_of_the_archive(client: TestClient) -> None:
    html, page = drawn(client, "/")
    assert page.elements[0] == ("html", {"lang": "fa", "dir": "rtl"})
    assert "۹ سند" in page.text
    assert not page.all("article", "hit")
    assert [one["action"] for one in page.all("form")] == ["/"]
    assert page.link("talks", html) == "/?where=collection:talks"


def test_hits_are_marked_in_their_own_spelling(client: TestClient) -> None:
    html, page = drawn(client, f"/?q={quote('كشاورز')}")
    assert "<mark>کشاورزان</mark>" in html
    assert "۲ بند پیدا شد" in page.text
    assert "۲۲ آذر ۱۳۸۴" in page.text
    [json_url] = [one["href"] for one in page.all("link") if one["rel"] == "alternate"]
    assert json_url.startswith(f"/api/search?q={quote('كشاورز')}&facet=year&facet=collection")


@pytest.mark.parametrize("address", ["/", f"/?q={quote('آب')}", "/?q=x&where=collection:talks&since=1384", "/help"])
def test_all_is_of_this_server(client: TestClient, address: str) -> None:
    _, page = drawn(client, address)
    urls = [value for _, attributes in page.elements for name, value in attributes.items() if name in ("src", "href")]
    assert all(url.startswith(("/", "#")) and not url.startswith("//") for url in urls)
    assert not any(name.startswith("on") or name == "style" for _, one in page.elements for name in one)
    assert not page.all("style")
    for url in {url for url in urls if url.startswith("/static")}:
        assert client.get(url).status_code == 200


def test_json_is_beside_each_state(client: TestClient) -> None:
    for address in (
        f"/?q={quote('آب')}&sort=date&by=document&correct=false",
        f"/?q={quote('آب')}&from=2",
        f"/?q={quote('آب')}&where=collection:talks&where=collection:articles&since=1384-09&until={quote('۱۴۰۲')}",
        "/?where=author:لیلا رستمی",
    ):
        html, page = drawn(client, address)
        [json_url] = [one["href"] for one in page.all("link") if one["rel"] == "alternate"]
        answer = client.get(json_url)
        assert answer.status_code == 200, answer.text
        keys = [one["document"] for one in answer.json()["hits"]]
        assert keys == [dict(parse_qsl(urlsplit(one["href"]).query))["key"] for one in page.all("a", "title")]
        assert json_url.replace("&", "&amp;") in html


def test_corrections_are_said(client: TestClient) -> None:
    html, page = drawn(client, f"/?q={quote('داشنگاه')}")
    assert "نمایش نتایج برای دانشگاه" in re.sub(r"\s+", " ", page.text)
    assert page.link("داشنگاه", html) == f"/?q={quote('داشنگاه')}&correct=false"
    _, page = drawn(client, f"/?q={quote('داشنگاه')}&correct=false")
    assert "چیزی پیدا نشد" in page.text


def test_filters_narrow_and_offer_others(client: TestClient) -> None:
    html, page = drawn(client, f"/?q={quote('آب')}&where=collection:talks")
    keys = {dict(parse_qsl(urlsplit(one["href"]).query))["key"] for one in page.all("a", "title")}
    assert keys and all(key.startswith("talks/") for key in keys)
    assert [one["aria-current"] for one in page.all("a", "chosen")] == ["true"]
    assert page.link("talks", html) == f"/?q={quote('آب')}"
    assert page.link("articles", html) == f"/?q={quote('آب')}&where=collection:talks&where=collection:articles"
    assert {"type": "hidden", "name": "where", "value": "collection:talks"} in page.all("input")


def test_declared_fields_are_filters(client: TestClient) -> None:
    html, page = drawn(client, "/")
    assert "نویسنده" in page.text and "برچسب" in page.text
    html, page = drawn(client, page.link("لیلا رستمی", html[html.index("نویسنده") :]))
    assert "لیلا رستمی" in page.text
    assert {dict(parse_qsl(urlsplit(one["href"]).query))["key"] for one in page.all("a", "title")} == {
        "articles/library.txt"
    }


def test_metadata_of_a_document(client: TestClient) -> None:
    _, page = drawn(client, "/document?key=articles/long.txt")
    assert "مهری باقری" in page.text
    assert "آب، <i>کویر</i>" in page.text
    assert not page.all("i")


@pytest.mark.parametrize(
    ("dates", "keys"),
    [
        ("since=1402", {"talks/water.txt", "talks/garden.txt"}),
        ("since=1384&until=1384", {"articles/wheat.txt"}),
        (f"since={quote('۱۳۸۴/۰۹')}&until={quote('۱۳۸۴/۰۹/۲۲')}", {"articles/wheat.txt"}),
        (f"until={quote('آذر ۱۳۸۴')}", {"articles/wheat.txt", "articles/tehran.txt"}),
    ],
)
def test_dates_narrow(client: TestClient, dates: str, keys: set[str]) -> None:
    _, page = drawn(client, f"/?{dates}")
    assert {dict(parse_qsl(urlsplit(one["href"]).query))["key"] for one in page.all("a", "title")} == keys


@pytest.mark.parametrize(("since", "until"), [("foo", ""), ("1400", "1384"), ("1384-13", "1385"), ("۱۳۸۴", "<b>")])
def test_unread_dates_cost_nothing_else(client: TestClient, since: str, until: str) -> None:
    _, page = drawn(client, f"/?q={quote('آب')}&since={quote(since)}&until={quote(until)}")
    assert "این بازهٔ تاریخ خوانده نشد" in page.text
    assert page.all("article", "hit")
    assert [one["aria-invalid"] for one in page.all("input") if one.get("form") == "search"] == ["true", "true"]


def test_pages_of_results(client: TestClient) -> None:
    html, page = drawn(client, f"/?q={quote('بند')}")
    assert len(page.all("article", "hit")) == 10
    following = page.link("بعدی", html)
    assert following == f"/?q={quote('بند')}&from=11"
    html, page = drawn(client, following)
    assert page.link("قبلی", html) == f"/?q={quote('بند')}"
    assert page.all("ol", "hits")[0]["start"] == "11"


def test_a_document_with_its_hits(client: TestClient) -> None:
    html, page = drawn(client, f"/document?key=talks/water.txt&q={quote('قنات')}")
    found = page.all("div", "found")
    assert len(found) == 2
    assert "یافتهٔ ۱ از ۲" in page.text
    assert page.link("یافتهٔ بعدی", html).endswith(f"#{found[0]['id']}")
    assert "<mark>" in html
    assert client.get(next(one["href"] for one in page.all("link") if one["rel"] == "alternate")).json()["key"]
    _, page = drawn(client, "/document?key=talks/water.txt")
    assert not page.all("div", "found")


def test_a_long_document_comes_in_parts(client: TestClient) -> None:
    html, page = drawn(client, "/document?key=articles/long.txt")
    assert len(page.all("div", "passage")) == 200
    html, page = drawn(client, page.link("بعدی", html).partition("#")[0])
    assert 100 < len(page.all("div", "passage")) < 200
    assert "بندهای ۲۰۱ تا" in page.text


def test_hits_lead_from_part_to_part(client: TestClient) -> None:
    address, seen = f"/document?key=articles/long.txt&q={quote('کویر قنات')}", []
    for _ in range(10):
        _, page = drawn(client, address.partition("#")[0])
        seen += [one["id"] for one in page.all("div", "found") if one["id"] not in seen]
        links = [one["href"] for one in page.all("a", "to-next")]
        if not links or links[-1].partition("#")[2] in seen:
            break
        address = links[-1]
    assert len(seen) == 6


@pytest.mark.parametrize("address", ["/document?key=none", "/document", "/similar?id=none", "/similar"])
def test_what_is_not_there_is_said(client: TestClient, address: str) -> None:
    _, page = drawn(client, address, 404)
    assert "در بایگانی نیست" in page.text


def test_similar_passages(client: TestClient) -> None:
    _, page = drawn(client, f"/similar?id={quote('talks/water.txt#3', safe='')}")
    assert page.all("article", "hit")


SUBTITLES = """1
00:00:05,000 --> 00:00:09,000
قنات آب را از کوه به دشت می\u200cآورد.

2
01:02:03,000 --> 01:02:09,000
باران بهاری دیر آمد و درختان بادام را سرما زد.
"""


def test_recordings_play_from_the_time_of_a_passage(tmp_path: Path) -> None:
    (tmp_path / "گفتار.srt").write_text(SUBTITLES, "utf-8")
    (tmp_path / "گفتار.mp3").write_bytes(b"ID3")
    with Index.create(tmp_path / "index") as index:
        index.add(tmp_path / "گفتار.srt")
        client = TestClient(create_app(index, ServerSettings()), base_url="http://127.0.0.1:8765")
        for address in (
            f"/?q={quote('قنات')}",
            f"/document?key={quote(index.search('قنات')[0].document)}&q={quote('قنات')}",
        ):
            html, page = drawn(client, address)
            url = page.link("شنیدن از ۰۰:۰۰:۰۵", html)
            assert url.endswith("?media=true#t=5")
            source = client.get(url)
            assert (source.status_code, source.headers["content-type"]) == (200, "audio/mpeg")
        (tmp_path / "گفتار.mp3").unlink()
        html, _ = drawn(client, f"/?q={quote('قنات')}")
        assert "شنیدن" not in html


def test_pdfs_open_at_the_page_of_a_passage(tmp_path: Path) -> None:
    (tmp_path / "book.pdf").write_bytes(
        made([["باران بهاری دیر آمد و درختان را سرما زد."] * 30, ["قنات آب را از کوه به دشت آورد."] * 30])
    )
    with Index.create(tmp_path / "index") as index:
        index.add(tmp_path / "book.pdf")
        client = TestClient(create_app(index, ServerSettings()), base_url="http://127.0.0.1:8765")
        html, page = drawn(client, f"/?q={quote('قنات')}")
        url = page.link("فایل اصلی، صفحهٔ ۲", html)
        assert url.endswith("#page=2")
        assert client.get(url).headers["content-type"] == "application/pdf"


def test_the_sample_is_found_as_by_the_index(transcript: Path, tmp_path: Path) -> None:
    with Index.create(tmp_path / "index") as index:
        index.add(transcript)
        client = TestClient(create_app(index, ServerSettings()), base_url="http://127.0.0.1:8765")
        _, page = drawn(client, f"/?q={quote('سرزمین های اشغالی')}")
        ids = [hit.id for hit in index.search("سرزمین های اشغالی")]
        assert ids and [one["data-passage"] for one in page.all("article", "hit")] == ids
        assert client.get(f"/api/search?q={quote('سرزمین های اشغالی')}").json()["hits"][0]["id"] == ids[0]


def test_a_search_beyond_the_limits_is_said(client: TestClient) -> None:
    _, page = drawn(client, f"/?q={quote('آب')}&from=99999999", 400)
    assert "بیش از اندازه" in page.text


def test_a_search_that_takes_too_long_is_said(tmp_path: Path) -> None:
    """It is no fault of the request: a later one may be answered."""
    with Index.create(tmp_path / "index") as index:
        index.add([Document("a", "آب")])
        settings = ServerSettings(limits=Limits(seconds=1e-9))
        client = TestClient(create_app(index, settings), base_url="http://127.0.0.1:8765")
        _, page = drawn(client, f"/?q={quote('آب')}", 503)
        assert "بیش از اندازه بزرگ یا زمان" in page.text
        assert "ثانیه زمان" in page.text


def test_the_other_language_is_a_link(client: TestClient) -> None:
    html, page = drawn(client, f"/?q={quote('آب')}&from=2")
    english = page.link("English", html)
    html, page = drawn(client, english)
    assert page.elements[0] == ("html", {"lang": "en", "dir": "ltr"})
    assert "passages found" in page.text
    assert page.link("فارسی", html) == f"/?q={quote('آب')}&from=2"


def test_hostile_documents_are_text(client: TestClient) -> None:
    html, page = drawn(client, f"/?q={quote('ناهنجار')}")
    shown = re.sub(r"\s+", " ", page.text)
    assert HOSTILE_TEXT in page.text
    assert HOSTILE_TITLE in shown
    assert [one for one in page.all("script") if not one.get("src", "").startswith("/static/")] == []
    assert not page.all("img") and not page.all("b")
    address = page.all("a", "title")[0]["href"]
    html, page = drawn(client, address)
    assert HOSTILE_TEXT.split("ناهنجار")[0] in page.text
    assert not page.all("img") and not page.all("b")
    assert html.count("<script") == 2


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_any_query_is_text(client: TestClient, query: str, value: str) -> None:
    response = client.get("/", params={"q": query, "where": f"collection:{value}", "since": value})
    assert response.status_code in (200, 400)
    page = Parsed(response.text)
    names = {name for name, _ in page.elements}
    assert not names & {"img", "b", "iframe", "style"}
    assert len(page.all("script")) == 2
    assert [one["value"] for one in page.all("input") if one.get("id") == "query"] == [
        query.strip().replace("\0", "\ufffd")
    ]


def test_answers_are_tagged_and_compressed(client: TestClient) -> None:
    first = client.get(f"/?q={quote('آب')}")
    assert first.headers["content-encoding"] == "gzip"
    again = client.get(f"/?q={quote('آب')}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(f"/?q={quote('آب')}").status_code == 200


def test_help(client: TestClient) -> None:
    _, page = drawn(client, "/help")
    assert "date:1384" in page.text
    assert page.all("kbd")


# --- the files


def test_the_page_is_small(client: TestClient) -> None:
    """All that a first visit loads: 150 kB at most, the font included."""
    html, page = drawn(client, f"/?q={quote('آب')}")
    urls = {one["href"] for one in page.all("link") if one["rel"] in ("stylesheet", "modulepreload", "preload", "icon")}
    urls |= {one["src"] for one in page.all("script")}
    sizes = [int(client.head(url).headers.get("content-length", 0)) or len(client.get(url).content) for url in urls]
    assert len(html.encode()) + sum(sizes) <= 150_000


def test_every_file_is_used_and_licensed() -> None:
    names = {path.name for path in STATIC.iterdir()}
    used = "".join(path.read_text("utf-8") for path in STATIC.glob("*.js")) + (STATIC / "page.css").read_text("utf-8")
    used += Path(__file__).parent.parent.joinpath("indexer", "server", "page_frame.py").read_text("utf-8")
    assert {name for name in names if name not in used and name.removesuffix(".js") not in used} == {
        "vazirmatn-OFL.txt"
    }
    assert "SIL OPEN FONT LICENSE" in (STATIC / "vazirmatn-OFL.txt").read_text("utf-8").upper()
