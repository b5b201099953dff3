"""The search backend for modelsearch (Django, Wagtail) with Persian objects, from saving them to pages of results."""

import datetime
import logging
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("modelsearch", reason='modelsearch is not installed: pip install "jooya[django]"')

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db.models import F, Q, QuerySet
from django_library.models import Author, Book, Novel, Subject
from modelsearch.backends import get_search_backend
from modelsearch.backends.base import FilterFieldError
from modelsearch.query import MATCH_ALL, And, Boost, Fuzzy, Not, Or, Phrase, PlainText
from whoosh.fields import ID, Schema

from jooya import BadArgument, Index, IndexUnusable
from jooya.indexer.integrations import modelsearch_documents, modelsearch_results
from jooya.indexer.integrations.modelsearch import JooyaSearchBackend
from jooya.indexer.integrations.modelsearch_documents import document_of
from jooya.indexer.integrations.modelsearch_filters import conditions_of
from jooya.indexer.meta import MAX_SIZE
from jooya.indexer.whoosh.column_index import ColumnIndex

DAY = datetime.date(2023, 4, 9)
TEHRAN = datetime.timezone(datetime.timedelta(hours=3, minutes=30))


def fill() -> JooyaSearchBackend:
    """Empty the database, give it the books of the tests, and index them."""
    call_command("flush", interactive=False, verbosity=0)
    writer, other = Author(name="محمدرضا احمدی", born=datetime.date(1350, 1, 1)), Author(name="لیلا رستمی")
    Author.objects.bulk_create([writer, other])
    water = Book(
        title="قنات\u200cهای کویر",
        body="قنات آب را از کوه به دشت می\u200cآورد. کتاب\u200cهایی دربارهٔ آن نوشته\u200cاند.",
        author=writer,
        pages=120,
        weight=0.3,
        price=Decimal("12.50"),
        published=DAY,
        read_at=datetime.datetime(2024, 1, 2, 3, 4, tzinfo=TEHRAN),
    )
    Book.objects.bulk_create([water])
    shelf = Book(
        title="كتابخانه هاي روستايي",
        body="كتابهاي تازه هر هفته به روستا ميرسد.",
        author=other,
        pages=80,
        weight=0.2,
        price=Decimal("8.25"),
        published=DAY + datetime.timedelta(days=300),
        is_lent=True,
        before=water,
    )
    Book.objects.bulk_create([shelf])
    subjects = [Subject(name=name) for name in ("آب", "کتابداری")]
    Subject.objects.bulk_create(subjects)
    water.subjects.add(*subjects[:1])
    shelf.subjects.add(*subjects)
    Novel.objects.create(title="باغ انار", body="داستان باغبانی پیر", pages=300, setting="یزد", language="گیلکی")
    call_command("rebuild_modelsearch_index", verbosity=0)
    backend: JooyaSearchBackend = get_search_backend()
    return backend


@pytest.fixture(autouse=True, scope="module")
def filled() -> None:
    fill()


@pytest.fixture
def library() -> Iterator[JooyaSearchBackend]:
    """The backend for a test that changes something, after which all is as it was."""  # noqa: D401
    yield get_search_backend()
    fill()


def titles(results: Any) -> list[str]:
    return [book.title for book in results]


def found(query: Any, books: Any = None, **options: Any) -> set[str]:
    """Return the first words of the titles of the books that a query finds."""
    results = get_search_backend().search(query, Book if books is None else books, **options)
    assert results.count() == len(results)
    return {book.title.split()[0].split("\u200c")[0] for book in results}


