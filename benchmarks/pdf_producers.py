"""Programs that make PDFs of a text in a font: for the matrix of PDFs.

Each maker takes the folder for its work and the jobs, and returns the bytes of a PDF for each job that succeeded.
"""

import json
import subprocess
from collections.abc import Callable, Mapping
from html import escape
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

WRAP = 70
"""The most characters of a line, for producers that do not break lines."""


class Job(NamedTuple):
    """A PDF to make.

    Attributes:
        family: The family of the font.
        font: The file of the font.
        text: The text, as in `pdf_texts`.
    """

    family: str
    font: Path
    text: str

    @property
    def rows(self) -> list[list[str]]:
        """The cells of each line."""
        return [line.split("\t") for line in self.text.split("\n")]

    @property
    def is_table(self) -> bool:
        """True if the text is a table."""
        return "\t" in self.text


Maker = Callable[[Path, Mapping[str, Job]], dict[str, bytes]]


def html(job: Job) -> str:
    """Return a web page of the text."""
    face = f"@font-face{{font-family:F;src:url({job.font.as_uri()})}}body{{font:12pt F}}td{{padding:2pt 9pt}}"
    if job.is_table:
        rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in job.rows)
        body = f"<table border=1>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
    else:
        body = "".join(f"<p>{escape(line)}</p>" for line in job.text.split("\n"))
    return f"<!doctype html><html lang=fa dir=rtl><meta charset=utf-8><style>{face}</style><body>{body}</html>"


def _run(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False)


def _results(folder: Path, jobs: Mapping[str, Job]) -> dict[str, bytes]:
    files = {name: folder / f"{name}.pdf" for name in jobs}
    return {name: file.read_bytes() for name, file in files.items() if file.exists()}


def chromium(folder: Path, jobs: Mapping[str, Job]) -> dict[str, bytes]:
    """Make PDFs with Chromium. The functions below do so with other programs."""
    for name, job in jobs.items():
        (folder / f"{name}.html").write_text(html(job), encoding="utf-8")
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            "--allow-file-access-from-files",
        ]
        _run(folder, "chromium", *options, f"--print-to-pdf={name}.pdf", f"{name}.html")
    return _results(folder, jobs)


_FODT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.text">
<office:font-face-decls>
<style:font-face style:name="F" svg:font-family="&apos;{family}&apos;"/></office:font-face-decls>
<office:automatic-styles><style:style style:name="P" style:family="paragraph">
<style:paragraph-properties style:writing-mode="rl-tb" fo:text-align="{align}" fo:margin-bottom="0.2cm"/>
<style:text-properties style:font-name="F" style:font-name-complex="F" fo:font-size="12pt"
 style:font-size-complex="12pt" style:language-complex="fa" style:country-complex="IR"/></style:style>
