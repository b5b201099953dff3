"""The class `OpenIndex`: an open index, with the methods of `Index` that search."""

import threading
import weakref
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar, get_args

from .arguments import check_choice, check_instance, check_integer, check_text, check_texts
from .boundary import reading
from .cache_memory import cache_memory
from .codec.snapshot import Snapshot
from .declared import fields_of_toc
from .errors import BadInput, BadQuery, BeyondLimit, IndexUnusable
from .limits import DEFAULT, Limits, check_depth, deadline
from .options import SORTS, Grouping, Sort
from .own_fields import Kind, OwnFields
from .query.parser import parse, truncated
from .query.planner import PASSAGE_BM25, QueryPlan, plan
from .query.where import Where, where_node
from .ranking.collector import rank
from .ranking.filters import TermSet
from .ranking.searcher import IndexSearcher
from .results import Results
from .search.corrected_plan import corrected_plan
from .search.hits import results_of
from .search.other_queries import OtherQueries
from .search.pages import search_page
from .suggestions.typed_words import may_be_misspelled
from .surrogates import well_formed

if TYPE_CHECKING:
    from .search.facets import Facets
    from .suggestions.vocabulary import Vocabulary

ORDER = "document"
"""The field by which passages of equal score are ordered, so that the order of indexing does not matter."""

_Answer = TypeVar("_Answer")

_SHOWN = 100  # characters of a query in a message

_NO_WORDS = "give at least one word"


class Wanted(NamedTuple):
    """The arguments of a search that say which results are returned; see `OpenIndex.search`."""

    limit: int
    first: int
    sort: str
    by: Grouping
    facets: Sequence[str]
    collapse: bool
    context: int
    explain: bool


