"""Helpers that run the installed command `jooya`."""

import atexit
import ctypes
import json
import os
import pty
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from select import select

JOOYA = Path(sys.executable).parent / "jooya"

SECONDS = 60
"""The most that a command may take."""


def run(*arguments: str | Path, cwd: Path, stdin: bytes = b"", **environment: str) -> tuple[int, str, str]:
    """Run the command. Return its exit code, standard output and standard error.

    It runs in a copy of a process that has imported Jooya, unless variables of the environment are given: what Jooya
    does when it starts may depend on these.
    """
    if environment:
        return run_anew(*arguments, cwd=cwd, stdin=stdin, **environment)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("in", "out", "err")]
        for file, content in zip(files, (stdin, b"", b""), strict=True):
            file.write_bytes(content)
        request = {
            "cwd": str(cwd),
            "environment": dict(os.environ),
            "arguments": [str(JOOYA), *map(str, arguments)],
            "files": [str(file) for file in files],
        }
        code = _answer(_server(os.getpid()), json.dumps(request))
        return code, files[1].read_bytes().decode(), files[2].read_bytes().decode()


def run_anew(*arguments: str | Path, cwd: Path, stdin: bytes = b"", **environment: str) -> tuple[int, str, str]:
    """Run the command in a process that starts as it does for a user."""
    done = subprocess.run(
        [JOOYA, *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        env=os.environ | environment,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@cache
def _server(_process: int) -> "subprocess.Popen[bytes]":
    """Start the process that is copied, which is another one for each process that runs tests."""
    program = Path(__file__).with_name("command_server.py")
    # Only a process with one thread can be copied safely.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    server = subprocess.Popen(
        [sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd="/"
    )
    atexit.register(_end, server)
    return server


def _answer(server: "subprocess.Popen[bytes]", request: str) -> int:
    assert server.stdin
    assert server.stdout
    server.stdin.write(request.encode() + b"\n")
    server.stdin.flush()
    if not select([server.stdout], [], [], SECONDS)[0]:
        server.kill()
        raise TimeoutError(request)
    return int(server.stdout.readline())


def _end(server: "subprocess.Popen[bytes]") -> None:
    server.communicate()


def on_terminal(cwd: Path, *arguments: str, **environment: str) -> str:
    """Run the command on a terminal. Return what it prints there."""
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [JOOYA, *arguments], cwd=cwd, stdout=terminal, stderr=terminal, env=os.environ | environment
    ) as process:
        os.close(terminal)
        out = b""
        try:
            while block := os.read(controller, 65536):
                out += block
        except OSError:  # Linux raises this when the other end of a terminal is closed
            pass
        os.close(controller)
    assert process.returncode == 0
    return out.decode()


def without_rights_of_root() -> None:
    """Take from a new process of root's the right to read and write what its permissions forbid.

    On Linux: PR_CAPBSET_DROP of CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, by prctl.
    """
    for right in (1, 2):
        ctypes.CDLL(None).prctl(24, right, 0, 0, 0)
