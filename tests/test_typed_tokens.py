"""Addresses, numbers, names with a number, abbreviations and percentages: what is typed alike in meaning is one."""

import re
import time
from pathlib import Path

import pytest

from jooya.analyzers import analysis
from jooya.analyzers.tokenizer import token_pattern
from jooya.indexer import Document, Index

MEET = {
    "address": (
        "nasim.ir",
        "www.nasim.ir",
        "https://nasim.ir",
        "http://www.nasim.ir/",
        "https://www.nasim.ir/akhbar/shahr?page=2",
        "tamas@nasim.ir",
    ),
    "encoded address": (
        "https://fa.example.org/wiki/%D9%82%D9%86%D8%A7%D8%AA",
        "https://fa.example.org/wiki/قنات",
        "fa.example.org/wiki/قنات",
    ),
    "name with a number": ("galaxy24", "Galaxy 24", "galaxy-24", "GALAXY\u201124", "galaxy ۲۴"),
    "aircraft": ("MI-17", "mi17", "Mi 17", "میل MI-17ها"),
    "Persian name with a number": ("سهند۹۰", "سهند-۹۰", "سهند 90", "سهند\u200c۹۰"),
    "telephone": (
        "۰۹۳۱-۲۳۴-۵۶۷۸",
        "09312345678",
        "۰۹۳۱ ۲۳۴ ۵۶۷۸",
        "0931 2345678",
        "+98 931 234 5678",
        "+989312345678",
        "00989312345678",
        "989312345678",
    ),
    "thousands": ("250/000", "250,000", "250.000", "250000", "۲۵۰٬۰۰۰", "۲۵۰،۰۰۰"),
    "millions": ("4.500.000", "4/500/000", "4,500,000", "4500000"),
    "book number": ("978-600-119-123-4", "9786001191234"),
    "percent": ("۷٪", "7%", "%7", "٪۷", "7 ٪", "۷ درصد"),
    "Latin abbreviation": ("U.N.", "UN", "U. N.", "u.n"),
    "Persian abbreviation": ("ج.ش.س", "ج. ش. س.", "ج.ش.س.", "ج\u200d.ش.س", "جشس"),
    "era": ("ه.ش", "ه. ش.", "ه\u200d.ش.", "هـ.ش"),
    "ezafe": ("خانه\u200cی ما", "خانهٔ ما", "خانۀ ما", "خانه ی ما", "خانه ما"),
}
"""Of these, each finds all others."""

IN_QUOTES = {
    "ezafe": MEET["ezafe"],
    "ezafe of a compound": ("کتاب\u200cخانهٔ بزرگ", "کتاب\u200cخانه\u200cی بزرگ", "کتابخانه ی بزرگ"),
    "compound": ("دانش\u200cآموز کوشا", "دانش آموز کوشا", "دانشآموز کوشا"),
    "name with a number": ("galaxy24", "galaxy 24", "galaxy-24"),
    "thousands": MEET["thousands"],
    "percent": ("۷٪ مردم", "۷ درصد مردم", "%7 مردم"),
    "به": ("بدلیل باران", "به دلیل باران"),
}

