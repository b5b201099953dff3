"""The error for an adapter whose framework is not installed."""

from .. import MissingPackage


def missing(framework: str, extra: str, error: ModuleNotFoundError) -> MissingPackage:
    """Return the error for an adapter that cannot be imported.

    Args:
        framework: The name of the framework.
        extra: The extra of Jooya that installs it.
        error: The error of the import, which names the module that was not found.
    """
    package = (error.name or framework).partition(".")[0]
    return MissingPackage(
        f"the adapter to {framework} needs {package}, which is not installed", f'pip install "jooya[{extra}]"'
    )
