"""The model of the commit protocol, at a size that is searched in seconds, and faults that are found at once."""

import check_model
import pytest


@pytest.fixture(autouse=True)
def _spin() -> None:
    if lacking := check_model.missing():
        pytest.skip(f"{lacking} is not installed")


def test_the_protocol_holds() -> None:
    found = check_model.search(check_model.SHORT)
    assert found.errors == 0
    assert found.states > 1000


@pytest.mark.parametrize("fault", [fault for fault, size in check_model.FAULTS.items() if size == check_model.SHORT])
def test_a_fault_is_found(fault: str) -> None:
    assert check_model.search(check_model.SHORT, fault).errors
