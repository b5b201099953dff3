"""Run the command `jooya` in copies of one process, which has imported it and loaded the lexicon.

It reads a line of JSON for each command, forks a process that is the command, and writes its exit code in a line. A
process that starts anew takes ten times as long.
"""

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from jooya.analyzers import analysis
from jooya.indexer.commands import cli
from jooya.indexer.commands.lazy_numpy import import_numpy


def serve() -> dict[str, Any] | None:
    """Fork for each command. Return it in the process that is to run it, and None in this one when there is no more."""
    requests, answers = os.fdopen(os.dup(0)), os.dup(1)
    for line in requests:
        process = os.fork()
        if not process:
            os.close(answers)
            os.close(requests.fileno())
            request: dict[str, Any] = json.loads(line)
            return request
        os.write(answers, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
    return None


def become(request: dict[str, Any]) -> None:
    """Give this process the folder, the environment, the arguments and the files of a command."""
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = request["arguments"]
    for number, name in enumerate(request["files"]):
        file = os.open(name, os.O_WRONLY | os.O_APPEND if number else os.O_RDONLY)
        os.dup2(file, number)
        os.close(file)


def main() -> None:
    """Serve until there are no more commands."""
    sys.path[0] = str(Path(sys.executable).parent)  # as for the installed command
    import_numpy()
    for name in {name.partition(".")[0] for name in cli._COMMANDS.values()}:
        import_module(f"{cli.__package__}.{name}")
    analysis()
    request = serve()
    if request is not None:
        become(request)
        cli.main()


if __name__ == "__main__":
    main()
