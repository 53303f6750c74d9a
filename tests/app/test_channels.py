"""Rules as data: every one is dated and can be checked; composing, repairing and explaining follow them."""

import re
from dataclasses import replace

import pytest

from octavo.app import UsageError
from octavo.app.channels import PACKS, find_packs
from octavo.app.channels import text as measure
from octavo.app.channels.check import CHECKS, COUNTED, broken, check_field
from octavo.app.channels.compose import join, pick
from octavo.app.channels.gtin import check_digit, kind_of, problem_of
from octavo.app.channels.repair import repair_field, repair_text
from octavo.app.channels.rules import Content, FieldRules, Part, Picture, Rule, Source

HERE = Source("test", "2026-11-24")
AMAZON_TITLE = PACKS["amazon"].field("item_name")
BULLETS = PACKS["amazon"].field("bullet_point")


def parts(*texts: str) -> list[Part]:
    return [Part(text, "rule", ("fact",)) for text in texts]


def rules(*pairs: tuple[str, object]) -> tuple[Rule, ...]:
    return tuple(Rule(kind, limit, HERE) for kind, limit in pairs)


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.name)
def test_every_rule_is_dated_has_a_source_and_a_check(pack):
    rules_of_it = [rule for field in pack.fields for rule in field.rules]
    for rule in rules_of_it:
        assert rule.kind in CHECKS or rule.kind in COUNTED
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", rule.source.checked), rule
        assert rule.source.url.startswith(("https://", "docs/"))
    assert pack.version == max(rule.source.checked for rule in rules_of_it)


@pytest.mark.parametrize(
    ("kind", "limit", "bad", "good"),
    [
        ("max_chars", 5, "123456", "12345"),
        ("max_chars", 5, "👟👟👟", "👟👟"),  # counted in UTF-16 units, as the strictest importers do
        ("max_bytes", 4, "äöü", "äö"),
        ("min_chars", 3, "ab", "abc"),
        ("banned_chars", "!?", "Shoes!", "Shoes"),
        ("banned_phrases", ("free shipping",), "Now with FREE  Shipping", "free of shipping damage"),
        ("repeat_words", 2, "shoe shoes Shoe's", "shoe shoes and and and"),
        ("repeat_words", 2, "运动鞋男运动鞋女运动鞋", "女士运动鞋 休闲运动鞋"),  # Chinese has no spaces
        ("repeat_words", 1, "运动鞋 蓝色 运动", "运动鞋 蓝色 女士"),
        ("banned_phrases", ("包邮", "sale"), "蓝色运动鞋包邮", "蓝色运动鞋 wholesale"),
        ("banned_phrases", ("sale",), "全场sale开始", "蓝色sales鞋"),
        ("no_caps", None, "BLUE shoes", "USB shoes"),
        ("no_caps", None, "蓝色LAMP", "USB接口蓝色灯"),
        ("no_end_mark", None, "蓝色。", "蓝色"),
        ("single_line", None, "a\nb", "a b"),
        ("printable", None, "a\u200bb", "ab"),
        ("no_markup", None, "<b>a</b>", "a < b"),
        ("no_markup", None, "a &amp; b", "a & b"),
        ("no_contact", None, "see www.shop.example", "see the photo"),
        ("no_contact", None, "call +49 30 1234567", "20 x 30 cm"),
        ("no_emoji", None, "shoes 😀", "shoes"),
        ("start_capital", None, "blue", "Blue"),
        ("no_end_mark", None, "Blue.", "Blue"),
        ("no_formula", None, "=1+1", "1+1"),
        ("pattern", r"[A-Z]{2}", "de", "DE"),
        ("one_of", ("new", "used"), "old", "new"),
        ("gtin", None, "4006381333932", "4006381333931"),
    ],
)
def test_each_kind_of_rule_explains_what_breaks_it_and_is_quiet_otherwise(kind, limit, bad, good):
    (found,) = broken(bad, rules((kind, limit)))
    assert len(found[1]) > 10
    assert broken(good, rules((kind, limit))) == []


def test_a_finding_names_rule_field_message_and_severity():
    (finding,) = check_field("amazon", AMAZON_TITLE, "x" * 76)
    assert finding.to_json() == {
        "rule": "amazon.item_name.max_chars",
        "field": "item_name",
        "message": "76 characters, at most 75 are allowed; shorten it",
        "severity": "error",
    }


