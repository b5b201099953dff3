"""From text to tokens: fold, tokenize, join what a space split, stem. Offsets are into the text as given."""

import zlib
from functools import cache
from itertools import accumulate, repeat
from operator import add, and_

from ..core import compiled
from .characters import align, squeeze
from .data_tables import table_rows
from .lexicon import Lexicon, lexicon
from .stemmer import Stemmer
from .tokenizer import begin_after_space, dotted_letter_at_end, split, unhyphenated
from .tokens import Token, TokenColumns
from .word_forms import (
    CANDIDATE,
    COMPOUND,
    DIGITS,
    DOTTED,
    JOINABLE,
    NOT_ONE_WORD,
    PERSIAN_LETTERS,
    READ_CLOSELY,
    SINGLE_LETTER,
    Memo,
    WordForm,
    WordForms,
)

_FEW = 40  # chunks that are read without the compiled core, which takes as long as 200 to get its tables: a query
_MOST_JOINED = 4  # words that are read as one at most; نمی توانسته اند has three

VERSION = 5
"""A number to raise whenever the code starts to make other terms of the same tables."""

_TABLES = (
    *("characters.tsv", "conjugation.tsv", "domains.tsv", "joined_be.tsv", "joins.tsv"),
    *("loose_affixes.tsv", "loose_words.tsv", "suffixes.tsv"),
    "verb_clitics.tsv",
)
"""The tables that are read when a text is analyzed. All others are compiled into the lexicon."""


