"""Dates in the Jalali, the Gregorian and the lunar Hijri calendar, and finding them in Persian texts."""