class OpenIndex:
    """An open index that can be searched: the base class of `Index`, which has the methods that write.

    Attributes:
        path: The folder of the index.
        where: The same as text, as messages have it; of an index elsewhere, its address.
    """

    def __init__(self, path: Path, snapshot: Snapshot, memory: int | None) -> None:
        """Create the object for an open snapshot. Programs call `open`, `create` or `open_or_create` instead."""
        self.path = path
        self.where = str(path)
        self._memory = memory
        self._key = snapshot.key
        self._closed = False
        self._last_searcher: IndexSearcher | None = self._searcher_of(snapshot)
        self._vocabulary: tuple[weakref.ref[Any], Vocabulary] | None = None
        self._opening = threading.Lock()
        self._reading_words = threading.Lock()

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index and release its files and memory. Further calls of `close` do nothing.

        Any other use of a closed index raises IndexUnusable. Calls that other threads have begun are completed.
        """
        with self._opening:
            if self._closed:
                return
            self._closed = True
            # Nothing refers to a searcher but this and the calls of other threads, so the files that it maps are closed
            # now, or when the last of these calls returns.
            self._last_searcher = self._vocabulary = None

    def search(
        self,
        text: str,
        limit: int = 10,
        *,
        first: int = 1,
        sort: Sort | str = "score",
        by: Grouping = "passage",
        within: str | None = None,
        where: "Where | None" = None,
        facets: Iterable[str] = (),
        collapse: bool = True,
        context: int = 0,
        explain: bool = False,
        correct: bool = True,
        plain: bool = False,
        limits: Limits | None = None,
    ) -> Results:
        """Find the passages that match a query, best first.

        Args:
            text: The query. Besides words it may hold phrases, `+` and `-`, AND, OR and NOT, patterns and fields;
                `jooya search --help` and the manual have them all.
            limit: The number of hits to return, at most. With 0, only the total is counted.
            first: The rank of the first hit to return, from 1.
            sort: The order of hits: by `"score"`, by `"date"` (newest first, undated ones last), by `"document"`
                (by key, then in the order of the text) or by a declared field: `"pages"` for the least value first,
                `"-pages"` for the greatest; hits without a value come last.
            by: `"document"` returns only the best passage of each document.
            within: A second query that passages must match, too, without a part in their scores.
            where: Conditions by field that passages must meet, too: a value, a list of values of which any will do, or
                a tuple `(first, last)` of numbers or dates, of which one may be None. Nothing in a value is read as a
                mark of the query language: `{"author": "احمدی", "date": ("1399", None), "tags": ["آب", "خاک"]}`.
            facets: The fields by whose values all hits are counted, in `Results.facets`: `collection`, `year`,
                `speaker`, `document` and the declared fields.
            collapse: Return only the first of several passages with the same words, with the number of the others.
            context: How many passages before and after each hit to return with it.
            explain: Return with each hit the parts of its score.
            correct: Search for the likeliest corrections of words that hardly any passage has, too, for a lower score.
                `Results.corrections` has them. False searches for the words as they were typed.
            plain: Read all of `text` as plain words: quotation marks, `-`, `date:` and the like mean nothing in it. For
                questions that people ask.
            limits: How much of the query is read, how far down the ranking hits may be, and how long the call may take.

        Raises:
            BadQuery: The query has no words.
            BeyondLimit: The query asks for more than the limits allow. This is a BadQuery.
        """
        check_text("text", text)
        check_integer("limit", limit, 0)
        check_integer("first", first, 1)
        check_text("sort", sort)
        facets = check_texts("facets", facets)
        check_choice("by", by, get_args(Grouping))
        if within is not None:
            check_text("within", within)
        check_integer("context", context, 0)
        limits = self._checked(limits)
        check_depth(first + limit - 1, limits)
        wanted = Wanted(limit, first, sort, by, facets, collapse, context, explain)

        def answer() -> Results:
            with self._reading():
                searcher = self._searcher()
                own = fields_of_toc(searcher.snapshot)
            if facets:
                from .search.facets import check_facets  # noqa: PLC0415 - most searches count nothing

                check_facets(facets, own)
            if sort.removeprefix("-") not in own:
                check_choice("sort", sort, (*SORTS, *own))
            planned = self._planned(searcher, own, text, within, where, limits, correct=correct, plain=plain)
            with self._reading():
                return self._answer(searcher, own, text, planned, wanted)

        with deadline(limits.seconds):
            found = self._results(answer)
        return replace(found, other_queries=OtherQueries(lambda: self.did_you_mean(text, limits=limits)))

    def rank(
        self,
        text: str,
        limit: int = 1000,
        *,
        where: "Where | None" = None,
        correct: bool = True,
        limits: Limits | None = None,
    ) -> list[tuple[str, float]]:
        """Return the ids and scores of the passages that match a query, best first.

        This is quicker than `search`, and also returns copies (passages with the same words), as an evaluation needs.

        Args:
            text: The query, as for `search`.
            limit: The number of passages to return, at most.
            where: As for `search`.
            correct: As for `search`.
            limits: As for `search`.

        Raises:
            BadQuery: The query has no words.
            BeyondLimit: The query asks for more than the limits allow.
        """
        check_text("text", text)
        check_integer("limit", limit, 1)
        limits = self._checked(limits)
        check_depth(limit, limits)

        def ranking() -> list[tuple[str, float]]:
            with self._reading():
                searcher = self._searcher()
                own = fields_of_toc(searcher.snapshot)
            planned = self._planned(searcher, own, text, None, where, limits, correct=correct)
            with self._reading():
                return self._ranking(searcher, own, planned, limit)

        with deadline(limits.seconds):
            return self._from_one_commit(ranking)

    def ids(self) -> set[str]:
        """Return the ids of all passages."""
        with self._reading():
            searcher = self._searcher()
            return {term.decode() for leaf in searcher.leaves for term in leaf.keys("id", leaf.all_docs())}

    def similar(self, passage_id: str, limit: int = 10, *, limits: Limits | None = None) -> Results:
        """Find the passages that have most in common with a passage, by its most significant words.

        Args:
            passage_id: The id of the passage (`Hit.id`).
            limit: The number of hits to return, at most.
            limits: As for `search`.

        Raises:
            BadInput: No passage has this id.
            BeyondLimit: The call asks for more than the limits allow.
        """
        check_text("passage_id", passage_id)
        check_integer("limit", limit, 1)
        limits = self._checked(limits)
        check_depth(limit, limits)
        from .search.similar import plan_similar  # noqa: PLC0415 - a search does not wait for it
        from .stored_passages import stored_passage  # noqa: PLC0415

        with deadline(limits.seconds), self._reading():
            searcher = self._searcher()
            passage_id = well_formed(passage_id)
            own = TermSet("id", (passage_id.encode(),))
            found = next((leaf.base + int(doc) for leaf in searcher.leaves for doc in own.matches(leaf).docs), None)
            if found is None:
                raise BadInput(
                    f"no passage {passage_id!r} in {self.where}", "give an id as a search shows it, such as KEY#NUMBER"
                )
            leaf, doc = searcher.locate(found)
            planned = plan_similar(searcher, passage_id, stored_passage(leaf.segment, doc).text)
            return results_of(searcher, passage_id, planned, search_page(searcher, planned, limit=limit, skip=0))

    def did_you_mean(self, text: str, *, limits: Limits | None = None) -> list[str]:
        """Return other queries that are likelier to find what was meant, likeliest first.

        Args:
            text: The query.
            limits: As for `search`.

        Returns:
            At most three queries. The list is empty if the words of `text` are well known in the index, or if `text` is
            longer than the limits allow.

        Raises:
            BeyondLimit: The call took longer than `limits.seconds`.
        """
        check_text("text", text)
        limits = self._checked(limits)
        if truncated(text, limits) != text:
            return []
        with deadline(limits.seconds), self._reading():
            return self._from_one_commit(lambda: self._other_queries(self._searcher(), well_formed(text)))

    def suggest(self, text: str, limit: int = 10, *, limits: Limits | None = None) -> list[str]:
        """Complete the last word of what is being typed, for search boxes.

        Args:
            text: What has been typed.
            limit: The number of suggestions, at most.
            limits: As for `search`.

        Returns:
            `text` with its last word completed by words of the index, likeliest first.

        Raises:
            BeyondLimit: `text` is longer than the limits allow, or the call took longer than `limits.seconds`.
        """
        check_text("text", text)
        check_integer("limit", limit, 1)
        limits = self._checked(limits)
        if truncated(text, limits) != text:
            raise BeyondLimit(
                f"a text of more than {limits.words:,} words or {limits.characters:,} characters is not completed",
                "give its end alone",
                limit="characters" if len(text) > limits.characters else "words",
                asked=len(text) if len(text) > limits.characters else None,
                allowed=limits.characters if len(text) > limits.characters else limits.words,
            )
        with deadline(limits.seconds), self._reading():
            return self._from_one_commit(lambda: self._completions(self._searcher(), well_formed(text), limit))

    @property
    def fields(self) -> dict[str, Kind]:
        """The declared fields: the kind of each (`text`, `keyword`, `number` or `date`) by its name."""
        with self._reading():
            return fields_of_toc(self._searcher().snapshot)

    def _answer(
        self, searcher: IndexSearcher, own: OwnFields, text: str, planned: QueryPlan, wanted: "Wanted"
    ) -> Results:
        """Return what `search` does for a query that is planned."""
        counts: Facets = {}
        total = None
        if wanted.facets:
            from .search.facets import facets as count_facets  # noqa: PLC0415 - most searches count nothing

            counts, total = count_facets(
                searcher, planned.clause, wanted.facets, own, planned.notes, by_document=wanted.by == "document"
            )
        page = search_page(
            searcher,
            planned,
            limit=wanted.limit,
            skip=wanted.first - 1,
            sort=wanted.sort,
            by=wanted.by,
            collapse=wanted.collapse,
            own=own,
            total=total,
        )
        return results_of(
            searcher,
            text,
            planned,
            page,
            wanted.first,
            context=wanted.context,
            explain=wanted.explain,
            facets=counts,
        )

    def _ranking(
        self, searcher: IndexSearcher, own: OwnFields, planned: QueryPlan, limit: int
    ) -> list[tuple[str, float]]:
        """Return what `rank` does for a query that is planned."""
        ranked = rank(searcher, planned.clause, limit, planned.rescorers)
        ids = searcher.keys("id", [number for number, _ in ranked])
        return [(passage.decode(), score) for passage, (_, score) in zip(ids, ranked, strict=True)]

    def _other_queries(self, searcher: IndexSearcher, text: str) -> list[str]:
        """Return what `did_you_mean` does."""
        if not may_be_misspelled(searcher, text):
            return []
        from .suggestions.did_you_mean import did_you_mean  # noqa: PLC0415 - a first search does not wait for it

        return did_you_mean(searcher, self._words(searcher), text)

    def _completions(self, searcher: IndexSearcher, text: str, limit: int) -> list[str]:
        """Return what `suggest` does."""
        from .suggestions.completion import completions  # noqa: PLC0415 - a first search does not wait for it

        return completions(searcher, text, limit)

    def _results(self, compute: Callable[[], Results]) -> Results:
        """Return the results that a search computes."""
        return self._from_one_commit(compute)

    def _from_one_commit(self, compute: Callable[[], _Answer]) -> _Answer:
        """Return what a function computes from one commit. A snapshot on the disk is one as long as it is open."""
        return compute()

    def _planned(
        self,
        searcher: IndexSearcher,
        own: OwnFields,
        text: str,
        within: str | None,
        where: "Where | None",
        limits: Limits,
        *,
        correct: bool,
        plain: bool = False,
    ) -> QueryPlan:
        """Return the plan for a query.

        Args:
            searcher: The searcher of the index.
            own: The declared fields.
            text: The query, as for `search`.
            within: As for `search`.
            where: As for `search`.
            limits: The limits of the call.
            correct: As for `search`.
            plain: As for `search`.

        Raises:
            BadQuery: There is nothing to search for.
        """
        conditions = None if where is None else where_node(where, own)
        parsed = parse(text, limits, own, plain=plain)
        parsed_within = None if within is None else parse(within, limits, own)
        with self._reading():
            if correct:
                planned = corrected_plan(
                    searcher,
                    text,
                    parsed,
                    parsed_within,
                    limits,
                    lambda: self._words(searcher),
                    where=conditions,
                    own=own,
                    plain=plain,
                )
            else:
                planned = plan(searcher, parsed, parsed_within, limits, conditions)
        if planned is None:
            query = repr(_shortened(text)) + ("" if within is None else f" within {_shortened(within)!r}")
            raise BadQuery(f"nothing to search for in {query}", _NO_WORDS)
        return planned

    def _words(self, searcher: IndexSearcher) -> "Vocabulary":
        """Return the vocabulary of an index; that of the last commit is kept for the next call."""
        from .suggestions.vocabulary import Vocabulary  # noqa: PLC0415 - a first search does not wait for it

        commit = self._commit_of(searcher)
        with self._reading_words:
            known = self._vocabulary
            if known is None or known[0]() is not commit:
                known = weakref.ref(commit), Vocabulary(searcher.segment_fields("exact"))
                self._vocabulary = known
            return known[1]

    def _commit_of(self, searcher: IndexSearcher) -> Any:
        """Return the object that all searches of a commit share."""
        return searcher

    def _reading(self) -> AbstractContextManager[None]:
        """Return the boundary around what reads the index, see `boundary`."""
        return reading(self.path)

    def _check_open(self) -> None:
        if self._closed:
            raise IndexUnusable(
                f"the index at {self.path} is closed", "open it again with Index.open", path=self.path, reason="closed"
            )

    def _checked(self, limits: Limits | None) -> Limits:
        """Return the limits of a call, after checking them and that the index is open."""
        if limits is not None:
            check_instance("limits", limits, Limits)
        self._check_open()
        return limits or DEFAULT

    def _searcher(self) -> IndexSearcher:
        """Return the searcher of the last commit."""
        searcher = self._last_searcher
        if searcher is not None and searcher.snapshot.is_current():
            return searcher
        with self._opening:
            self._check_open()
            searcher = self._last_searcher
            if searcher is None or not searcher.snapshot.is_current():
                searcher = self._searcher_of(
                    open_snapshot(self.path, searcher.snapshot if searcher else None, self._key)
                )
                self._last_searcher = searcher
            return searcher

    def _searcher_of(self, snapshot: Snapshot) -> IndexSearcher:
        for leaf in snapshot.leaves:
            # Each document has a value in these columns, so the file has room for all the documents that it states.
            if not all(leaf.segment.fields[name].layout.ordinals for name in ("document", "id")):
                raise leaf.segment.file.damaged()
        memory = self._memory
        if memory is None:
            memory = cache_memory(sum(entry.file.size for entry in snapshot.toc.segments))
        return IndexSearcher(snapshot, ORDER, PASSAGE_BM25, memory << 20)


def open_snapshot(path: Path, previous: Snapshot | None = None, key: bytes | None = None) -> Snapshot:
    """Open the last commit of the index in the folder `path`.

    Args:
        path: The folder.
        previous: A snapshot whose open segments are shared.
        key: The key of the index.

    Raises:
        IndexUnusable: There is no index, or one that is damaged, of another format, not authentic, or cannot be read.
    """
    try:
        return Snapshot.open(path, previous, key)
    except (FileNotFoundError, NotADirectoryError):
        if path.exists():
            raise IndexUnusable(
                f"{path} is not an index",
                "create one in another folder with Index.create",
                path=path,
                reason="not an index",
            ) from None
        raise IndexUnusable(
            f"no index at {path}",
            "create one with Index.create or Index.open_or_create",
            path=path,
            reason="missing",
        ) from None
    except OSError as error:
        raise IndexUnusable.unreadable(path, error) from None


def _shortened(text: str) -> str:
    """Return `text` as messages show it."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
