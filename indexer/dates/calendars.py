"""Days in the three calendars by which Persian texts are dated.

Libraries do the arithmetic: jdatetime for the Jalali calendar, hijridate for the lunar one.
"""

from datetime import date, timedelta
from typing import Literal

Calendar = Literal["jalali", "gregorian", "lunar"]

# The year tells these two calendars apart: the Jalali year is 621 or 622 behind the Gregorian one.
JALALI_YEARS = range(1000, 1700)
GREGORIAN_YEARS = range(1700, 2300)
# The years that hijridate has tables for.
LUNAR_YEARS = range(1343, 1501)


def day_in(calendar: Calendar, year: int, month: int, day: int) -> date:
    """Return a day of a calendar as a Gregorian date.

    A lunar date may be a day off, hardly ever two: its months begin when the moon is seen, in Iran often a day later
    than by the tables of Umm al-Qura, which are used here. For the same reason any of its months may have thirty days.

    Raises:
        ValueError: If there is no such day.
    """
    if calendar == "gregorian":
        return date(year, month, day)
    if calendar == "jalali":
        import jdatetime  # noqa: PLC0415 - a search without dates does not need it

        gregorian: date = jdatetime.date(year, month, day).togregorian()
        return gregorian
    if year not in LUNAR_YEARS or day not in range(1, 31):
        raise ValueError(f"no lunar day {year}-{month}-{day}")
    from hijridate import Hijri  # noqa: PLC0415 - few texts have such dates

    first = Hijri(year, month, 1).to_gregorian()
    return date(first.year, first.month, first.day) + timedelta(days=day - 1)


def jalali_text(day: date) -> str:
    """Return a Gregorian date as `YYYY-MM-DD` in the Jalali calendar.

    Raises:
        ValueError: If the calendar has no such day, before 21 March 622 or after 20 March 9999.
    """
    import jdatetime  # noqa: PLC0415 - as above

    jalali = jdatetime.date.fromgregorian(date=day)
    return f"{jalali.year:04}-{jalali.month:02}-{jalali.day:02}"


def first_days() -> list[int]:
    """Return the first days of the Jalali years from 1 to 3000, as of `date.toordinal`."""
    import jdatetime  # noqa: PLC0415 - as above

    return [jdatetime.date(year, 1, 1).togregorian().toordinal() for year in range(1, 3001)]
