"""Files of Outlook (.msg) made for tests: the compound file and the properties in it, as MS-CFB and MS-OXMSG say."""

import struct
from datetime import UTC, datetime

Tree = dict[str, "bytes | Tree"]

_SECTOR, _SMALL, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_STORAGE, _STREAM, _ROOT = 1, 2, 5


def message(
    texts: dict[str, str | bytes], numbers: dict[int, int] | None = None, parts: Tree | None = None, head: int = 32
) -> Tree:
    """Return the storage of a message, or with another `head` that of something in it.

    Args:
        texts: The texts by the numbers of their properties; bytes are in a code page.
        numbers: The numbers, such as code pages.
        parts: The recipients and attached files.
        head: Bytes before the properties: 24 of an attached message, 8 of a recipient or a file.
    """
    values = b"".join(struct.pack("<HHIQ", 3, number, 6, value) for number, value in (numbers or {}).items())
    tree: Tree = {"__properties_version1.0": bytes(head) + values}
    for number, text in texts.items():
        kind, content = ("001F", text.encode("utf-16-le")) if isinstance(text, str) else ("001E", text)
        tree[f"__substg1.0_{number}{kind}"] = content
    return tree | (parts or {})


def moment(day: datetime) -> int:
    """Return a time as Outlook counts it."""
    return int((day - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


def compound_file(tree: Tree) -> bytes:
    """Return a compound file with these storages and streams."""
    entries: list[list[int | str | bytes]] = [
        ["Root Entry", _ROOT, b"", _FREE, _FREE]
    ]  # name, kind, content, child, next

    def add(storage: Tree, parent: int) -> None:
        previous = None
        for name, content in storage.items():
            number = len(entries)
            kind, own = (_STREAM, content) if isinstance(content, bytes) else (_STORAGE, b"")
            entries.append([name, kind, own, _FREE, _FREE])
            if previous is None:
                entries[parent][3] = number
            else:
                entries[previous][4] = number
            previous = number
            if not isinstance(content, bytes):
                add(content, number)

    add(tree, 0)
    small = b""
    small_chain: list[int] = []
    sectors: list[bytes] = []
    chain: list[int] = []

    def store(content: bytes) -> int:
        start = len(sectors)
        pieces = [content[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(content), _SECTOR)]
        sectors.extend(pieces)
        chain.extend([*range(start + 1, start + len(pieces)), _END] if pieces else [])
        return start if pieces else _END

    places: list[tuple[int, int]] = []
    for _, kind, content, _, _ in entries:
        assert isinstance(content, bytes)
        if kind != _STREAM or not content:
            places.append((_END, 0))
        elif len(content) >= _CUTOFF:
            places.append((store(content), len(content)))
        else:
            start = len(small) // _SMALL
            small += content.ljust(-(-len(content) // _SMALL) * _SMALL, b"\0")
            small_chain += [*range(start + 1, len(small) // _SMALL), _END]
            places.append((start, len(content)))
    places[0] = store(small), len(small)
    small_table = store(struct.pack(f"<{len(small_chain)}I", *small_chain).ljust(_SECTOR, b"\xff"))
    directory = b"".join(
        _entry(str(name), int(kind), int(child), int(after), *place)
        for (name, kind, _, child, after), place in zip(entries, places, strict=True)
    )
    first = store(directory.ljust(-(-len(directory) // _SECTOR) * _SECTOR, b"\0"))
    tables = 1
    while (len(sectors) + tables) * 4 > tables * _SECTOR:
        tables += 1
    fat = [*chain, *[_FAT] * tables]
    where = list(range(len(sectors), len(fat)))
    fat += [_FREE] * (tables * _SECTOR // 4 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack(
        "<9I", 0, tables, first, 0, _CUTOFF, small_table, -(-len(small_chain) * 4 // _SECTOR), _END, 0
    )
    header += struct.pack("<109I", *where, *[_FREE] * (109 - tables))
    return header + b"".join(sectors) + struct.pack(f"<{len(fat)}I", *fat)


def _entry(name: str, kind: int, child: int, after: int, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le")
    return (
        written.ljust(64, b"\0") + struct.pack("<HBB3I", len(written) + 2, kind, 1, _FREE, after, child) + bytes(36)
        + struct.pack("<IQ", start, size)
    )  # fmt: skip
