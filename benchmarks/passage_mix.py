"""Passages made of others, for measuring with more of them than there are."""

import json
import random
from collections.abc import Iterator


def mixed(lines: list[str], times: int) -> Iterator[str]:
    """Yield the passages, and then as many times more passages whose lines of text come from different ones."""
    yield from lines
    chance = random.Random(1)
    parsed = [json.loads(line) for line in lines]
    verses = [verse for row in parsed for verse in row["text"].split("\n")]
    for time_ in range(1, times):
        for row in parsed:
            text = "\n".join(chance.choices(verses, k=row["text"].count("\n") + 1))
            yield json.dumps({**row, "id": f"{row['id']}-{time_}", "text": text}, ensure_ascii=False) + "\n"
