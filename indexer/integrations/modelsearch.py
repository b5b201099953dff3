"""A search backend for modelsearch, the search layer of Wagtail: `pip install "jooya[django]"`.

MODELSEARCH_BACKENDS = {"default": {"BACKEND": "jooya.indexer.integrations.modelsearch", "PATH": BASE_DIR / "search"}}
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .extras import missing
from .modelsearch_index import JooyaIndex, JooyaIndexRebuilder
from .modelsearch_results import JooyaAutocompleteQueryCompiler, JooyaSearchQueryCompiler, JooyaSearchResults

try:
    from django.core.exceptions import ImproperlyConfigured
    from modelsearch.backends.base import BaseSearchBackend, get_model_root
except ModuleNotFoundError as error:
    raise missing("modelsearch", "django", error) from error


class JooyaSearchBackend(BaseSearchBackend):
    """A search backend of modelsearch.

    Its settings are `PATH`, a folder in which each model without a parent has an index, and `CORRECT`: False searches
    for words as they were typed, without corrections of those that no object has.
    """

    query_compiler_class = JooyaSearchQueryCompiler
    autocomplete_query_compiler_class = JooyaAutocompleteQueryCompiler
    index_class = JooyaIndex
    results_class = JooyaSearchResults
    rebuilder_class = JooyaIndexRebuilder
    catch_indexing_errors = True

    def __init__(self, params: Mapping[str, Any]) -> None:
        super().__init__(params)
        if not params.get("PATH"):
            raise ImproperlyConfigured("Jooya's search backend needs PATH, the folder of its indexes.")
        self.path = Path(params["PATH"]).absolute()
        self.correct = bool(params.get("CORRECT", True))

    def get_index_for_model(self, model: Any) -> JooyaIndex:
        """Return the index that has the objects of a model."""
        return JooyaIndex(self, get_model_root(model._meta.concrete_model or model))


SearchBackend = JooyaSearchBackend
"""The class that modelsearch looks for in the module that `BACKEND` names."""
