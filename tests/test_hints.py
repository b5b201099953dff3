"""Errors of the library, with the fix as the command line has it."""

import pytest

from jooya.indexer import BadInput, IndexDamaged, IndexUnusable, JooyaError
from jooya.indexer.commands.hints import CHECK_HINT, message

SNAPSHOT = "restore a snapshot of OpenSearch, or make the index again with 'jooya index --rebuild'"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (IndexDamaged.at("index/1.segment"), f"index/1.segment is damaged: {CHECK_HINT}"),
        (IndexDamaged.at("https://host/talks"), f"https://host/talks is damaged: {SNAPSHOT}"),
        (IndexUnusable("x", "free memory, or see with Index.check"), "x: free memory, or see with 'jooya check'"),
        (BadInput("x", "Index.commits lists those"), "x: 'jooya commits' lists those"),
        (IndexUnusable("x", "give it one with Index.seal", reason="key"), "x: give it one with 'jooya seal'"),
        (
            IndexUnusable("x", "mend it with Index.scrub, or remove the code with Index.unseal", reason="key"),
            "x: mend it with 'jooya scrub', or remove the code with 'jooya seal --remove'",
        ),
        (IndexUnusable("x", "give the key (key=…)", reason="key"), "x: give the key (--key-file FILE)"),
        (IndexUnusable("x", "make it again with RemoteIndex.rebuild"), "x: make it again with 'jooya index --rebuild'"),
        (JooyaError("x"), "x"),
    ],
)
def test_a_fix_names_commands(error: JooyaError, expected: str) -> None:
    assert message(error) == expected


def test_an_address_is_no_path() -> None:
    assert IndexDamaged.at("https://host/talks").path is None
    assert IndexUnusable("x", path="http://host/talks").path is None