<style:style style:name="T" style:family="table"><style:table-properties style:writing-mode="rl-tb"/></style:style>
</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document>"""


def libreoffice(folder: Path, jobs: Mapping[str, Job]) -> dict[str, bytes]:
    for name, job in jobs.items():
        lines = [[f'<text:p text:style-name="P">{escape(cell)}</text:p>' for cell in row] for row in job.rows]
        if job.is_table:
            cells = ("".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in row) for row in lines)
            rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
            columns = '<table:table-column table:number-columns-repeated="4"/>'
            body = f'<table:table table:style-name="T">{columns}{rows}</table:table>'
        else:
            body = "".join(row[0] for row in lines)
        align = "justify" if max(map(len, job.text.split("\n"))) > WRAP else "start"
        page = _FODT.format(family=job.family, body=body, align=align)
        (folder / f"{name}.fodt").write_text(page, encoding="utf-8")
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    _run(folder, "soffice", home, "--headless", "--convert-to", "pdf", *(f"{name}.fodt" for name in jobs))
    return _results(folder, jobs)


def xelatex(folder: Path, jobs: Mapping[str, Job]) -> dict[str, bytes]:
    special = str.maketrans({char: f"\\{char}" for char in "#$%&_{}"} | {"\\": "", "~": "", "^": ""})
    for name, job in jobs.items():
        rows = [[f"\\beginR {cell.translate(special)}\\endR" for cell in row] for row in job.rows]
        if job.is_table:
            lines = "\\\\\n".join(" & ".join(reversed(row)) for row in rows)
            body = f"\\noindent\\begin{{tabular}}{{rrrr}}\n{lines}\n\\end{{tabular}}"
        else:
            body = "\n\n".join(cell for row in rows for cell in row)
        every = "" if job.is_table else "\\everypar{\\setbox0\\lastbox\\beginR\\box0}"
        head = "\\documentclass[12pt]{article}\\usepackage[margin=3cm]{geometry}\\usepackage{fontspec}"
        font = f"\\setmainfont[Path={job.font.parent}/,Script=Arabic]{{{job.font.name}}}"
        plain = "\\parindent0pt\\pagestyle{empty}\\TeXXeTstate=1 "
        source = f"{head}{font}{plain}\\begin{{document}}{every}\n{body}\n\\end{{document}}"
        (folder / f"{name}.tex").write_text(source, encoding="utf-8")
        _run(folder, "xelatex", "-interaction=batchmode", f"{name}.tex")
    return _results(folder, jobs)


def typst(folder: Path, jobs: Mapping[str, Job]) -> dict[str, bytes]:
    made = {}
    for name, job in jobs.items():
        cells = [f"#text({json.dumps(cell, ensure_ascii=False)})" for row in job.rows for cell in row]
        table = f"#table(columns: 4, {', '.join(f'[{cell}]' for cell in cells)})"
        head = f'#set text(lang: "fa", dir: rtl, font: "{job.family}", size: 12pt)\n'
        source = folder / f"{name}.typ"
        source.write_text(head + (table if job.is_table else "\n\n".join(cells)), encoding="utf-8")
        made[name] = bytes(import_module("typst").compile(str(source), font_paths=[str(job.font.parent)]))
    return made


def weasyprint(_: Path, jobs: Mapping[str, Job]) -> dict[str, bytes]:
    return {name: bytes(import_module("weasyprint").HTML(string=html(job)).write_pdf()) for name, job in jobs.items()}


def pango(folder: Path, jobs: Mapping[str, Job]) -> dict[str, bytes]:
    for name, job in jobs.items():
        text = job.text.replace("\t", "        ") if job.is_table else job.text
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        options = ["--rtl", "--language=fa", f"--font={job.family} 12", "--width=480", f"--output={name}.pdf"]
        _run(folder, "pango-view", "-q", "--no-display", *options, f"{name}.txt")
    return _results(folder, jobs)


def fpdf2(_: Path, jobs: Mapping[str, Job]) -> dict[str, bytes]:
    module = import_module("fpdf")
    made = {}
    for name, job in jobs.items():
        pdf = module.FPDF()
        pdf.add_page()
        pdf.add_font("F", fname=job.font)
        pdf.set_font("F", size=12)
        pdf.set_text_shaping(use_shaping_engine=True, direction="rtl", script="arab", language="fas")
        for row in job.rows:
            if job.is_table:
                for cell in reversed(row):
                    pdf.cell(w=45, h=9, text=cell, align="R", border=1)
                pdf.ln()
            else:
                pdf.multi_cell(w=0, h=9, text=row[0], align="R", new_x="LMARGIN", new_y="NEXT")
        made[name] = bytes(pdf.output())
    return made


def ghostscript(folder: Path, jobs: Mapping[str, Job]) -> dict[str, bytes]:
    """Distil what Pango has made."""
    for name, content in pango(folder, jobs).items():
        (folder / f"{name}-before.pdf").write_bytes(content)
        (folder / f"{name}.pdf").unlink()
        _run(
            folder,
            "gs",
            "-q",
            "-dNOPAUSE",
            "-dBATCH",
            "-sDEVICE=pdfwrite",
            f"-sOutputFile={name}.pdf",
            f"{name}-before.pdf",
        )
    return _results(folder, jobs)


PRODUCERS: dict[str, tuple[Maker, str]] = {
    "LibreOffice": (libreoffice, "soffice"),
    "Chromium": (chromium, "chromium"),
    "XeLaTeX": (xelatex, "xelatex"),
    "Typst": (typst, "typst"),
    "WeasyPrint": (weasyprint, "weasyprint"),
    "Pango": (pango, "pango-view"),
    "fpdf2": (fpdf2, "fpdf"),
    "Ghostscript": (ghostscript, "gs"),
}
"""The makers, each with the program or module that it needs."""
