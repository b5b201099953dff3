"""The tables of language data are well-formed."""

import pytest

from jooya.analyzers import fold
from jooya.analyzers.data_tables import DATA, table_rows


@pytest.mark.parametrize("table", sorted(path.name for path in DATA.glob("*.tsv")))
def test_tables_are_well_formed(table: str) -> None:
    found = list(table_rows(table))
    assert found
    assert len({len(row) for row in found}) == 1
    assert all(field == field.strip() and field for row in found for field in row)
    text = (DATA / table).read_text(encoding="utf-8")
    assert text.startswith("# ")
    if table != "characters.tsv":
        assert "\u064a" not in text.replace("ي ى", "")  # Arabic yeh, which would be folded but look wrong


@pytest.mark.parametrize("table", ["variants.tsv", "broken_plurals.tsv", "colloquial.tsv", "exceptions.tsv"])
def test_every_settled_word_is_settled_once_and_needs_it(table: str) -> None:
    seen: set[str] = set()
    for stem, words in table_rows(table):
        for word in words.split():
            folded = fold(stem if word == "." else word)
            assert word == "." or folded != fold(stem), f"{word} folds to its stem by itself"
            assert folded not in seen, f"{word} stands twice"
            seen.add(folded)