def test_a_field_that_the_channel_does_not_have_is_an_error():
    findings = PACKS["ebay"].check(
        {"sku": "1", "title": "Shoes", "images": ["https://a.example/1"], "colour": "x"}
    )
    assert [finding.rule for finding in findings] == ["ebay.colour.unknown"]


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("blue sports shoes", 11, "blue sports"),
        ("blue sports shoes", 10, "blue"),
        ("Schuhgrößenverzeichnis", 9, "Schuhgröß"),
        ("e\u0301" * 4, 3, "e\u0301"),  # a mark stays with its letter
        ("shoes, and", 6, "shoes"),
        ("Acme 女士蓝色运动鞋", 9, "Acme 女士蓝色"),  # Chinese may part anywhere
        ("颜色：蓝色，材质：棉", 6, "颜色：蓝色"),
    ],
)
def test_cutting_ends_at_a_word_and_never_inside_a_character(text, limit, cut):
    assert measure.cut(text, limit) == cut


def test_cutting_by_bytes_never_splits_a_character():
    for limit in range(1, 12):
        assert measure.octets(measure.cut("ä€👟ä€", limit, measure.octets)) <= limit


def test_joining_takes_a_part_only_while_every_rule_holds():
    title = join(
        AMAZON_TITLE, parts("Acme", "Shoes", "for Women", "with a very long addition " * 3, "in Blue"), " "
    )
    assert title.value == "Acme Shoes for Women in Blue"
    assert [part.text for part in title.parts] == ["Acme", "Shoes", "for Women", "in Blue"]


def test_joining_never_says_a_word_more_often_than_allowed():
    title = join(AMAZON_TITLE, parts("Shoes", "Shoe Shoes", "Shoe", "in Blue"), " ")
    assert title.value == "Shoes Shoe Shoes in Blue" or title.value == "Shoes Shoe in Blue"
    assert not broken(str(title.value), AMAZON_TITLE.rules)


def test_a_sentence_with_a_forbidden_phrase_is_left_out_whole():
    field = PACKS["shopify"].field("description")
    said = join(field, parts("Blue shoes.", "Free shipping on blue shoes.", "Made of mesh."), " ")
    assert said.value == "Blue shoes. Made of mesh."


def test_a_sentence_is_never_cut_a_name_may_be():
    field = FieldRules("x", rules(("max_chars", 10)))
    assert join(field, parts("A sentence that is long."), " ").value == ""
    assert join(field, parts("Sports shoes"), " ").value == "Sports"


def test_picking_keeps_to_number_total_and_uniqueness():
    picked = pick(
        BULLETS, parts(*(f"Number of things: {n} and more" for n in range(9)), "number of THINGS: 0 and more")
    )
    assert len(picked.value) == 5
    long = pick(BULLETS, parts(*(f"Fact {n} " + "word " * 48 + "end" for n in range(5))))
    assert sum(map(len, long.value)) < 1000


def test_entries_that_are_too_short_for_a_bullet_share_one():
    facts = parts("颜色：蓝色", "适用人群：女士", "材质：棉", "这是一句已经足够长的话", "尺码：M")
    picked = pick(BULLETS, facts)
    # What is left is still too short together, and joins the entry that has company.
    assert picked.value == ["颜色：蓝色；适用人群：女士；材质：棉；尺码：M", "这是一句已经足够长的话"]
    assert {part.text for part in picked.parts} == {part.text for part in facts}
    assert pick(BULLETS, parts("Size: M", "Fit: wide")).value == ["Size: M; Fit: wide"]
    assert pick(BULLETS, parts("Size: M")).value == []
    assert pick(BULLETS, parts("Size: M", "Size: M")).value == []
    assert pick(BULLETS, parts("Size: M", "Fit: wide", "Size: M")).value == ["Size: M; Fit: wide"]


def test_chinese_is_written_without_spaces_and_latin_in_it_with_them():
    title = join(AMAZON_TITLE, parts("Acme", "女士", "蓝色", "T恤", "（尺码：M）"))
    assert title.value == "Acme 女士蓝色 T恤（尺码：M）"
    assert join(AMAZON_TITLE, parts("Acme", "Shoes", "in Blue")).value == "Acme Shoes in Blue"
    assert measure.sentences("蓝色运动鞋。含鞋带！很轻。 A 3.5 m rope. Blue.") == [
        "蓝色运动鞋。", "含鞋带！", "很轻。", "A 3.5 m rope.", "Blue.",
    ]  # fmt: skip
    assert measure.words("女士T恤 Rain-proof 鞋") == ["女士", "t", "恤", "rain-proof", "鞋"]


