"""From photos to facts: evidence, conflicts, and nothing invented whatever the input."""

import json
from collections.abc import Callable

import pytest
from PIL import Image, ImageFilter

from octavo.app import DocumentError, DocumentService, FakeBackend, Settings, UsageError
from octavo.app.channels import PACKS
from octavo.app.listing.claims import keep_supported
from octavo.app.listing.colour import measure
from octavo.app.listing.facts import Fact, FactEvidence, merge
from octavo.app.listing.photos import check_photos, look_hash, open_photo, problem_of
from octavo.app.listing.product import Product, Request, make_product
from octavo.app.listing.seller import parse_settings, understand
from octavo.app.listing.taxonomy import find_category
from octavo.app.listing.words import LANGUAGES, spoken
from octavo.app.prompts import DESCRIBE

from .listing_samples import SHOP, barcode_photo, product_photo, save, text_screenshot

SHOE = {
    "category": "Sports Shoes",
    "sub_category": "Shoes",
    "colour": "Blue",
    "gender": "Women",
    "usage": "Sports",
}
Make = Callable[..., Product]


@pytest.fixture
def make(tmp_path) -> Make:
    """``make({...reply}, photo, notes=..., **settings)`` → product."""

    def run(
        reply, *photos, probability=0.999995, notes="", language="en", tone="plain", **settings
    ) -> Product:
        backend = FakeBackend({DESCRIBE: reply if isinstance(reply, str) else json.dumps(reply)}, probability)
        backend.boxes = settings.pop("boxes", {})
        files = [
            photo if isinstance(photo, str) else save(photo, tmp_path / f"photo{number}.png")
            for number, photo in enumerate(photos or (product_photo(),))
        ]
        with DocumentService(Settings(isolate=False), backend) as service:
            return make_product(service, Request(tuple(files), notes, "", settings, language, tone))

    return run


def facts(product: Product) -> dict[str, Fact]:
    return {fact.name: fact for fact in product.facts}


def test_facts_carry_source_confidence_and_the_place_on_the_photo(make):
    found = facts(make(SHOE, brand="Acme"))
    category = found["category"]
    assert (category.value, category.source, category.stated) == ("Sports Shoes", "model", True)
    assert category.confidence == pytest.approx(0.999995)
    assert category.evidence[0].kind == "photo" and category.evidence[0].file == "photo0.png"
    x0, y0, x1, y1 = category.evidence[0].box
    assert 0.05 < x0 < 0.15 and 0.15 < y0 < 0.25 and 0.85 < x1 < 0.95 and 0.85 < y1 < 0.95
    assert found["brand"].source == "seller" and found["brand"].evidence[0].text == "brand: Acme"


def test_the_json_record_has_the_keys_that_the_interface_promises(make):
    product = make(SHOE, **SHOP)
    record = product.to_json(product.row(PACKS["amazon"]))
    assert {"channel", "fields", "facts", "findings"} <= set(record)
    assert {"name", "value", "confidence", "evidence"} <= set(record["facts"][0])
    assert all(set(finding) == {"rule", "field", "message", "severity"} for finding in record["findings"])
    json.dumps(record)


def test_what_a_photo_cannot_show_is_never_claimed(make):
    product = make(SHOE | {"material": "Leather", "season": "Summer"})
    assert not facts(product)["material"].stated and not facts(product)["season"].stated
    assert "leather" not in json.dumps(dict(product.row(PACKS["plain"]).fields)).lower()
    said = make(SHOE | {"material": "Leather"}, notes="Material: mesh")
    assert facts(said)["material"].value == "mesh" and facts(said)["material"].source == "seller"
    assert [conflict.name for conflict in said.conflicts] == ["material"]


def test_an_unsure_model_is_heard_and_not_quoted(make):
    product = make(SHOE, probability=0.3)  # also of the colour, with the pixels on its side
    assert not any(fact.stated for fact in product.facts if fact.source == "model")
    row = product.row(PACKS["ebay"])
    assert not row.is_valid and "title" not in row.fields
    assert any(finding.rule == "ebay.title.required" for finding in row.findings)


def test_the_pixels_speak_up_against_a_wrong_colour(make):
    product = make(SHOE | {"colour": "Red"}, probability=0.6)
    assert [(c.name, c.kept.value, c.other.value) for c in product.conflicts] == [("colour", "red", "blue")]
    assert not facts(product)["colour"].stated
    assert "Red" not in json.dumps(dict(product.row(PACKS["plain"]).fields))


