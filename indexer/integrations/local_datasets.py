"""Datasets of ir-datasets whose files are on this machine: `pip install "jooya[ir]"`.

ir-datasets downloads what is missing, which may be gigabytes. Here nothing is downloaded unless the caller asks for it.
"""

import difflib
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from .. import BadInput, MissingPackage
from .extras import missing
from .ir_evaluation import qrels_from


class LocalDataset(NamedTuple):
    """A dataset of ir-datasets with judgements.

    Attributes:
        name: Its id, such as `miracl/fa/dev`.
        queries: The texts of its queries by their ids.
        qrels: For each query, the documents that were judged and the relevance of each.
        documents: Returns an iterator over its documents, for `add_dataset`.
    """

    name: str
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]
    documents: Callable[[], Iterator[Any]]


class NotOnDisk(BadInput):
    """A dataset, or a part of it, is not on this machine, and was not to be downloaded."""


class _Refused(Exception):
    """A download that was not asked for."""


@contextmanager
def local_dataset(name: str, *, download: bool = False) -> Iterator[LocalDataset]:
    """Give the body of a `with` statement a dataset, whose documents are to be read there.

    Args:
        name: The id of the dataset, such as `miracl/fa/dev`.
        download: Let ir-datasets download what is not on disk.

    Raises:
        BadInput: There is no such dataset, or it has no documents, queries or judgements.
        NotOnDisk: It is not on disk, and `download` is False.
        MissingPackage: ir-datasets is not installed, or a package that it needs for this dataset.
    """
    try:
        import ir_datasets  # noqa: PLC0415 - an extra, and other commands do not wait for it
    except ModuleNotFoundError as error:
        raise missing("ir-datasets", "ir", error) from error
    try:
        dataset = ir_datasets.load(name)
    except KeyError:
        raise _unknown(name, ir_datasets.registry) from None
    for part, what in (("docs", "documents"), ("queries", "queries"), ("qrels", "judgements")):
        if not getattr(dataset, f"has_{part}")():
            raise BadInput(f"the dataset {name} has no {what}", _with_judgements(name, ir_datasets.registry))
    refused: list[str] = []
    with ExitStack() as stack:
        if not download:
            stack.enter_context(_quiet())
            stack.enter_context(_offline(refused))
        try:
            yield LocalDataset(
                name,
                {str(one.query_id): one.default_text() for one in dataset.queries_iter()},
                qrels_from(dataset.qrels_iter()),
                dataset.docs_iter,
            )
        except ImportError as error:
            raise MissingPackage(str(error)) from error
        except FileNotFoundError as error:
            if error.errno is not None:  # an error of the system, not of ir-datasets
                raise
            # A file that has to be asked for, as where a licence is to be signed.
            page = f"https://ir-datasets.com/{name.partition('/')[0]}.html"
            raise BadInput(f"the dataset {name} is not on disk ({error})", f"see {page} for where it is had") from error
        except Exception as error:
            if not refused:
                raise
            raise NotOnDisk(
                f"the dataset {name} is not on disk, in {ir_datasets.util.home_path()}", "give download=True"
            ) from error


@contextmanager
def _offline(refused: list[str]) -> Iterator[None]:
    """Let ir-datasets download nothing. What it wanted to is in `refused` afterwards."""
    from ir_datasets import lazy_libs  # noqa: PLC0415 - as above

    def refuse() -> Any:
        refused.append("a download")
        raise _Refused("downloads are not allowed")

    before = lazy_libs.requests  # all of its downloads ask for the library by this function
    lazy_libs.requests = refuse
    try:
        yield
    finally:
        lazy_libs.requests = before


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave out what ir-datasets logs about its work, each step a line."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def _unknown(name: str, registry: Any) -> BadInput:
    """Return the error for a dataset that does not exist, with those of nearly the same name."""
    near = difflib.get_close_matches(name, list(registry), 3, 0.7)
    return BadInput(
        f"ir-datasets has no dataset {name!r}",
        f"did you mean {' or '.join(near)}?" if near else "https://ir-datasets.com lists them",
    )


def _with_judgements(name: str, registry: Any) -> str:
    """Return the advice to take a part of a dataset that has judgements."""
    parts = [
        one
        for one in registry
        if one.startswith(f"{name}/") and registry[one].has_qrels() and registry[one].has_queries()
    ]
    return f"take a part of it: {', '.join(parts[:5])}" if parts else "take another one"
