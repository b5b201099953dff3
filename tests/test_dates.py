import pytest

from jooya.indexer.dates import Date, find_date, parse_date

TALK = Date("2005-12-13", "1384-09-22")


@pytest.mark.parametrize(
    "written",
    ["22 آذر 1384", "۲۲ آذر ۱۳۸۴", "22 /آذر/ 1384", "1384/9/22", "١٣٨٤-٠٩-٢٢", "2005-12-13", " 22 آذر ماه 1384 "],
)
def test_one_day_however_written(written: str) -> None:
    assert parse_date(written) == TALK


@pytest.mark.parametrize(
    "written", ["", "1384", "آذر 1384", "1384-13-01", "1384-12-31", "30 اسفند 1384", "x 1384-09-22"]
)
def test_no_date(written: str) -> None:
    assert parse_date(written) is None


def test_a_leap_day_exists_in_leap_years_only() -> None:
    assert parse_date("30 اسفند 1387") == Date("2009-03-20", "1387-12-30")


def test_found_with_its_offsets() -> None:
    text = "ديدار - 22 /آذر/ 1384 در تهران"
    assert find_date(text) == (TALK, 8, 21)
    assert text[8:21] == "22 /آذر/ 1384"
    assert find_date("تلفن 11384-09-221") is None
