"""The peers' rules on words as an engine would give them; no engine and no data are needed."""

import sys
from importlib import import_module
from pathlib import Path

import pytest
from PIL import Image

from octavo.app.evaluate import score_item
from octavo.app.manifest import Item

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def _benchmarks_on_path(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def words(text: str, slope: float = 0.0):
    """Words set in a fixed pitch: 10 px a letter, 20 px a line; four spaces part cells."""
    word = import_module("peers.engines").Word
    placed = []
    for number, line in enumerate(text.splitlines()):
        x = 0
        for piece in line.split(" "):
            if piece:
                y = 20 * number + slope * x
                placed.append(word(piece, (x, y, x + 10 * len(piece), y + 14), number))
            x += 10 * (len(piece) + 1)
    return placed


def rows(text: str, slope: float = 0.0):
    return import_module("peers.layout").rows(words(text, slope))


RECEIPT = """\
GOLDEN KEY HARDWARE SDN BHD (123456-X)
NO 12, JALAN BESAR 3,
43000 KAJANG, SELANGOR
TEL: 03-1234567
TAX INVOICE
DATE: 05/03/2018     14:22:10
HAMMER       1 X 20.00      20.00
NAILS        2 X 2.51        5.02
SUB TOTAL                   25.02
TOTAL QTY                       3
ROUNDING ADJ                -0.02
TOTAL                       25.00
CASH                        30.00
CHANGE                       5.00
GST SUMMARY       AMOUNT      TAX
SR 6%              23.60     1.42
TOTAL              23.60     1.42
"""


def test_receipt_rules_find_the_four_fields():
    fields = import_module("peers.receipt").fields(rows(RECEIPT))
    assert fields == {
        "company": "GOLDEN KEY HARDWARE SDN BHD",
        "date": "05/03/2018",
        "address": "NO 12, JALAN BESAR 3, 43000 KAJANG, SELANGOR",
        "total": "25.00",
    }


def test_receipt_rules_bear_letters_that_were_misread():
    misread = RECEIPT.replace("SDN BHD", "SON BHO").replace("TOTAL      ", "T0TAL      ")
    fields = import_module("peers.receipt").fields(rows(misread))
    assert fields["company"] == "GOLDEN KEY HARDWARE SDN BHD"
    assert fields["total"] == "25.00"


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("TOTAL  RM7.70", "RM7.70"),
        ("TOTAL  RM 7.70", "7.70"),
        ("TOTAL  7 -00", "7.00"),
        ("TOTAL  19.99\nROUNDING  0.01\nTOTAL RM  20.00", "20.00"),
        ("TOTAL QTY  3.00\nPAID AMOUNT  50.00\nTOTAL PAYABLE  12.40", "12.40"),
        ("TOTAL\n45.60\nCASH  50.00", "45.60"),
        ("THANK YOU", None),
    ],
)
def test_total_is_the_amount_with_the_surest_label(text, total):
    assert import_module("peers.receipt").total(rows(text)) == total


def test_rows_follow_print_that_is_askew():
    lines = "TOTAL OF ALL WARES AND TAXES    25.00\nCASH THAT WAS GIVEN TO US IN    30.00"
    found = rows(lines, slope=0.03)  # the ends of a row are 9 px apart in height, half a line
    assert [row.text for row in found] == [
        "TOTAL OF ALL WARES AND TAXES 25.00",
        "CASH THAT WAS GIVEN TO US IN 30.00",
    ]
    assert [len(row.cells) for row in found] == [2, 2]


