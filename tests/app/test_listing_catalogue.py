"""Catalogues: one record a product, resumed after a kill, variants grouped, files that shops import."""

import csv
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from octavo.app import DocumentService, FakeBackend, Settings, UsageError, cli
from octavo.app.channels import find_packs
from octavo.app.listing import command
from octavo.app.listing.catalogue import RECORDS, load_records, read_catalogue, run_catalogue
from octavo.app.listing.colour import measure
from octavo.app.listing.variants import Member, alike, group_variants, sku_stem
from octavo.app.prompts import DESCRIBE

from .amazon_schema import faults
from .listing_samples import SHOP, product_photo, save
from .shop_importers import google_import, shopify_import, woocommerce_import

SEEN = {"category": "Sports Shoes", "gender": "Women"}
PACKS = find_packs("shopify,google,woocommerce")
Make = Callable[..., Path]


@pytest.fixture
def make_catalogue(tmp_path) -> Make:
    """``make_catalogue({"sku": ..., "photos": ...}, ...)`` → path of a CSV beside its photos."""

    def make(*rows: dict[str, str]) -> Path:
        for colour in ("blue", "red", "darkgreen"):
            save(product_photo(colour), tmp_path / f"{colour}.png")
        path = tmp_path / "catalogue.csv"
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(dict.fromkeys(name for row in rows for name in row)))
            writer.writeheader()
            writer.writerows(rows)
        return path

    return make


def describe(photo: Image.Image, prompt: str) -> str:
    """What a model would say of the drawn photos."""
    assert prompt == DESCRIBE
    return json.dumps(SEEN | {"colour": measure(photo).dominant})


def service() -> DocumentService:
    return DocumentService(Settings(isolate=False), FakeBackend(describe, 0.999995))


def run(catalogue: Path, out: Path, on_done=None, backend: DocumentService | None = None):
    entries = read_catalogue(catalogue, {k: v for k, v in SHOP.items() if k != "sku"}, "en", "plain")
    with backend or service() as used:
        return run_catalogue(used, entries, PACKS, out, on_done)


