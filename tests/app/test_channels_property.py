"""Whatever a model writes: a row that independent importers take, or a clear refusal.

``OCTAVO_EXAMPLES=5000 pytest tests/app/test_channels_property.py`` runs it as long as it is stated for.
"""

import json
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from octavo.app import DocumentService, FakeBackend, Settings
from octavo.app.channels import PACKS
from octavo.app.channels.repair import repair_text
from octavo.app.listing.photos import Photo, open_photos
from octavo.app.listing.product import ATTRIBUTES, TEXTS, Request, assemble
from octavo.app.listing.words import LANGUAGES, TONES
from octavo.app.prompts import DESCRIBE

from .amazon_schema import faults
from .listing_samples import SHOP, product_photo, save
from .shop_importers import ebay_import, google_import, shopify_import, woocommerce_import

EXAMPLES = int(os.environ.get("OCTAVO_EXAMPLES", "250"))
ANY_TEXT = st.text(
    st.characters(), max_size=400
)  # lone surrogates too: a model's bytes may decode to anything
LONG = st.builds(
    lambda text, n: text * n, st.text(st.characters(), min_size=1, max_size=30), st.integers(1, 400)
)
TEMPTING = st.sampled_from(
    [
        *("Blue", "navy blue", "Women", "men", "Sports Shoes", "T-shirts", "Kurtas", "Solid", "cotton"),
        *("FREE SHIPPING", "Best seller!!! $9.99", "<b>bold</b>", "=cmd()", "www.shop.example", "a@b.co"),
        *("😀 sale 😀", "ＡＢＣＤ", "ﬁne ﬀ", "zero\u200bwidth", "\u202eevil", "e\u0301" * 90, "新品 连衣裙"),
        *("蓝色", "女士", "运动鞋", "T恤", "运动鞋运动鞋运动鞋", "蓝色运动鞋。全场包邮！", "颜色：深蓝"),
        "棉" * 300,
        *("word " * 90, "AAAA BBBB", "\ud800", "100% cotton", "ß" * 300, "Casual", "colour: <red>"),
    ]
)
VALUE = st.one_of(TEMPTING, ANY_TEXT, LONG, st.none(), st.integers(), st.lists(st.text(), max_size=2))
SENTENCES = st.lists(st.one_of(TEMPTING, ANY_TEXT), max_size=5).map(". ".join)
REPLY = st.one_of(
    st.dictionaries(st.sampled_from([*ATTRIBUTES, *TEXTS]), st.one_of(VALUE, SENTENCES)).map(json.dumps),
    st.dictionaries(st.sampled_from([*ATTRIBUTES, *TEXTS]), st.one_of(VALUE, SENTENCES)).map(
        lambda record: json.dumps(record, ensure_ascii=False)[:-3]
    ),
    ANY_TEXT,
    LONG,
)
IMPORTERS = {
    "shopify-products.csv": shopify_import,
    "google-feed.xml": google_import,
    "ebay-inventory.json": ebay_import,
    "woocommerce-products.csv": woocommerce_import,
}


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Photo]:
    """One photo, opened once."""
    path = save(product_photo(), tmp_path_factory.mktemp("photos") / "shoe.png")
    with DocumentService(Settings(isolate=False), FakeBackend()) as service:
        return open_photos(service, [path])[0]


class Answers:
    """A backend that answers as the example says, in one piece."""

    def __init__(self, reply: str, probability: float) -> None:
        self.fake = FakeBackend({DESCRIBE: reply}, probability)

    def service(self) -> DocumentService:
        return DocumentService(Settings(isolate=False), self.fake)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    reply=REPLY,
    probability=st.sampled_from([0.05, 0.55, 0.999995]),
    notes=st.one_of(st.just(""), SENTENCES, st.just("Material: cotton\nWeight: 200 g")),
    title=st.one_of(st.none(), TEMPTING, ANY_TEXT),
    language=st.sampled_from(LANGUAGES),
    tone=st.sampled_from(TONES),
)
def test_any_reply_gives_a_row_that_importers_take_or_a_refusal_that_says_why(
    photos, reply, probability, notes, title, language, tone
):
    shop = SHOP | ({"title": title} if title else {})
    request = Request(("shoe.png",), notes, settings=shop, language=language, tone=tone)
    product = assemble(Answers(reply, probability).service(), request, photos, [])
    for pack in PACKS.values():
        row = product.row(pack)
        if not row.is_valid:
            errors = [finding for finding in row.findings if finding.severity == "error"]
            assert all(finding.rule and finding.message and finding.field for finding in errors)
            continue
        for name, text in pack.files([row]).items():
            text.encode("utf-8")
            if name == "amazon-feed.json":
                assert faults(json.loads(text)) == []
            elif name in IMPORTERS:
                IMPORTERS[name](text)
        known = {fact.name for fact in product.facts if fact.stated}
        for parts in row.parts.values():
            for part in parts:
                assert (
                    part.writer == "seller" or not part.facts or set(part.facts) & (known | {"notes", "sku"})
                )


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.one_of(ANY_TEXT, LONG, SENTENCES), data=st.data())
def test_repairing_never_adds_a_word_and_never_needs_a_second_time(text, data):
    pack = PACKS[data.draw(st.sampled_from(list(PACKS)))]
    field = data.draw(st.sampled_from(pack.fields))
    mended = repair_text(text, field.rules)
    assert repair_text(mended, field.rules) == mended
    # Taking characters out may join two pieces of a word; no letter may come in from elsewhere.
    given_letters = iter(letters(text))
    for char in letters(mended):
        assert any(char == other for other in given_letters), f"{char!r} is not from the text"


def letters(text: str) -> str:
    """Letters and digits as they are compared: composed, in one case."""
    plain = unicodedata.normalize("NFC", text).upper().casefold()
    return "".join(char for char in unicodedata.normalize("NFC", plain) if char.isalnum())


def test_an_example_is_written_to_files_as_it_is_checked(photos, tmp_path: Path):
    reply = json.dumps({"category": "Sports Shoes", "colour": "Blue", "gender": "Women"})
    product = assemble(Answers(reply, 0.999995).service(), Request(("shoe.png",), settings=SHOP), photos, [])
    for pack in PACKS.values():
        row = product.row(pack)
        assert row.is_valid, [finding for finding in row.findings if finding.severity == "error"]
        assert pack.files([row])
