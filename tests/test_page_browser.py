"""The page in headless Chromium, as a person uses it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, quote_plus, urlsplit

import pytest
from browser import chromium, served
from page_archive import HOSTILE_KEY, HOSTILE_TEXT, make_archive

pytest.importorskip("playwright", reason="NOT TESTED: the page in a browser needs jooya[test]")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

expect.set_options(timeout=20_000)  # a busy machine is no fault of the page

WATER = quote("آب")
HITS = ".hits .hit"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(make_archive(tmp_path_factory.mktemp("archive"))) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with chromium() as found:
        yield found


@pytest.fixture
def visit(address: str, browser: "Browser") -> "Iterator[Any]":
    """Return a function that opens a URL of the server. Nothing it loads may fail or be of another host."""
    contexts, wrong = [], []

    def visit(path: str = "/", *, allowed: tuple[int, ...] = (), **options: Any) -> "Page":
        usual = {"viewport": {"width": 1280, "height": 860}, "locale": "fa-IR", "reduced_motion": "reduce"}
        options = usual | options
        context = browser.new_context(base_url=address, permissions=["clipboard-read", "clipboard-write"], **options)
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" and not allowed else None)
        page.on("request", lambda one: None if one.url.startswith((address, "data:")) else wrong.append(one.url))
        page.goto(path)  # until all scripts have run
        return page

    yield visit
    for context in contexts:
        context.close()
    assert wrong == []


def parameters(page: "Page") -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def keys(page: "Page") -> list[str]:
    links = [one.get_attribute("href") or "" for one in page.locator(".title").all()]
    return [parse_qs(urlsplit(one).query)["key"][0] for one in links]


# --- typing


def test_results_come_as_one_types(visit: Any) -> None:
    page = visit("/")
    page.locator("#query").press_sequentially("کشاورز", delay=20)
    expect(page.locator(HITS)).to_have_count(2)
    expect(page.locator("mark").first).to_have_text("کشاورزان")
    expect(page.locator("#status")).to_have_text("۲ بند پیدا شد")
    assert parameters(page) == {"q": ["کشاورز"]}
    assert page.title() == "کشاورز · جویا"
    # Typing is one step of the history.
    assert page.evaluate("history.length") <= 2


def test_completions_are_chosen_by_key(visit: Any) -> None:
    page = visit("/")
    box = page.locator("#query")
    box.press_sequentially("کتابخ", delay=20)
    options = page.locator("#completions [role=option]")
    expect(options.first).to_have_text(re.compile("^کتابخ"))  # not those of the keys before
    assert box.get_attribute("aria-expanded") == "true"
    first = options.first.text_content()
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == "completion-0"
    expect(box).to_have_value(first)
    box.press("ArrowUp")
    expect(box).to_have_value("کتابخ")
    box.press("ArrowDown")
    box.press("Enter")
    expect(options.first).to_be_hidden()
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get("q") == [first])
    expect(page.locator(HITS).first).to_be_visible()


def test_completions_are_chosen_by_pointer(visit: Any) -> None:
    page = visit("/")
    page.locator("#query").press_sequentially("دانشگ", delay=20)
    option = page.locator("#completions [role=option]").first
    expect(option).to_have_text("دانشگاه")
    option.click()
    expect(page.locator("#completions")).to_be_hidden()
    expect(page.locator(".title")).to_have_text(["دانشگاه"])


def test_escape_closes_and_leaves(visit: Any) -> None:
    page = visit("/")
    box = page.locator("#query")
    box.press_sequentially("کتاب", delay=20)
    expect(page.locator("#completions")).to_be_visible()
    box.press("Escape")
    expect(page.locator("#completions")).to_be_hidden()
    expect(box).to_be_focused()
    box.press("Escape")
    expect(box).not_to_be_focused()


def test_the_box_keeps_what_is_typed_while_results_come(visit: Any) -> None:
    page = visit("/")
    box = page.locator("#query")
    box.press_sequentially("کشاورزان و باران بهاری", delay=60)
    expect(box).to_have_value("کشاورزان و باران بهاری")
    page.wait_for_url(f"**/?q={quote('کشاورزان و باران بهاری').replace('%20', '+')}")
    expect(page.locator(HITS).first).to_be_visible()
    expect(box).to_have_value("کشاورزان و باران بهاری")


def test_a_misspelled_word_is_corrected(visit: Any) -> None:
    page = visit(f"/?q={quote('داشنگاه')}")
    expect(page.locator(".corrected")).to_have_text(re.compile("نمایش نتایج برای دانشگاه"))
    page.locator(".instead a").click()
    expect(page.locator("#results-title")).to_have_text("چیزی پیدا نشد")
    assert parameters(page) == {"q": ["داشنگاه"], "correct": ["false"]}


# --- filters, order, dates


def test_facets_narrow_and_widen(visit: Any) -> None:
    page = visit(f"/?q={WATER}")
    page.locator(".facet a", has_text="talks").click()
    expect(page.locator(".facet a.chosen")).to_have_count(1)
    assert {key.partition("/")[0] for key in keys(page)} == {"talks"}
    assert parameters(page)["where"] == ["collection:talks"]
    page.locator("#query").fill("باران")
    expect(page.locator("mark").first).to_have_text("باران")
    assert parameters(page) == {"q": ["باران"], "where": ["collection:talks"]}
    page.locator(".chip").click()
    expect(page.locator(".chip")).to_have_count(0)
    assert "where" not in parameters(page)


def test_back_shows_the_state_before(visit: Any) -> None:
    page = visit(f"/?q={WATER}")
    before = page.locator("#results-title").text_content()
    page.locator(".facet a", has_text="talks").click()
    expect(page.locator(".chip")).to_have_count(1)
    page.go_back()
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.locator("#results-title")).to_have_text(before)
    expect(page.locator("#query")).to_have_value("آب")
    page.go_forward()
    expect(page.locator(".chip")).to_have_count(1)


def test_years_narrow_step_by_step(visit: Any) -> None:
    page = visit("/")
    bars = page.locator(".bars a")
    assert bars.count() >= 3
    assert re.fullmatch(r"[۰-۹]{4} تا [۰-۹]{4}: ۱", bars.first.get_attribute("aria-label") or "")
    bars.last.click()
    expect(page.locator(".chip")).to_have_count(1)
    assert set(keys(page)) >= {"talks/water.txt", "talks/garden.txt"}
    expect(page.locator("#since")).to_have_value(re.compile("[۰-۹]{4}"))


def test_dates_are_typed(visit: Any) -> None:
    page = visit("/")
    page.locator("#since").fill("۱۳۸۴/۰۹/۲۲")
    page.locator("#until").fill("1398")
    page.locator("#until").press("Enter")
    expect(page.locator(HITS)).to_have_count(3)
    assert set(keys(page)) == {"articles/wheat.txt", "articles/long.txt", "articles/google.txt"}
    page.locator("#since").fill("چیزی")
    page.locator("#since").press("Enter")
    expect(page.locator("#dates-problem")).to_be_visible()
    expect(page.locator("#since")).to_have_value("چیزی")


def test_a_box_beside_the_results_keeps_what_is_typed_while_they_come(visit: Any) -> None:
    page = visit("/")
    page.locator("#since").fill("1384")
    page.locator("#until").press_sequentially("1398/01", delay=80)
    expect(page.locator("#until")).to_be_focused()
    expect(page.locator("#until")).to_have_value("1398/01")


def test_dates_are_picked_in_the_jalali_calendar(visit: Any) -> None:
    page = visit("/")
    page.locator(".pick").first.click()
    dialog = page.locator("dialog.calendar")
    dialog.get_by_label("سال", exact=True).fill("۱۴۰۲")
    dialog.get_by_label("ماه", exact=True).select_option("7")
    # Mehr 1402 began on a Saturday and has thirty days.
    assert dialog.locator(".days > *").nth(7).text_content() == "۱"
    expect(dialog.locator(".days button")).to_have_count(30)
    dialog.get_by_label("۲۰ مهر ۱۴۰۲").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("#since")).to_have_value("۱۴۰۲/۰۷/۲۰")
    expect(page.locator(HITS)).to_have_count(1)
    assert keys(page) == ["talks/water.txt"]


def test_leap_years(visit: Any) -> None:
    page = visit("/")
    page.locator(".pick").first.click()
    dialog = page.locator("dialog.calendar")
    dialog.get_by_label("ماه", exact=True).select_option("12")
    for year, days in ((1399, 30), (1400, 29), (1403, 30), (1404, 29)):
        dialog.get_by_label("سال", exact=True).fill(str(year))
        expect(dialog.locator(".days button")).to_have_count(days)


def test_order_and_grouping(visit: Any) -> None:
    page = visit(f"/?q={WATER}")
    page.locator("#choice-sort").select_option("date")
    page.wait_for_url("**/*sort=date*")
    expect(page.locator("#choice-sort")).to_be_focused()
    page.locator("#choice-by").select_option("document")
    page.wait_for_url("**/*by=document*")
    expect(page.locator("#results-title")).to_have_text(re.compile("سند پیدا شد"))
    assert len(keys(page)) == len(set(keys(page)))


# --- hits and documents


def test_context_unfolds_in_place(visit: Any) -> None:
    page = visit(f"/?q={quote('آبیاری')}&where=collection:talks")
    hit = page.locator(HITS, has_text="لیلا")
    button = hit.locator(".unfold")
    button.click()
    expect(hit.locator(".before p")).to_have_count(2)
    expect(hit.locator(".after p")).to_have_count(1)
    assert button.get_attribute("aria-expanded") == "true"
    expect(hit.locator(".before p").last).to_have_text(re.compile("کشاورزان"))
    button.click()
    expect(hit.locator(".before")).to_be_hidden()


def test_citations_are_copied(visit: Any) -> None:
    page = visit(f"/?q={quote('گندم')}")
    page.locator(".cite").first.click()
    expect(page.locator(".cite").first).to_have_text("ارجاع رونوشت شد")
    assert page.evaluate("navigator.clipboard.readText()") == "«گزارش گندم»، ۲۲ آذر ۱۳۸۴ [articles/wheat.txt#1]"


def test_a_document_from_hit_to_hit(visit: Any) -> None:
    page = visit(f"/?q={quote('کویر آفتاب')}&where=collection:articles")
    page.locator(".title", has_text="شرح قنات").first.click()
    expect(page.locator(".document h1")).to_have_text("شرح قنات")
    expect(page.locator(".passage.current")).to_have_count(1)
    place = page.locator(".passage.current .count").text_content()
    assert re.fullmatch("یافتهٔ [۱-۶] از ۶", place or "")
    page.goto(page.url.partition("#")[0].replace("passage=", "old="))
    for number in "۱۲۳۴۵۶":
        page.locator(".hit-next").click()
        expect(page.locator(".passage.current .count")).to_have_text(f"یافتهٔ {number} از ۶")
        expect(page.locator(".passage.current")).to_be_in_viewport()
    page.keyboard.press("p")
    expect(page.locator(".passage.current .count")).to_have_text("یافتهٔ ۵ از ۶")
    page.locator(".back").click()
    expect(page.locator(HITS).first).to_be_visible()


# --- keys


def test_keys(visit: Any) -> None:
    page = visit(f"/?q={WATER}")
    page.keyboard.press("/")
    box = page.locator("#query")
    expect(box).to_be_focused()
    expect(box).to_have_value("آب")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".hit.current .title")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(HITS).nth(1)).to_have_class(re.compile("current"))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".document")).to_be_visible()


@pytest.mark.parametrize("key", ["?", "؟"])
def test_help_by_key(visit: Any, key: str) -> None:
    page = visit(f"/?q={WATER}")
    page.evaluate("key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}))", key)
    expect(page.locator("#help")).to_be_visible()
    expect(page.locator("#help h1")).to_have_text("راهنمای جست\u200cوجو")
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_keys_are_letters_in_the_box(visit: Any) -> None:
    page = visit("/")
    page.locator("#query").press_sequentially("n/p?")
    expect(page.locator("#query")).to_have_value("n/p?")
    expect(page.locator("#help")).to_be_hidden()


# --- where it is shown


@pytest.mark.parametrize("path", ["/", f"/?q={WATER}", f"/document?key=talks/water.txt&q={WATER}", "/help"])
def test_nothing_is_cut(visit: Any, path: str) -> None:
    page = visit(path)
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_filters_on_a_phone(visit: Any) -> None:
    page = visit(f"/?q={WATER}", viewport={"width": 390, "height": 844}, has_touch=True)
    expect(page.locator(".filters")).to_be_hidden()
    page.locator(".filters-toggle").tap()
    expect(page.locator(".filters")).to_be_visible()
    page.locator(".facet a", has_text="talks").tap()
    expect(page.locator(".chip")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(visit: Any, scheme: str) -> None:
    page = visit("/", color_scheme=scheme)
    paper = "getComputedStyle(document.body).backgroundColor"
    colours = {"light": "rgb(251, 250, 247)", "dark": "rgb(18, 25, 24)"}
    assert page.evaluate(paper) == colours[scheme]
    page.locator("#theme").click()
    other = colours["dark" if scheme == "light" else "light"]
    assert page.evaluate(paper) == other
    page.reload()
    assert page.evaluate(paper) == other


def test_directions(visit: Any) -> None:
    page = visit(f"/?q={quote('Google')}")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    text = page.locator(".hit .text").first
    assert text.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert page.locator(".title bdi").first.evaluate("one => getComputedStyle(one).direction") == "ltr"
    assert page.locator("#query").evaluate("one => getComputedStyle(one).direction") == "ltr"
    page = visit(f"/?q={WATER}&lang=en")
    assert page.evaluate("getComputedStyle(document.body).direction") == "ltr"
    assert page.locator(".hit .text").first.evaluate("one => getComputedStyle(one).direction") == "rtl"


def test_the_font_is_the_one_that_ships(visit: Any) -> None:
    page = visit("/")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px Vazirmatn', 'سلام')")
    assert page.evaluate("[...document.fonts].map(one => one.status)") == ["loaded"]


def test_without_javascript(visit: Any) -> None:
    page = visit("/", java_script_enabled=False)
    page.locator("#query").fill("کشاورز")
    page.locator(".go").click()
    assert page.locator(HITS).count() == 2
    page.locator("#choice-sort").select_option("date")
    page.locator(".choices button").click()
    assert parameters(page)["sort"] == ["date"]
    page.locator("#since").fill("1402")
    page.locator(".dates button").last.click()
    assert keys(page) == ["talks/water.txt"]
    assert page.locator(".needs-script:visible").count() == 0
    page.locator(".title").click()
    assert page.locator(".passage.found").count() == 1
    page.go_back()
    page.locator(".help-link").click()
    assert page.locator("kbd").first.is_visible()


def test_hostile_texts_stay_texts(visit: Any) -> None:
    page = visit(f"/?q={quote('ناهنجار')}")
    expect(page.locator(".hit .text")).to_contain_text("<b>درشت</b>")
    page.locator(".unfold").click()
    page.goto(f"/document?key={quote(HOSTILE_KEY, safe='')}")
    assert page.locator(".passage .text").text_content() == HOSTILE_TEXT
    assert page.evaluate("window.hacked") is None


def test_a_server_that_is_gone_is_said(visit: Any) -> None:
    page = visit("/", allowed=(0,))
    page.context.set_offline(True)
    page.locator("#query").fill("آب")
    expect(page.locator("#status")).to_have_text("پاسخی از سرور نرسید؛ دوباره بیازمایید.")
    expect(page.locator("#status")).to_be_visible()


# --- WCAG 2.2 AA

STATES = {
    "home": "/",
    "results": f"/?q={WATER}",
    "filtered": f"/?q={WATER}&where=collection:talks&since=1402",
    "corrected": f"/?q={quote('داشنگاه')}",
    "nothing": f"/?q={quote('ژژژققق')}",
    "unread dates": f"/?q={WATER}&since=x",
    "document": f"/document?key=talks/water.txt&q={WATER}",
    "similar": f"/similar?id={quote('talks/water.txt#3', safe='')}",
    "help": "/help",
    "English": f"/?q={WATER}&lang=en",
}


@pytest.mark.parametrize("state", STATES)
def test_accessible(visit: Any, state: str) -> None:
    page = visit(STATES[state])
    check(page)
    page.emulate_media(color_scheme="dark")
    check(page, "color-contrast")


def test_accessible_while_in_use(visit: Any) -> None:
    page = visit(f"/?q={WATER}", viewport={"width": 390, "height": 844})
    check(page)
    page.locator("#query").fill("آب ک")
    page.wait_for_url(f"**/?q={quote_plus('آب ک')}")  # until the new results are there, the old ones are faded
    expect(page.locator("#completions")).to_be_visible()
    check(page)
    page.locator("#query").press("Escape")
    page.locator(".filters-toggle").click()
    page.locator(".pick").first.click()
    check(page)
    page.keyboard.press("Escape")
    page.locator(".help-link").click()
    expect(page.locator("#help")).to_be_visible()
    check(page)


def check(page: "Page", *rules: str) -> None:
    """Check that axe finds nothing against WCAG 2.2 AA, or against some of its rules alone."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    kinds = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": tags}
    found = Axe().run(page, options={"runOnly": kinds}).response["violations"]
    assert [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found] == []


def test_the_first_search_is_soon_shown_on_a_slow_network(visit: Any, tmp_path: Path) -> None:
    """On slow 4G (150 ms, 1.6 Mbit/s), with nothing in the cache: in 1.5 seconds, with 150 kB in all."""
    page = visit("about:blank")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    rate = 1_600_000 / 8
    devtools.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 150, "downloadThroughput": rate, "uploadThroughput": 750_000 / 8},
    )
    page.goto(f"/?q={WATER}")
    page.wait_for_load_state("networkidle")
    script = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    painted = page.evaluate(script)
    size = page.evaluate(
        "[...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]"
        ".reduce((sum, one) => sum + one.transferSize, 0)"
    )
    assert size <= 150_000
    assert painted <= (3_000 if os.environ.get("CI") else 1_500)