WATER, SHELF, GARDEN = "قنات", "كتابخانه", "باغ"
ALL = {WATER, SHELF, GARDEN}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("قناتها", {WATER}),
        ("قنات هاي كوير", {WATER}),
        ("کتاب های", {WATER, SHELF}),
        ("كتابهايش", {WATER, SHELF}),
        ("محمد رضا", {WATER}),
        ("محمدرضا احمدي", {WATER}),
        ("نوشتن", {WATER}),
        ("می رسیدند", {SHELF}),
        ("کتابداری", {SHELF}),
        ("قنات باغ", {WATER, GARDEN}),
        ("باقبانی", {GARDEN}),  # a misspelling of باغبانی
        ("یزد", {GARDEN}),
        ("فیزیک", set()),
        ("؟!", set()),
        ("   ", set()),
        ("title:(قنات OR -باغ* ~2 ^9", {WATER, GARDEN}),
        ("doc:1", set()),
    ],
)
def test_a_word_finds_objects_in_all_its_spellings(query: str, expected: set[str]) -> None:
    assert found(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (MATCH_ALL, ALL),
        (~MATCH_ALL, set()),
        (PlainText("قنات باغ", operator="and"), set()),
        (PlainText("کتاب های قنات", operator="and"), {WATER}),
        (PlainText("کتاب", operator="or"), {WATER, SHELF}),
        (Phrase("کتابهای تازه"), {SHELF}),
        (Phrase("تازه کتابهای"), set()),
        (Phrase("«»"), set()),
        (Fuzzy("روستاا"), {SHELF}),
        (Fuzzy("قناط کویر", operator="and"), {WATER}),
        (Fuzzy("؟"), set()),
        (Not(PlainText("کتاب")), {GARDEN}),
        (~PlainText("؟"), ALL),
        (PlainText("کتاب") & ~PlainText("قنات"), {SHELF}),
        (PlainText("باغ") | PlainText("قنات"), {WATER, GARDEN}),
        (And([]), ALL),
        (Or([]), set()),
        (And([Not(PlainText("باغ")), Not(PlainText("روستا"))]), {WATER}),
        (PlainText("باغ") & (PlainText("قنات") | PlainText("انار")), {GARDEN}),
        (Boost(PlainText("باغ"), 5) | PlainText("قنات"), {WATER, GARDEN}),
    ],
    ids=repr,
)
def test_queries_of_modelsearch(query: Any, expected: set[str]) -> None:
    assert found(query) == expected


def test_a_long_chain_of_alternatives_is_answered() -> None:
    query: Any = PlainText("باغ")
    for number in range(200):
        query = query | PlainText(f"واژه{number}")
    assert found(query) == {GARDEN}


def test_a_query_of_another_kind_is_refused() -> None:
    class Strange:
        pass

    with pytest.raises(NotImplementedError, match="`Strange` is not supported by the Jooya search backend"):
        found(Strange())
    with pytest.raises(NotImplementedError, match="`Phrase` is not supported for autocomplete queries"):
        list(get_search_backend().autocomplete(Phrase("باغ"), Book))


@pytest.mark.parametrize(
    ("fields", "operator", "query", "expected"),
    [
        (["title"], "or", "هفته", set()),
        (["title"], "or", "کتابخانه‌های", {SHELF}),
        (["body"], "or", "کتاب", {WATER, SHELF}),
        (["title", "body"], "or", "انار پیر", {GARDEN}),
        (["title"], "and", "قنات کویر", {WATER}),
        (["title"], "and", "قنات کوه", set()),
    ],
)
def test_single_fields_are_searched(fields: list[str], operator: str, query: str, expected: set[str]) -> None:
    assert found(query, fields=fields, operator=operator) == expected


def test_boosts_raise_objects_with_a_word_in_the_title(library: JooyaSearchBackend) -> None:
    Book.objects.create(title="انار", body="میوه‌ها")
    Book.objects.create(title="میوه‌ها", body="انار")
    results = get_search_backend().search("انار", Book).annotate_score("relevance")
    assert titles(results) == ["انار", "باغ انار", "میوه‌ها"]
    scores = [book.relevance for book in results]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0
    raised = get_search_backend().search(Boost(PlainText("میوه‌ها"), 0.1) | Boost(PlainText("باغ"), 9), Book)
    assert titles(raised)[0] == "باغ انار"


