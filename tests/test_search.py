"""Pages of results: their order, paging, copies, grouping, context and explanations."""

from copy import copy
from pathlib import Path
from random import Random

import pytest
from index_maker import MakeIndex

from jooya.indexer import BadInput, BadQuery, BeyondLimit, Date, Document, Index, Place, ReadOptions
from jooya.indexer.ranking import collector
from jooya.indexer.ranking.clauses import MatchNone, Or, Term
from jooya.indexer.ranking.filters import TermSet
from jooya.indexer.ranking.operators import Exclude
from jooya.indexer.search import pages
from jooya.indexer.search.other_queries import OtherQueries
from jooya.indexer.search.similar import plan_similar
from jooya.indexer.search.sorting import sort_key

WORDS = ["گل", "باران", "کوه", "دریا", "شهر", "راه", "سنگ", "آب", "خاک", "باد"]


@pytest.fixture(scope="module", params=[1, 3])
def many(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, make_index: MakeIndex) -> Index:
    """Build an index of 300 documents of one or more passages, added in 1 or 3 commits; some of them are removed."""
    random = Random(7)
    documents = []
    for number in range(300):
        text = " ".join(random.choice(WORDS) for _ in range(random.randrange(5, 300)))
        year = random.randrange(1380, 1386)
        day = Date(f"{year + 621}-05-05", f"{year}-02-15") if number % 3 else None
        documents.append(Document(f"{number:03}", text, date=day))
    index = make_index(tmp_path_factory.mktemp("many") / "index")
    size = len(documents) // request.param
    for first in range(0, len(documents), size):
        index.add(*documents[first : first + size])
    index.remove(*(f"{number:03}" for number in range(0, 300, 50)))
    return index


@pytest.mark.parametrize("sort", ["score", "date", "document"])
@pytest.mark.parametrize("by", ["passage", "document"])
def test_pages_are_slices_of_one_list(many: Index, sort: str, by: str) -> None:
    whole = many.search("گل باران", 250, sort=sort, by=by)  # type: ignore[arg-type]
    assert [hit.rank for hit in whole] == list(range(1, len(whole) + 1))
    paged = []
    for first in range(1, 251, 17):
        paged += many.search("گل باران", 17, first=first, sort=sort, by=by).hits  # type: ignore[arg-type]
    assert [(hit.rank, hit.id, hit.score) for hit in paged[: len(whole)]] == [
        (hit.rank, hit.id, hit.score) for hit in whole
    ]
    assert len({hit.id for hit in whole}) == len(whole)


