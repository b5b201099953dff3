"""Dates of documents: calendars, the grammar of dates, and finding them in a text."""
