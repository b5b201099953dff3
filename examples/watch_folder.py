"""Keep an index up to date while files change, and say what each change did.

    python watch_folder.py FOLDER

Ctrl-C ends the program.
"""

import sys
from contextlib import suppress

from jooya import Index


def main(folder: str) -> None:
    """Index a folder, and again whenever something in it changes."""
    with Index.open_or_create("index") as index, suppress(KeyboardInterrupt):
        for report in index.watch(folder):
            print(f"{report.new} new, {report.updated} updated, {report.removed} removed documents", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