class Analysis:
    """Analyzes texts. It remembers the written forms that it has met, so keep one object for many texts."""

    def __init__(self, lexicon: Lexicon, *, pure: bool = compiled is None, most: int = Memo.MOST) -> None:
        """Prepare the analysis.

        Args:
            lexicon: The lexicon.
            pure: True to analyze in Python alone.
            most: The number of chunks that the compiled core remembers.
        """
        self._split = split
        self._begin_after_space, self._ends_in_letter = begin_after_space().match, dotted_letter_at_end().search
        self._forms = WordForms(lexicon)
        self._chunks = Memo(self._read_chunk)
        self._scanner: compiled.Scanner | None = None
        if not pure:
            read_chunk = self._chunks.__getitem__
            self._scanner = compiled.Scanner(read_chunk, self._read_several, self._are_one, self._read_group, most)

    @property
    def stemmer(self) -> Stemmer:
        """The stemmer of the words."""
        return self._forms.stemmer

    @property
    def native(self) -> "compiled.WordReader[WordForm] | None":
        """The reader of words of the compiled core, once it is used."""
        return self._forms.native

    def tokens(self, text: str) -> list[Token]:
        """Return the tokens of a text in order of position; a compound comes before its parts."""
        columns = self.columns(text)
        aligned = align(unhyphenated(text))
        # Each span is looked up once: thousands of tokens may share one that is thousands of characters long (ﷺﷺﷺ…).
        spans = dict.fromkeys(zip(columns.starts, columns.ends, strict=True))
        why = {(start, end): self._forms[aligned[start:end]].why for start, end in spans}
        return [
            Token(surface, stem, position, start, end, why[start, end])
            for start, end, position, stem, surface in columns.rows()
        ]

    def columns(self, text: str) -> TokenColumns:
        """Return the tokens of a text in columns. This is faster than `tokens`."""
        scan = self.scan(text)
        if scan is None:
            return self._columns(unhyphenated(text))
        columns = TokenColumns()
        scan.fill(columns)
        return columns

    def scan(self, text: str) -> "compiled.Scan | None":
        """Return the tokens of a text as the compiled core has them, without strings; None if it is not there."""
        return self._scanner.scan(unhyphenated(text)[:]) if self._scanner else None

    def form(self, word: str) -> WordForm:
        """Return what is known of a surface form by itself."""
        return self._forms[word]

    def _columns(self, text: str) -> TokenColumns:
        """Return the tokens of a text whose lines have no hyphens at their ends.

        Most chunks of a text (what stands between two spaces) are words that do not depend on their neighbours. Those
        are looked up and appended in runs, and only the rest is read closely.
        """
        pieces = text.replace("\n", " ").split(" ")
        forms = list(map(self._chunks.__getitem__, pieces))
        starts = list(accumulate(map(add, map(len, pieces), repeat(1)), initial=0))
        # The bits that each chunk shares with the next one. After the last chunk, a word is assumed of which nothing is
        # known.
        toward_next = [form.toward_next for form in forms]
        toward_previous = [*[form.toward_previous for form in forms[1:]], READ_CLOSELY]
        all_shared = list(map(and_, toward_next, toward_previous))
        # The chunks to read closely: all with a bit above those of candidates, and candidates that are indeed one word
        # with the next chunk.
        close = {
            index: shared
            for index, shared in enumerate(all_shared)
            if shared
            and (
                shared > CANDIDATE
                or (
                    not forms[index].continuations.isdisjoint(forms[index + 1].continues)
                    if shared == COMPOUND
                    else self._forms.are_one(forms[index], forms[index + 1])
                )
            )
        }
        columns = TokenColumns()
        done = 0
        for index, shared in close.items():
            if index < done:
                continue
            self._append_run(columns, forms[done:index], starts[done:index])
            last = index
            if shared == READ_CLOSELY and forms[index].is_one_word_with_parts:
                self._append(columns, forms[index], starts[index], starts[index] + forms[index].size)
            else:
                while last in close and last + 1 < len(forms):
                    last += 1
                self._append_group(columns, text, forms[index : last + 1], starts[index : last + 2])
            done = last + 1
        self._append_run(columns, forms[done:], starts[done:-1])
        return columns

    def _are_one(self, chunk: str, following: str) -> bool:
        """Return True if two neighbouring chunks may be one word, which their bits leave open."""
        first = self._chunks[chunk]
        if first.toward_next & NOT_ONE_WORD:
            first = self._forms[self._split(align(chunk))[-2]]  # the last word; others share no such bits
        return self._forms.are_one(first, self._chunks[following])

    def _read_group(self, text: str) -> TokenColumns:
        """Return the tokens of chunks that may belong together."""
        pieces = text.replace("\n", " ").split(" ")
        columns = TokenColumns()
        starts = list(accumulate(map(add, map(len, pieces), repeat(1)), initial=0))
        self._append_group(columns, text, list(map(self._chunks.__getitem__, pieces)), starts)
        return columns

    def _read_several(self, chunk: str) -> tuple[TokenColumns, int, bool]:
        """Return what a chunk is that is not one word, with its punctuation, but several, or none.

        Returns:
            Its tokens; its bits toward the next chunk, which are those of its last word; and True if it is a gap that
            keeps no words apart, as the empty chunk between two spaces is.
        """
        columns = TokenColumns()
        self._append_text(columns, chunk, 0, len(chunk))
        form = self._chunks[chunk]
        pieces = self._split(align(chunk))
        last = pieces[-2] if len(pieces) > 1 else ""
        # A token may begin in the chunk before (۵ %), or end in the next one (\ufc37ی. ه.).
        if form.toward_previous & (DOTTED | DIGITS) or (pieces[-1] == "." and len(squeeze(last)) == 1):
            return columns, form.toward_next, False
        toward_next = form.toward_next & (DOTTED | DIGITS)
        if not _is_joinable(pieces[-1]):
            return columns, toward_next, False
        if not last:
            return columns, toward_next, not toward_next
        bits = self._forms[last].toward_next
        return (
            columns,
            toward_next | (bits & ~READ_CLOSELY if self._forms[last].is_one_word_with_parts else bits),
            False,
        )

    def _append_group(self, columns: TokenColumns, text: str, forms: list[WordForm], starts: list[int]) -> None:
        """Append chunks that may belong together; `starts` has one item more, of the chunk that follows."""
        if any(form.toward_next & (NOT_ONE_WORD | DOTTED | DIGITS) for form in forms):
            self._append_text(columns, text, starts[0], starts[-1] - 1)
        else:
            ends = [start + form.size for start, form in zip(starts, forms, strict=False)]
            joinable = [bool(form.toward_next & JOINABLE) for form in forms]
            self._append_joined(columns, text, forms, starts, ends, joinable)

    @staticmethod
    def _append_run(columns: TokenColumns, forms: list[WordForm], starts: list[int]) -> None:
        """Append words that do not depend on one another."""
        columns.surfaces += [form.surface for form in forms]
        columns.stems += [form.stem for form in forms]
        columns.positions += range(columns.next_position, columns.next_position + len(forms))
        columns.starts += starts
        columns.ends += map(add, starts, [form.size for form in forms])
        columns.next_position += len(forms)

    def _append_text(self, columns: TokenColumns, text: str, start: int, end: int) -> None:
        """Append the words of `text[start:end]`, whatever they are."""
        pieces = self._split(align(text[start:end]))
        edges = [start + edge for edge in accumulate(map(len, pieces))]
        forms = [self._forms[piece] for piece in pieces[1::2]]
        self._append_joined(columns, text, forms, edges[0::2], edges[1::2], list(map(_is_joinable, pieces[2::2])))

    def _append_joined(
        self,
        columns: TokenColumns,
        text: str,
        forms: list[WordForm],
        starts: list[int],
        ends: list[int],
        joinable: list[bool],
    ) -> None:
        """Append words, and join those that belong together; `joinable` says of each if the next one may be."""
        letter_spaced = self._letter_spaced(forms, starts, ends, joinable) if len(forms) > 2 else {}
        index = 0
        while index < len(forms):
            last = letter_spaced.get(index, index)
            so_far = forms[index].surface
            if last > index:
                so_far = "".join([form.surface for form in forms[index : last + 1]])
            most = last + _MOST_JOINED
            # A word of nothing but tatweels, as a drawn line is, has an empty surface and is joined with none.
            while so_far and last + 1 < min(len(forms), most) and joinable[last] and last + 1 not in letter_spaced:
                if not self._forms.belong_together(so_far, forms[last], forms[last + 1]):
                    break
                last += 1
                so_far += forms[last].surface
            start, end = starts[index], ends[last]
            self._append(columns, forms[index] if last == index else self._forms[align(text[start:end])], start, end)
            index = last + 1

    def _letter_spaced(
        self, forms: list[WordForm], starts: list[int], ends: list[int], joinable: list[bool]
    ) -> dict[int, int]:
        """Return where single letters, each one space from the next, are a word: from its first index to its last."""
        found: dict[int, int] = {}
        first = -1
        for index, form in enumerate(forms):
            if not form.toward_previous & SINGLE_LETTER:
                continue
            if first < 0:
                first = index
            after = index + 1
            is_near = after < len(forms) and joinable[index] and starts[after] == ends[index] + 1
            if not is_near or not forms[after].toward_previous & SINGLE_LETTER:
                if edges := self._forms.letter_spaced(forms, first, index):
                    found[edges[0]] = edges[1]
                first = -1
        return found

    @staticmethod
    def _append(columns: TokenColumns, form: WordForm, start: int, end: int) -> None:
        """Append a word and its parts. A compound has the position of its first part, a second stem the word's."""
        if not form.surface:  # nothing but marks
            return
        columns.surfaces.append(form.surface)
        columns.stems.append(form.stem)
        columns.positions.append(columns.next_position)
        columns.starts.append(start)
        columns.ends.append(end)
        position = columns.next_position
        for part in form.parts:
            columns.surfaces.append(part.surface)
            columns.stems.append(part.stem)
            columns.positions.append(position)
            columns.starts.append(start + part.start)
            columns.ends.append(start + part.end)
            position += part.width
        columns.next_position = max(position, columns.next_position + 1)

    def _read_chunk(self, written: str) -> WordForm:
        """Return the form of a chunk: of a word, perhaps with punctuation after it, or of anything else."""
        if self._scanner and not self._forms.native and len(self._chunks) >= _FEW:
            self._forms.use_core()
            assert self._forms.native
            self._scanner.use(self._forms.native)
        if (native := self._forms.native) and (form := native.chunk(written)):
            return form
        aligned = align(written)
        if len(aligned) > 1 and PERSIAN_LETTERS.fullmatch(aligned):
            return self._forms[written if aligned == written else aligned]
        form = self._read_pieces(written, aligned)
        if len(aligned) > 1 and aligned.isalpha():
            return form
        # Some tokens have spaces inside: ه. ش. and 0912 000 1111.
        last = aligned[-1:]
        if "0" <= last <= "9":
            form = form._replace(toward_next=form.toward_next | DIGITS)
        elif last == "." and self._ends_in_letter(aligned):
            form = form._replace(toward_next=form.toward_next | DOTTED)
        if (begin := self._begin_after_space(aligned)) is not None:
            bit = DOTTED if begin[0].isalpha() else DIGITS
            form = form._replace(toward_previous=form.toward_previous | bit)
        return form

    def _read_pieces(self, written: str, aligned: str) -> WordForm:
        pieces = self._split(aligned)
        if len(pieces) == 3 and len(pieces[1]) == len(written):
            form = self._forms[written if aligned == written else aligned]
            if form.surface:
                return form
        elif len(pieces) == 3 and not pieces[0] and not _is_joinable(pieces[2]):
            form = self._forms[pieces[1]]
            if form.surface:
                return form._replace(toward_next=form.toward_next & READ_CLOSELY)
        # The first word may belong to the one before, unless punctuation is between.
        if len(pieces) > 1 and _is_joinable(pieces[0]):
            first = self._forms[pieces[1]]
            return WordForm(
                "", "", 0, NOT_ONE_WORD | READ_CLOSELY, first.toward_previous, "", continues=first.continues
            )
        toward_previous = READ_CLOSELY | JOINABLE if _is_joinable(pieces[0]) else READ_CLOSELY
        return WordForm("", "", 0, NOT_ONE_WORD | READ_CLOSELY, toward_previous, "")


def _is_joinable(gap: str) -> bool:
    """Return True if the words around `gap` may be one: spaces, half-spaces, or nothing between two scripts."""
    return not gap or gap.isspace() or not squeeze(gap).strip()


@cache
def stop_stems() -> frozenset[str]:
    """Return the stems of stop words, which say little of what a text is about."""
    return frozenset(lexicon().stop_stems)


@cache
def question_stems() -> frozenset[str]:
    """Return the stems of those stop words that ask for something: چه, کجا, چرا."""
    return frozenset(lexicon().question_stems)


@cache
def identity() -> str:
    """Return a string that identifies the analysis: analyses that make different terms of any text have different ones.

    It depends on `VERSION` and on the content of the lexicon and of the tables, but not on the tables' comments.
    """
    # The last column of each table says why the row is there.
    rows = ["\t".join(row[:-1]) for table in _TABLES for row in table_rows(table)]
    checksum = zlib.crc32("\n".join(rows).encode(), lexicon().digest)
    return f"{VERSION}-{checksum:08x}"


@cache
def analysis() -> Analysis:
    """Return the analysis with the lexicon that ships with the package. It is made once."""
    return Analysis(lexicon())
