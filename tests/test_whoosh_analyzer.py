"""The analyzer inside Whoosh, as a schema of one's own may use it."""

import pickle

from whoosh import fields, highlight
from whoosh.filedb.filestore import RamStorage
from whoosh.qparser import QueryParser

from jooya.analyzers import PersianAnalyzer


def test_tokens_have_what_whoosh_reads() -> None:
    tokens = [
        (token.text, token.original, token.pos, token.startchar, token.endchar, token.boost)
        for token in PersianAnalyzer()("كتاب\u200cها را", start_pos=10, start_char=100)
    ]
    assert tokens == [("کتاب", "کتابها", 10, 100, 107, 1.0), ("را", "را", 11, 108, 110, 1.0)]
    assert [token.text for token in PersianAnalyzer(exact=True)("كتاب\u200cها را")] == ["کتابها", "را"]


def test_loose_terms_are_those_that_are_not_the_stem_once_each() -> None:
    loose = PersianAnalyzer(loose=True)
    text = "سودوکوی شرکت و سودوکوی شهر، و نویسنده"
    assert loose.terms(text) == (["سودوکو", "نوشت#نویس"], [])
    assert [(token.text, token.original, token.pos) for token in loose(text)] == [
        ("سودوکو", "سودوکوی", 0),
        ("نوشت#نویس", "نویسنده", 6),
    ]


def test_a_query_has_one_token_a_word_or_part() -> None:
    queried = [
        (token.text, token.pos) for token in PersianAnalyzer()("نوشته\u200cها دانش\u200cآموز گفتن خانه", mode="query")
    ]
    assert queried == [("نوشت#نویس", 0), ("دانش", 1), ("اموز", 2), ("گفت#گو", 3), ("خانه", 4)]
    assert [token.text for token in PersianAnalyzer(exact=True)("گفتن", mode="query")] == ["گفتن"]


def test_in_a_schema_of_ones_own() -> None:
    schema = fields.Schema(text=fields.TEXT(analyzer=PersianAnalyzer(), stored=True, chars=True))
    index = RamStorage().create_index(schema)
    writer = index.writer()
    writer.add_document(text="كتابهاي او را خواندم و به دانشگاه مي روم")
    writer.commit()
    with index.searcher() as searcher:
        for query in ("کتاب", "کتاب\u200cها", '"کتاب او"', "می\u200cرود", "خواندن", "کتاب خواندن"):
            results = searcher.search(QueryParser("text", schema).parse(query))
            assert len(results) == 1, query
        results.fragmenter = highlight.WholeFragmenter()
        results.formatter = highlight.UppercaseFormatter()
        assert results[0].highlights("text") == "كتابهاي او را خواندم و به دانشگاه مي روم"


def test_equal_by_what_it_makes_and_kept_by_a_schema() -> None:
    assert PersianAnalyzer() == PersianAnalyzer() != PersianAnalyzer(exact=True)
    assert PersianAnalyzer(loose=True) not in (PersianAnalyzer(), PersianAnalyzer(exact=True))
    assert len({PersianAnalyzer(), PersianAnalyzer(), PersianAnalyzer(exact=True)}) == 2
    assert pickle.loads(pickle.dumps(PersianAnalyzer(exact=True))) == PersianAnalyzer(exact=True)