APART = {
    "decimals are no thousands": ("12/5", "125"),
    "a decimal": ("3.141", "3141"),
    "less than one": ("0.500", "500"),
    "a date is no number": ("1401/10/100", "140110100"),
    "a date with hyphens": ("1401-10-05", "14011005"),
    "years are no long number": ("1390-1395-1400", "139013951400"),
    "BC is not a town": ("ق.م", "قم"),
    "a language": ("C++", "C"),
    "a language with a sharp": ("C#", "C"),
    "a framework": (".NET", "net"),
    "two languages": ("C++", "C#"),
    "hosts of one kind": ("nasim.ir", "baran.ir"),
    "a sentence that ends": ("خ. دارد", "خدارد"),
}
"""Of these, neither finds the other."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("typed")


def found(folder: Path, name: str, texts: tuple[str, ...], queries: list[str]) -> list[set[int]]:
    """Return for each query the numbers of the texts that it finds."""
    with Index.create(folder / name) as index:
        index.add(*[Document(str(number), text) for number, text in enumerate(texts)])
        return [{int(hit.document) for hit in index.search(query, 20, collapse=False).hits} for query in queries]


@pytest.mark.parametrize("name", MEET)
def test_each_way_of_typing_finds_all(folder: Path, name: str) -> None:
    texts = MEET[name]
    results = found(folder, f"meet {name}", texts, [f"({text})" for text in texts])
    assert results == [set(range(len(texts)))] * len(texts)


@pytest.mark.parametrize("name", IN_QUOTES)
def test_each_way_of_typing_finds_all_in_quotes(folder: Path, name: str) -> None:
    texts = IN_QUOTES[name]
    results = found(folder, f"quotes {name}", texts, [f'"{text}"' for text in texts])
    assert results == [set(range(len(texts)))] * len(texts)


def test_a_host_in_quotes_is_found_in_addresses_but_not_by_its_words(folder: Path) -> None:
    texts = ("nasim.ir", "https://nasim.ir/akhbar", "nasim", "nasim.com")
    assert found(folder, "host", texts, ['"nasim.ir"', '"https://nasim.ir/akhbar"']) == [{0, 1}, {1}]


@pytest.mark.parametrize("name", APART)
def test_what_differs_in_meaning_stays_apart(folder: Path, name: str) -> None:
    texts = APART[name]
    assert found(folder, f"apart {name}", texts, list(texts)) == [{0}, {1}]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("https://www.nasim.ir/akhbar/1402", ["nasim.ir", "nasim", "akhbar", "1402"]),
        ("reza.karimi@post.nasim.ac.ir", ["reza", "karimi", "post.nasim.ac.ir", "post", "nasim"]),
        ("https://nasim.ir/%D9%82%D9%86%D8%A7%D8%AA_ها", ["nasim.ir", "nasim", "%D9%82%D9%86%D8%A7%D8%AA", "ها"]),
        ("http://nasim.ir/%ff%d9", ["nasim.ir", "nasim", "ff", "d9"]),
        ("http://localhost:8000/a", ["localhost", "a"]),
        ("node.js", ["node", "js"]),
        ("galaxy24", ["galaxy", "24"]),
        ("T-62M", ["T", "62", "M"]),
        ("+98 931 234 5678", ["+98 931", "234", "5678"]),
        ("۷٪", ["۷", "٪"]),
        ("بدلیل", ["ب", "دلیل"]),
        ("c++", []),
        ("b2", []),
        ("250/000", []),
    ],
)
def test_parts_are_where_they_stand_in_the_text(text: str, parts: list[str]) -> None:
    whole, *others = analysis().tokens(f"در {text} است")[1:-1]
    assert f"در {text} است"[whole.start : whole.end] == text
    assert [text[token.start - 3 : token.end - 3] for token in others] == parts


def test_a_host_stands_where_its_first_word_does() -> None:
    assert [token.position for token in analysis().tokens("به https://a-b.ir/c رفت")] == [0, 1, 1, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("c++17 و C#، .NET.", ["c++", "17", "و", "c#", ".net"]),
        ("isbn-978-3 f-35-b", ["isbn", "978-3", "f", "35", "b"]),
        ("پایان.Next آمد.و", ["پایان", "next", "امد", "و"]),
        ("الف. ب. ج", ["الف", "ب", "ج"]),
        ("ب. و ج.", ["ب", "و", "ج"]),
        ("ص. ۱۲ م. رضایی", ["ص", "12", "م", "رضایی"]),
        ("ج. ش. و رفت", ["جش", "و", "رفت"]),
        ("۱۲٪۱۳", ["12", "13"]),
        ("1401 200 300", ["1401", "200", "300"]),
        ("۱۰۰،۲۰۰،۳۰۰", ["100", "200", "300"]),
    ],
)
def test_where_tokens_begin_and_end(text: str, tokens: list[str]) -> None:
    columns = analysis().columns(text)
    assert [word[0][4] for word in columns.words()] == tokens


PIECES = (
    *(
        "a",
        "1",
        ".",
        "-",
        "a.",
        "1.",
        "1/",
        "1,",
        "a-",
        "a1",
        "a@",
        "@",
        "%",
        "1%",
        "0912 ",
        "09 ",
        "c+",
        "+",
        "#",
        "_a",
    ),
    *(
        "http://",
        "www.",
        "a.ir/",
        "ن.",
        "ن. ",
        "a. ",
        "ن\u200d.",
        "ن\u064b",
        "1،000",
        "،000",
        "0",
        "98",
        ".net",
        "%d8",
        "/.",
    ),
)


@pytest.mark.parametrize("piece", PIECES)
def test_the_time_grows_with_the_length(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        began = time.process_time()
        token_pattern().split(text)
        return time.process_time() - began

    if seconds(8_000) > 0.01:
        assert min(seconds(32_000) / seconds(8_000) for _ in range(3)) < 9


def test_a_long_address_has_a_bounded_number_of_parts() -> None:
    tokens = analysis().tokens("http://nasim.ir/" + "/".join(map(str, range(1000))))
    assert len(tokens) == 41
    assert re.fullmatch(r"nasim\.ir/0/1/.*/999", tokens[0].stem)