def test_a_colour_needs_the_model_and_the_pixels(make):
    assert facts(make(SHOE))["colour"].stated
    assert not facts(make(SHOE | {"colour": "Red"}, probability=0.99))["colour"].stated
    alone = facts(make({"category": "Sports Shoes"}))["colour"]
    assert (alone.value, alone.source, alone.stated) == ("blue", "pixels", False)


def test_photos_that_disagree_leave_an_attribute_open(tmp_path):
    replies = iter([json.dumps({"gender": "Women"}), json.dumps({"gender": "Men"})])
    files = [save(product_photo(c), tmp_path / f"{c}.png") for c in ("blue", "darkgreen")]
    backend = FakeBackend(lambda page, prompt: next(replies), 0.999995)
    with DocumentService(Settings(isolate=False), backend) as service:
        product = make_product(service, Request(tuple(files)))
    assert not facts(product)["gender"].stated
    assert any(conflict.name == "gender" for conflict in product.conflicts)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "no JSON",
        "null",
        "[]",
        '{"category": 7}',
        '{"category": {"a": 1}}',
        '{"colour": "Bl',
        "{" * 5000,
        "\ud800",
    ],
)
def test_a_reply_that_is_no_description_gives_no_fact_of_the_model(make, reply):
    assert not [fact for fact in make(reply).facts if fact.source == "model"]


@pytest.mark.parametrize(
    "value", ["iPhone 15", "see www.x.example", "a b c d e", "x" * 60, "<b>", "12", "Blue!!!"]
)
def test_a_value_that_cannot_be_one_is_no_fact(make, value):
    assert "category" not in facts(make({"category": value}))


def test_sentences_that_no_fact_backs_are_dropped_and_listed(make):
    text = "Blue sports shoes for women. They cure cancer. Made of leather. Not for women. 100 blue shoes."
    product = make(SHOE | {"description": text})
    content, dropped = product.content()
    assert [part.text for part in content.sentences if part.writer == "model"] == [
        "Blue sports shoes for women."
    ]
    assert [item.text for item in dropped] == text.split(". ", 1)[1].replace(". ", ".|").split("|")
    assert "cure" in dropped[0].reason or "they" in dropped[0].reason


def test_the_sellers_words_back_a_sentence_of_the_model():
    fact = Fact("colour", "blue", "model", 0.9, (FactEvidence("photo"),))
    kept, dropped = keep_supported("Blue with a padded tongue.", [fact], "It has a padded tongue")
    assert kept[0].facts == ("colour", "notes") and not dropped


def test_a_printed_name_is_proven_by_where_it_is_printed(make):
    reply = SHOE | {"product": "Alpro Soyghurt"}
    assert not facts(make(reply))["product"].stated
    box = (0.2, 0.2, 0.4, 0.3)
    product = make(reply, boxes={"Alpro": box, "Soyghurt": box})
    assert facts(product)["product"].stated
    assert [evidence.text for evidence in facts(product)["product"].evidence] == ["Alpro", "Soyghurt"]


def test_every_language_says_the_same_facts(make):
    titles = {
        language: make(SHOE, language=language).row(PACKS["plain"]).fields["title"] for language in LANGUAGES
    }
    assert titles == {
        "en": "Sports Shoes for Women in Blue",
        "de": "Sportschuhe für Damen in Blau",
        "fr": "Chaussures de sport pour femme coloris bleu",
        "es": "Zapatillas deportivas para mujer en color azul",
        "zh": "女士蓝色运动鞋",
    }


def test_a_value_without_a_word_in_a_language_is_left_out(make):
    product = make({"category": "Stuffed Dragon", "colour": "Blue"}, language="de")
    assert not product.row(PACKS["plain"]).is_valid
    assert (
        make({"category": "Stuffed Dragon", "colour": "Blue"}).row(PACKS["plain"]).fields["title"]
        == "Stuffed Dragon in Blue"
    )


def test_tones_differ_in_frame_and_not_in_facts(make):
    said = {
        tone: make(SHOE, tone=tone).row(PACKS["plain"]).fields["description"]
        for tone in ("plain", "friendly", "technical")
    }
    assert said["plain"].startswith("Sports shoes for women in blue.")
    assert said["friendly"].startswith("Here you see sports shoes for women in blue.")
    assert (
        said["technical"].startswith("Product type: Sports Shoes.")
        or "Product type: Sports shoes." in said["technical"]
    )


