"""A small archive to search on the page: talks with speakers, articles of several years, verse, and hostile texts."""

from pathlib import Path

from jooya import Document, Index
from jooya.indexer.own_fields import Kind

QANAT = "قنات راهی است برای آوردن آب از دل کوه به دشت، بی آنکه آفتاب آن را بخار کند."
FARMER = "آب آرام به روستا می\u200cرسد و میان کشاورزان تقسیم می\u200cشود."
DRIP = "امروز بسیاری از قنات\u200cها خشک شده\u200cاند؛ آبیاری قطره\u200cای و بازسازی قنات\u200cهای قدیمی چارهٔ کار است."
LIBRARY = "کتابخانه\u200cهای روستایی با کمک معلمان ساخته شدند و هر هفته کتاب\u200cهای تازه می\u200cرسد."
WHEAT = "بهای گندم در سال گذشته دو برابر شد و کشاورزان از کمبود بذر گله داشتند."
RAIN = "باران بهاری دیر آمد و درختان بادام را سرما زد."
ENGLISH = "شرکت Google در سال 2019 نرم\u200cافزار تازه\u200cای برای ترجمه عرضه کرد که API آن رایگان بود."
UNIVERSITY = "دانشگاه تهران نخستین دانشگاه نوین ایران است."

VERSE = "که عشق آسان نمود اول\nولی افتاد مشکل\u200cها\nز تاب جعد مشکینش\nچه خون افتاد در دل\u200cها"

HOSTILE_KEY = "بد/<script>alert(1)</script>?&#.txt"
HOSTILE_TITLE = "<img src=x onerror=alert(1)> \"عنوان\" & 'بد'"
HOSTILE_TEXT = "واژهٔ <b>درشت</b> <script>window.hacked = true</script> &amp; \u202eوارونه\u202c </p></article> ناهنجار"

DOCUMENTS = (
    Document(
        key="talks/water.txt",
        title="قنات\u200cهای کویر",
        date="1402-07-20",
        collection="talks",
        text=f"لیلا رستمی: {QANAT}\n\nمحمدرضا کاظمی: {FARMER}\n\nلیلا رستمی: {DRIP}\n\nمحمدرضا کاظمی: {RAIN}\n",
    ),
    Document(
        key="talks/garden.txt",
        title="یادداشت\u200cهای باغ",
        date="1402-01-20",
        collection="talks",
        text=f"{RAIN} {DRIP}",
    ),
    Document(
        key="articles/wheat.txt", title="گزارش گندم", date="1384-09-22", collection="articles", text=f"{WHEAT} {FARMER}"
    ),
    Document(
        key="articles/library.txt",
        title="کتابخانه\u200cهای روستایی",
        meta={"author": "لیلا رستمی"},
        date="1399-03-15",
        collection="articles",
        text=LIBRARY,
    ),
    Document(
        key="articles/google.txt",
        title="Annual report 2019: آب",
        date="1398-05-01",
        collection="articles",
        text=ENGLISH,
    ),
    Document(key="articles/tehran.txt", title="دانشگاه", date="1358-02-02", collection="articles", text=UNIVERSITY),
    Document(key="poems/verse.txt", title="غزل", collection="poems", text=VERSE),
    Document(key=HOSTILE_KEY, title=HOSTILE_TITLE, text=HOSTILE_TEXT),
    Document(
        key="articles/long.txt",
        title="شرح قنات",
        meta={"author": "مهری باقری", "pages": 320, "tags": ["آب", "<i>کویر</i>"]},
        date="1390-01-01",
        collection="articles",
        text="\n\n".join(f"{LIBRARY if number % 50 else QANAT} {'بند ' * 60} {number}." for number in range(1, 321)),
    ),
)

FIELDS: dict[str, Kind] = {"author": "keyword", "tags": "keyword", "pages": "number"}
"""The declared fields of the archive."""


def make_archive(folder: Path) -> Path:
    """Create an index of the archive in a folder. Return its path."""
    with Index.create(folder / "index", fields=FIELDS) as index:
        index.add(DOCUMENTS)
    return folder / "index"
