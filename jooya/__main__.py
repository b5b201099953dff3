"""The command line, for `python -m jooya`."""

from .indexer.commands.cli import main

if __name__ == "__main__":
    main()
