"""The index of a dataset of ir-datasets, for the command eval."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .. import BadInput, Index
from .line_io import say
from .progress_line import ProgressLine

if TYPE_CHECKING:
    from ..integrations.local_datasets import LocalDataset

PREFIX = "ir:"
"""What the argument begins with that names a dataset."""


@contextmanager
def dataset_index(dataset: "LocalDataset", folder: Path | None) -> Iterator[Index]:
    """Give the body of a `with` statement an index of the documents of a dataset, each a passage.

    Args:
        dataset: The dataset.
        folder: Where the index is kept. If there is one, it is opened as it is. If None, the index is temporary.
    """
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="jooya-eval-") as temporary:
            _make(dataset, Path(temporary) / "index")
            with Index.open(Path(temporary) / "index") as index:
                yield index
        return
    if not folder.exists():
        _make_whole(dataset, folder)
    with Index.open(folder) as index:
        yield index


def _make_whole(dataset: "LocalDataset", folder: Path) -> None:
    """Make an index under another name, so that one that an interruption left unfinished is never taken for whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _make(dataset, unfinished / "index")
        os.rename(unfinished / "index", folder)  # noqa: PTH104 - not `replace`: what came there meanwhile stays
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _make(dataset: "LocalDataset", folder: Path) -> None:
    from ..integrations.ir_evaluation import add_dataset  # noqa: PLC0415 - searching an index does not wait for it

    with Index.create(folder) as index, ProgressLine() as line:
        report = add_dataset(index, dataset.documents(), on_progress=line.show)
    if report.skipped:
        say(f"{len(report.skipped)} documents of {dataset.name} were skipped ({report.skipped[0]}, for example)")
    if not report.new:
        raise BadInput(f"the dataset {dataset.name} has no documents that can be indexed")
