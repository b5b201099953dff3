"""A Telegram bot that answers every message with the passages that it finds.

    TOKEN=… python telegram_bot.py FOLDER

It asks Telegram for messages over HTTPS (long polling), so it needs no server and no other package. The transport is a
function, which the tests replace.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from html import escape
from typing import Any

from jooya import BadQuery, Index, Limits

Transport = Callable[[str, dict[str, Any]], Any]
"""Calls a method of the Bot API with its parameters and returns the result."""

LIMITS = Limits(words=30, seconds=2)

LONGEST = 4000  # characters of a message; Telegram takes 4096


def telegram(token: str) -> Transport:
    """Return the transport to Telegram for the bot with a token."""

    def call(method: str, parameters: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            f"https://api.telegram.org/bot{token}/{method}",
            json.dumps(parameters).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["result"]

    return call


def reply(index: Index, text: str) -> str:
    """Return the answer to a message, as the HTML that Telegram shows."""
    try:
        results = index.search(text, limit=3, limits=LIMITS)
    except BadQuery:
        return "چند واژه بنویسید تا بگردم."
    if not results:
        other = "، ".join(results.did_you_mean)
        return "چیزی پیدا نشد." + (f" شاید منظورتان: {escape(other)}" if other else "")
    parts: list[str] = []
    for hit in results:
        part = f"<b>{escape(hit.title or hit.document)}</b>\n{hit.highlighted('<u>', '</u>', part='snippet')}"
        if len("\n\n".join([*parts, part])) <= LONGEST:
            parts.append(part)
    return "\n\n".join(parts)


def answer_messages(index: Index, transport: Transport, offset: int = 0) -> int:
    """Answer the messages that are waiting. Return the offset for the next call."""
    for update in transport("getUpdates", {"offset": offset, "timeout": 50}):
        offset = update["update_id"] + 1
        message = update.get("message", {})
        if "text" in message:
            transport(
                "sendMessage",
                {"chat_id": message["chat"]["id"], "text": reply(index, message["text"]), "parse_mode": "HTML"},
            )
    return offset


def main(folder: str) -> None:
    """Index a folder and answer messages until the program is stopped."""
    transport = telegram(os.environ["TOKEN"])
    offset = 0
    with Index.open_or_create("index") as index:
        index.add(folder)
        while True:
            try:
                offset = answer_messages(index, transport, offset)
            except (urllib.error.URLError, TimeoutError) as error:
                print(error, file=sys.stderr)
                time.sleep(5)


if __name__ == "__main__":
    main(*sys.argv[1:])