FILTERS: list[tuple[Q, set[str], bool]] = [
    # The filter, what it leaves, and True if the index answers it without the database.
    (Q(pages=120), {WATER}, True),
    (Q(pages__gt=80), {WATER, GARDEN}, True),
    (Q(pages__gte=80), ALL, True),
    (Q(pages__lt=120), {SHELF}, True),
    (Q(pages__lte=120), {WATER, SHELF}, True),
    (Q(pages__range=(80, 120)), {WATER, SHELF}, True),
    (Q(pages__gt=80, pages__lt=300), {WATER}, True),
    (Q(pages__gt=300, pages__lt=80), set(), True),
    (Q(pages__in=[80, 300]), {SHELF, GARDEN}, True),
    (Q(pages__in=[]), set(), True),
    (Q(pages__in=[80, 300], pages__gt=100), {GARDEN}, False),
    (Q(weight__gt=0.2), {WATER}, True),
    (Q(weight__gte=0.2), {WATER, SHELF}, True),
    (Q(weight__lt=0.3), {SHELF}, True),
    (Q(weight=None), {GARDEN}, True),
    (Q(pages__isnull=False), ALL, False),
    (Q(price__gt=Decimal("8.25")), {WATER}, False),
    (Q(published=DAY), {WATER}, True),
    (Q(published__gt=DAY), {SHELF}, True),
    (Q(published__lt=DAY + datetime.timedelta(days=300)), {WATER}, True),
    (Q(published__range=(DAY, DAY)), {WATER}, True),
    (Q(published__year=2024), {SHELF}, False),
    (Q(read_at__gt=datetime.datetime(2024, 1, 1, tzinfo=TEHRAN)), {WATER}, False),
    (Q(is_lent=True), {SHELF}, True),
    (Q(is_lent=False), {WATER, GARDEN}, True),
    (Q(language="گیلکی"), {GARDEN}, False),
    (Q(title__startswith="باغ"), {GARDEN}, False),
    (Q(title__iregex="^باغ"), {GARDEN}, False),
    (Q(pages=120) | Q(is_lent=True), {WATER, SHELF}, False),
    (~Q(pages=120), {SHELF, GARDEN}, False),
    (~Q(is_lent=True) & Q(pages__gt=200), {GARDEN}, False),
    (Q(pages=F("pages")), ALL, False),
]


@pytest.mark.parametrize(("condition", "expected", "is_exact"), FILTERS, ids=[str(one[0]) for one in FILTERS])
@pytest.mark.parametrize("query", [MATCH_ALL, PlainText("قنات روستا باغ", operator="or")], ids=["all", "words"])
def test_filters_leave_what_the_database_leaves(query: Any, condition: Q, expected: set[str], is_exact: bool) -> None:
    books = Book.objects.filter(condition)
    assert found(query, books) == expected == {title.split()[0].split("\u200c")[0] for title in titles(books)}
    conditions = conditions_of(books, Index.fields.__get__(_index()))
    assert conditions.is_exact == is_exact


def _index() -> Index:
    index: Index = get_search_backend().get_index_for_model(Book).open()
    return index


def test_filters_by_relations() -> None:
    author = Author.objects.get(name="لیلا رستمی")
    water = Book.objects.get(pages=120)
    cases: list[tuple[QuerySet[Book], set[str]]] = [
        (Book.objects.filter(author=author), {SHELF}),
        (Book.objects.filter(author__in=[author]), {SHELF}),
        (Book.objects.filter(author__in=Author.objects.filter(name__startswith="محمد")), {WATER}),
        (Book.objects.filter(author=None), {GARDEN}),
        (Book.objects.filter(before=water), {SHELF}),
        (Book.objects.filter(before__pages=120), {SHELF}),  # a field of the same name, of another book
        (Book.objects.filter(before__pages=80), set()),
        (Book.objects.filter(pages=80, before__pages=120), {SHELF}),
        (Book.objects.none(), set()),
        (Book.objects.filter(pages__gt=0).distinct(), ALL),
    ]
    for books, expected in cases:
        assert found(MATCH_ALL, books) == expected, books.query
        assert found("قنات روستا باغ", books) == expected, books.query


def test_a_child_model_has_its_parents_fields_and_objects_alone() -> None:
    backend = get_search_backend()
    assert titles(backend.search("باغ قنات", Novel)) == ["باغ انار"]
    assert titles(backend.search("باغ", Novel.objects.filter(pages__gt=200))) == ["باغ انار"]
    assert isinstance(backend.search("یزد", Book)[0], Book)
    assert [writer.name for writer in backend.search("احمدی", Author)] == ["محمدرضا احمدی"]
    assert titles(backend.search("احمدی", Novel)) == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("قنا", {WATER}),
        ("كوي", {WATER}),
        ("کتابخ", {SHELF}),
        ("کتاب خ", {SHELF}),
        ("کتابخانه‌ها", {SHELF}),
        ("روست", {SHELF}),
        ("ان با", {GARDEN}),
        ("با ی", {GARDEN}),
        ("قن با", set()),
        ("تاب", set()),
        ("داست", set()),  # the body is no autocomplete field
        ("*", set()),
        ('"', set()),
        ("", set()),
    ],
)
def test_words_are_completed(typed: str, expected: set[str]) -> None:
    results = get_search_backend().autocomplete(typed, Book)
    assert {book.title.split()[0].split("\u200c")[0] for book in results} == expected


