"""HTML, parsed into blocks and rendered as text."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.indexer.document import Section
from jooya.indexer.readers.blocks import render
from jooya.indexer.readers.html_parser import parse_html


def text(html: str) -> str:
    return render(parse_html(html).blocks).text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>یک</p><p>دو</p>", "یک\n\nدو"),
        ("<div>یک<div>دو</div>سه</div>", "یک\n\nدو\n\nسه"),
        ("یک<br>دو<br><br>سه", "یک\nدو\n\nسه"),
        ("یک<br>&nbsp;<br>دو", "یک\n\nدو"),
        ("<p>یک<br></p><br><p>دو", "یک\n\nدو"),
        ("<ul><li>یک<li>دو</ul><p>سه", "یک\nدو\n\nسه"),
        ("<ul><li><p>یک</p></li><li><p>دو</p><p>سه</p></li></ul>", "یک\nدو\n\nسه"),
        ("<ul><li>یک<ul><li>دو<li>سه</ul><li>چهار</ul>", "یک\nدو\nسه\nچهار"),
        ("<dl><dt>واژه<dd>معنی<dt>دیگر</dl>", "واژه\nمعنی\nدیگر"),
        ("<table><tr><td>یک<td>دو<tr><th><p>سه</p><td><p>چهار</p></table>پنج", "یک\tدو\nسه\tچهار\n\nپنج"),
        ("<table><thead><tr><th>نام<tbody><tr><td>علی</table>", "نام\nعلی"),
        # A table used for the columns of a page: its cells contain paragraphs.
        ("<table><tr><td>فهرست<td><p>یک</p><p>دو</p><td>سه</table>", "فهرست\n\nیک\n\nدو\n\nسه"),
        ("  <b> یک </b>  دو \n\t سه<i></i> ", "یک دو سه"),
        ("یک<b>دو</b>سه", "یکدوسه"),
        ("یک<img src=x>دو<wbr>سه", "یک دوسه"),
        ("می\u200cرود&zwnj;ها&#8204;ی&nbsp;او", "می\u200cرود\u200cها\u200cی\u00a0او"),
        ("&lt;p&gt; &amp;amp; &unknown; &#x6a9;", "<p> &amp; &unknown; ک"),
        ("<pre>\n  یک\r\n    دو\n\n</pre>سه", "  یک\n    دو\n\nسه"),
        ("<h1>سر<br>خط</h1>متن", "سر خط\n\nمتن"),
        # Not shown.
        ("<script>یک</script>دو<style>سه</style><template><p>چهار</template><noscript>پنج</noscript>", "دو"),
        ("<p hidden>یک</p><p style='color:red; DISPLAY : none'>دو<b>سه</b></p>چهار", "چهار"),
        ("<p style='visibility:hidden'>یک</p><p style='x-display:none-such'>دو", "دو"),
        ("<body style='display:none'><p>یک", "یک"),
        ("<!-- یک --><title>دو</title><?سه?>چهار", "چهار"),
        ("<svg><text>یک</text></svg>دو<iframe>سه</iframe>", "دو"),
        ("<form>نام: <input value=x><select><option>یک</select><button>برو</button></form>", "نام:"),
        ("<h2><button>پرسش؟</button></h2><p>پاسخ", "پرسش؟\n\nپاسخ"),
        ("<dialog>یک</dialog><dialog open>دو</dialog>", "دو"),
        ("<h2>تاریخ<span class='mw-editsection'>[ویرایش]</span></h2>", "تاریخ"),
        # The mark of a footnote, and the link back from it.
        ('سرزمین<sup><a href="#n1">[۱]</a></sup> ما <a href="b.html#n2">*</a>', "سرزمین ما"),
        ('<p>یادداشت <a href="#r1">↑</a></p><a href="#top">بالا</a><a href="12">۱۲</a>', "یادداشت\n\nبالا۱۲"),
        # Broken in one way or another.
        ("", ""),
        ("متن", "متن"),
        ("<p>یک<p>دو<b>سه<p>چهار</div></b>", "یک\n\nدوسه\n\nچهار"),
        ("<p>یک</p", "یک"),
        ("یک < دو & سه > چهار", "یک < دو & سه > چهار"),
        ("یک\0دو", "یک\ufffdدو"),
        ("یک\ud800دو", "یک?دو"),
        ("<frameset><frame src=a><noframes>متن</noframes></frameset>", "متن"),
        ("<svg:svg><svg:title>یک</svg:title></svg:svg>دو", "دو"),
    ],
)
def test_text(html: str, expected: str) -> None:
    assert text(html) == expected


def test_headings_are_sections() -> None:
    rendered = render(
        parse_html("<h1>یک</h1>متن<div><h3> دو\n سه</h3></div><ul><li><h6>چهار</h6>باز</ul><h7>نه</h7>").blocks
    )
    assert rendered.text == "یک\n\nمتن\n\nدو سه\n\nچهار\n\nباز\n\nنه"
    assert rendered.sections == (Section(0, "یک"), Section(9, "دو سه"), Section(16, "چهار"))
    assert rendered.body == 2


def test_a_heading_that_is_not_closed_is_one_heading() -> None:
    """In an old page with an <h2> that nobody closed, each paragraph became a heading."""
    rendered = render(parse_html("<h2>سر<p>یک<p>دو").blocks)
    assert (rendered.text, rendered.sections) == ("سر\n\nیک\n\nدو", (Section(0, "سر"),))
    assert render(parse_html("<h2>" + "واژه " * 100).blocks).sections == ()


@pytest.mark.parametrize("tag", ["div", "b", "table", "a href='#x'"])
def test_deep_nesting_loses_no_text(tag: str) -> None:
    """A tree of 100,000 nested elements would overflow a stack, and lxml leaves out elements at a depth of 2,048."""
    assert text(f"<{tag}>" * 100_000 + "ژرفا") == "ژرفا"


def test_time_is_linear() -> None:
    """Each of these takes minutes if any part of the parser is quadratic."""
    begin = process_time()
    for piece in (
        "<p ",
        'a="b" ',
        "<",
        "&",
        "&#1",
        "<!--",
        "</p>",
        "<a href='#x'>1</a>",
        "<br>",
        " ",
        "<![CDATA[",
        "\r\n",
    ):
        text(piece * 50_000)
        text("<div style='" + piece * 50_000 + "'>")
    assert process_time() - begin < 20


WORDS = st.text("ابکگ\u200cیء", min_size=1).filter(lambda word: word.strip("\u200c"))


@given(
    st.lists(
        st.tuples(WORDS, st.sampled_from(["p", "div", "li", "td", "h1", "b", "br", "/p", "/div", "table", "pre", "i"]))
    )
)
def test_all_words_stay_in_their_order(pieces: list[tuple[str, str]]) -> None:
    html = "".join(f"<{tag}> {word} " for word, tag in pieces)
    assert text(html).split() == [word for word, _ in pieces]


@given(st.text())
def test_any_text_can_be_read(html: str) -> None:
    render(parse_html(html).blocks)


TAGS = [
    "<p>", "</p>", "<td>", "<a href='#'>", "</a>", "<h1>", "</h1>", "<br>", "<ul>", "<li>", "<script>", "x", "<!--",
    "-->", "<svg/>", '"', "'", "<pre>", "</table>", "<table>", "<body>", "</html>", "<head>", "<title>", "</title>",
    "<select>", "<frameset>",
]  # fmt: skip


@given(st.lists(st.sampled_from(TAGS)))
def test_any_tags_can_be_read(tags: list[str]) -> None:
    rendered = render(parse_html("".join(tags)).blocks)
    for section in rendered.sections:
        assert section.heading and rendered.text.startswith(section.heading.split()[0], section.start)