def test_pages_are_the_same_however_few_are_looked_at_together(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in range(2):
        days = [f"{1380 + number * 7 % 5}-02-15" for number in range(20)]
        index.add(
            *(
                Document(f"{number}{part}", f"گل {'باران ' * (number % 4)}{number}", date=day)
                for number, day in enumerate(days)
            )
        )
    for sort in ("score", "date", "document"):
        for by, collapse, distinct in (("passage", True, 20), ("passage", False, 30), ("document", True, 30)):
            found = []
            for size in (1000, 3):
                for name in ("_KEYS_AT_ONCE", "_PASSAGES_AT_ONCE", "_SPARE"):
                    monkeypatch.setattr(pages, name, size)
                results = index.search("گل باران", 30, sort=sort, by=by, collapse=collapse)  # type: ignore[arg-type]
                found.append((results.total, [(hit.id, hit.score, hit.copies) for hit in results]))
            assert found[0] == found[1]
            assert len({name for name, *_ in found[1][1]}) == distinct
            assert by == "passage" or {copies for *_, copies in found[1][1]} == {0}


def test_a_page_is_full_however_many_copies_come_first(index: Index) -> None:
    index.add(
        *(Document(f"copy{number}", "باران برف باران") for number in range(70)),
        *(Document(f"other{number}", f"باران {'مه ' * number}باد") for number in range(12)),
    )
    for limit in (1, 2, 10, 13):
        results = index.search("باران", limit)
        assert [hit.copies for hit in results] == [69, *[0] * 12][:limit]
        assert results.total == 82


def test_sort_by_date_puts_the_newest_first(many: Index) -> None:
    hits = many.search("گل", 1000, sort="date").hits
    dates = [hit.date.gregorian if hit.date else "" for hit in hits]
    assert dates == sorted(dates, reverse=True)
    assert "" in dates
    same_day = [hit.document for hit in hits if hit.date == hits[0].date]
    assert same_day == sorted(same_day)


def test_sort_by_document_keeps_the_order_of_the_text(many: Index) -> None:
    places = [(hit.document, hit.start) for hit in many.search("گل", 1000, sort="document")]
    assert places == sorted(places)


def test_the_best_passage_of_each_document(many: Index) -> None:
    passages = many.search("گل باران", 1000, sort="document")
    documents = many.search("گل باران", 1000, by="document")
    best: dict[str, tuple[float, str]] = {}
    for hit in passages:
        if hit.document not in best or hit.score > best[hit.document][0]:
            best[hit.document] = hit.score, hit.id
    assert {hit.document: hit.id for hit in documents} == {document: id for document, (_, id) in best.items()}
    assert documents.total == len(documents.hits) == 294
    assert [hit.score for hit in documents] == sorted((hit.score for hit in documents), reverse=True)


def test_within_filters(many: Index) -> None:
    within = many.search("گل", 1000, within="+کوه date:1384")
    both = many.search("گل +کوه date:1384", 1000)
    with_gol = many.search("+گل +کوه date:1384", 1000)
    assert {hit.id for hit in within} == {hit.id for hit in with_gol} <= {hit.id for hit in both}
    scores = {hit.id: hit.score for hit in many.search("گل", 1000, sort="document")}
    assert {
        hit.id: hit.score for hit in many.search("گل", 1000, sort="document", within="+کوه")
    }.items() <= scores.items()
    with pytest.raises(BadQuery, match="within '؟'"):
        many.search("گل", within="؟")


def test_explanations_add_up_exactly(many: Index) -> None:
    for query in ("گل", "گل باران کوه", '"گل باران" +کوه', "گ* OR کوه^2", "(title:گل OR باران~) -دریا"):
        for sort in ("score", "date"):
            hits = many.search(query, 60, sort=sort, explain=True).hits
            assert hits
            for hit in hits:
                assert round(sum(part.score for part in hit.explanation), 6) == round(hit.score, 6)
                for part in hit.explanation:
                    product = 1.0
                    for factor in part.factors.values():
                        product *= factor
                    assert not part.factors or part.score == pytest.approx(product, abs=2e-6)


def test_an_explanation_names_words_and_pairs(tmp_path: Path, make_index: MakeIndex) -> None:
    index = make_index(tmp_path / "index")
    index.add(
        Document("a", "باران تند بارید"), Document("b", "باران آمد و تند رفت"), Document("c", "آفتاب", title="باران")
    )
    first, second, third = index.search("باران تند", explain=True).hits
    assert [hit.document for hit in (first, second, third)] == ["a", "b", "c"]
    assert [part.description for part in first.explanation] == [
        "text:باران",
        "text:تند",
        "exact:باران",
        "exact:تند",
        "باران + تند",
    ]
    assert [part.description for part in third.explanation] == ["title:باران"]
    assert first.explanation[4].score > second.explanation[4].score > 0
    assert first.explanation[0].factors.keys() == {"boost", "idf", "frequency"}


def test_rescored_passages_stay_first(many: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passages beyond the rescore window come after those in it, and have no greater scores."""
    monkeypatch.setattr(collector, "RESCORE_WINDOW", 5)
    hits = many.search("گل باران", 50).hits
    scores = [hit.score for hit in hits]
    assert len(scores) == 50
    assert scores == sorted(scores, reverse=True)


def test_copies_are_counted(tmp_path: Path, make_index: MakeIndex) -> None:
    index = make_index(tmp_path / "index")
    index.add(Document("a", "باران آمد، باران."), Document("b", "باران آمد"), Document("c", "باران\nآمد باران"))
    index.add(Document("d", "باران آمد باران!", title="باران", date=Date("2005-12-13", "1384-09-22")))
    results = index.search("باران")
    assert [(hit.document, hit.copies) for hit in results] == [("d", 2), ("b", 0)]
    assert results.total == 4
    assert [(hit.document, hit.copies) for hit in index.search("باران -date:1384")] == [("a", 1), ("b", 0)]
    assert [hit.document for hit in index.search("باران", collapse=False)] == ["d", "a", "c", "b"]
    assert [hit.document for hit in index.search("باران", by="document")] == ["d", "a", "c", "b"]
    index.remove("c", "d")
    assert [(hit.document, hit.copies) for hit in index.search("باران")] == [("a", 0), ("b", 0)]


def test_context_passages(tmp_path: Path, make_index: MakeIndex) -> None:
    index = make_index(tmp_path / "index")
    text = "\n\n".join(f"بند {name}. " + "واژه " * 78 for name in ("یکم", "دوم", "سوم", "چهارم", "پنجم"))
    index.add(Document("پیش", "متن دیگر"), Document("a", text), Document("پس", "متن دیگر"))
    (hit,) = index.search("+سوم", context=1).hits
    assert ([one.id for one in hit.before], hit.id, [one.id for one in hit.after]) == (["a#2"], "a#3", ["a#4"])
    assert text[hit.before[0].start : hit.before[0].end] == hit.before[0].text
    (hit,) = index.search("+چهارم", context=9).hits
    assert ([one.id for one in hit.before], [one.id for one in hit.after]) == (["a#1", "a#2", "a#3"], ["a#5", "a#6"])
    assert index.search("+سوم").hits[0].before == ()


def test_similar(tmp_path: Path, make_index: MakeIndex) -> None:
    index = make_index(tmp_path / "index")
    index.add(
        Document("a", "کشاورزی در دشت\u200cهای خشک و آبیاری قطره\u200cای"),
        Document("b", "آبیاری دشت\u200cها و کشاورزی"),
        Document("c", "شعر در دشت"),
        Document("d", "موسیقی و شعر و را که از"),
    )
    assert [hit.document for hit in index.similar("a#1")] == ["b", "c"]
    assert [hit.text[start:end] for hit in index.similar("a#1", 1) for start, end in hit.highlights] == [
        "آبیاری دشت\u200cها",
        "کشاورزی",
    ]
    with pytest.raises(BadInput, match="no passage 'x' in"):
        index.similar("x")


def test_similar_passages_have_the_words_with_the_greatest_weights(tmp_path: Path) -> None:
    """The weight of a word is how often the passage has it, times its idf; of more than 25 words, the first count."""
    with Index.create(tmp_path / "index") as index:
        index.add(
            *(Document(f"{number}", "باران برف") for number in range(40)),
            *(Document(f"b{number}", "برف") for number in range(10)),
            *(Document(f"c{number}", "تگرگ باران") for number in range(3)),
        )
        searcher = index._searcher()
        idf = {word: searcher.idf("text", word.encode()) for word in ("باران", "برف", "تگرگ", "نیست")}
        assert idf["تگرگ"] > 3 * idf["باران"] > 3 * idf["برف"] > idf["نیست"] == 0
        for text, words in (
            ("باران برف تگرگ", ["تگرگ", "باران", "برف"]),
            ("برف برف برف برف باران و از که", ["برف", "باران"]),  # by the sum, باران would come first
            ("باران " * 20 + "تگرگ", ["باران", "تگرگ"]),
            ("و از که", []),
        ):
            plan = plan_similar(searcher, "1#1", text)
            assert plan.highlight_terms.stems == frozenset(words)
            if words:
                assert isinstance(plan.clause, Exclude)
                assert plan.clause.clause == Or(tuple(Term("text", word.encode()) for word in words))
                assert plan.clause.excluded == TermSet("id", (b"1#1",), 0.0)
            else:
                assert plan.clause == MatchNone()
        names = [f"zq{first}{second}" for first in "abc" for second in "bcdfghjklm"]
        long = plan_similar(searcher, "1#1", " ".join(reversed(names)))
        assert long.highlight_terms.stems == frozenset(names[:25])  # equal ones in their order


@pytest.mark.parametrize("sort", ["date", "document", "-n"])
def test_of_sorted_hits_no_score_has_a_part_of_rescorers(tmp_path: Path, sort: str) -> None:
    with Index.create(tmp_path / "index", fields={"n": "number"}) as index:
        index.add(*(Document(f"{number}", "باران تند آمد", meta={"n": number}) for number in range(3)))
        ranked = index.search("باران تند", explain=True, collapse=False).hits
        hits = index.search("باران تند", explain=True, collapse=False, sort=sort).hits
        assert len(hits) == 3
        for hit, other in zip(hits, ranked, strict=True):
            assert sum(part.score for part in hit.explanation) == pytest.approx(hit.score)
            assert len(hit.explanation) < len(other.explanation)


def test_other_queries_are_looked_for_once_they_are_asked_for() -> None:
    """A search for them that fails is tried again, and a copy has those that were found."""
    asked: list[int] = []

    def find() -> list[str]:
        asked.append(1)
        if len(asked) == 1:
            raise BeyondLimit("late", "wait", limit="seconds", allowed=1)
        return ["باران"]

    assert OtherQueries().found() == []
    others = OtherQueries(find)
    assert others.found_or_reason() == ([], "other spellings of the query were not looked for: late")
    found = others.found()
    found.append("changed")
    assert (others.found(), others.found_or_reason(), len(asked)) == (["باران"], (["باران"], None), 2)
    assert copy(others).found() == ["باران"]
    asked.clear()
    assert copy(OtherQueries(find)).found() == []


def test_values_are_in_the_order_of_the_alphabet() -> None:
    """That of Persian, with Arabic letters beside the Persian ones; large and small letters are alike."""
    words = [
        "10",
        "9",
        "B",
        "c",
        "آب",
        "ابر",
        "أثر",
        "باد",
        "پدر",
        "ثابت",
        "چاه",
        "ژاله",
        "سار",
        "كار",
        "کاش",
        "گل",
        "يك",
    ]
    for shuffled in (words[::-1], sorted(words)):
        assert sorted(shuffled, key=sort_key) == words


def test_rank_returns_the_same_ids_and_scores(many: Index) -> None:
    hits = many.search("گل باران", 120, collapse=False).hits
    assert many.rank("گل باران", 120) == [(hit.id, hit.score) for hit in hits]
    assert len(many.ids()) == many.status().passages
    with pytest.raises(BadQuery):
        many.rank("؟")


def test_the_context_reaches_the_last_passage_of_the_index(tmp_path: Path, make_index: MakeIndex) -> None:
    text = ". ".join(" ".join([f"کلمه{number}"] * 60) for number in range(4))
    with make_index(tmp_path / "index") as index:
        index.add(Document("a", text))
        ids = sorted(index.ids())
        hit = index.search("کلمه0", sort="document", context=len(ids)).hits[0]
        assert [hit.id, *(neighbour.id for neighbour in hit.after)] == ids
        assert len(ids) > 2


@pytest.mark.parametrize("sort", ["score", "date", "document"])
def test_all_documents_are_counted(many: Index, sort: str) -> None:
    found = many.search("گل باران", 400, sort=sort, by="document")
    passages = many.search("گل باران", 5000, sort=sort, collapse=False)
    assert found.total == len(found) == len({hit.document for hit in passages})
    assert passages.total == len(passages)
    assert many.search("گل باران", 1, sort=sort, by="document").total == found.total


def test_a_hit_without_a_match_has_the_page_at_which_it_begins(index: Index) -> None:
    index.add(Document("a", "باران آمد", places=[Place(0, 1), Place(1, 2)], date="1400-01-01"))
    (hit,) = index.search("doc:a")
    assert (hit.highlights, hit.page) == ([], 1)


def test_a_hit_has_the_page_of_its_first_match(index: Index) -> None:
    """Its passage goes over three pages."""
    text = "باران بهاری در کوهستان آمد. برف پاییزی در دشت آمد. تگرگ تابستانی در ساحل آمد."
    starts = [0, text.index("برف"), text.index("تگرگ")]
    places = [Place(start, page=number, time=f"00:00:0{number}") for number, start in enumerate(starts, 1)]
    index.add(Document("book", text, places=places, whole=True))
    found = {word: index.search(word).hits[0] for word in ("بهاری", "برف", "پاییزی", "تگرگ", "ساحل")}
    assert {word: (hit.page, hit.time) for word, hit in found.items()} == {
        "بهاری": (1, "00:00:01"), "برف": (2, "00:00:02"), "پاییزی": (2, "00:00:02"), "تگرگ": (3, "00:00:03"),
        "ساحل": (3, "00:00:03"),
    }  # fmt: skip
    assert found["ساحل"].score > 0


def test_the_first_and_the_last_passage_are_neighbours(index: Index) -> None:
    index.add(Document("a", "باران یک. باران دو. باران سه."), options=ReadOptions(passage_words=2))
    ids = [hit.id for hit in index.search("باران", sort="document")]
    assert ids == ["a#1", "a#2", "a#3"]
    for context in (1, 2, 9):
        hits = index.search("باران", sort="document", context=context).hits
        for place, hit in enumerate(hits):
            assert [one.id for one in hit.before] == ids[max(place - context, 0) : place]
            assert [one.id for one in hit.after] == ids[place + 1 : place + 1 + context]