def test_plain_words_lose_accents_and_letters_of_other_scripts():
    layout, word = import_module("peers.layout"), import_module("peers.engines").Word
    box = (0.0, 0.0, 1.0, 1.0)
    found = layout.plain([word("ÁLAM", box), word("家", box), word("£5", box)])
    assert [entry.text for entry in found] == ["ALAM", "£5"]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("05.03.2018", "2018-03-05"),
        ("Date :14-03-201810:22:59", "2018-03-14"),
        ("2018-01-05", "2018-01-05"),
        ("am 5. März 2018", "2018-03-05"),
        ("5 juin 2018", "2018-06-05"),
        ("0ct 3, 2016", "2016-10-03"),
        ("12/31/2017", "2017-12-31"),
        ("03-1234567", None),
        ("45/13/2018", None),
    ],
)
def test_dates_in_every_notation(text, iso):
    found = import_module("peers.values").dates(text)
    assert [entry.iso for entry in found] == ([iso] if iso else [])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.234,50 EUR", [1234.5]),
        ("RM1,234.50", [1234.5]),
        ("2 x 3.33   6.66", [3.33, 6.66]),
        ("-0.02", [-0.02]),
        ("19,0 %  16:15:00  12.12.2018", []),
    ],
)
def test_amounts_in_both_notations(text, values):
    assert [entry.value for entry in import_module("peers.values").amounts(text)] == values


INVOICE = """\
Verkäufer                      Käufer
Muster GmbH                    Kunde AG
Werkstraße 5                   Weg 1
Handelsrechnung Nr. R-4711 vom 06.12.2018
Positionssumme              1.000,00
Rechnungssumme ohne USt.    1.000,00
Steuerbetrag                  190,00
Bruttosumme                 1.190,00
Erhaltene Anzahlungen         -50,00
Zahlbetrag                  1.140,00
"""


def test_invoice_rules_read_german_print():
    fields = import_module("peers.invoice").fields([rows(INVOICE)])
    assert fields == {
        "invoice number": "R-4711",
        "issue date": "06.12.2018",
        "seller name": "Muster GmbH",
        "grand total": "1.190,00",
    }


FORM = """\
Name:  Jane Roe       Date:  3/4/95
Company
Acme Works
Remarks:    first line
            second line
Phone No.:
"""


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Name", "Jane Roe"),
        ("Date:", "3/4/95"),
        ("Cornpany", "Acme Works"),
        ("Remarks", "first line second line"),
        ("Phone No.", None),
        ("Blood group", None),
    ],
)
def test_form_rules_look_beside_and_below_a_label(label, value):
    assert import_module("peers.form").answer(rows(FORM), label) == value


def test_a_label_is_taken_out_of_its_question():
    form = import_module("peers.form")
    assert form.label_of("What is the Invoice No.?") == "Invoice No."
    assert form.label_of("Sold to") == "Sold to"


def test_table_rules_write_markdown_and_join_wrapped_lines():
    tables = import_module("peers.tables")
    page = rows("Item          Price     Sum\nLong paper     1.00    2.00\nInk            3.00    3.00")
    lines = tables.as_markdown(page).splitlines()
    assert lines[0] == "| Item | Price | Sum |"
    assert lines[2:] == ["| Long paper | 1.00 | 2.00 |", "| Ink | 3.00 | 3.00 |"]
    assert tables.as_markdown([]) == ""


def test_numbers_side_by_side_become_cells_of_their_own():
    tables, word = import_module("peers.tables"), import_module("peers.engines").Word
    parts = tables.split_numbers(
        [word("1,144 193.5 (182.2–204.8)", (0, 0, 250, 10)), word("9 lives", (0, 20, 70, 30))]
    )
    assert [part.text for part in parts] == ["1,144", "193.5", "(182.2–204.8)", "9 lives"]
    assert parts[1].box == (60, 0, 110, 10)


def test_drawn_lines_are_taken_out_and_letters_stay():
    engines = import_module("peers.engines")
    page = Image.new("L", (200, 120), 255)
    page.paste(0, (10, 10, 190, 13))  # a rule across
    page.paste(0, (30, 5, 32, 115))  # a rule down
    page.paste(0, (60, 40, 64, 70))  # the stroke of a letter
    left = engines.without_rules(page)
    assert left.getbbox() == page.getbbox()
    assert [box for box in (left.getpixel((100, 11)), left.getpixel((31, 80)), left.getpixel((62, 50)))] == [
        255,
        255,
        0,
    ]


TSV = (
    "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
    "4\t1\t1\t1\t1\t0\t20\t40\t200\t30\t-1\t\n"
    '5\t1\t1\t1\t1\t1\t20\t40\t90\t30\t96\t"TOTAL\n'
    "5\t1\t1\t1\t2\t1\t20\t90\t90\t30\t90\t25.00\n"
)


