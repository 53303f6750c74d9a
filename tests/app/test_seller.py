"""What a seller writes: lines that name something, and lines that only look so."""

import json

import pytest

from octavo.app import DocumentService, FakeBackend, Settings
from octavo.app.channels import PACKS
from octavo.app.listing.product import SPEC_KEYS, Request, make_product
from octavo.app.listing.seller import understand
from octavo.app.prompts import DESCRIBE, extract_prompt

from .listing_samples import product_photo, save


@pytest.mark.parametrize(
    ("notes", "facts", "sentences"),
    [
        ("Ratio 16:9 display", {}, ("Ratio 16:9 display",)),
        ("Scale 1:18 model car", {}, ("Scale 1:18 model car",)),
        ("Scale: 1:18", {"scale": "1:18"}, ()),
        ("Ratio 16:9: yes", {"ratio 16:9": "yes"}, ()),
        ("Size:42", {"size": "42"}, ()),
        ("尺码：42", {"size": "42"}, ()),
    ],
)
def test_a_colon_between_digits_names_nothing(notes, facts, sentences):
    said = understand(notes, {})
    assert {fact.name: fact.value for fact in said.facts} == facts
    assert said.sentences == sentences


@pytest.fixture
def specified(tmp_path, make_pdf):
    """``specified({"brand": ...}, **settings)`` → the product of a photo and a spec sheet that says this."""

    def make(said: dict[str, str], **settings: str):
        replies = {
            DESCRIBE: json.dumps({"category": "Sports Shoes", "colour": "Blue"}),
            extract_prompt(SPEC_KEYS): json.dumps(dict.fromkeys(SPEC_KEYS) | said),
        }
        photo, sheet = save(product_photo(), tmp_path / "a.png"), str(make_pdf("a sheet", name="spec.pdf"))
        backend = FakeBackend(replies, 0.999995)
        with DocumentService(Settings(isolate=False), backend) as service:
            return make_product(service, Request((photo,), spec=sheet, settings=settings))

    return make


@pytest.mark.parametrize(
    ("channel", "field"), [("shopify", "vendor"), ("google", "brand"), ("ebay", "brand"), ("plain", "brand")]
)
def test_a_brand_that_a_spec_sheet_proves_is_the_brand_and_no_word_of_the_seller(specified, channel, field):
    row = specified({"brand": "Northwind"}).row(PACKS[channel])
    assert row.fields[field] == "Northwind"
    assert not any(finding.field == field and finding.severity == "error" for finding in row.findings)
    writers = {part.writer for parts in row.parts.values() for part in parts if part.text == "Northwind"}
    assert writers == {"rule"}


def test_the_sellers_brand_beats_the_sheet_and_a_mended_one_the_first(specified):
    product = specified({"brand": "Northwind"}, brand="Acme")
    assert product.row(PACKS["shopify"]).fields["vendor"] == "Acme"
    mended = product.with_facts({"brand": "Bolt"}).row(PACKS["shopify"])
    assert mended.fields["vendor"] == "Bolt" and str(mended.fields["title"]).startswith("Bolt")
    assert "vendor" not in product.with_facts({"brand": ""}).row(PACKS["shopify"]).fields


@pytest.mark.parametrize(("language", "stop"), [("en", "."), ("zh", "。")])
def test_a_line_of_notes_does_not_run_into_the_next_sentence(tmp_path, language, stop):
    photo = save(product_photo(), tmp_path / "a.png")
    notes = "A warm coat\nReally warm!\nMaterial: wool"
    with DocumentService(Settings(isolate=False), FakeBackend({})) as service:
        product = make_product(
            service, Request((photo,), notes, settings={"title": "Coat"}, language=language)
        )
    row = product.row(PACKS["plain"])
    assert f"A warm coat{stop}" in row.fields["description"]
    assert "Really warm! " in row.fields["description"] + " "
    assert "A warm coat" in row.fields["bullets"]


def test_a_sentence_of_the_seller_that_no_field_may_say_is_told(tmp_path):
    photo = save(product_photo(), tmp_path / "a.png")
    notes = "A warm coat.\nFree shipping worldwide!"
    with DocumentService(Settings(isolate=False), FakeBackend({})) as service:
        product = make_product(service, Request((photo,), notes, settings={"title": "Coat"}))
    row = product.row(PACKS["ebay"])
    assert "Free shipping" not in str(row.fields)
    (told,) = [finding for finding in row.findings if finding.rule == "ebay.notes"]
    assert "Free shipping worldwide!" in told.message and told.severity == "warning"
