"""Hints for people at a terminal: errors of the library with the fix as an option or a command."""

from .. import BadInput, BeyondLimit, IndexBusy, IndexDamaged, IndexUnusable, JooyaError
from ..errors import reason_and_fix

UNREADABLE_HINT = "what can't be read may be sound: see to it that it can be read, and check again"
CHECK_HINT = "restore a copy of the index, or save what can be read with 'jooya check --repair'"
_REBUILD = "RemoteIndex.rebuild"

SCRUB_HINT = "mend them with --from BACKUP, or save what can be read with 'jooya check --repair'"


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
        case BadInput(fix=str(fix)) if "Index.commits" in fix:
            return fix.replace("Index.commits", "'jooya commits'")
        case IndexBusy():
            return "try again later, or wait longer with --wait"
        case IndexDamaged(path=path) if path is not None:
            return CHECK_HINT
        case IndexUnusable(reason="key", fix=str(fix)):
            return (
                fix.replace("(key=…)", "(--key-file FILE)")
                .replace("Index.seal", "'jooya seal'")
                .replace("Index.scrub", "'jooya scrub'")
                .replace("Index.unseal", "'jooya seal --remove'")
            )
        case IndexUnusable(reason="missing", path=path) if path is not None:
            return f"make one with 'jooya index -i {path} PATH…'"
        case IndexUnusable(reason="not an index"):
            return "give the folder of an index with -i, or a new one to 'jooya index -i DIR PATH…'"
        case IndexUnusable(fix=str(fix)) if _REBUILD in fix:
            return fix.replace(_REBUILD, "'jooya index --rebuild'")
    return None
