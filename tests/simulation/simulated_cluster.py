"""A cluster of OpenSearch in memory: indexes, their shards, and the copies of these on two nodes.

The primary copy of a shard carries an operation out, and a while later the other copy does; only then it is
acknowledged. Until then its node may fail: the other copy becomes the primary, with a higher term, and has the
operation or lacks it. A copy shows searches what it had when it was refreshed last; a read by an id sees everything.
"""

from collections.abc import Mapping
from random import Random
from typing import Any, NamedTuple

from cluster_queries import Source, matches

NODES = ("node-0", "node-1")
"""The names of the nodes."""


class Version(NamedTuple):
    """A version of a document on a copy.

    Attributes:
        sequence: The sequence number of the operation that made it.
        term: The primary term of the copy that was the primary then.
        source: The document; None if it was deleted.
    """

    sequence: int
    term: int
    source: Source | None


class Operation(NamedTuple):
    """An operation that a primary copy has carried out."""

    document: str
    version: Version


class Copy:
    """A copy of a shard.

    Attributes:
        node: The name of its node.
        documents: The last version of each document by its id.
        shown: The documents that searches see, by their ids.
    """

    def __init__(self, node: str, documents: Mapping[str, Version] | None = None) -> None:
        self.node = node
        self.documents = dict(documents or {})
        self.shown: dict[str, Version] = {}
        self.refresh()

    def refresh(self) -> None:
        """Show everything."""
        self.shown = {name: version for name, version in self.documents.items() if version.source is not None}

    def apply(self, operation: Operation) -> None:
        """Carry an operation out, unless a later one was."""
        known = self.documents.get(operation.document)
        if known is None or known.sequence < operation.version.sequence:
            self.documents[operation.document] = operation.version


class Conflict(Exception):
    """A document is not as a request has said."""


class Shard:
    """A shard.

    Attributes:
        copies: Its copies: the primary first.
        term: The primary term.
        flying: The operations that the primary has, and the other copy may lack.
        is_whole: False while its primary is gone, and nobody has taken its place.
    """

    def __init__(self, nodes: list[str]) -> None:
        self.copies = [Copy(node) for node in nodes]
        self.term = 1
        self.flying: list[Operation] = []
        self.is_whole = True
        self._sequence = 0

    @property
    def primary(self) -> Copy:
        """The primary copy."""
        return self.copies[0]

    def write(self, document: str, source: Source | None, only: Mapping[str, str]) -> Operation:
        """Carry an operation out on the primary.

        Args:
            document: The id.
            source: What it becomes; None deletes it.
            only: The parameters of the request that say what must be there before.

        Raises:
            Conflict: Something else is there.
        """
        known = self.primary.documents.get(document)
        is_there = known is not None and known.source is not None
        if only.get("op_type") == "create" and is_there:
            raise Conflict
        if "if_seq_no" in only:
            wanted = int(only["if_seq_no"]), int(only["if_primary_term"])
            if known is None or not is_there or (known.sequence, known.term) != wanted:
                raise Conflict
        operation = Operation(document, Version(self._sequence, self.term, source))
        self._sequence += 1
        self.primary.apply(operation)
        self.flying.append(operation)
        return operation

    def replicate(self, operation: Operation) -> None:
        """Let the other copy carry an operation out, too."""
        for copy in self.copies[1:]:
            copy.apply(operation)
        self.flying.remove(operation)

    def has(self, operation: Operation) -> bool:
        """Return True if the primary that has carried an operation out can be reached, and still is the primary."""
        return self.is_whole and operation.version.term == self.term

    def take_over(self, gone: str, random: Random) -> None:
        """Let another copy take the place of a primary whose node is gone, or let that come back with what it had."""
        others = [copy for copy in self.copies if copy.node != gone]
        if others:
            for operation in self.flying:
                if random.random() < 0.5:
                    others[0].apply(operation)
            self.copies = others
        self.term += 1
        self.flying = []
        self.is_whole = True


