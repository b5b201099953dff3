"""Whoosh's ways of making and opening an index, with Jooya's index behind them, for Whoosh's own tests."""

import tempfile
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import whoosh.index
from whoosh.codec.memory import MemoryCodec
from whoosh.fields import Schema, ensure_schema
from whoosh.filedb.filestore import FileStorage, RamStorage, Storage
from whoosh.index import _DEF_INDEX_NAME, EmptyIndexError, FileIndex, Index
from whoosh.reading import IndexReader

from jooya.indexer.whoosh.column_index import ColumnIndex
from jooya.indexer.whoosh.column_searcher import ColumnSearcher
from jooya.indexer.whoosh.column_writer import ColumnWriter


class SuiteIndex(ColumnIndex):
    """A `ColumnIndex` that is made and opened as a `whoosh.index.FileIndex` is, by a storage and a name.

    The index is a folder in that of the storage. A storage in memory gets a temporary folder. Schemas, which Whoosh
    pickles and Jooya leaves to the program, are kept in a dictionary, as long as the process runs.

    Attributes:
        uses: How often an index was made, opened, read or written in this process.
        storage: The storage.
        indexname: The name of the index in its storage.
    """

    uses: ClassVar[int] = 0
    _schemas: ClassVar[dict[Path, Schema]] = {}
    _folders: ClassVar["WeakKeyDictionary[Storage, tempfile.TemporaryDirectory[str]]"] = WeakKeyDictionary()

    def __init__(self, storage: Storage, schema: Any = None, indexname: str = _DEF_INDEX_NAME) -> None:
        folder = self._folder(storage, indexname)
        known = self._schemas.get(folder)
        if known is None or not folder.exists():
            raise EmptyIndexError(f"Index {indexname!r} does not exist in {storage!r}")
        SuiteIndex.uses += 1
        super().__init__(folder, ensure_schema(schema) if schema else known)
        self.storage = storage
        self.indexname = indexname

    @classmethod
    def create(cls, storage: Storage, schema: Any, indexname: str = _DEF_INDEX_NAME) -> "SuiteIndex":  # type: ignore[override]
        """Make an empty index in a storage."""
        folder = cls._folder(storage, indexname)
        cls._schemas[folder] = ensure_schema(schema)
        ColumnIndex.create(folder, cls._schemas[folder])
        return cls(storage, None, indexname)

    def reader(self, *args: Any, **kwargs: Any) -> IndexReader:
        """Return what a `ColumnIndex` returns, and count the use; `searcher` and `writer` do so, too."""
        SuiteIndex.uses += 1
        return super().reader(*args, **kwargs)

    def searcher(self, **kwargs: Any) -> ColumnSearcher:
        SuiteIndex.uses += 1
        return super().searcher(**kwargs)

    def writer(self, *args: Any, **kwargs: Any) -> ColumnWriter:
        SuiteIndex.uses += 1
        return super().writer(*args, **kwargs)

    def _change_schema(self, schema: Schema) -> None:
        super()._change_schema(schema)
        self._schemas[self.path] = schema

    def _segments(self) -> list[Any]:
        with self.reader() as reader:
            return list(reader.segments() or [])

    def _current_schema(self) -> Schema:
        return self._schemas[self.path]

    @classmethod
    def _folder(cls, storage: Storage, indexname: str) -> Path:
        if isinstance(storage, FileStorage):
            return Path(storage.folder) if indexname == _DEF_INDEX_NAME else Path(storage.folder) / f"{indexname}.jooya"
        if storage not in cls._folders:
            cls._folders[storage] = tempfile.TemporaryDirectory(prefix="whoosh-suite-")
        return Path(cls._folders[storage].name) / indexname


class _MemoryStorage(RamStorage):  # type: ignore[misc]
    """The storage of Whoosh's index in memory, on which its own `BufferedWriter` relies."""

    def create_index(self, schema: Any, indexname: str = _DEF_INDEX_NAME, indexclass: Any = None) -> Index:
        return super().create_index(schema, indexname, indexclass or FileIndex)


def install() -> None:
    """Put `SuiteIndex` in the place of Whoosh's index, for all that Whoosh's functions and storages make and open."""
    whoosh.index.FileIndex = SuiteIndex
    made = MemoryCodec.__init__

    def init(codec: MemoryCodec) -> None:
        made(codec)
        codec.storage = _MemoryStorage()

    MemoryCodec.__init__ = init
