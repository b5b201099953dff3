"""The state of the page as its URL has it: a query, filters, an order, a place in the results."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import quote, urlencode

from ..options import Grouping
from .page_words import LANGUAGES, Language, latin_digits

PAGE_SIZE = 10
"""The number of hits on a page of results."""

FILTER = "where"
"""The parameter that filters by a field: `where=collection:books`."""

EVERYTHING = "doc:*"
"""The query that finds all passages: those that filters leave are shown without a query, too."""

_SORTS = ("score", "date", "document")
_RANK = re.compile(r"[1-9]\d{0,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PageState:
    """The state of the page of results.

    Attributes:
        query: The query as it was typed.
        filters: The values that fields are to have, as pairs of name and value; of those of one field any will do.
        since: The year, month or day from which documents are dated, as it was typed, or "".
        until: The one until which they are dated, or "".
        first: The rank of the first hit.
        sort: The order of the hits.
        by: What is counted and shown, `"passage"` or `"document"`.
        exact: True to search for the words as they were typed, without corrections.
        language: The language of the page.
    """

    query: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    since: str = ""
    until: str = ""
    first: int = 1
    sort: str = "score"
    by: Grouping = "passage"
    exact: bool = False
    language: Language = "fa"

    @classmethod
    def of(cls, parameters: Iterable[tuple[str, str]]) -> Self:
        """Return the state that the parameters of a URL describe. What they cannot say is left at its default."""
        pairs = list(parameters)
        last = dict(pairs)
        rank = latin_digits(last.get("from", ""))
        wanted = [value.partition(":") for name, value in pairs if name == FILTER]
        filters = [(field, value) for field, _, value in wanted if field and value]
        return cls(
            query=last.get("q", "").strip(),
            filters=tuple(dict.fromkeys(filters)),
            since=last.get("since", "").strip(),
            until=last.get("until", "").strip(),
            first=int(rank) if _RANK.fullmatch(rank) else 1,
            sort=last["sort"] if last.get("sort") in _SORTS else "score",
            by="document" if last.get("by") == "document" else "passage",
            exact=last.get("correct") in ("false", "0"),
            language="en" if last.get("lang") == LANGUAGES[1] else "fa",
        )

    @property
    def is_filtered(self) -> bool:
        """True if anything but the query says what is found."""
        return bool(self.filters or self.since or self.until)

    @property
    def text(self) -> str:
        """The query to search for."""
        return self.query or EVERYTHING

    @property
    def grouping(self) -> Grouping:
        """The grouping that is counted and shown: without a query, documents."""
        return self.by if self.query else "document"

    @property
    def conditions(self) -> list[str]:
        """The filters as parameters have them."""
        return [f"{name}:{value}" for name, value in self.filters]

    def parameters(self) -> list[tuple[str, str]]:
        """Return the parameters of the URL that has this state, without those at their defaults."""
        pairs = [("q", self.query)]
        pairs += [(FILTER, text) for text in self.conditions]
        pairs += [("since", self.since), ("until", self.until)]
        pairs += [("sort", self.sort if self.sort != "score" else "")]
        pairs += [("by", self.by if self.by != "passage" else ""), ("correct", "false" if self.exact else "")]
        pairs += [("from", str(self.first) if self.first > 1 else "")]
        pairs += [("lang", self.language if self.language != "fa" else "")]
        return [(name, value) for name, value in pairs if value]

    def url(self, **changes: Any) -> str:
        """Return the URL of this state with some changes. A change leads to the first page unless it names `first`."""
        changed = replace(self, **{"first": 1, **changes})
        return _address("/", changed.parameters())

    def toggled(self, name: str, value: str) -> str:
        """Return the URL of this state with a filter set, or taken away if it is set."""
        pair = (name, value)
        left = tuple(one for one in self.filters if one != pair)
        return self.url(filters=left if len(left) < len(self.filters) else (*self.filters, pair))

    def without(self, name: str) -> Self:
        """Return this state without the filters by one field; `year` names the range of dates."""
        if name == "year":
            return replace(self, since="", until="")
        return replace(self, filters=tuple(one for one in self.filters if one[0] != name))

    def json_url(self, facets: Iterable[str] = ()) -> str:
        """Return the URL at which the API has the same results as JSON, with the counts of some facets."""
        pairs = [(name, value) for name, value in self.parameters() if name not in ("q", "by", "lang")]
        if self.grouping != "passage":
            pairs.append(("by", self.grouping))
        return _address("/api/search", [("q", self.text), *pairs, *[("facet", name) for name in facets]])


@dataclass(frozen=True, slots=True)
class DocumentState:
    """The state of the page of a document.

    Attributes:
        key: The key of the document.
        passage: The number of the passage to begin near, as the end of its id has it, or "".
        search: The state of the search that led here.
    """

    key: str
    passage: str = ""
    search: PageState = field(default_factory=PageState)

    @classmethod
    def of(cls, parameters: Iterable[tuple[str, str]]) -> Self:
        """Return the state that the parameters of a URL describe."""
        pairs = list(parameters)
        last: Mapping[str, str] = dict(pairs)
        return cls(last.get("key", ""), latin_digits(last.get("passage", "")), PageState.of(pairs))

    def url(self, passage: str = "") -> str:
        """Return the URL of the document at a passage."""
        pairs = [("key", self.key), ("passage", passage), *self.search.parameters()]
        address = _address("/document", [(name, value) for name, value in pairs if value])
        return f"{address}#{anchor(passage)}" if passage else address

    def json_url(self) -> str:
        """Return the URL at which the API has the document as JSON."""
        return f"/api/documents/{quote(self.key, safe='', errors='replace')}"


def number_of(passage_id: str) -> str:
    """Return the number of a passage in its document, which its id ends with."""
    return passage_id.rpartition("#")[2]


def anchor(number: str) -> str:
    """Return the id of the element that shows the passage with a number in its document."""
    return f"passage-{number}"


def similar_url(passage_id: str, state: PageState) -> str:
    """Return the URL of the passages similar to one."""
    return _address("/similar", [("id", passage_id), *(("lang", state.language),) * (state.language != "fa")])


def _address(path: str, pairs: list[tuple[str, str]]) -> str:
    query = urlencode(pairs, quote_via=quote, safe=":/", errors="replace")
    return f"{path}?{query}" if query else path
