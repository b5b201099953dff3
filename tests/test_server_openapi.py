"""The description of the API is true: each address answers as it says, to whatever is asked."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from server_client import BEARER, TOKEN, client_of, served_index

from jooya import Index

EXAMPLES = 30

HEADERS = {"Host": "localhost"} | BEARER

OPERATIONS = [
    ("GET", "/api/search"),
    ("GET", "/api/context"),
    ("GET", "/api/similar"),
    ("GET", "/api/suggest"),
    ("GET", "/api/documents"),
    ("GET", "/api/documents/{key}"),
    ("GET", "/api/document"),
    ("GET", "/api/passages/{id}"),
    ("GET", "/api/passage"),
    ("GET", "/api/status"),
    ("GET", "/api/export"),
    ("PUT", "/api/documents/{key}"),
    ("DELETE", "/api/documents/{key}"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with served_index(tmp_path_factory.mktemp("served")) as opened:
        yield opened


@pytest.fixture(scope="module")
def api(index: Index) -> Any:
    client = client_of(index, token=TOKEN, public_read=True, writable=True)
    return schemathesis.openapi.from_asgi("/api/openapi.json", client.app, headers=HEADERS)


def test_all_addresses_are_tested(api: Any) -> None:
    found = [result.ok() for result in api.get_all_operations()]
    assert sorted((one.method.upper(), one.path) for one in found) == sorted(OPERATIONS)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_each_address_answers_as_the_description_says(api: Any, method: str, path: str, mode: GenerationMode) -> None:
    operation = api[path][method]
    if mode is GenerationMode.NEGATIVE and not operation.query and not operation.body:
        pytest.skip("no value is wrong for it")

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers(case: Any) -> None:
        # A text may have no word, a date may be none: a description of types alone cannot say what is accepted.
        case.call_and_validate(headers=HEADERS, excluded_checks=[positive_data_acceptance])

    answers()
