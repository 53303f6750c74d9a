"""Drafts come from what a reply may repeat, and are as long as they are worth."""

import pytest

from octavo.language.draft import MOST, Drafter
from octavo.language.tokenizer import Tokenizer
from octavo.language.weights import PRETRAINED


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer.from_file(PRETRAINED / "nano" / "tokenizer.json")


def print_of(text):
    """Letters, and what stands before each, of a page with these rows."""
    letters, before, gap = "", [], "\n"
    for character in text:
        if character.isspace():
            gap = character
            continue
        letters, gap = letters + character, before.append(gap) or ""
    return letters, before


def drafted(tokenizer, reply, page="", replies=()):
    draft = Drafter(tokenizer, map(tokenizer.encode, replies), *print_of(page))
    return tokenizer.decode(draft(tokenizer.encode(reply)))


def test_a_transcript_goes_on_as_the_page_does(tokenizer):
    page = "Invoice number 17\nThe goods were delivered in good order"
    assert drafted(tokenizer, "# Invoice number 17\nThe goods", page).startswith(" were")
    assert drafted(tokenizer, "# Invoice number 17", page) == " The good"  # no line break was seen so far
    assert drafted(tokenizer, "Number 17\nThe inv", page).startswith("oice")
    assert drafted(tokenizer, "# Invoice number 18", page) == ""


def test_spaces_are_the_pages_and_cases_the_replys(tokenizer):
    assert drafted(tokenizer, "JALAN TAM", "Jalan Tampoi").startswith("POI")
    assert drafted(tokenizer, "Jalan T", "Jalan Tampoi").startswith("amp")
    assert drafted(tokenizer, "JA LAN ", "JalanTampoi").startswith("TAM")


def test_of_two_places_the_one_that_comes_next_is_taken(tokenizer):
    draft = Drafter(tokenizer, [], *print_of("total 5.00\ntax total 8.00\nthe total 9.00"))
    assert tokenizer.decode(draft(tokenizer.encode("tax total"))).startswith(" 8")
    draft(tokenizer.encode("tax total 8.00\nthe"))
    assert tokenizer.decode(draft(tokenizer.encode("tax total 8.00\nthe last total"))).startswith(" 9")


def test_a_value_is_followed_by_the_form_of_earlier_replies(tokenizer):
    earlier = '{"company": "ACME", "date": "1 May", "total": "9.00"}'
    page = "BIG SHOP LTD\n3 May\nTOTAL 12.50 CASH"
    assert drafted(tokenizer, '{"', page, [earlier]) == 'company": "'
    assert drafted(tokenizer, '{"company": "BIG SHOP LT', page, [earlier]).startswith('D",')
    assert drafted(tokenizer, '{"company": "BIG SHOP LTD", "', page, [earlier]) == 'date": "'
    assert drafted(tokenizer, '{"company": "A", "total": "12.5', page, [earlier]) == '0"}'
    assert drafted(tokenizer, '{"company": "A", "seller": "B"', page, [earlier]) == ""  # an unknown key


def test_what_was_said_before_may_be_said_again(tokenizer):
    said = "It was paid on the third of May."
    assert drafted(tokenizer, "It was paid", replies=["Nothing else is known", said]).startswith(" on the")
    assert said.startswith(drafted(tokenizer, "", replies=[said])) and drafted(tokenizer, "", replies=[said])
    assert drafted(tokenizer, "paid by", replies=[said]) == ""


def test_longer_runs_are_trusted_first(tokenizer):
    draft = Drafter(tokenizer, [[8, 1, 2, 30], [5, 6, 1, 2, 40]])
    assert draft([5, 6, 1, 2]) == [40]


def test_the_reply_is_remembered_as_it_grows(tokenizer):
    draft, reply = Drafter(tokenizer, []), [1]
    assert draft(reply) == []
    reply.append(2)
    assert draft.reply == [1, 2]


def rounds(target, draft):
    """The drafts that are made while a reply becomes ``target``, as the decoder would check them."""
    reply, made = [], []
    while len(reply) < len(target):
        made.append(draft(reply))
        for token in [*made[-1], None][: len(target) - len(reply)]:
            reply.append(target[len(reply)])
            if token != reply[-1]:
                break
    return made


def test_drafts_that_are_seldom_right_end_and_may_begin_again(tokenizer):
    text = list(range(100, 300))
    draft = Drafter(tokenizer, [[1, 2, 30, 31, 32, 33], text])
    made = rounds([1, 2, 9] * 20 + text, draft)
    wrong = [one for one in made[:60] if one[:1] == [30]]
    assert sum(map(len, wrong)) < 20 and made[40:60] == [[]] * 20
    assert max(map(len, made[60:])) == MOST  # compared without being checked, they proved right


def test_drafts_that_are_right_become_longer(tokenizer):
    text = list(range(100, 300))
    made = rounds(text, Drafter(tokenizer, [text]))
    lengths = [len(one) for one in made]
    assert lengths[0] < 4 and max(lengths) == MOST and len(made) < 24


def test_the_form_is_that_of_the_replies_given_for_it(tokenizer):
    newest, alike = '{"date": "1 May"}', '{"company": "ACME", "date": "2 May", "total": "9.00"}'
    replies = [tokenizer.encode(text) for text in (newest, alike)]
    for forms, start, end in ((None, '{"date": "', 'y"}'), (replies[::-1], '{"company": "', 'y",')):
        draft = Drafter(tokenizer, replies, *print_of("SHOP\n3 May"), forms=forms)
        assert tokenizer.decode(draft([])) == start
        assert tokenizer.decode(draft(tokenizer.encode('{"date": "3 Ma'))) == end
