"""The filters beside the results: a histogram of Jalali years with a range of dates, and the values of other facets."""

from collections.abc import Sequence
from dataclasses import dataclass

from .elements import Html, element
from .page_search import Answer, Counts
from .page_state import PageState
from .page_words import Words
from .result_list import bdi

BARS = 12
"""The greatest number of bars of the histogram: each is wide enough for a finger."""

_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_BAR_HEIGHT = 48
_AT_ONCE = 8
_MOST = 60  # values of a facet that are shown


@dataclass(frozen=True, slots=True)
class YearBar:
    """A bar of the histogram.

    Attributes:
        first: The first Jalali year it counts.
        last: The last one.
        count: The number of hits.
    """

    first: int
    last: int
    count: int


def year_bars(years: Sequence[tuple[str | int | float, int]]) -> list[YearBar]:
    """Return the bars for some years: for single years if they are few, else for periods that begin at a round year."""
    counts = {int(year): count for year, count in years}
    if not counts:
        return []
    low, high = min(counts), max(counts)
    step = next((step for step in _STEPS if high // step - low // step < BARS), _STEPS[-1])
    bars = []
    for start in range(low // step * step, high + 1, step):
        total = sum(counts.get(year, 0) for year in range(start, start + step))
        bars.append(YearBar(start, start + step - 1, total))
    return bars


def facet_panel(answer: Answer, words: Words) -> Html:
    """Return the filters for an answer."""
    state, counts = answer.state, answer.counts
    return element(
        "aside",
        element("h2", words("filters"), id="filters-title"),
        _years(state, counts, words, answer.unread_dates),
        [_facet(name, state, counts, words) for name in counts if name != "year"],
        id="filters",
        class_="filters",
        aria_labelledby="filters-title",
    )


def active_filters(state: PageState, words: Words) -> Html | None:
    """Return the filters that are set, each with a link that takes it away; None if there are none."""
    if not state.is_filtered:
        return None
    links = [
        _removal(facet_name(name, words), value, state.toggled(name, value), words) for name, value in state.filters
    ]
    if state.since or state.until:
        dates = _dates_in_words(words.digits(state.since), words.digits(state.until), words)
        links.insert(0, _removal(words("facet.date"), dates, state.without("year").url(), words))
    if len(links) > 1:
        everything = state.url(filters=(), since="", until="")
        links.append(element("a", words("filter.remove.all"), href=everything))
    items = [element("li", link) for link in links]
    return element("ul", items, class_="chips", aria_label=words("filters.active"))


def facet_name(name: str, words: Words) -> str:
    """Return the name of a facet as the page shows it."""
    return words.known(f"facet.{name}", name)


def _dates_in_words(first: str, last: str, words: Words) -> str:
    """Return a range of dates in words: around a dash, the ends would change places from right to left."""
    if first == last:
        return first
    if not first or not last:
        return words("dates.from", first=first) if first else words("dates.to", last=last)
    return words("years.span", first=first, last=last)


def _removal(name: str, value: str, address: str, words: Words) -> Html:
    label = words("filter.remove", name=name, value=value)
    cross = element("span", "×", aria_hidden="true")
    return element("a", bdi(value), " ", cross, href=address, class_="chip", aria_label=label, title=label)


def _years(state: PageState, counts: Counts, words: Words, unread: tuple[str, str] | None) -> Html:
    bars = year_bars(counts.get("year", ()))
    most = max((bar.count for bar in bars), default=0)
    chart = None
    if bars:
        items = [element("li", _bar(bar, most, state, words)) for bar in bars]
        ends = [element("span", words.digits(str(year))) for year in (bars[0].first, bars[-1].last)]
        chart = [
            element("ol", items, class_="bars", aria_label=words("years.label")),
            element("div", ends if bars[0].first != bars[-1].last else ends[:1], class_="axis", aria_hidden="true"),
        ]
    return element(
        "section",
        element("h3", words("facet.year")),
        chart,
        _dates(unread or (state.since, state.until), words, is_unread=unread is not None),
        class_="facet years",
    )


def _bar(bar: YearBar, most: int, state: PageState, words: Words) -> Html | None:
    if not bar.count:
        return None
    first, last = (words.digits(str(year)) for year in (bar.first, bar.last))
    years = first if first == last else words("years.span", first=first, last=last)
    label = words("years.bar", years=years, count=words.number(bar.count))
    height = max(2, round(_BAR_HEIGHT * bar.count / most))
    drawn = element("rect", x=0, y=_BAR_HEIGHT - height, width=10, height=height)
    picture = element(
        "svg", drawn, viewBox=f"0 0 10 {_BAR_HEIGHT}", preserveAspectRatio="none", aria_hidden="true", focusable="false"
    )
    address = state.url(since=str(bar.first), until=str(bar.last))
    return element("a", picture, href=address, title=label, aria_label=label)


def _dates(dates: tuple[str, str], words: Words, *, is_unread: bool) -> Html:
    fields = []
    for name, value in zip(("since", "until"), dates, strict=True):
        entry = element(
            "input",
            id=name,
            name=name,
            form="search",
            type="text",
            value=words.digits(value),
            placeholder=words("dates.placeholder"),
            aria_describedby="dates-problem" if is_unread else "dates-hint",
            aria_invalid="true" if is_unread else None,
            autocomplete="off",
        )
        picker = element(
            "button",
            "▾",
            type="button",
            class_="pick needs-script",
            data_for=name,
            aria_label=words(f"dates.pick.{name}"),
            aria_haspopup="dialog",
        )
        fields.append(element("div", element("label", words(f"dates.{name}"), for_=name), entry, picker, class_="date"))
    return element(
        "fieldset",
        element("legend", words("dates")),
        fields,
        element("p", words("dates.unread"), id="dates-problem", class_="problem") if is_unread else None,
        element("p", words("dates.hint"), id="dates-hint", class_="hint"),
        element("button", words("apply"), form="search", class_="apply"),
        class_="dates",
    )


def _facet(name: str, state: PageState, counts: Counts, words: Words) -> Html | None:
    chosen = {value for field, value in state.filters if field == name}
    found = [(str(value), count) for value, count in counts[name][:_MOST]]
    found += [(value, 0) for value in chosen.difference(value for value, _ in found)]
    # A field with a value of its own for each document, such as an address, narrows nothing.
    is_unique = len(found) > _AT_ONCE and all(count == 1 for _, count in found)
    if not chosen and (len(found) < 2 or is_unique):
        return None
    found.sort(key=lambda pair: pair[0] not in chosen)
    items = [_value(name, value, count, state, words, chosen=value in chosen) for value, count in found]
    hidden = items[_AT_ONCE:]
    more = element("details", element("summary", words("facet.more")), element("ul", hidden)) if hidden else None
    return element(
        "section", element("h3", facet_name(name, words)), element("ul", items[:_AT_ONCE]), more, class_="facet"
    )


def _value(name: str, value: str, count: int, state: PageState, words: Words, *, chosen: bool) -> Html:
    link = element(
        "a",
        element("bdi", value, class_="value"),
        " ",
        element("span", words.number(count), class_="count"),
        href=state.toggled(name, value),
        class_="chosen" if chosen else None,
        aria_current="true" if chosen else None,
    )
    return element("li", link)
