"""Writing an index on OpenSearch again with other fields, from what is stored in it."""

from dataclasses import replace

from ..ingest.document_records import DocumentRecord
from ..meta import meta_from_json
from ..own_fields import FieldProblems, own_values
from ..schema import record_fields
from .manifest_store import path_root, stored_manifest
from .remote_writer import RemoteWriter


def copy(writer: RemoteWriter, problems: FieldProblems) -> None:
    """Copy all documents, and the manifest, from the present index to the one that a writer rebuilds.

    Args:
        writer: The writer. What it has already, from a run that was interrupted, is left out.
        problems: Takes the values that are not of the kinds of their fields.
    """
    root = path_root()
    present, state = writer.present()
    there = writer.records(root)
    records = present.records(state, root)
    for passages in present.documents(state, {}, None):
        key = passages[0]["document"]
        if key in there:
            continue
        own, found = own_values(meta_from_json(passages[0].get("meta", {})) or {}, writer.state.fields, len(passages))
        problems.add(found)
        record = _relative(records[key])
        of_first = record_fields(record, record.source)
        for values in passages:
            writer.add_document(**values, **own, **of_first)
            of_first = {}
        writer.checkpoint_if_due()
    manifest = stored_manifest(writer.store, state)
    writer.set_commit_user_data(manifest.whole or b"")
    if manifest.journal:
        writer.set_journal(manifest.journal)


def _relative(record: DocumentRecord) -> DocumentRecord:
    return replace(record, source=path_root().relative(record.source)) if record.source else record
