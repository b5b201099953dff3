"""Hints for people at a terminal: errors of the library with the fix as an option or a command."""

from .. import BeyondLimit, IndexBusy, IndexDamaged, IndexUnusable, JooyaError
from ..errors import reason_and_fix

UNREADABLE_HINT = "what can't be read may be sound: see to it that it can be read, and check again"
CHECK_HINT = "restore a copy of the index, or save what can be read with 'jooya check --repair'"
SCRUB_HINT = "mend them with --from BACKUP, or save what can be read with 'jooya check --repair'"

_COMMANDS = {
    "RemoteIndex.rebuild": "'jooya index --rebuild'",
    "Index.check": "'jooya check'",
    "Index.commits": "'jooya commits'",
    "Index.scrub": "'jooya scrub'",
    "Index.seal": "'jooya seal'",
    "Index.unseal": "'jooya seal --remove'",
    "(key=…)": "(--key-file FILE)",
}
"""What does on the command line what a fix names in Python."""


def message(error: JooyaError) -> str:
    """Return the message of an error, with the fix in terms of the command line where there is one."""
    hint = _hint(error)
    return f"{error.problem}: {hint}" if hint else str(error)


def os_message(error: OSError) -> str:
    """Return the message of an error of the system: the file or folder, what is wrong, and the fix if it is known."""
    reason, fix = reason_and_fix(error, "")
    return ": ".join(filter(None, [str(error.filename or "input/output"), reason, fix]))


def _hint(error: JooyaError) -> str | None:
    match error:
        case BeyondLimit(limit="seconds"):
            return "ask for less, or allow more with --timeout"
        case BeyondLimit(limit="depth", asked=asked):
            return f"narrow the query, or allow more with --limit depth={asked}"
        case IndexBusy():
            return "try again later, or wait longer with --wait"
        case IndexDamaged(path=path) if path is not None:
            return CHECK_HINT
        case IndexUnusable(reason="missing", path=path) if path is not None:
            return f"make one with 'jooya index -i {path} PATH…'"
        case IndexUnusable(reason="not an index"):
            return "give the folder of an index with -i, or a new one to 'jooya index -i DIR PATH…'"
    hint = error.fix
    for name, command in _COMMANDS.items():
        hint = hint and hint.replace(name, command)
    return hint
