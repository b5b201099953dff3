"""`python -m jooya`: the command line."""

from .indexer.commands.cli import main

if __name__ == "__main__":
    main()