def test_every_line_has_an_outcome_and_good_ones_are_in_the_files(make_catalogue, tmp_path):
    catalogue = make_catalogue(
        {"sku": "A-blue", "photos": "blue.png", "notes": "Weight: 200 g"},
        {"sku": "A-red", "photos": "red.png", "notes": ""},
        {"sku": "B-1", "photos": "missing.png", "notes": ""},
        {"sku": "C-1", "photos": "", "notes": "no photo"},
    )
    outcomes = run(catalogue, tmp_path / "out")
    assert [(o.sku, o.status) for o in outcomes] == [
        ("A-blue", "ok"),
        ("A-red", "ok"),
        ("B-1", "error"),
        ("C-1", "error"),
    ]
    assert "no such file" in outcomes[2].reason and "no photo" in outcomes[3].reason
    products = shopify_import((tmp_path / "out" / "shopify-products.csv").read_text("utf-8"))
    assert [v["options"][0] for v in products["a"]["variants"]] == ["blue", "red"]
    items = google_import((tmp_path / "out" / "google-feed.xml").read_text("utf-8"))
    assert [item["item_group_id"] for item in items] == [["A"], ["A"]]
    kinds = [
        p["type"]
        for p in woocommerce_import((tmp_path / "out" / "woocommerce-products.csv").read_text("utf-8"))
    ]
    assert kinds == ["variable", "variation", "variation"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_variants_of_a_catalogue_are_a_family_at_amazon(make_catalogue, tmp_path, language):
    catalogue = make_catalogue(
        {"sku": "A-blue-M", "photos": "blue.png", "size": "M"},
        {"sku": "A-red-M", "photos": "red.png", "size": "M"},
        {"sku": "B-1", "photos": "darkgreen.png", "size": ""},
    )
    shop = {name: value for name, value in SHOP.items() if name != "sku"}
    entries = read_catalogue(catalogue, shop, language, "plain")
    with service() as used:
        run_catalogue(used, entries, find_packs("amazon"), tmp_path / "out")
    feed = json.loads((tmp_path / "out" / "amazon-feed.json").read_text("utf-8"))
    assert faults(feed) == []
    assert [message["sku"] for message in feed["messages"]] == ["A", "A-blue-M", "A-red-M", "B-1"]
    assert feed["messages"][1]["attributes"]["variation_theme"] == [{"name": "COLOR"}]


def test_a_run_that_was_stopped_goes_on_and_does_nothing_twice(make_catalogue, tmp_path):
    rows = [{"sku": f"S-{n}", "photos": f"{c}.png"} for n, c in enumerate(("blue", "red", "darkgreen"))]
    catalogue, out = make_catalogue(*rows), tmp_path / "out"

    def stop(outcome) -> None:
        if outcome.sku == "S-1":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(catalogue, out, stop)
    with (out / RECORDS).open("ab") as stream:  # killed while it wrote
        stream.write(b'{"key": "half')
    asked = service()
    outcomes = run(catalogue, out, backend=asked)
    assert [outcome.is_new for outcome in outcomes] == [False, False, True]
    assert len(asked.backend.prompts) == 1
    whole = run(catalogue, tmp_path / "whole")
    assert (out / "google-feed.xml").read_bytes() == (tmp_path / "whole" / "google-feed.xml").read_bytes()
    assert [o.rows for o in outcomes] == [o.rows for o in whole]
    assert len(load_records(out / RECORDS)) == 3


def test_changed_notes_or_photos_are_done_again(make_catalogue, tmp_path):
    out = tmp_path / "out"
    run(make_catalogue({"sku": "S-1", "photos": "blue.png", "notes": ""}), out)
    assert [
        o.is_new for o in run(make_catalogue({"sku": "S-1", "photos": "blue.png", "notes": "Size: M"}), out)
    ] == [True]


def test_a_number_that_is_used_twice_holds_both_rows_back(make_catalogue, tmp_path):
    rows = [{"sku": "S-1", "photos": "blue.png"}, {"sku": "S-1", "photos": "red.png"}]
    run(make_catalogue(*rows), tmp_path / "out")
    assert not (tmp_path / "out" / "shopify-products.csv").exists()


@pytest.mark.parametrize("text", ["sku;notes\n1;2\n", "", "\x00\xff"])
def test_a_table_that_is_no_catalogue_is_refused(tmp_path, text):
    (tmp_path / "c.csv").write_text(text, encoding="latin-1")
    with pytest.raises(UsageError, match="photos|cannot be read"):
        read_catalogue(tmp_path / "c.csv", {}, "en", "plain")


def test_semicolons_and_a_byte_order_mark_are_read(tmp_path):
    (tmp_path / "c.csv").write_text(
        "\ufeffSKU;Photos;Farbe;notes\nA-1;a.png | b.png;Blau;\n", encoding="utf-8"
    )
    (entry,) = read_catalogue(tmp_path / "c.csv", {"brand": "Acme"}, "de", "plain")
    assert entry.sku == "A-1"
    assert [Path(photo).name for photo in entry.request.photos] == ["a.png", "b.png"]
    assert entry.request.settings == {"brand": "Acme", "sku": "A-1", "colour": "Blau"}


@pytest.mark.parametrize(
    ("sku", "stem"), [("MH01-Black-XL", "MH01"), ("MH01", "MH01"), ("red", "red"), ("A_12", "A")]
)
def test_the_stem_of_a_number_is_what_colour_and_size_leave(sku, stem):
    assert sku_stem(sku) == stem


def test_products_of_different_kinds_are_no_variants():
    shoe, shirt = Member("A-red", "Shoes", "", "red", ""), Member("A-blue", "Shirts", "", "blue", "")
    assert group_variants([shoe, shirt]) == {}
    assert group_variants([shoe, Member("A-blue", "shoes", "", "blue", "")]) == {"A-red": "A", "A-blue": "A"}
    assert group_variants([shoe, Member("A-rot", "Shoes", "", "red", "")]) == {}  # nothing tells them apart
    assert group_variants([Member("1", "", "", "", "", "G"), Member("2", "", "", "", "", "G")]) == {
        "1": "G",
        "2": "G",
    }


def test_titles_that_buyers_cannot_tell_apart_are_found_but_not_among_variants():
    titles = [
        ("1", "Acme shoes in blue", ""),
        ("2", "Shoes in blue Acme", ""),
        ("3", "Acme hat in red", ""),
        ("4", "Acme shoes in blue", "G"),
    ]
    assert alike(titles) == [("2", "1"), ("4", "1")] or alike(titles) == [("2", "1"), ("4", "2")]
    assert alike([("1", "Same", "G"), ("2", "Same", "G")]) == []
    chinese = ["Acme 女士蓝色运动鞋", "女士红色运动鞋", "女士蓝色运动鞋 Acme"]
    assert alike([(str(number), title, "") for number, title in enumerate(chinese, start=1)]) == [("3", "1")]


@pytest.fixture
def call(monkeypatch, tmp_path):
    """``call("photo", "--channel", …)`` → result of the command, with a table for a model."""
    monkeypatch.setattr(command, "open_service", lambda model: service())
    return lambda *words: CliRunner().invoke(cli.app, ["listing", *map(str, words)])


def test_the_command_writes_files_and_tells_what_is_missing(call, tmp_path):
    photo = save(product_photo(), tmp_path / "shoe.png")
    done = call(photo, "--channel", "shopify,amazon", "--brand", "Acme", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert (tmp_path / "out" / "shopify-products.csv").exists() and not (
        tmp_path / "out" / "amazon-feed.json"
    ).exists()
    assert "amazon: error: seller_id: is required and missing" in done.stderr
    assert "Sports Shoes for Women" in done.stdout and "(held back: see the errors)" in done.stdout


def test_the_command_prints_one_record_or_a_list(call, tmp_path):
    photo = save(product_photo(), tmp_path / "shoe.png")
    one = call(photo, "--json", "--title", "My shoes", "--set", "price=3", "--notes", "Material: mesh")
    assert one.exit_code == 0
    record = json.loads(one.stdout)
    assert record["channel"] == "plain" and record["fields"]["title"] == "My shoes"
    assert len(json.loads(call(photo, "--json", "--channel", "plain,ebay").stdout)) == 2


def test_notes_may_be_a_text_file(call, tmp_path):
    photo = save(product_photo(), tmp_path / "shoe.png")
    (tmp_path / "notes.txt").write_text("Material: mesh", encoding="utf-8")
    record = json.loads(call(photo, "--json", "--notes", tmp_path / "notes.txt").stdout)
    assert record["fields"]["material"] == "mesh"


def test_the_command_runs_a_catalogue(call, make_catalogue, tmp_path):
    catalogue = make_catalogue({"sku": "S-1", "photos": "blue.png"}, {"sku": "S-2", "photos": "none.png"})
    done = call(catalogue, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "2 products (2 new), 1 failed, 0 rows held back" in done.stderr
    assert (tmp_path / "out" / "listing.md").exists()
    assert call(catalogue).exit_code == 2


@pytest.mark.parametrize(
    "words", [["--channel", "etsy"], ["--language", "xx"], ["--tone", "loud"], ["--set", "price"]]
)
def test_a_wrong_call_is_one_line_and_code_2(call, tmp_path, words):
    done = call(save(product_photo(), tmp_path / "shoe.png"), *words)
    assert done.exit_code == 2 and done.stderr.count("\n") == 1


def test_the_example_prints_facts_fields_and_the_file(capsys):
    import importlib.util

    path = Path(command.__file__).parents[2] / "examples" / "listing.py"
    spec = importlib.util.spec_from_file_location("example_listing", path)
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    example.main(service=service())
    shown = capsys.readouterr().out
    assert "category: Sports Shoes (model, 1.00, claimed)" in shown
    assert "title: Acme Sports Shoes for Women in Blue made of Cotton" in shown
    assert "shopify-products.csv" in shown


def test_a_number_that_is_used_twice_is_told_and_counted(call, make_catalogue, tmp_path):
    rows = [{"sku": "S-1", "photos": f"{colour}.png", "title": colour} for colour in ("blue", "red")]
    done = call(make_catalogue(*rows), "--out", tmp_path / "out", "--channel", "plain,shopify")
    assert done.exit_code == 1
    assert "4 rows held back" in done.stderr
    assert done.stderr.count("S-1: sku: is used by 2 products") == 1  # once, not for each channel


def test_a_number_that_is_no_gtin_is_told_of_a_catalogue_too(call, make_catalogue, tmp_path):
    catalogue = make_catalogue({"sku": "S-1", "photos": "blue.png", "gtin": "4.00638E+12"})
    told = call(catalogue, "--out", tmp_path / "out").stderr
    assert "S-1: gtin: “4.00638E+12” is not a GTIN" in told


def test_files_of_products_that_are_no_longer_meant_go(make_catalogue, tmp_path):
    out = tmp_path / "out"
    run(make_catalogue({"sku": "S-1", "photos": "blue.png"}), out)
    assert (out / "shopify-products.csv").exists()
    (out / "my-notes.csv").touch()
    run(make_catalogue({"sku": "S-1", "photos": "missing.png"}), out)
    assert sorted(path.name for path in out.iterdir()) == [RECORDS, "my-notes.csv"]


def test_names_of_photos_stay_as_they_are_written(make_catalogue, tmp_path):
    names = [unicodedata.normalize("NFD", "café.png"), "two  spaces.png"]
    for name, colour in zip(names, ("blue", "red"), strict=True):
        save(product_photo(colour), tmp_path / name)
    catalogue = make_catalogue({"sku": "S-1", "photos": "|".join(names), "spec": "a  b.pdf"})
    (entry,) = read_catalogue(catalogue, {}, "en", "plain")
    assert all(Path(photo).is_file() for photo in entry.request.photos)
    assert Path(entry.request.spec).name == "a  b.pdf"


def test_a_separator_of_lines_in_a_cell_does_not_end_the_row(make_catalogue):
    catalogue = make_catalogue({"sku": "S-1", "notes": "Nice\u2028shirt\x85", "photos": "blue.png"})
    (entry,) = read_catalogue(catalogue, {}, "en", "plain")
    assert entry.sku == "S-1" and Path(entry.request.photos[0]).name == "blue.png"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("photos,notes\na.png,Material: cotton, wash cold\n", "line 2 has more cells"),
        ("sku,photos\n", "no product below"),
        ("sku,photos\n,\n , \n", "no product below"),
        (None, "no such file"),
    ],
)
def test_what_is_wrong_with_a_catalogue_is_named(tmp_path, text, problem):
    if text is not None:
        (tmp_path / "c.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=problem):
        read_catalogue(tmp_path / "c.csv", {}, "en", "plain")


def test_empty_lines_of_a_spreadsheet_are_no_products(tmp_path):
    (tmp_path / "c.csv").write_text("photos,notes\na.png,x,,\n,,,\n", encoding="utf-8")
    assert len(read_catalogue(tmp_path / "c.csv", {}, "en", "plain")) == 1


@pytest.mark.parametrize("words", [["--notes", "Size: M"], ["--spec", "spec.pdf"], ["--json"]])
def test_options_for_one_product_are_refused_with_a_catalogue(call, make_catalogue, tmp_path, words):
    catalogue = make_catalogue({"sku": "S-1", "photos": "blue.png"})
    done = call(catalogue, "--out", tmp_path / "out", *words)
    assert done.exit_code == 2 and "for one product" in done.stderr


def test_a_conflict_is_told_once_for_all_channels_and_no_seller_is_asked_again(call, tmp_path):
    photo = save(product_photo("blue"), tmp_path / "shoe.png")
    done = call(photo, "--notes", "Color: red", "--channel", "plain,shopify")
    told = [line for line in done.stderr.splitlines() if "you say 'red'" in line]
    assert len(told) == len(set(told)) == 2  # the model sees blue, and so do the pixels
    for line in told:
        assert line.startswith("octavo: warning: colour:")
        assert "say which" not in line and "change your notes if that is wrong" in line
