"""Reading and replacing the state of an index on OpenSearch, and what is too large for it."""

import base64
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import uuid4

from ..errors import EngineError, IndexDamaged
from .commit_state import COMMIT, META, State
from .connection import Connection, action, path

_CHUNK = 3_000_000
"""The greatest number of characters of a chunk of what is kept beside the state."""

_ATTEMPTS = 5

_CONFLICT, _MISSING = 409, 404


class Changed(Exception):
    """Somebody else has replaced the state since it was read."""


class Stored(NamedTuple):
    """The document with the state, as it was read.

    Attributes:
        state: The state that readers see.
        writer: What writers leave for one another, see `lease`.
        version: Its sequence number and primary term; None if it is not there yet.
        write: The name of the request that wrote it.
    """

    state: State
    writer: Mapping[str, Any]
    version: tuple[int, int] | None = None
    write: str = ""


class StateStore:
    """The index beside that of the passages, which has the state."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.name = connection.index + META
        self.where = connection.address.url

    def read(self) -> Stored | None:
        """Return the state, or None if there is none.

        Raises:
            IndexDamaged: It cannot be read.
        """
        found = self.connection.request("GET", path(self.name, "_doc", COMMIT), accept=(_MISSING,))
        if not found.get("found"):
            return None
        try:
            source = found["_source"]
            state = State.from_json(self.where, source["state"])
            return Stored(state, source["writer"], (found["_seq_no"], found["_primary_term"]), source["write"])
        except (KeyError, TypeError):
            raise self._damaged("the state") from None

    def create(self) -> None:
        """Create the index, unless it is there."""
        body = {
            "settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}},
            "mappings": {"dynamic": False, "properties": {}},
        }
        answer = self.connection.request("PUT", path(self.name), body, accept=(400,))
        if answer.get("status") == 400 and "already_exists" not in str(answer.get("error")):
            raise EngineError(f"no index can be made at {self.where} ({answer.get('error')})")

    def replace(self, before: Stored, state: State, writer: Mapping[str, Any]) -> Stored:
        """Replace the state, if it is still the one before, and return the new one.

        Raises:
            Changed: It is another one.
            EngineError: OpenSearch cannot be reached, and whether it was replaced is not known.
        """
        write = uuid4().hex
        source = {"state": state.to_json(), "writer": dict(writer), "write": write}
        params = _only_after(before)
        for attempt in range(_ATTEMPTS):
            try:
                answer = self.connection.request(
                    "PUT", path(self.name, "_doc", COMMIT), source, params=params, repeat=False
                )
            except EngineError as error:
                # The request may have been carried out though no answer came, and a proxy may have sent it twice.
                known = self.read()
                if known is not None and known.write == write:
                    # It is there, maybe on one copy alone, whose node may fail before it is on the others. Once it is
                    # written over itself, and that is acknowledged, all of them have it.
                    before, params = known, _only_after(known)
                    if attempt + 1 == _ATTEMPTS:
                        raise
                    continue
                if error.status == _CONFLICT or (known and known.version) != before.version:
                    raise Changed from None
                if attempt + 1 == _ATTEMPTS:
                    raise
            else:
                return Stored(state, dict(writer), (answer["_seq_no"], answer["_primary_term"]), write)
        raise AssertionError

    def put(self, name: str, content: bytes) -> dict[str, Any]:
        """Keep some content beside the state, and return what `get` finds it by."""
        text = base64.b64encode(zlib.compress(content, 1)).decode()
        chunks = [text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)] or [""]
        self.connection.bulk(
            action({"index": {"_index": self.name, "_id": _chunk_id(name, number)}}, {"chunk": chunk})
            for number, chunk in enumerate(chunks)
        )
        return {"name": name, "chunks": len(chunks), "size": len(content), "checksum": zlib.crc32(content)}

    def get(self, entry: Mapping[str, Any]) -> bytes:
        """Return the content for which `put` returned an entry.

        Raises:
            IndexDamaged: It is not there, or is not what was kept.
        """
        chunks = []
        for name in _chunk_ids(entry):
            found = self.connection.request("GET", path(self.name, "_doc", name), accept=(_MISSING,))
            if not found.get("found"):
                raise self._damaged(str(entry.get("name")))
            chunks.append(found["_source"]["chunk"])
        try:
            content = zlib.decompress(base64.b64decode("".join(chunks)))
        except (ValueError, zlib.error):
            raise self._damaged(str(entry.get("name"))) from None
        if len(content) != entry["size"] or zlib.crc32(content) != entry["checksum"]:
            raise self._damaged(str(entry.get("name")))
        return content

    def remove(self, entries: list[Mapping[str, Any]]) -> None:
        """Remove contents that no state names any more."""
        names = [name for entry in entries for name in _chunk_ids(entry)]
        if names:
            self.connection.bulk(
                (action({"delete": {"_index": self.name, "_id": name}}) for name in names), accept=(_MISSING,)
            )

    def sweep(self, kept: Sequence[Any], before: int) -> None:
        """Remove the contents that interrupted writers have left.

        Args:
            kept: The contents of states, which name what stays.
            before: The number of the writer: whoever has taken its lease meanwhile keeps contents of later numbers.
        """
        known = {name for one in kept for entry in entries_of(one) for name in _chunk_ids(entry)}
        self.connection.request("POST", path(self.name, "_refresh"))
        body = {"size": 10_000, "_source": False, "query": {"match_all": {}}}
        hits = self.connection.search(self.name, body)["hits"]["hits"]
        found = {hit["_id"] for hit in hits} - {COMMIT} - known
        lost = [name for name in sorted(found) if _number_of(name) < before]
        if lost:
            self.connection.bulk(
                (action({"delete": {"_index": self.name, "_id": name}}) for name in lost), accept=(_MISSING,)
            )

    def _damaged(self, what: str) -> IndexDamaged:
        return IndexDamaged(
            f"{what} of {self.where} is damaged or missing",
            "make it again with RemoteIndex.rebuild, or restore a snapshot",
        )


def entries_of(content: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the entries that `put` returned, wherever they are in the content of a state."""
    if isinstance(content, Mapping):
        if "chunks" in content:
            yield content
        else:
            for one in content.values():
                yield from entries_of(one)
    elif isinstance(content, list):
        for one in content:
            yield from entries_of(one)


def names_of(content: Any) -> set[str]:
    """Return the names of these entries."""
    return {str(entry["name"]) for entry in entries_of(content)}


def _only_after(before: Stored) -> dict[str, str]:
    """Return the parameters by which the engine replaces what was read, and nothing else."""
    if before.version is None:
        return {"op_type": "create"}
    return {"if_seq_no": str(before.version[0]), "if_primary_term": str(before.version[1])}


def _chunk_ids(entry: Mapping[str, Any]) -> list[str]:
    return [_chunk_id(str(entry["name"]), number) for number in range(int(entry["chunks"]))]


def _number_of(chunk: str) -> int:
    """Return the number of the commit that a chunk was put for, from its id: `journal-7-0`, `vocabulary-7-text-0`."""
    return int(chunk.split("-")[1])


def _chunk_id(name: str, number: int) -> str:
    return f"{name}-{number}"