def test_a_list_below_its_least_number_is_left_out():
    field = PACKS["google"].field("product_highlight")
    assert pick(field, parts("Only one")).value == []
    assert pick(field, parts("One of two", "Two of two")).value == ["One of two", "Two of two"]


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("BLUE shoes!!! Best seller", "Blue shoes"),
        ("Blue shoes, best seller", "Blue shoes"),
        ("Blue shoes, best seller. With laces.", "With laces."),  # a sentence goes as a whole
        ("Blue shoes!", "Blue shoes"),
        ("Shoes shoes shoe in blue", "Shoes shoes in blue"),
        ("<b>Blue</b> shoes", "Blue shoes"),
        ("Blue shoes 😀", "Blue shoes"),
        ("=Blue\u200b shoes", "Blue shoes"),
        ("BLUE shoes", "Blue shoes"),
        ("运动鞋男运动鞋女运动鞋蓝色", "运动鞋男运动鞋女"),
        ("球鞋 球鞋 篮球鞋 红色", "球鞋 球鞋 红色"),
        ("蓝色运动鞋包邮", "蓝色运动鞋"),
        ("蓝色运动鞋。全国包邮。含鞋带。", "蓝色运动鞋。含鞋带。"),
    ],
)
def test_the_repairer_takes_away_and_never_adds(text, mended):
    assert repair_text(text, AMAZON_TITLE.rules) == mended


def test_a_repaired_field_says_what_only_the_seller_can_mend():
    value, findings = repair_field("amazon", BULLETS, ["too few", "too few", "Colour: blue!"])
    assert value == ["Colour: blue"]
    assert [finding.rule for finding in findings] == ["amazon.bullet_point.min_items"]


@pytest.mark.parametrize(
    ("number", "kind"),
    [("96385074", "gtin8"), ("036000291452", "upc"), ("4006381333931", "ean"), ("14006381333938", "gtin14")],
)
def test_sound_gtins_of_every_length(number, kind):
    assert problem_of(number) == ""
    assert kind_of(number) == kind
    assert check_digit(number[:-1]) == int(number[-1])


@pytest.mark.parametrize(
    "number",
    [
        "4006381333932",
        "12345",
        "40063813339X1",
        "٤٠٠٦٣٨١٣٣٣٩٣١",
        "0000000000000",
        "2012345678900",
        "9912345678905",
    ],
)
def test_unsound_gtins_are_explained(number):
    assert len(problem_of(number)) > 10


def test_amazons_search_terms_are_counted_in_bytes_and_hold_no_brand():
    content = Content(
        title=(Part("Schuhe", "rule", ("category",)),),
        bullets=(),
        sentences=(),
        keywords=tuple(Part(f"größe{n} äöü Acme für Schuhe", "rule", ("category",)) for n in range(60)),
        attributes={},
        seller={"brand": "Acme"},
        pictures=(Picture("a.jpg"),),
        language="de",
    )
    terms = str(PACKS["amazon"].row(content).fields["generic_keyword"])
    assert 200 < measure.octets(terms) <= 249
    assert "acme" not in terms and " für " not in terms
    assert len(set(terms.split())) == len(terms.split())


def test_a_row_that_a_seller_edits_is_checked_again_and_marked_as_the_sellers():
    pack = PACKS["ebay"]
    content = Content((Part("Shoes", "rule", ("category",)),), (), (), (), {}, {"sku": "1"}, ())
    row = pack.row(content)
    assert row.is_valid
    edited = pack.edited(row, {"title": "FREE SHIPPING"})
    assert not edited.is_valid
    assert [part.writer for part in edited.parts["title"]] == ["seller"]
    assert pack.edited(row, {"title": ""}).fields.get("title") is None


def test_google_marks_what_a_machine_wrote_and_only_that():
    pack = PACKS["google"]
    machine = Content(
        (Part("Shoes", "rule", ("category",)),),
        (),
        (Part("Blue shoes.", "model", ("colour",)),),
        (),
        {},
        {},
        (),
    )
    row = pack.row(machine)
    assert row.fields["structured_title"] == "Shoes" and "title" not in row.fields
    seller = replace(machine, title=(Part("My shoes", "seller", ("title",)),))
    row = pack.row(seller)
    assert row.fields["title"] == "My shoes" and "structured_title" not in row.fields
    assert row.fields["structured_description"] == "Blue shoes."


def test_channels_are_found_by_name_and_an_unknown_one_is_told():
    assert [pack.name for pack in find_packs("google, amazon,google")] == ["google", "amazon"]
    assert len(find_packs("all")) == 6
    with pytest.raises(UsageError, match="choose from amazon"):
        find_packs("etsy")
