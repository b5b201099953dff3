"""Make the small PDFs of tests/data/pdf: a text each, in a font, by a producer.

    python benchmarks/pdf_samples.py --fonts FOLDER tests/data/pdf

What is needed is the same as for pdf_matrix.py. The texts are in samples.tsv, where the tests find what must come out.
"""

import argparse
import tempfile
from pathlib import Path

from pdf_matrix import font_file, use_fonts
from pdf_producers import PRODUCERS, Job


def main() -> None:
    """Parse the arguments and make the PDFs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("samples", type=Path, help="the folder of samples.tsv, for the PDFs, too")
    parser.add_argument("--fonts", type=Path, metavar="FOLDER", help="a folder with more fonts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.fonts:
            use_fonts(options.fonts, Path(folder) / "fonts.conf")
        for line in (options.samples / "samples.tsv").read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                continue
            name, producer, family, _, text = line.split("\t")
            if not producer:
                continue
            font = font_file(family)
            assert font, f"{family} is not installed"
            work = Path(folder) / name
            work.mkdir()
            written = text.replace("~", "\u200c").replace(" | ", "\n").replace(" & ", "\t")
            made = PRODUCERS[producer][0](work, {"a": Job(family, font, written)})
            (options.samples / name).write_bytes(made["a"])


if __name__ == "__main__":
    main()