class EngineIndex:
    """An index.

    Attributes:
        name: Its name.
        shards: Its shards.
        settings: Its settings, as they are set.
    """

    def __init__(self, name: str, settings: Mapping[str, Any], nodes: list[str]) -> None:
        self.name = name
        self.settings = {
            "index.number_of_replicas": str(settings.get("number_of_replicas", 1)),
            "index.refresh_interval": settings.get("refresh_interval"),
        }
        self.is_copied = self.settings["index.number_of_replicas"] != "0"
        self._nodes = nodes
        self.shards = [Shard(self._wanted(nodes)) for _ in range(int(settings.get("number_of_shards", 1)))]

    def shard(self, document: str) -> Shard:
        """Return the shard of a document."""
        return self.shards[sum(document.encode()) % len(self.shards)]

    def set(self, settings: Mapping[str, Any], up: list[str]) -> None:
        """Change settings."""
        for name, value in settings.items():
            self.settings[name] = value if value is None else str(value)
        self.is_copied = self.settings["index.number_of_replicas"] != "0"
        self.allocate(up)

    def allocate(self, up: list[str]) -> None:
        """Make the copies that are missing, on nodes that are up, and remove those that are too many."""
        for shard in self.shards:
            if not self.is_copied:
                shard.copies = shard.copies[:1]
            elif shard.is_whole and shard.primary.node in up:
                there = {copy.node for copy in shard.copies}
                shard.copies += [Copy(node, shard.primary.documents) for node in up if node not in there]

    def _wanted(self, nodes: list[str]) -> list[str]:
        return nodes if self.is_copied else nodes[:1]


class Cluster:
    """The cluster.

    Attributes:
        indexes: The indexes by their names.
        aliases: For each alias, the names of indexes.
        down: The node that is gone; empty if there is none.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.indexes: dict[str, EngineIndex] = {}
        self.aliases: dict[str, set[str]] = {}
        self.down = ""

    @property
    def up(self) -> list[str]:
        """The nodes that are there, in any order."""
        nodes = [node for node in NODES if node != self.down]
        self.random.shuffle(nodes)
        return nodes

    def create(self, name: str, body: Mapping[str, Any]) -> bool:
        """Create an index. Return False if it is there."""
        if name in self.indexes:
            return False
        self.indexes[name] = EngineIndex(name, body["settings"]["index"], self.up)
        for alias in body.get("aliases", ()):
            self.aliases.setdefault(alias, set()).add(name)
        return True

    def fail(self, node: str) -> None:
        """Let a node fail: what it has cannot be reached, until `notice` was called."""
        self.down = node
        for index in self.indexes.values():
            for shard in index.shards:
                if shard.primary.node == node:
                    shard.is_whole = False

    def notice(self) -> None:
        """Let other copies take the place of those on the node that failed."""
        for index in self.indexes.values():
            for shard in index.shards:
                if shard.primary.node == self.down and len(shard.copies) > 1:
                    shard.take_over(self.down, self.random)
                elif shard.primary.node != self.down:
                    shard.copies = shard.copies[:1]

    def come_back(self) -> None:
        """Let the node that failed come back, with new copies of what others have."""
        for index in self.indexes.values():
            for shard in index.shards:
                if not shard.is_whole:
                    shard.take_over(self.down, self.random)
                    shard.primary.refresh()
        self.down = ""
        for index in self.indexes.values():
            index.allocate(list(NODES))

    def readable(self, shard: Shard) -> list[Copy]:
        """Return the copies of a shard that can be reached."""
        return [copy for copy in shard.copies if copy.node != self.down]


def found_by(query: Mapping[str, Any], copy: Copy) -> list[tuple[str, Version]]:
    """Return what a query finds on a copy, as it was refreshed last."""
    return [(name, one) for name, one in copy.shown.items() if one.source is not None and matches(query, one.source)]
