"""Compounds and names meet however they are spaced, and words that only look alike do not."""

from pathlib import Path

import pytest
from index_maker import MakeIndex

from jooya.analyzers import fold
from jooya.analyzers.compound_parts import compound_parts, may_be_one
from jooya.analyzers.data_tables import table_rows
from jooya.indexer import Document, Index

DATA = Path(__file__).parent / "data"
TOGETHER = list(table_rows("compounds.tsv", DATA))
APART = list(table_rows("apart_compounds.tsv", DATA))


def spellings(compound: str) -> dict[str, str]:
    parts = compound.split(" ")
    return {"apart": compound, "half-space": "\u200c".join(parts), "as one": "".join(parts)}


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory, make_index: MakeIndex) -> Index:
    """Build an index that has each compound in three spellings."""
    index = make_index(tmp_path_factory.mktemp("together") / "index")
    index.add(
        *[
            Document(f"{compound}|{name}", f"زنبور از {spelled} سخن گفت.")
            for compound, _family in TOGETHER
            for name, spelled in spellings(compound).items()
        ]
    )
    return index


@pytest.mark.parametrize(("compound", "family"), TOGETHER)
def test_each_spelling_finds_all_and_comes_first(together: Index, compound: str, family: str) -> None:
    for name, spelled in spellings(compound).items():
        scores = {hit.document: hit.score for hit in together.search(spelled, 700, collapse=False)}
        assert {f"{compound}|{other}" for other in spellings(compound)} <= scores.keys(), family
        # Others are equal where the index knows the spellings as the same words.
        assert scores[f"{compound}|{name}"] == max(scores.values())


@pytest.mark.parametrize(("neighbours", "word", "why"), APART)
def test_words_that_are_no_compounds_stay_apart(index: Index, neighbours: str, word: str, why: str) -> None:
    index.add(Document("neighbours", f"زنبور {neighbours} زنبور"), Document("word", f"زنبور {word} زنبور"))
    assert [hit.document for hit in index.search(neighbours)] == ["neighbours"], why
    assert [hit.document for hit in index.search(word)] == ["word"], why


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("محمدرضا", ["محمد رضا"]),
        ("دانشمندان", ["دانش مند"]),  # without its ending
        ("جستجو", ["جست جو", "جست و جو"]),
        ("بنابراین", ["بناب راین", "بنابر این", "بنا بر این"]),  # بناب and راین are towns
        ("برگشت", ["بر گشت"]),
        ("سرنوشت", ["سر نوشت"]),
        ("باران", []),
        ("تهران", []),  # ته is too short
        ("میرفتند", []),  # a verb without a preverb
        ("داروخانه", ["دارو خانه"]),  # not دار و خانه
        ("iphone15", []),
        ("", []),
    ],
)
def test_words_are_cut_where_a_space_may_stand(word: str, parts: list[str]) -> None:
    assert [" ".join(cut) for cut in compound_parts(fold(word))] == parts


def test_long_words_are_not_cut() -> None:
    assert compound_parts("کتابخانه" * 10) == ()


@pytest.mark.parametrize(
    ("parts", "whole", "are_one"),
    [
        ("سرما خوردگی‌ها", "سرماخوردگیها", True),  # the last part has an ending
        ("محمد رضای", "محمدرضای", True),
        ("جست و جو", "جستجو", True),
        ("جست و جو", "جستوجو", True),
        ("دار و ساز", "داروساز", False),
        ("کار و ان", "کاروان", False),
        ("راه بین", "راهبین", False),  # which is a plural of راهب
        ("شه را", "شهرا", False),
        ("تل گرام", "تلگرام", False),
        ("تلگ رام", "تلگرام", True),  # the first part is no word
    ],
)
def test_neighbours_may_be_one_word(parts: str, whole: str, are_one: bool) -> None:
    assert may_be_one(tuple(fold(parts).split()), whole) is are_one


@pytest.mark.parametrize(
    ("query", "text", "highlighted"),
    [
        ("سرماخوردگی", "از سرما خوردگی\u200cهای ما", ["سرما خوردگی\u200cهای"]),
        ("سرما خوردگی\u200cها", "از سرماخوردگی ما", ["سرماخوردگی"]),
        ("امیرآباد", "در امیر اباد", ["امیر اباد"]),
        ("امیر اباد", "در امیرآباد", ["امیرآباد"]),
        ("ماهی\u200cگیری", "ماهی گیری دریا", ["ماهی گیری"]),
        ("ماهیگیری", "ماهی گیری دریا", ["ماهی گیری"]),
        ("جستجوی کتاب", "جست و جو در آب", ["جست و جو"]),
        ("+دانشمند آب", "دانش مند شهر", ["دانش مند"]),
        ("title:محمدرضا", "", []),
        ("ناشناختنی", "شناختنی نا", []),  # not in this order
        ("ماهیگیری", "ماهی می\u200cگیرند", []),  # a verb's other forms are no nouns
    ],
)
def test_what_is_found_is_highlighted(index: Index, query: str, text: str, highlighted: list[str]) -> None:
    index.add(Document("one", text or "آب", title="سخن محمد رضا"))
    hits = index.search(query, explain=True).hits
    assert [hit.text[start:end] for hit in hits for start, end in hit.highlights] == highlighted
    assert len(hits) == (bool(highlighted) or query.startswith("title:"))
    for hit in hits:
        assert hit.explanation
        assert sum(part.score for part in hit.explanation) == pytest.approx(hit.score, abs=1e-5)


@pytest.mark.parametrize("name", ["محمد رضا", "محمدرضا", "محمد\u200cرضا"])
@pytest.mark.parametrize("query", ["title:محمدرضا", "title:(محمد رضا)", "title:(محمد\u200cرضا) آب", "title:محمدرضا آب"])
def test_names_in_fields_meet_in_all_spellings(index: Index, name: str, query: str) -> None:
    index.add(Document("one", "آب", title=f"سخن {name}"), Document("two", "آب", title="سخن حسین"))
    assert [hit.document for hit in index.search(query)] == ["one"]


def test_punctuation_is_no_space(index: Index) -> None:
    index.add(Document("one", "محمدرضا آمد"))
    assert index.search("محمد رضا").total == 1
    assert index.search("محمد، رضا").total == 0


def test_nothing_that_is_found_is_suggested(index: Index) -> None:
    index.add(Document("one", "دانش مند آمد"), Document("two", "محمدرضا آمد"))
    assert index.did_you_mean("دانشمند") == []
    assert index.did_you_mean("محمد رضا") == []


def test_many_words_have_a_bounded_number_of_spellings(index: Index) -> None:
    names = [
        first + last for first in ("محمد", "علی", "امیر", "غلام") for last in ("رضا", "حسین", "عباس", "مهدی", "تقی")
    ]
    index.add(*[Document(name, f"{name[:-3]} {name[-3:]}") for name in names])
    assert 0 < index.search(" ".join(names), 100).total <= 20
