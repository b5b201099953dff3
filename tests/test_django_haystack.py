"""The engine for django-haystack with Persian objects, from its commands to pages of results."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django_packages import has

if not has("django-haystack"):
    pytest.skip(
        'django-haystack is not installed: pip install "jooya[django-haystack]"; it shares an environment with no '
        "other package that is imported as haystack",
        allow_module_level=True,
    )

from django.core.management import call_command
from django_library.models import Author, Book, Subject
from haystack import connections
from haystack.inputs import AutoQuery, Exact, Raw
from haystack.query import SQ, SearchQuerySet
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.fields import ID, Schema

from jooya import IndexUnusable
from jooya.indexer.integrations.bilingual_analysis import BilingualAnalyzer, with_half_spaces
from jooya.indexer.integrations.django_haystack import JooyaSearchBackend
from jooya.indexer.whoosh.column_index import ColumnIndex

DAY = datetime.date(2023, 4, 9)
WATER, SHELF, GARDEN = "قنات\u200cهای کویر", "كتابخانه هاي روستايي", "باغ انار"
ALL = {WATER, SHELF, GARDEN}


def fill() -> None:
    call_command("flush", interactive=False, verbosity=0)
    writer, other = Author(name="محمدرضا احمدی"), Author(name="ليلا رستمي")
    Author.objects.bulk_create([writer, other])
    water = Book(
        title=WATER,
        body="قنات آب را از کوه به دشت می\u200cآورد. کتاب\u200cهایی دربارهٔ آن نوشته\u200cاند. The running water",
        author=writer,
        pages=120,
        published=DAY,
    )
    shelf = Book(
        title=SHELF,
        body="كتابهاي تازه هر هفته به روستا ميرسد.",
        author=other,
        pages=80,
        published=DAY + datetime.timedelta(days=300),
        is_lent=True,
    )
    Book.objects.bulk_create([water, shelf, Book(title=GARDEN, body="داستان باغبانی پیر", language="گیلکی")])
    subjects = [Subject(name=name) for name in ("آب", "کتابداری")]
    Subject.objects.bulk_create(subjects)
    water.subjects.add(*subjects[:1])
    shelf.subjects.add(*subjects)
    call_command("rebuild_index", interactive=False, verbosity=0)


@pytest.fixture(autouse=True, scope="module")
def filled() -> None:
    fill()


@pytest.fixture
def backend() -> Iterator[JooyaSearchBackend]:
    """The backend for a test that changes something, after which all is as it was."""  # noqa: D401
    yield connections["default"].get_backend()
    fill()


def found(results: Any) -> set[str]:
    return {result.title for result in results.models(Book)}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("قناتها", {WATER}),
        ("قنات هاي كوير", {WATER}),
        ("کتاب های", {WATER, SHELF}),
        ("كتابهايش", {WATER, SHELF}),
        ("می رسیدند", {SHELF}),
        ("کتاب -قنات", {SHELF}),
        ('"کتابهای تازه"', {SHELF}),
        ("باغ قنات", set()),
        ("کتاب در روستا", {SHELF}),
        ("waters", {WATER}),
        ("فیزیک", set()),
        ("؟؟", set()),
        ("doc:(کتاب", set()),
    ],
)
def test_a_word_finds_objects_in_all_its_spellings(query: str, expected: set[str]) -> None:
    assert found(SearchQuerySet().auto_query(query)) == expected
    assert found(SearchQuerySet().filter(content=AutoQuery(query))) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (SQ(content="کتاب های"), {WATER, SHELF}),
        (SQ(content="قنات") | SQ(content="باغ"), {WATER, GARDEN}),
        (~SQ(content="کتاب"), {GARDEN}),
        (SQ(title="قناتها"), {WATER}),
        (SQ(title__startswith="کتابخ"), {SHELF}),
        (SQ(title__contains="تابخ"), {SHELF}),
        (SQ(content__fuzzy="قناط"), {WATER}),
        (SQ(author=Exact("محمدرضا احمدی")), {WATER}),
        (SQ(author="رستمی"), {SHELF}),
        (SQ(author_exact=Exact("لیلا رستمی")), {SHELF}),
        (SQ(author_exact__in=["لیلا رستمی", "محمدرضا احمدی"]), {WATER, SHELF}),
        (SQ(subjects="کتابداری"), {SHELF}),
        (SQ(subjects="كتابداري"), {SHELF}),
        (SQ(subjects__in=["آب"]), {WATER, SHELF}),
        (SQ(pages=120), {WATER}),
        (SQ(pages__gt=80), {WATER}),
        (SQ(pages__lte=120), {WATER, SHELF}),
        (SQ(pages__range=[70, 90]), {SHELF}),
        (SQ(published=DAY), {WATER}),
        (SQ(published__gte=DAY + datetime.timedelta(days=1)), {SHELF}),
        (SQ(published__lt=DAY + datetime.timedelta(days=1)), {WATER}),
        (SQ(is_lent=True), {SHELF}),
        (SQ(is_lent=False), {WATER, GARDEN}),
        (SQ(content=Raw("قنات OR انار")), {WATER, GARDEN}),
    ],
    ids=str,
)
def test_filters(condition: Any, expected: set[str]) -> None:
    assert found(SearchQuerySet().filter(condition)) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("قنا", {WATER}), ("کتابخ", {SHELF}), ("روستای", {SHELF}), ("انا با", {GARDEN}), ("نات", set())],
)
def test_words_are_completed(typed: str, expected: set[str]) -> None:
    assert found(SearchQuerySet().autocomplete(title_auto=typed)) == expected


def test_facets_are_whole_values() -> None:
    everything = SearchQuerySet().models(Book).facet("author").facet("language").facet("subjects")
    counts = everything.facet_counts()["fields"]
    assert counts["author"] == [("لیلا رستمی", 1), ("محمدرضا احمدی", 1), (None, 1)]
    assert counts["language"] == [("فارسی", 2), ("گیلکی", 1)]
    assert counts["subjects"] == [("آب", 2), ("کتابداری", 1), (None, 1)]
    assert found(everything.narrow('author_exact:"لیلا رستمی"')) == {SHELF}


def test_order_pages_and_highlights() -> None:
    everything = SearchQuerySet().models(Book).filter(pages__gt=0)
    assert [result.pages for result in everything.order_by("pages")] == [80, 120]
    assert [result.pages for result in everything.order_by("-pages")[:1]] == [120]
    (result,) = SearchQuerySet().filter(content="کتاب های قناتها").highlight()
    assert "<em>قنات</em> آب را" in result.highlighted["text"][0]
    assert "<em>کتاب\u200cهایی</em>" in result.highlighted["text"][0]
    (result,) = SearchQuerySet().filter(content__startswith="داست").highlight()
    assert "<em>داستان</em>" in result.highlighted["text"][0]
    assert result.object.title == GARDEN
    assert SearchQuerySet().models(Author).filter(content="محمدرضا احمدي").count() == 1


def test_suggestions_have_words_as_they_are_written() -> None:
    results = SearchQuerySet().auto_query("داستاخ")
    assert results.spelling_suggestion() == "داستان"
    assert SearchQuerySet().auto_query("قنات کویز").spelling_suggestion() == "قنات کویر"
    assert SearchQuerySet().auto_query("قنات").spelling_suggestion() == "قنات"


def test_more_like_this() -> None:
    (result,) = SearchQuerySet().models(Book).more_like_this(Book.objects.get(title=SHELF))[:1]
    assert result.title == WATER


def test_updating_and_removing(backend: JooyaSearchBackend) -> None:
    index = connections["default"].get_unified_index().get_index(Book)
    book = Book.objects.get(title=WATER)
    book.title, book.body = "کاریز", "آب زیر زمین"
    index.update_object(book)
    assert found(SearchQuerySet().filter(content="قناتها")) == set()
    assert found(SearchQuerySet().filter(content="کاریزها")) == {"کاریز"}
    index.remove_object(book)
    assert found(SearchQuerySet().all()) == {SHELF, GARDEN}
    Book.objects.bulk_create([Book(title="برف", body="برف در کوه")])
    call_command("update_index", verbosity=0)
    assert found(SearchQuerySet().filter(content="برف")) == {"برف"}
    index.clear()
    assert found(SearchQuerySet().all()) == set()


def test_an_index_of_another_analysis_is_refused_and_replaced_by_a_rebuild(backend: JooyaSearchBackend) -> None:
    backend.setup()
    backend.delete_index()
    ColumnIndex.create(backend.index.path, Schema(id=ID()), analysis="older")
    other = JooyaSearchBackend("default", PATH=str(backend.index.path))
    with pytest.raises(IndexUnusable, match=r"was built with analysis older.*run manage\.py rebuild_index"):
        other.search("قنات")
    other.clear()
    assert other.search("قنات")["hits"] == 0


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("نامه", encoding="utf-8")
    other = JooyaSearchBackend("default", PATH=str(tmp_path))
    for attempt in (other.setup, other.clear):
        with pytest.raises(IndexUnusable, match="is not an index of Jooya: name another folder as PATH"):
            attempt()
    assert (tmp_path / "letter.txt").exists()


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_searched(text: str) -> None:
    clean = text.encode("utf-8", "replace").decode()
    len(SearchQuerySet().auto_query(clean))
    len(SearchQuerySet().filter(content=clean).highlight())
    assert with_half_spaces(clean).split() == with_half_spaces(with_half_spaces(clean)).split()
    list(BilingualAnalyzer()(clean, mode="index", positions=True, chars=True))
