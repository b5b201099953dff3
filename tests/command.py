"""Helpers that run the installed command `jooya`."""

import ctypes
import os
import pty
import subprocess
import sys
from pathlib import Path

JOOYA = Path(sys.executable).parent / "jooya"


def run(*arguments: str | Path, cwd: Path, stdin: bytes = b"", **environment: str) -> tuple[int, str, str]:
    """Run the command. Return its exit code, standard output and standard error."""
    done = subprocess.run(
        [JOOYA, *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
        env=os.environ | environment,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


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
