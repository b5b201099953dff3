"""A search box in a terminal: what a web page would ask while a person types.

    python search_box.py FOLDER

Each line that you type is completed, and searched. An empty line ends the program.
"""

import sys

from jooya import BadQuery, Index


def answer(index: Index, typed: str) -> None:
    """Print the completions of what was typed, and the best hits."""
    print("completions:", " | ".join(index.suggest(typed, limit=5)) or "none")
    try:
        results = index.search(typed, limit=3)
    except BadQuery as error:
        print(error)
        return
    for hit in results:
        print(f"{hit.score:6.2f}  {hit.id}")
    for other in index.did_you_mean(typed):
        print("did you mean:", other)


def main(folder: str) -> None:
    """Index a folder and answer what is typed."""
    with Index.open_or_create("index") as index:  # kept open: opening it for each line would take longer
        index.add(folder)
        for line in sys.stdin:
            if not line.strip():
                break
            answer(index, line.strip())


if __name__ == "__main__":
    main(*sys.argv[1:])