def test_output_tells_rules_from_model_and_seller(make):
    product = make(SHOE | {"description": "Blue shoes."}, notes="With laces.", brand="Acme")
    parts = product.row(PACKS["plain"]).parts
    assert {part.writer for part in parts["description"]} == {"rule", "model", "seller"}
    assert [part.writer for part in parts["title"]] == ["seller", "rule", "rule", "rule"]


def test_barcodes_are_read_and_broken_ones_give_no_number(make):
    good = make(SHOE, barcode_photo("4006381333931"))
    assert facts(good)["gtin"].value == "4006381333931" and facts(good)["gtin"].source == "barcode"
    assert good.row(PACKS["ebay"]).fields["gtin"] == "4006381333931"
    broken = make(SHOE, barcode_photo("4006381333931", damage=True))
    assert "gtin" not in facts(broken)
    two = make(SHOE, barcode_photo("4006381333931"), barcode_photo("036000291452", "UPCA"))
    assert "gtin" not in facts(two)
    assert any("several" in finding.message for finding in two.findings)


def test_a_mistyped_gtin_is_told_and_left_out(make):
    product = make(SHOE, gtin="4006381333932")
    assert "gtin" not in facts(product)
    assert any("should be 1" in finding.message for finding in product.findings)


def test_no_photo_and_too_many_are_refused_with_a_reason(make):
    with DocumentService(Settings(isolate=False), FakeBackend()) as service:
        with pytest.raises(UsageError, match="no photo was given"):
            make_product(service, Request(()))
        with pytest.raises(UsageError, match="40 photos were given, one product has at most 8"):
            make_product(service, Request(("a.jpg",) * 40))


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (Image.new("RGB", (800, 800), "black"), "is black"),
        (Image.new("RGB", (800, 800), (120, 130, 140)), "of one colour"),
        (text_screenshot(), "picture of text"),
    ],
    ids=["black", "flat", "screenshot"],
)
def test_a_picture_that_shows_no_product_is_refused_and_never_described(make, picture, reason):
    with pytest.raises(UsageError, match=reason):
        make(SHOE, picture)


def test_a_bad_picture_among_good_ones_costs_only_itself(make):
    product = make(SHOE, Image.new("RGB", (800, 800), "black"), product_photo())
    assert [photo.name for photo in product.photos] == ["photo1.png"]
    assert [finding.field for finding in product.findings if finding.rule == "photo.unusable"] == [
        "photo0.png"
    ]


def test_the_same_photo_twice_counts_once(make, tmp_path):
    second = product_photo().resize((300, 400))
    product = make(SHOE, product_photo(), second)
    assert len(product.photos) == 1
    assert any(finding.rule == "photo.duplicate" for finding in product.findings)


def test_thirty_megapixels_and_cmyk_are_opened_and_told_in_their_own_size(make, tmp_path):
    large = save(product_photo(size=(5000, 6000)), tmp_path / "large.jpg", quality=50)
    cmyk = save(product_photo("green").convert("CMYK"), tmp_path / "cmyk.jpg")
    product = make(SHOE, large, cmyk)
    assert [photo.size for photo in product.photos] == [(5000, 6000), (600, 800)]
    assert max(product.photos[0].image.size) < 2000
    rules = {finding.rule for finding in check_photos("shopify", product.photos, PACKS["shopify"].photos)}
    assert {"shopify.photo.size", "shopify.photo.colours"} <= rules


def test_a_pdf_or_a_broken_file_is_no_photo(tmp_path, make_pdf):
    with DocumentService(Settings(isolate=False), FakeBackend()) as service:
        with pytest.raises(DocumentError, match="is a PDF"):
            open_photo(service, str(make_pdf("a page")))
        (tmp_path / "x.jpg").write_bytes(b"\xff\xd8\xff\xe0 broken")
        with pytest.raises(UsageError, match="no photo can be used"):
            make_product(service, Request((str(tmp_path / "x.jpg"),)))