def test_tesseract_output_becomes_words_in_our_pixels():
    found = import_module("peers.engines").parse_tsv(TSV, scale=2.0)
    assert [(word.text, word.line) for word in found] == [('"TOTAL', 0), ("25.00", 1)]
    assert found[0].box == (10, 20, 55, 35)


def test_an_engine_that_is_missing_says_how_to_get_it(tmp_path, monkeypatch):
    engines = import_module("peers.engines")
    with pytest.raises(engines.EngineError, match="make scoreboard"):
        engines.RapidOcr(tmp_path / "python")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(engines.EngineError, match="apt-get install"):
        engines.Tesseract()


WORKER = """
import json, sys
print(json.dumps({"version": "9"}), flush=True)
while header := sys.stdin.buffer.readline():
    width, height = json.loads(header)["size"]
    pixels = sys.stdin.buffer.read(width * height * 3)
    lines = [[f"{width}x{height}:{len(pixels)}", [0, 0, 9, 9]], ["", [0, 0, 1, 1]]]
    print(json.dumps({"lines": lines} if width < 50 else {"error": "too wide"}), flush=True)
"""


def test_the_worker_is_given_pixels_and_its_failures_are_told(tmp_path, monkeypatch):
    engines = import_module("peers.engines")
    worker = tmp_path / "worker.py"
    worker.write_text(WORKER, encoding="utf-8")
    monkeypatch.setattr(engines, "WORKER", worker)
    engine = engines.RapidOcr(Path(sys.executable), threads=1)
    try:
        assert engine.version == "rapidocr 9"
        assert [word.text for word in engine.words(Image.new("L", (20, 10)))] == ["20x10:600"]
        with pytest.raises(engines.EngineError, match="too wide"):
            engine.words(Image.new("L", (60, 10)))
    finally:
        engine.close()


class FakeEngine:
    """Gives the words of a text, whatever the picture."""

    version, parts_cells = "fake 1", False

    def __init__(self, text: str, error: Exception | None = None) -> None:
        self.text, self.error, self.pictures = text, error, 0

    def words(self, image):
        self.pictures += 1
        if self.error:
            raise self.error
        return words(self.text)

    def close(self) -> None:
        pass


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "receipt.png"
    Image.new("RGB", (60, 80), "white").save(path)
    return path


def test_a_peer_is_scored_by_the_evaluation_of_the_application(picture):
    engine = FakeEngine(RECEIPT)
    service = import_module("peers.service").RulesService(engine, "receipt")
    labels = {"fields": {"company": "Golden Key Hardware Sdn Bhd", "total": "26.00"}, "text": RECEIPT}
    try:
        result = score_item(service, Item("r", "receipt_kie", picture, None, labels))
    finally:
        service.close()
    scores = {score.metric: score.value for score in result.scores}
    assert scores["field_accuracy.company"] == 1.0 and scores["field_accuracy.total"] == 0.0
    assert scores["cer_loose"] == 0.0
    assert engine.pictures == 1  # read once, used for both
    assert result.failures == ()
    assert service.model.startswith("fake 1 + rules@")


def test_the_rules_of_invoices_answer_to_short_names_as_well(picture):
    service = import_module("peers.service").RulesService(FakeEngine(INVOICE), "invoice")
    accepted = {
        "date": "06.12.2018",
        "seller": "Muster GmbH",
        "total": "1.190,00",
        "invoice number": "R-4711",
    }
    try:
        result = score_item(service, Item("i", "invoice_kie", picture, None, {"fields": accepted}))
    finally:
        service.close()
    assert {score.value for score in result.scores if score.metric == "field_accuracy"} == {1.0}


def test_a_peer_whose_engine_fails_scores_as_wrong_and_says_why(picture):
    engines, service_module = import_module("peers.engines"), import_module("peers.service")
    service = service_module.RulesService(FakeEngine("", engines.EngineError("broken")), "form")
    labels = {"pairs": [{"question": "What is the IBAN?", "answer": None}]}
    try:
        result = score_item(service, Item("f", "form_kie", picture, None, labels))
    finally:
        service.close()
    assert [(score.metric, score.value) for score in result.scores] == [("unanswerable_recall", 0.0)]
    assert "broken" in result.failures[0].reason
