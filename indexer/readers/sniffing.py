"""The format of a file whose name does not tell it, by its first bytes: notes without a suffix, old logs, mailboxes."""

import re

HEAD = 1 << 13
"""The number of bytes that are looked at."""

_MAGIC = (
    (b"%PDF-", ".pdf"),
    (b"{\\rtf", ".rtf"),
    (b"WEBVTT", ".vtt"),
    (b"\xef\xbb\xbfWEBVTT", ".vtt"),
    (b"[Script Info]", ".ass"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".doc"),
)
_PAGE = re.compile(rb"\A\s*(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE)
_MAILBOX = re.compile(rb"From \S+.*\d\d:\d\d.*\n(?:[>!-9;-~]+:|\s)")
_HEADER = rb"(?:Return-Path|Received|From|To|Subject|Date|Message-ID|MIME-Version|Delivered-To|X-[\w-]+):"
_HEADERS = re.compile(rb"(?:%b[^\n]*\n(?:[ \t][^\n]*\n)*){3}" % _HEADER, re.IGNORECASE)
_JSON = re.compile(rb"\A\s*+(?:\[\s*+)?\{\s*\"")
_CUE = re.compile(rb"\A\s*(?:\d+\r?\n)?\d+:\d\d:\d\d[,.]\d+ --> ")
_PACKAGES = (("word/", ".docx"), ("ppt/", ".pptx"), ("xl/", ".xlsx"), ("META-INF/container.xml", ".epub"))
_MIMETYPES = {"text": ".odt", "presentation": ".odp", "spreadsheet": ".ods"}


def sniffed_suffix(head: bytes) -> str:
    """Return the suffix of the format that a file seems to have; `.txt` if it is of no other one that is known."""
    for magic, suffix in _MAGIC:
        if head.startswith(magic):
            return suffix
    for pattern, suffix in ((_PAGE, ".html"), (_MAILBOX, ".mbox"), (_HEADERS, ".eml"), (_CUE, ".srt")):
        if pattern.match(head):
            return suffix
    if head.startswith(b"PK\x03\x04"):
        return _package_suffix(head)
    if _JSON.match(head):
        return ".json"
    return ".txt"


def _package_suffix(head: bytes) -> str:
    """Return the suffix of a ZIP archive, by the names of its first parts."""
    if head[30:38] == b"mimetype":
        kind = head[38:120].decode("latin-1")
        return next((suffix for name, suffix in _MIMETYPES.items() if f"opendocument.{name}" in kind), ".epub")
    return next((suffix for name, suffix in _PACKAGES if name.encode() in head), ".zip")
