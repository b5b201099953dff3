"""Planning a query: from its tree to the clause that finds and scores passages, and the rescorers of the best."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ...analyzers import fold
from ..limits import DEFAULT, Limits
from ..own_fields import END_OF_KEY, value_key
from ..ranking.bm25 import BM25
from ..ranking.clauses import And, Clause, MatchNone, Near, Or, Phrase, Term
from ..ranking.expansion import ExpansionCache, TermMatcher
from ..ranking.filters import MatchAll, NumberRange, TermPrefix, TermSet
from ..ranking.operators import AndMaybe, DisjunctionMax, Exclude, Filter
from ..ranking.rescorers import Rescorer
from ..ranking.searcher import IndexSearcher
from . import tree
from .compounds import SpellingCollector, spellings
from .corrections import ChangeFinder, Correction, CorrectionCollector
from .highlight_terms import HighlightTerms
from .node_roles import has_content, is_filter
from .query_words import QueryWord, phrase_surfaces, query_words
from .word_weights import TermWeights, WordCollector

PASSAGE_BM25 = BM25(k1=5.0, b=0.75, presence=60.0)
"""The parameters of BM25 for passages and documents of any length: see `benchmarks/README.md`."""

MAX_TOTAL_BOOST = 1e6
"""The greatest product of nested boosts."""


class QueryPlan(NamedTuple):
    """A plan for answering a query.

    Attributes:
        clause: Finds and scores the passages.
        rescorers: Add to the scores of the best passages.
        highlight_terms: The terms to highlight in the passages.
        notes: What the user should know about how the query was read, one line each.
        corrections: The words that are searched for in another form; their corrections are folded.
    """

    clause: Clause
    rescorers: tuple[Rescorer, ...]
    highlight_terms: HighlightTerms
    notes: list[str]
    corrections: tuple[Correction, ...] = ()


def plan(
    searcher: IndexSearcher,
    parsed: tree.ParsedQuery,
    within: tree.ParsedQuery | None = None,
    limits: Limits = DEFAULT,
    where: tree.Node | None = None,
    find_changes: ChangeFinder | None = None,
) -> QueryPlan | None:
    """Plan how a query is answered from an index.

    Args:
        searcher: The searcher of the index.
        parsed: The query.
        within: A query that passages must match too, without any effect on their scores.
        limits: How many patterns and expansions are searched for.
        where: Another condition like `within`.
        find_changes: Finds corrections of plain words. It is called only if a word is in hardly any passage.

    Returns:
        The plan; None if there is no word or filter in `parsed`, or in `within`.
    """
    builder = _ClauseBuilder(searcher, limits, list(parsed.notes), find_changes=find_changes)
    clause = builder.sequence_clause(parsed.tree)
    if within is not None and clause is not None:
        filter_builder = _ClauseBuilder(searcher, limits, builder.notes, builder.expansions)
        builder.notes += within.notes
        required = filter_builder.matching_clause(within.tree, "text")
        clause = Filter(clause, required) if required is not None else None
    if where is not None and clause is not None:
        clause = Filter(clause, where_clause(searcher, where, limits, builder.notes))
    if clause is None:
        return None
    stems = frozenset(builder.words.stems | builder.spellings.stems | builder.corrected.stems)
    return QueryPlan(
        clause,
        tuple(builder.words.rescorers()),
        HighlightTerms(
            stems,
            frozenset(builder.surfaces),
            tuple(dict.fromkeys(builder.phrases + builder.spellings.phrases)),
            frozenset(builder.words.loose),
            tuple(dict.fromkeys(builder.spellings.compounds)),
        ),
        list(dict.fromkeys(builder.notes)),
        tuple(builder.corrected.corrections),
    )


def where_clause(searcher: IndexSearcher, where: tree.Node, limits: Limits, notes: list[str]) -> Clause:
    """Return the clause for the passages that match the conditions of `where_node`, with scores that mean nothing.

    Args:
        searcher: The searcher of the index.
        where: The conditions.
        limits: How many patterns and expansions are searched for.
        notes: Takes what the user should know, one line each.
    """
    found = _ClauseBuilder(searcher, limits, notes).matching_clause(where, "text")
    return MatchNone() if found is None else found


class _ClauseBuilder:
    """Builds the clauses of a tree, and collects what rescorers, highlights and notes need on the way."""

    def __init__(
        self,
        searcher: IndexSearcher,
        limits: Limits,
        notes: list[str],
        expansions: ExpansionCache | None = None,
        find_changes: ChangeFinder | None = None,
    ) -> None:
        self.searcher = searcher
        self.limits = limits
        self.notes = notes
        self.expansions = ExpansionCache(searcher) if expansions is None else expansions
        self.words = WordCollector(searcher)
        self.spellings = SpellingCollector(searcher)
        self.corrected = CorrectionCollector(searcher, find_changes)
        self.surfaces: set[str] = set()
        self.phrases: list[tuple[str, ...]] = []

    def sequence_clause(self, sequence: tree.SequenceNode, field: str = "text") -> Clause | None:
        """Return the scoring clause of a sequence: its words and required parts find passages and add to the score.

        Returns None if the sequence has no words or filters.
        """
        finding: list[Clause] = []
        optional: list[Clause] = []
        required: list[Clause] = []
        excluded: list[Clause] = []
        filters: list[tree.SignedNode] = []
        weights: TermWeights = defaultdict(float)
        optional_weights: TermWeights = defaultdict(float)
        other_spellings: list[Clause] = []
        beside_content = any(has_content(item) for item in sequence.items)
        has_words = any(isinstance(item.node, tree.WordsNode) and item.sign != "-" for item in sequence.items)
        for item in sequence.items:
            node, sign, boost = item
            if sign == "-":
                # With a builder of its own, so that excluded words are neither highlighted nor used by rescorers.
                builder = _ClauseBuilder(self.searcher, self.limits, self.notes, self.expansions)
                excluded += _without_none(builder.matching_clause(node, field))
            elif is_filter(node):
                filters.append(item)
                self._note_unknown(node)
                required += _without_none(self.matching_clause(node, field))
                if beside_content and boost != 1:
                    optional += _without_none(self.scoring_clause(node, boost, field))
            elif isinstance(node, tree.WordsNode):
                words: Sequence[QueryWord] = query_words(node.text)
                if not sign and field == "text":
                    words, corrections = self.corrected.apply(node.text, words, boost)
                    finding += corrections
                stop_weights = (weights if sign else optional_weights) if beside_content else None
                self.words.add(words, boost, field, weights, stop_weights, loosely=not sign)
                other_spellings += self.spellings.add(words, boost, field, beside_content=beside_content)
                if sign:
                    required += [self._has_word(word, field) for word in words]
            else:
                if isinstance(node, tree.PhraseNode) and has_words and node.gap is None:
                    # Beside words a phrase is optional, and its words also count where they stand apart.
                    self.words.add(query_words(node.text), boost, field, weights, optional_weights)
                clause = self.scoring_clause(node, boost, field)
                (optional if beside_content and not has_content(item) else finding).extend(_without_none(clause))
                if sign and clause is not None:
                    is_composite = isinstance(node, tree.SequenceNode | tree.OrNode)
                    matching = self.matching_clause(node, field) if is_composite else None
                    required.append(clause if matching is None else matching)
        for term in weights.keys() & optional_weights.keys():
            weights[term] += optional_weights.pop(term)
        finding = [*_terms(weights), *finding, *other_spellings]
        if not finding:
            # Filters by themselves are what is sought, so fields are scored. Other filters have a score of 0 anyway.
            scored = [self.scoring_clause(node, boost, field) for node, _, boost in filters if _is_scored(node)]
            finding += _without_none(*scored)
        return _combined(finding, [*_terms(optional_weights), *optional], required, excluded)

    def scoring_clause(self, node: tree.Node, boost: float, field: str) -> Clause | None:
        """Return the clause that scores passages by a node; None if the node has no words or filters."""
        match node:
            case tree.WordsNode():
                return self.sequence_clause(tree.SequenceNode((tree.SignedNode(node, boost=boost),)), field)
            case tree.PhraseNode(text, gap):
                return self._phrase(text, gap, boost, field)
            case tree.WildcardNode(text):
                found = self._wildcard(text, boost, field)
                return self._as_words(text, boost, field) if found is None else found
            case tree.FuzzyNode(text, edits):
                return self._fuzzy(text, edits, boost, field)
            case tree.FieldNode(inner_field, inner):
                return self.scoring_clause(inner, boost, inner_field)
            case tree.SequenceNode(items):
                boosted = [item._replace(boost=min(item.boost * boost, MAX_TOTAL_BOOST)) for item in items]
                return self.sequence_clause(tree.SequenceNode(tuple(boosted)), field)
            case tree.OrNode(nodes):
                return _any_of(_without_none(*[self.scoring_clause(inner, boost, field) for inner in nodes]))
            case tree.KeyFilterNode() | tree.DateRangeNode() | tree.NumberRangeNode() | tree.ValueNode():
                return self._filter(node)

    def matching_clause(self, node: tree.Node, field: str) -> Clause | None:
        """Return the clause for passages that have all words of a node in `field` itself; its scores mean nothing.

        A scoring clause, in contrast, matches passages that have any of the words, in the text or the title.
        """
        match node:
            case tree.FieldNode(inner_field, inner):
                return self.matching_clause(inner, inner_field)
            case tree.WordsNode(text):
                words = query_words(text)
                return self._has_all(words, field) if words else None
            case tree.OrNode(nodes):
                return _any_of(_without_none(*[self.matching_clause(inner, field) for inner in nodes]))
            case tree.SequenceNode(items):
                return self._matching_sequence(items, field)
            case tree.WildcardNode(text):
                return self._wildcard(text, 1.0, field) or MatchNone()
            case _:
                return self.scoring_clause(node, 1.0, field)

    def _matching_sequence(self, items: Sequence[tree.SignedNode], field: str) -> Clause | None:
        optional: list[Clause] = []
        required: list[Clause] = []
        excluded: list[Clause] = []
        filters: list[Clause] = []
        beside_content = any(has_content(item) for item in items)
        for item in items:
            node, sign, _ = item
            if is_filter(node) and sign != "-":
                filters += _without_none(self.matching_clause(node, field))
            elif not sign and isinstance(node, tree.WordsNode):
                words = query_words(node.text)
                optional += [
                    self._has_word(word, field) for word in words if not (beside_content and word.is_stop_word)
                ]
                if field != "text":
                    optional += [clause for *_, clause in self.spellings.joined(words, field)]
            elif sign or not beside_content or has_content(item):
                clauses = {"": optional, "+": required, "-": excluded}[sign]
                clauses += _without_none(self.matching_clause(node, field))
        # Beside required parts, the optional ones need not match.
        needed = required or _without_none(_any_of(optional))
        return _combined((), (), (*needed, *filters), excluded)

    def _has_word(self, word: QueryWord, field: str) -> Clause:
        """Return the clause for passages with a word, in whatever spelling."""
        return Or((_has_word(word, field), *self.spellings.required(word, field)))

    def _has_all(self, words: Sequence[QueryWord], field: str) -> Clause:
        """Return the clause for passages with all of some words; in fields such as the speaker, also joined."""
        each = [self._has_word(word, field) for word in words]
        if field == "text":
            return And(tuple(each))
        joined = self.spellings.joined(words, field)
        return Or((And(tuple(each)), *[And((*each[:first], one, *each[last + 1 :])) for first, last, one in joined]))

    def _phrase(self, text: str, gap: int | None, boost: float, field: str) -> Clause | None:
        words = query_words(text)
        if not words:
            return None
        if gap is not None:
            # A compound takes as many positions as it has parts, and its stem is at the first of them.
            places = {word.stems[-1]: max(len(word.parts), 1) for word in words}
            self.words.stems |= places.keys()
            gap += sum(places.values()) - len(places)
            return Near(field, tuple([stem.encode() for stem in places]), gap, boost)
        if field != "text":
            stems = tuple([stem for word in words for stem in word.parts or word.stems[-1:]])
            return Phrase(field, tuple([stem.encode() for stem in stems]), boost=boost)
        surfaces = phrase_surfaces(words)
        self.phrases.append(surfaces)
        return Phrase("exact", tuple([surface.encode() for surface in surfaces]), boost=boost)

    def _wildcard(self, text: str, boost: float, field: str) -> Clause | None:
        """Return the clause for the words that match a pattern; None if none does."""
        found = self._expanded(_surface_field(field), fold(text).replace(" ", ""), literal="[")
        return self._any_term(text, found, boost, field) if found else None

    def _as_words(self, text: str, boost: float, field: str) -> Clause | None:
        self.notes.append(f"{text}: no word in the index matches; read as words")
        return self.scoring_clause(tree.WordsNode(text.replace("*", " ").replace("?", " ")), boost, field)

    def _fuzzy(self, text: str, edits: int, boost: float, field: str) -> Clause | None:
        words = query_words(text)
        if len(words) != 1:
            self.notes.append(f"{text}~: ~ needs a single word before it; read as words")
            return self.scoring_clause(tree.WordsNode(text), boost, field)
        word = words[0].surfaces[0]
        found = self._expanded(_surface_field(field), word, edits=edits)
        nearer = TermMatcher(found).fuzzy(word, edits - 1)
        further = {term: count for term, count in found.items() if term not in nearer}
        clauses = []
        if nearer:
            clauses.append(self._any_term(text, nearer, boost, field))
        if further:
            clauses.append(self._any_term(text, further, boost / 2, field))
        return DisjunctionMax(tuple(clauses)) if clauses else MatchNone()

    def _expanded(self, field: str, text: str, *, literal: str = "", edits: int = 0) -> dict[bytes, int]:
        """Return the terms that a pattern or fuzzy word stands for, and how many passages have each.

        Args:
            field: The name of the field.
            text: A pattern, or a word if `edits` is above 0.
            literal: Special characters of patterns that stand for themselves in this one.
            edits: How many edits the terms may be from the word; 0 for a pattern.
        """
        pattern = text if edits else _with_literal(text, literal)
        if len(self.expansions) >= self.limits.patterns and (field, pattern, edits) not in self.expansions:
            self.notes.append(f"only the first {self.limits.patterns} patterns and fuzzy words are searched for")
            return {}
        return self.expansions.find(field, pattern, edits)

    def _any_term(self, text: str, found: dict[bytes, int], boost: float, field: str) -> Clause:
        """Return the clause for any of some terms, scored as one term that is as frequent as all of them together.

        If there are very many, only the most common terms are searched for.
        """
        chosen = sorted(found, key=lambda term: (-found[term], term))[: self.limits.expansions]
        if len(chosen) < len(found):
            self.notes.append(
                f"{text}: stands for {len(found):,} words; only the {self.limits.expansions:,} most common are "
                "searched for"
            )
        if field == "text":
            self.surfaces |= {term.decode() for term in chosen}
        weight = self.searcher.idf_of_count(_surface_field(field), sum(found[term] for term in chosen))
        return TermSet(_surface_field(field), tuple(chosen), boost * weight)

    def _note_unknown(self, node: tree.Node) -> None:
        """Note that no passage has a word in a field, since then a filter leaves none of them."""
        if isinstance(node, tree.FieldNode) and isinstance(node.node, tree.WordsNode):
            words = query_words(node.node.text)
            stems = [stem for word in words for stem in (*word.stems, *word.parts)]
            is_known = any(self.searcher.idf(node.field, stem.encode()) for stem in stems)
            if stems and not is_known and not any(spellings(self.searcher, words, node.field)):
                name = node.field.removeprefix("text.")
                self.notes.append(f"{name}:{node.node.text}: this word is in no {name}")

    def _filter(self, node: tree.KeyFilterNode | tree.DateRangeNode | tree.NumberRangeNode | tree.ValueNode) -> Clause:
        if isinstance(node, tree.DateRangeNode):
            return NumberRange("day", node.first, node.last)
        if isinstance(node, tree.NumberRangeNode):
            return NumberRange(node.field, node.low, node.high)
        if isinstance(node, tree.ValueNode):
            return self._value(node)
        keys: Iterable[bytes] = (node.pattern.encode(),)
        if "*" in node.pattern and not node.is_literal:
            keys = self._expanded(node.field, node.pattern, literal="[?")
        elif not self.searcher.idf(node.field, node.pattern.encode()):
            self.notes.append(
                f"doc:{node.pattern}: no document has this key; doc:*{node.pattern} finds keys that end with it"
                if node.field == "document"
                else f"collection:{node.pattern}: no such collection; the status of the index lists them"
            )
        return TermSet(node.field, tuple(keys), 0.0)

    def _value(self, node: tree.ValueNode) -> Clause:
        """Return the clause for the passages of documents with a value of an own field."""
        field, key = f"value.{node.name}", value_key(node.value)
        if "*" in key and not node.is_literal:
            found = self._expanded(field, f"{key}*", literal="[?")
            clause: Clause = TermSet(field, tuple(found), 0.0)
        else:
            found = {}
            clause = TermPrefix(field, f"{key}{END_OF_KEY}".encode())
            if any(known.with_prefix(clause.prefix) for known in self.searcher.segment_fields(field)):
                return clause
        if not found:
            self.notes.append(f"{node.name}:{node.value}: no document has this value")
        return clause


def _with_literal(pattern: str, literal: str) -> str:
    """Return `pattern` with the characters of `literal` escaped, so that they stand for themselves."""
    return "".join(f"[{char}]" if char in literal else char for char in pattern)


def _without_none(*clauses: Clause | None) -> list[Clause]:
    # Not by truth: a clause is a tuple, and MatchNone is an empty one.
    return [clause for clause in clauses if clause is not None]


def _any_of(clauses: Sequence[Clause]) -> Clause | None:
    return Or(tuple(clauses)) if clauses else None


def _surface_field(field: str) -> str:
    """Return the field with the surface forms of a field, if there is one; else the field itself."""
    return "exact" if field == "text" else field


def _has_word(word: QueryWord, field: str) -> Clause:
    """Return the clause for passages with a word.

    A compound that was not known as one when a passage was indexed is found by all its parts.
    """
    whole = [Term(field, stem.encode()) for stem in word.stems]
    parts = [And(tuple([Term(field, stem.encode()) for stem in word.parts]))] if word.parts else []
    return Or((*whole, *parts))


def _terms(weights: TermWeights) -> list[Term]:
    return [Term(name, term.encode(), weight) for (name, term), weight in weights.items()]


def _is_scored(node: tree.Node) -> bool:
    return not isinstance(node, tree.KeyFilterNode | tree.DateRangeNode | tree.NumberRangeNode | tree.ValueNode)


def _combined(
    finding: Sequence[Clause], optional: Sequence[Clause], required: Sequence[Clause], excluded: Sequence[Clause]
) -> Clause | None:
    if not (finding or optional or required or excluded):
        return None
    if not finding:
        finding, optional = optional, ()
    clause: Clause = Or(tuple(finding)) if finding else MatchAll(score=0.0)
    if optional:
        clause = AndMaybe(clause, Or(tuple(optional)))
    if required:
        clause = Filter(clause, required[0] if len(required) == 1 else And(tuple(required)))
    if excluded:
        clause = Exclude(clause, excluded[0] if len(excluded) == 1 else Or(tuple(excluded)))
    return clause
