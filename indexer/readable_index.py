"""The class `ReadableIndex`: what an open index has beside the search: documents, many queries, twins for asyncio."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeVar

from .arguments import bad, check_integer, check_text, check_texts
from .declared import fields_of_toc
from .errors import BadInput, BadQuery, IndexUnusable
from .limits import DEFAULT, Limits
from .open_index import OpenIndex
from .query.planner import where_clause
from .query.where import Where, where_node
from .ranking.clauses import Clause
from .ranking.searcher import IndexSearcher
from .results import Hit, Results

if TYPE_CHECKING:
    from .candidate_passages import Rerank, Retriever
    from .context import Cite, Context
    from .options import Order
    from .stored_documents import StoredDocument
    from .token_counts import Counter


_Answer = TypeVar("_Answer")


class ReadableIndex(OpenIndex):
    """An open index that can be searched and read: the base class of `Index`, which has the methods that write."""

    def __contains__(self, key: object) -> bool:
        """Return True if the index has a document with this key."""
        from .stored_documents import has  # noqa: PLC0415 - searching does not wait for it

        with self._reading():
            return isinstance(key, str) and has(self._searcher(), key)

    def __repr__(self) -> str:
        try:
            return f"<{type(self).__name__} {str(self.path)!r}: {self._searcher().snapshot.doc_count:,} passages>"
        except IndexUnusable as error:
            return f"<{type(self).__name__} {str(self.path)!r}, {'closed' if error.reason == 'closed' else 'unusable'}>"

    @property
    def commit(self) -> str:
        """The name of the last commit. Another commit has another one, in whatever index."""
        with self._reading():
            return self._searcher().snapshot.toc.name

    def get(self, key: str) -> "StoredDocument | None":
        """Return a document with its passages, or None if the index has no document with this key.

        Args:
            key: The key of the document (`Hit.document`).
        """
        check_text("key", key)
        from .stored_documents import get  # noqa: PLC0415 - searching does not wait for it

        with self._reading():
            return get(self._searcher(), key)

    def passage(self, passage_id: str, context: int = 0) -> Hit:
        """Return a passage by its id, as a `Hit` whose rank and score are 0.

        Args:
            passage_id: The id of the passage (`Hit.id`).
            context: How many passages before and after it to return with it, in `before` and `after`.

        Raises:
            BadInput: No passage has this id.
        """
        check_text("passage_id", passage_id)
        check_integer("context", context, 0)
        from .stored_documents import passage  # noqa: PLC0415 - searching does not wait for it

        with self._reading():
            found = passage(self._searcher(), passage_id, context)
        if found is None:
            raise BadInput(
                f"no passage {passage_id!r} in {self.where}", "give an id as a search shows it, such as KEY#NUMBER"
            )
        return found

    def context(
        self,
        question: str,
        budget: int,
        *,
        count: "Counter | None" = None,
        order: "Order" = "rank",
        limit: int = 50,
        neighbours: int = 0,
        where: "Where | None" = None,
        retrievers: Sequence["Retriever"] = (),
        k: float = 60,
        rerank: "Rerank | None" = None,
        cite: "Cite | None" = None,
        plain: bool = True,
        correct: bool = True,
        limits: Limits | None = None,
    ) -> "Context":
        """Return passages for a question as one text for a language model, with numbered citations.

        The best passages are taken, each whole, as long as the budget lasts; one that does not fit is left out.
        Passages of a document that follow one another are merged, and no passage is given twice.

        Args:
            question: The question.
            budget: The greatest length of the text with its citations, by `count`.
            count: A function that returns the length of a text: the tokenizer of the model, or `len` for characters. If
                it is None, `estimated_tokens`: a token for each two characters.
            order: `"rank"` for the best first; `"document"` for all of a document together, in the order of its text,
                the document with the best passage first.
            limit: The number of passages to choose from, at most.
            neighbours: How many passages before and after each to take along, too, if they fit.
            where: Conditions by field that passages must meet, as for `search`, also those of other retrievers.
                Neighbours need not.
            retrievers: Functions that return ids of passages, or their texts, for the question, best first, such as a
                vector search. Their rankings and that of the search are joined by `reciprocal_rank_fusion`.
            k: The constant of the fusion.
            rerank: A function that takes the question and the passages, as `Hit`s, and returns a score for each, or the
                passages in another order.
            cite: A function that returns the line above an excerpt. If it is None, the line is `[1] ` and its
                `citation`; an empty line is left out.
            plain: Read the question as plain words, as for `search`. False lets it be a query.
            correct: As for `search`.
            limits: As for `search`. The time of `retrievers` and `rerank` does not count.

        Raises:
            BadQuery: The question has no words.
            BeyondLimit: The question asks for more than the limits allow.
        """
        from .context_building import context_of  # noqa: PLC0415 - searching does not wait for it

        return context_of(
            self,
            question,
            budget,
            count=count,
            order=order,
            limit=limit,
            neighbours=neighbours,
            where=where,
            retrievers=retrievers,
            k=k,
            rerank=rerank,
            cite=cite,
            plain=plain,
            correct=correct,
            limits=limits,
        )

    def passages(self, names: Iterable[str], *, where: "Where | None" = None, context: int = 0) -> list[Hit | None]:
        """Return the passage for each of some ids or texts, or None where there is none, as `Hit`s of rank and score 0.

        Args:
            names: The ids of passages, or their texts: of several passages with the same words, the first is returned.
            where: Conditions by field that the passages must meet, as for `search`.
            context: How many passages before and after each to return with it, in `before` and `after`.
        """
        names = check_texts("names", names)
        check_integer("context", context, 0)
        from .stored_documents import passages  # noqa: PLC0415 - searching does not wait for it

        with self._reading():
            searcher = self._searcher()
            node = None if where is None else where_node(where, fields_of_toc(searcher.snapshot))
            clause = None if node is None else where_clause(searcher, node, DEFAULT, [])
            return passages(searcher, names, clause, context)

    def documents(
        self,
        pattern: str = "*",
        *,
        prefix: str = "",
        where: "Where | None" = None,
        first: int = 1,
        passages: bool = False,
    ) -> "Iterator[StoredDocument]":
        """Return an iterator over documents in the order of their keys.

        It gives the documents of the last commit before the call, whatever is committed while it runs.

        Args:
            pattern: The keys of the documents; a `*` stands for any characters, as for `remove`.
            prefix: What the keys begin with.
            where: Conditions on the fields of the documents, as for `search`.
            first: The place of the first one to give, from 1. Those before it are not read.
            passages: True to give the documents with their passages.
        """
        check_text("pattern", pattern)
        check_text("prefix", prefix)
        check_integer("first", first, 1)
        with self._reading():
            searcher = self._searcher()
            node = None if where is None else where_node(where, fields_of_toc(searcher.snapshot))
            clause = None if node is None else where_clause(searcher, node, DEFAULT, [])
        return self._documents(pattern, prefix, searcher, clause, first, passages=passages)

    def _documents(
        self, pattern: str, prefix: str, searcher: IndexSearcher, clause: Clause | None, first: int, *, passages: bool
    ) -> "Iterator[StoredDocument]":
        from .stored_documents import documents  # noqa: PLC0415 - searching does not wait for it

        with self._reading():
            yield from documents(searcher, pattern, prefix, clause, first, passages=passages)

    def collections(self) -> list[str]:
        """Return the names of all collections, in order."""
        with self._reading():
            searcher = self._searcher()
            fields = ((leaf, leaf.segment.fields["collection"]) for leaf in searcher.leaves)
            return sorted(
                {
                    term.decode()
                    for leaf, field in fields
                    for ordinal, term in enumerate(field.terms_between(0, field.terms))
                    if any(map(leaf.is_live, field.docs(ordinal).tolist()))
                }
            )

    def search_many(self, texts: Iterable[str], limit: int = 10, **options: Any) -> list[Results]:
        """Answer several queries.

        A query that cannot be answered does not cost the others their answers: it has no hits then, and the reason is
        in its `notes`.

        Args:
            texts: The queries.
            limit: The number of hits to return for each, at most.
            options: The other arguments of `search`, the same for all. The limits are those of each query.

        Returns:
            The answer to each query, in their order.
        """
        if isinstance(texts, str) or not isinstance(texts, Iterable):
            raise bad("texts", texts, "a list of queries")
        queries = list(texts)
        for text in queries:
            check_text("texts", text)
        answers = []
        for text in queries:
            try:
                answers.append(self.search(text, limit, **options))
            except BadQuery as error:
                answers.append(Results(text, 0, [], [str(error)]))
        return answers

    async def asearch(self, text: str, limit: int = 10, **options: Any) -> Results:
        """Call `search` in another thread, so that an event loop goes on meanwhile."""
        return await _in_thread(self.search, text, limit, **options)

    async def asearch_many(self, texts: Iterable[str], limit: int = 10, **options: Any) -> list[Results]:
        """Call `search_many` in another thread."""
        return await _in_thread(self.search_many, texts, limit, **options)

    async def acontext(self, question: str, budget: int, **options: Any) -> "Context":
        """Call `context` in another thread."""
        return await _in_thread(self.context, question, budget, **options)

    async def aget(self, key: str) -> "StoredDocument | None":
        """Call `get` in another thread."""
        return await _in_thread(self.get, key)

    async def apassage(self, passage_id: str, context: int = 0) -> Hit:
        """Call `passage` in another thread."""
        return await _in_thread(self.passage, passage_id, context)

    async def asuggest(self, text: str, limit: int = 10, **options: Any) -> list[str]:
        """Call `suggest` in another thread."""
        return await _in_thread(self.suggest, text, limit, **options)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(self, *error: Any) -> None:
        self.close()

    @staticmethod
    def to_frame(results: Results, library: Any = None) -> Any:
        """Return results as a DataFrame: the same as `Results.to_frame`."""
        return results.to_frame(library)


async def _in_thread(call: Callable[..., _Answer], *arguments: Any, **options: Any) -> _Answer:
    import asyncio  # noqa: PLC0415 - a program that awaits has it, and others do not wait for it

    return await asyncio.to_thread(call, *arguments, **options)