def test_a_spec_sheet_gives_facts_with_page_and_box(tmp_path, make_pdf):
    from octavo.app.listing.product import SPEC_KEYS
    from octavo.app.prompts import extract_prompt

    replies = {
        DESCRIBE: json.dumps(SHOE),
        extract_prompt(SPEC_KEYS): json.dumps(dict.fromkeys(SPEC_KEYS) | {"material": "mesh"}),
    }
    backend = FakeBackend(replies)
    backend.boxes = {"mesh": (0.1, 0.1, 0.3, 0.2)}
    photo = save(product_photo(), tmp_path / "a.png")
    with DocumentService(Settings(isolate=False), backend) as service:
        product = make_product(
            service, Request((photo,), spec=str(make_pdf("Material: mesh", name="spec.pdf")))
        )
    material = facts(product)["material"]
    assert material.stated and material.evidence[0].to_json() == {
        "kind": "document", "file": "spec.pdf", "page": 1, "box": [0.1, 0.1, 0.3, 0.2], "text": "mesh"
    }  # fmt: skip


def test_photo_checks_hint_at_size_background_fill_and_blur(make):
    small = product_photo(size=(300, 400)).filter(ImageFilter.GaussianBlur(6))
    product = make(SHOE, small)
    rules = {finding.rule for finding in check_photos("amazon", product.photos, PACKS["amazon"].photos)}
    assert {"amazon.photo.size", "amazon.photo.blur"} <= rules
    grey = Image.composite(
        product_photo(),
        Image.new("RGB", (600, 800), (200, 200, 200)),
        product_photo().convert("L").point(lambda v: 255 * (v < 250)),
    )
    rules = {
        finding.rule for finding in check_photos("amazon", make(SHOE, grey).photos, PACKS["amazon"].photos)
    }
    assert "amazon.photo.background" in rules


@pytest.mark.parametrize(
    "name",
    [
        "black",
        "white",
        "grey",
        "red",
        "orange",
        "yellow",
        "green",
        "blue",
        "purple",
        "pink",
        "brown",
        "beige",
    ],
)
def test_pixels_are_called_by_the_names_of_shops(name):
    paint = {
        "orange": (240, 120, 30),
        "beige": (222, 203, 175),
        "pink": (240, 150, 180),
        "brown": (110, 70, 40),
    }.get(name, name)
    photo = product_photo(paint)
    if name == "white":
        photo = Image.new("RGB", (600, 800), (90, 110, 90))
        photo.paste((250, 250, 250), (120, 160, 480, 720))
    assert measure(photo).dominant == name


def test_alike_photos_have_alike_hashes():
    one, other = look_hash(product_photo()), look_hash(product_photo().resize((150, 200)))
    assert (one ^ other).bit_count() <= 3
    assert problem_of(product_photo()) == ""


def test_categories_are_found_whatever_number_case_and_language():
    for name in ("t-shirt", "T SHIRTS", "Tshirts", "tees"):
        assert find_category(name).names["en"] == "T-shirts", name
    assert (
        find_category("Handtaschen").google == "Apparel & Accessories > Handbags, Wallets & Cases > Handbags"
    )
    assert find_category("time machine") is None
    assert spoken("category", "Tshirts", "es") == "Camisetas"


def test_notes_become_facts_shop_data_and_sentences():
    said = understand(
        "Farbe: Blau\nSKU: A-7\n- Wasserdicht bis 5 m. Sehr leicht.\nhttps://x.example: no", {"price": "3.50"}
    )
    assert [(fact.name, fact.value) for fact in said.facts] == [("colour", "Blau")]
    assert said.shop == {"sku": "A-7", "price": "3.50"}
    assert said.sentences[:2] == ("Wasserdicht bis 5 m.", "Sehr leicht.")


def test_settings_without_a_value_are_refused():
    assert parse_settings(["Price=3", "a=b=c"]) == {"price": "3", "a": "b=c"}
    with pytest.raises(UsageError, match="write name=value"):
        parse_settings(["price"])


def test_notes_never_name_a_file_that_is_read(make, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("Material: secret")
    assert "secret" not in [fact.value for fact in make(SHOE, notes=str(secret)).facts]


def test_agreeing_sources_add_their_evidence():
    photo, words = FactEvidence("photo", "a.jpg"), FactEvidence("seller", text="colour: navy")
    model = Fact("colour", "blue", "model", 0.8, (photo,))
    merged, conflicts = merge([model, Fact("colour", "navy blue", "seller", 1.0, (words,))])
    assert [(fact.value, fact.source, len(fact.evidence)) for fact in merged] == [("navy blue", "seller", 2)]
    assert conflicts == []
