"""The manifest of an index on OpenSearch, beside its state."""

from pathlib import Path

from ..ingest.manifest import StoredManifest
from ..ingest.path_root import PathRoot
from .commit_state import State
from .state_store import StateStore

MANIFEST, JOURNAL = "manifest", "journal"
"""The names of the manifest and its journal in the content of a state."""


def stored_manifest(store: StateStore, state: State) -> StoredManifest:
    """Return the manifest of a state. Raise IndexDamaged if it is not there."""
    kept = [state.content.get(name) for name in (MANIFEST, JOURNAL)]
    whole, journal = (store.get(entry) if entry else None for entry in kept)
    return StoredManifest(store.where, path_root(), whole, (journal or b"").decode())


def path_root() -> PathRoot:
    """Return what the paths in an index on OpenSearch are relative to: the root, since it is in no folder."""
    return PathRoot(Path("/index"))