def test_completions_in_single_fields_and_with_any_word() -> None:
    backend = get_search_backend()
    assert titles(backend.autocomplete("قن با", Book, operator="or")) and not titles(
        backend.autocomplete("قن با", Book)
    )
    assert titles(backend.autocomplete("با", Book, fields=["title"])) == ["باغ انار"]
    assert titles(Book.objects.filter(pages=300).autocomplete("با")) == ["باغ انار"]
    assert len(titles(backend.autocomplete(MATCH_ALL, Book))) == 3


def test_facets_count_all_objects_found(library: JooyaSearchBackend) -> None:
    backend = get_search_backend()
    everything = backend.search(MATCH_ALL, Book)
    names = {subject.pk: subject.name for subject in Subject.objects.all()}
    assert everything[:1].facet("language") == {"فارسی": 2, "گیلکی": 1}
    assert list(everything.facet("language").items()) == [("فارسی", 2), ("گیلکی", 1)]
    assert everything.facet("is_lent") == {False: 2, True: 1}
    assert {names.get(key, key): count for key, count in everything.facet("subjects").items()} == {
        "آب": 2,
        "کتابداری": 1,
        None: 1,
    }
    assert everything.facet("size") == {"بلند": 2, "کوتاه": 1}
    assert backend.search("کتاب", Book).facet("size") == {"بلند": 1, "کوتاه": 1}
    assert backend.search("فیزیک", Book).facet("size") == {}
    assert backend.search("باغ", Book.objects.filter(pages__gt=900)).facet("language") == {}
    with pytest.raises(FilterFieldError, match='Cannot facet search results with field "body"'):
        everything.facet("body")
    Book.objects.create(title="جزوه")
    assert backend.search(MATCH_ALL, Book).facet("size") == {"بلند": 2, "کوتاه": 1, None: 1}


def test_order_and_pages() -> None:
    backend = get_search_backend()
    by_pages = backend.search(MATCH_ALL, Book.objects.order_by("-pages"), order_by_relevance=False)
    assert [book.pages for book in by_pages] == [300, 120, 80]
    assert [book.pages for book in by_pages[1:]] == [120, 80]
    assert by_pages[1:].count() == 2
    assert by_pages[2].pages == 80
    nulls = Book.objects.order_by(F("weight").asc(nulls_first=True))
    assert [book.weight for book in backend.search(MATCH_ALL, nulls, order_by_relevance=False)] == [None, 0.2, 0.3]
    newest = [book.pk for book in backend.search(MATCH_ALL, Book.objects.order_by(), order_by_relevance=False)]
    assert newest == sorted(newest, reverse=True)
    several = Book.objects.order_by("is_lent", "-title")
    assert [book.pages for book in backend.search(MATCH_ALL, several, order_by_relevance=False)] == [120, 300, 80]
    ranked = backend.search("کتاب", Book)
    assert titles(ranked[:1]) + titles(ranked[1:]) == titles(ranked)


def test_saving_and_deleting_follows(library: JooyaSearchBackend) -> None:
    book = Book.objects.get(pages=120)
    book.title, book.body = "کاریز", "آب زیر زمین"
    book.save()
    assert found("قناتها") == set()
    assert found("کاریزها") == {"کاریز"}
    book.delete()
    assert found("کاریز") == set()
    assert found(MATCH_ALL) == {SHELF, GARDEN}
    get_search_backend().delete(Book(pk=99, title="نیست"))


def test_a_rebuild_takes_what_the_index_missed(library: JooyaSearchBackend) -> None:
    Book.objects.bulk_create([Book(title="برف در کوه", pages=1)])
    Book.objects.filter(pages=80).delete()
    Book.objects.filter(pages=120).update(title="کاریز")
    assert found("برف") == set()
    printed = StringIO()
    call_command("rebuild_modelsearch_index", stdout=printed, chunk_size=2)
    assert "Rebuilding index django_library_book" in printed.getvalue()
    assert found("برف") == {"برف"}
    assert found("کاریز") == {"کاریز"}
    assert found("روستا") == set()
    call_command("rebuild_modelsearch_index", schema_only=True, verbosity=0)
    assert found(MATCH_ALL) == set()


