"""A query's tree to what it is ranked by: clauses for what is found, witnesses for what is best of it.

Weights were chosen by measurement on several collections: see `benchmarks/README.md`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from ...analyzers import fold
from ..limits import DEFAULT, Limits
from ..ranking import expansion
from ..ranking.clauses import And, Clause, MatchNone, Near, Or, Phrase, Term
from ..ranking.operators import DisjunctionMax, Exclude, Filter, MatchAll, NumberRange, TermSet
from ..ranking.rescorers import Pair, Proximity, Rescorer, SurfaceForms
from ..ranking.searcher import BM25, IndexSearcher
from . import tree
from .query_words import Word, words_of

RANKING = BM25(k1=0.4, b=0.7)
"""Passages are short: that a word is said again says little."""

TITLE_WEIGHT = 0.2
"""A word of the title speaks for every passage of a document, so it counts less than one of the passage."""

EXACT_WEIGHT = 0.4
"""A word as it was typed, beside its stem: of two passages with a word, the one with the very form comes first."""

STOP_WEIGHT = 0.4
"""What a stop word counts beside other words: مقاومت کردن asks for مقاومت."""

PAIR_WEIGHT = 0.5
"""Two words that stand together as they do in the query, beside the mean of what they count by themselves."""

_PAIRED = 4  # words from one that says something to the next, at most

MOST_BOOST = 1e6
"""What boosts within boosts come to, at most."""


class HighlightTerms(NamedTuple):
    """What is highlighted: words with one of `stems`, words as written in `surfaces`, and these in sequence."""

    stems: frozenset[str] = frozenset()
    surfaces: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = ()


NO_HIGHLIGHT_TERMS = HighlightTerms()


class Plan(NamedTuple):
    """What a query is ranked by. notes: what the one who asked should know."""

    clause: Clause
    rescorers: tuple[Rescorer, ...]
    highlight_terms: HighlightTerms
    notes: list[str]


def plan(
    searcher: IndexSearcher, parsed: tree.Parsed, within: tree.Parsed | None = None, limits: Limits = DEFAULT
) -> Plan | None:
    """How `parsed` is answered from an index, of the passages that `within` finds; None if either says nothing."""
    builder = _Builder(searcher, limits, list(parsed.notes))
    clause = builder.sequence(parsed.tree)
    if within is not None and clause is not None:
        narrower = _Builder(searcher, limits, builder.notes, builder.expansions)
        builder.notes += within.notes
        required = narrower.required(within.tree, "text")
        clause = Filter(clause, required) if required is not None else None
    if clause is None:
        return None
    return Plan(
        clause,
        tuple(builder.rescorers()),
        HighlightTerms(frozenset(builder.stems), frozenset(builder.surfaces), tuple(dict.fromkeys(builder.phrases))),
        list(dict.fromkeys(builder.notes)),
    )


class _Builder:
    """Makes clauses; gathers what else is to be known of the query on its way."""

    def __init__(
        self,
        searcher: IndexSearcher,
        limits: Limits,
        notes: list[str],
        expansions: expansion.Expansions | None = None,
    ) -> None:
        self.searcher = searcher
        self.limits = limits
        self.notes = notes
        self.expansions = expansion.Expansions(searcher) if expansions is None else expansions
        self.stems: set[str] = set()
        self.surfaces: set[str] = set()
        self.phrases: list[tuple[str, ...]] = []
        self._forms: defaultdict[str, float] = defaultdict(float)
        self._pairs: dict[tuple[str, str], Pair] = {}

    def rescorers(self) -> Iterable[Rescorer]:
        """What to look at closely in the best passages."""
        if self._forms:
            yield SurfaceForms(tuple([Term("exact", form.encode(), weight) for form, weight in self._forms.items()]))
        if self._pairs:
            yield Proximity("text", tuple(self._pairs.values()))

    def sequence(self, sequence: tree.Sequence, field: str = "text") -> Clause | None:
        """The clause of a sequence: what is wanted or required counts, the best first. None if it says nothing."""
        wanted: list[Clause] = []
        required: list[Clause] = []
        excluded: list[Clause] = []
        weights: defaultdict[tuple[str, str], float] = defaultdict(float)
        among_words = any(isinstance(item.node, tree.Words) and item.sign != "-" for item in sequence.items)
        for node, sign, boost in sequence.items:
            if sign == "-":
                clause = _Builder(self.searcher, self.limits, self.notes, self.expansions).required(node, field)
                excluded += _known(clause)
            elif isinstance(node, tree.Of | tree.Period):
                required.append(self._filter(node))
            elif isinstance(node, tree.Words):
                words = words_of(node.text)
                self._weigh(words, boost, field, weights)
                if sign:
                    required += [_has(word, field) for word in words]
            else:
                if isinstance(node, tree.Phrase) and among_words and node.gap is None:
                    # Among other words a phrase is wanted, not required, and what it says is wanted even torn apart.
                    self._weigh(words_of(node.text), boost, field, weights)
                clause = self.scored(node, boost, field)
                wanted += _known(clause)
                if sign and clause is not None:
                    composite = isinstance(node, tree.Sequence | tree.Either | tree.In)
                    narrower = self.required(node, field) if composite else None
                    required.append(clause if narrower is None else narrower)
        terms = [Term(name, term.encode(), weight) for (name, term), weight in weights.items()]
        return _combined((*terms, *wanted), tuple(required), tuple(excluded))

    def scored(self, node: tree.Node, boost: float, field: str) -> Clause | None:
        """The clause of a node of a sequence; None if it says nothing."""
        match node:
            case tree.Words():
                return self.sequence(tree.Sequence((tree.Item(node, boost=boost),)), field)
            case tree.Phrase(text, gap):
                return self._phrase(text, gap, boost, field)
            case tree.Pattern(text):
                found = self._pattern(text, boost, field)
                return self._as_words(text, boost, field) if found is None else found
            case tree.Fuzzy(text, edits):
                return self._fuzzy(text, edits, boost, field)
            case tree.In(inner_field, inner):
                return self.scored(inner, boost, inner_field)
            case tree.Sequence(items):
                boosted = [item._replace(boost=min(item.boost * boost, MOST_BOOST)) for item in items]
                return self.sequence(tree.Sequence(tuple(boosted)), field)
            case tree.Either(nodes):
                clauses = [self.scored(node, boost, field) for node in nodes]
                return _any_of(_known(*clauses))
            case tree.Of() | tree.Period():
                return self._filter(node)

    def required(self, node: tree.Node, field: str) -> Clause | None:
        """What a passage has that has `node`: its words in the text (or title) itself, and scores that say nothing."""
        match node:
            case tree.In(inner_field, inner):
                return self.required(inner, inner_field)
            case tree.Words(text):
                words = tuple([_has(word, field) for word in words_of(text)])
                return And(words) if words else None
            case tree.Either(nodes):
                return _any_of(_known(*[self.required(part, field) for part in nodes]))
            case tree.Sequence(items):
                return self._required_sequence(items, field)
            case tree.Pattern(text):
                return self._pattern(text, 1.0, field) or MatchNone()
            case _:
                return self.scored(node, 1.0, field)

    def _required_sequence(self, items: Sequence[tree.Item], field: str) -> Clause | None:
        wanted: list[Clause] = []
        required: list[Clause] = []
        excluded: list[Clause] = []
        filters: list[Clause] = []
        for node, sign, _ in items:
            if not sign and isinstance(node, tree.Words):
                wanted += [_has(word, field) for word in words_of(node.text)]
                continue
            clauses = {"": wanted, "+": required, "-": excluded}[sign]
            if isinstance(node, tree.Of | tree.Period) and sign != "-":
                clauses = filters
            clauses += _known(self.required(node, field))
        # What is wanted beside what is required, need not be there.
        needed = required or _known(_any_of(wanted))
        return _combined((), (*needed, *filters), tuple(excluded))

    def _weigh(
        self, words: Sequence[Word], boost: float, field: str, weights: defaultdict[tuple[str, str], float]
    ) -> None:
        """Adds what each word counts to `weights`, by field and term, and takes note of evidence to look for."""
        stop_weight = 1.0 if all(word.stop for word in words) else STOP_WEIGHT
        for word in words:
            weight = boost * (stop_weight if word.stop else 1.0)
            for stem in (*word.stems, *word.parts):
                weights[field, stem] += weight
                if field == "text":
                    weights["title", stem] += weight * TITLE_WEIGHT
                    self.stems.add(stem)
            if field == "text":
                for surface in dict.fromkeys(word.surfaces):
                    self._forms[surface] += weight * EXACT_WEIGHT
        if field == "text":
            self._pair(words, boost, stop_weight)

    def _pair(self, words: Sequence[Word], boost: float, stop_weight: float) -> None:
        """Pairs each word with the next, and each that says something with the next that does."""
        places: defaultdict[int, list[tuple[str, bool]]] = defaultdict(list)
        for word in words:
            for stem in word.stems:
                places[word.position].append((stem, word.stop))
            for offset, part in enumerate(word.parts):
                places[word.position + offset].append((part, word.stop))
        positions = sorted(places)
        telling = [place for place in positions if not all(stop for _, stop in places[place])]
        neighbours = {*pairwise(positions), *[two for two in pairwise(telling) if two[1] - two[0] <= _PAIRED]}
        for left, right in sorted(neighbours):
            for first, first_stop in places[left]:
                for second, second_stop in places[right]:
                    if first == second or (first, second) in self._pairs:
                        continue
                    counts = [
                        self.searcher.idf("text", stem.encode()) * (stop_weight if stop else 1.0)
                        for stem, stop in ((first, first_stop), (second, second_stop))
                    ]
                    self._pairs[first, second] = Pair(
                        first.encode(),
                        second.encode(),
                        right - left,
                        boost * PAIR_WEIGHT * sum(counts) / 2,
                        loose=not (first_stop or second_stop),
                    )

    def _phrase(self, text: str, gap: int | None, boost: float, field: str) -> Clause | None:
        words = words_of(text)
        if not words:
            return None
        if gap is not None:
            # A compound stands at as many positions as it has parts, and its stem at the first.
            places = {word.stems[-1]: max(len(word.parts), 1) for word in words}
            self.stems |= places.keys()
            gap += sum(places.values()) - len(places)
            return Near(field, tuple([stem.encode() for stem in places]), gap, boost)
        if field != "text":
            stems = tuple([stem for word in words for stem in word.parts or word.stems[-1:]])
            return Phrase(field, tuple([stem.encode() for stem in stems]), boost=boost)
        surfaces = tuple([surface for word in words for surface in word.surfaces[1:] or word.surfaces])
        self.phrases.append(surfaces)
        return Phrase("exact", tuple([surface.encode() for surface in surfaces]), boost=boost)

    def _pattern(self, text: str, boost: float, field: str) -> Clause | None:
        """Any of the words like this; None if there are none."""
        found = self._expanded(_written(field), fold(text).replace(" ", ""), plain="[")
        return self._any(text, found, boost, field) if found else None

    def _as_words(self, text: str, boost: float, field: str) -> Clause | None:
        self.notes.append(f"{text}: no word in the index is like this; read as words")
        return self.scored(tree.Words(text.replace("*", " ").replace("?", " ")), boost, field)

    def _fuzzy(self, text: str, edits: int, boost: float, field: str) -> Clause | None:
        words = words_of(text)
        if len(words) != 1:
            self.notes.append(f"{text}~: ~ stands after one word; read as words")
            return self.scored(tree.Words(text), boost, field)
        near = self._expanded(_written(field), words[0].surfaces[0], edits=edits)
        nearer = expansion.Terms(near).near(words[0].surfaces[0], edits - 1)
        further = {term: count for term, count in near.items() if term not in nearer}
        clauses = []
        if nearer:
            clauses.append(self._any(text, nearer, boost, field))
        if further:
            clauses.append(self._any(text, further, boost / 2, field))
        return DisjunctionMax(tuple(clauses)) if clauses else MatchNone()

    def _expanded(self, field: str, text: str, *, plain: str = "", edits: int = 0) -> dict[bytes, int]:
        """The terms that a pattern, in which the marks `plain` mean nothing but themselves, or a word with `edits`
        stands for, and how many passages each is in."""
        pattern = text if edits else _literal(text, plain)
        if len(self.expansions) >= self.limits.patterns and (field, pattern, edits) not in self.expansions:
            self.notes.append(f"only the first {self.limits.patterns} patterns and fuzzy words are searched for")
            return {}
        return self.expansions.find(field, pattern, edits)

    def _any(self, text: str, found: dict[bytes, int], boost: float, field: str) -> Clause:
        """Any of the words, the commonest if there are very many: scored as one word that is as frequent."""
        chosen = sorted(found, key=lambda term: (-found[term], term))[: self.limits.expansions]
        if len(chosen) < len(found):
            self.notes.append(
                f"{text}: stands for {len(found):,} words; the commonest {self.limits.expansions:,} are searched for"
            )
        if field == "text":
            self.surfaces |= {term.decode() for term in chosen}
        weight = self.searcher.rarity(_written(field), sum(found[term] for term in chosen))
        return TermSet(_written(field), tuple(chosen), boost * weight)

    def _filter(self, node: tree.Of | tree.Period) -> Clause:
        if isinstance(node, tree.Period):
            return NumberRange("day", node.first, node.last)
        names: Iterable[bytes] = (node.name.encode(),)
        if "*" in node.name:
            names = self._expanded(node.field, node.name, plain="[?")
        elif not self.searcher.idf(node.field, node.name.encode()):
            self.notes.append(
                f"doc:{node.name}: no document has this key; doc:*{node.name} finds those that end so"
                if node.field == "document"
                else f"collection:{node.name}: there is no such collection; the status of the index lists them"
            )
        return TermSet(node.field, tuple(names), 0.0)


def _literal(pattern: str, highlight_terms: str) -> str:
    """`pattern` in which `marks` mean nothing but themselves."""
    return "".join(f"[{char}]" if char in highlight_terms else char for char in pattern)


def _known(*clauses: Clause | None) -> list[Clause]:
    """Those that say something. (A clause may be an empty tuple: Nothing says that there is nothing.)"""
    return [clause for clause in clauses if clause is not None]


def _any_of(clauses: Sequence[Clause]) -> Clause | None:
    return Or(tuple(clauses)) if clauses else None


def _written(field: str) -> str:
    """The field that has the words as written where there is one."""
    return "exact" if field == "text" else field


def _has(word: Word, field: str) -> Clause:
    """Passages with a word; of a compound that was not known for one when it was indexed, with all its parts."""
    whole = [Term(field, stem.encode()) for stem in word.stems]
    parts = [And(tuple([Term(field, stem.encode()) for stem in word.parts]))] if word.parts else []
    return Or((*whole, *parts))


def _combined(wanted: tuple[Clause, ...], required: tuple[Clause, ...], excluded: tuple[Clause, ...]) -> Clause | None:
    if not (wanted or required or excluded):
        return None
    clause: Clause = Or(wanted) if wanted else MatchAll(score=0.0)
    if required:
        clause = Filter(clause, required[0] if len(required) == 1 else And(required))
    if excluded:
        clause = Exclude(clause, excluded[0] if len(excluded) == 1 else Or(excluded))
    return clause