@pytest.mark.parametrize(("kind", "message"), [("foreign", "was built with analysis older"), ("damaged", "is damaged")])
def test_an_index_that_cannot_be_used_is_replaced_by_a_rebuild(
    library: JooyaSearchBackend, kind: str, message: str
) -> None:
    index = library.get_index_for_model(Book)
    index.shared.close()
    if kind == "foreign":
        ColumnIndex.create(index.shared.path, Schema(id=ID()), analysis="older")
    else:
        (index.shared.path / "toc.json").write_text("{")
    with pytest.raises(IndexUnusable, match=message):
        found("قنات")
    call_command("rebuild_modelsearch_index", verbosity=0)
    assert found("قنات") == {WATER}


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "django_library_book").mkdir()
    (tmp_path / "django_library_book" / "letter.txt").write_text("نامه", encoding="utf-8")
    index = get_search_backend("default", PATH=tmp_path).get_index_for_model(Book)
    with pytest.raises(IndexUnusable, match="is not an index"):
        index.make_usable()
    assert (tmp_path / "django_library_book" / "letter.txt").read_text(encoding="utf-8") == "نامه"


def test_a_removed_folder_is_made_anew(library: JooyaSearchBackend, tmp_path: Path) -> None:
    index = library.get_index_for_model(Book)
    index.shared.path.rename(tmp_path / "away")
    assert found("قنات") == set()
    call_command("rebuild_modelsearch_index", verbosity=0)
    assert found("قنات") == {WATER}


def test_more_than_a_statement_of_sql_takes(library: JooyaSearchBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modelsearch_results, "_AT_ONCE", 50)
    Book.objects.bulk_create([Book(title=f"دفتر {number}", pages=number, language="ترکی") for number in range(130)])
    call_command("rebuild_modelsearch_index", verbosity=0)
    results = library.search("دفتر", Book)
    assert results.count() == len(results) == 130
    assert library.search("دفتر", Book.objects.filter(language="ترکی", pages__lt=50)).count() == 50
    ordered = library.search("دفتر", Book.objects.order_by("-pages"), order_by_relevance=False)
    assert [book.pages for book in ordered[:2]] == [129, 128]
    assert results.facet("language") == {"ترکی": 130}
    assert results.facet("size") == {"کوتاه": 100, "بلند": 30}


def test_what_is_too_long_for_a_field_is_in_the_text(
    library: JooyaSearchBackend, caplog: pytest.LogCaptureFixture
) -> None:
    long = Book(pk=7, title="دراز", body=" ".join(["واژه"] * 30_000) + " پایان")
    with caplog.at_level(logging.WARNING, "jooya.integrations"):
        document = document_of(long)
    assert "django_library.book 7: body is searched by itself in its first" in caplog.text
    assert document.text.endswith("پایان")
    assert document.meta["title-words"] == "دراز"
    long.save()
    assert found("پایان") == {"دراز"}
    assert found("پایان", fields=["body"]) == set()
    assert found("واژه", fields=["body"]) == {"دراز"}
    assert len(str(document.meta).encode()) < MAX_SIZE * 1.1


def test_an_object_that_cannot_be_indexed_costs_no_other(
    library: JooyaSearchBackend, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "jooya.integrations"):
        library.add_bulk(Author, [Author(pk="", name="بی\u200cنام"), Author(pk=6, name="برف")])
    assert "not indexed as given: item 1: " in caplog.text
    assert library.get_index_for_model(Author).open().get("6") is not None
    library.add_bulk(Book, [Book(pk=6, title="برف", weight=float("nan"))])
    assert library.get_index_for_model(Book).open().get("6") is not None


def test_an_index_has_at_most_a_hundred_fields(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(modelsearch_documents, "MAX_DECLARED", 4)
    backend = get_search_backend("default", PATH=tmp_path)
    backend.add_bulk(Book, list(Book.objects.all()))
    assert titles(backend.search("قناتها", Book.objects.filter(pages=120))) == [Book.objects.get(pages=120).title]
    with pytest.raises(BadArgument, match="the field 'body' has no place of its own in the index"):
        list(backend.search("قناتها", Book, fields=["body"]))


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60), st.booleans(), st.booleans())
def test_any_text_can_be_saved_and_searched(text: str, is_all: bool, in_field: bool) -> None:
    clean = text.encode("utf-8", "replace").decode()
    document = document_of(Book(pk=1, title=clean, body=clean))
    assert document.key == "1"
    backend = get_search_backend()
    options = {"fields": ["title"]} if in_field else {}
    list(backend.search(PlainText(clean, operator="and" if is_all else "or"), Book, **options))
    list(backend.search(Phrase(clean) & ~Fuzzy(clean), Book, **options))
    list(backend.autocomplete(clean, Book, **options))


def test_settings() -> None:
    with pytest.raises(ImproperlyConfigured, match="needs PATH"):
        JooyaSearchBackend({})
    backend = get_search_backend("default", CORRECT=False)
    assert titles(backend.search("باقبانی", Book)) == []
    assert backend.path.is_absolute()
