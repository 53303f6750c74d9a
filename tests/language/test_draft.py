"""Drafts come from texts at hand; what they are worth is the decoder's to say."""

from octavo.language.draft import LONG, SHORT, TRIAL, Drafter


def test_what_follows_the_last_tokens_elsewhere_is_the_draft():
    draft = Drafter([[1, 2, 3, 4, 5, 6, 7, 8, 9], [20, 21, 22]])
    assert draft([]) == [1, 2, 3, 4][:SHORT]  # a reply begins as the newest one did
    assert draft([50, 20, 21]) == [22]  # and no further than its text
    assert draft([50, 3, 4]) == [5, 6, 7, 8]
    assert draft([51, 52]) == [] and draft([3]) == []  # one token is found everywhere


def test_a_draft_without_a_fault_is_followed_by_a_longer_one():
    text = list(range(100, 140))
    draft = Drafter([text])
    reply = text[:3]
    reply = [*reply, *draft(reply), text[3 + SHORT]]
    assert draft(reply) == text[len(reply) : len(reply) + LONG]
    assert len(draft([*reply, 7, 100, 101])) == SHORT  # the long one was not right


def test_a_reply_goes_on_in_the_order_of_its_text():
    draft = Drafter([[1, 2, 10, 1, 2, 11, 1, 2, 12]])
    assert draft([1, 2])[0] == 10
    assert draft([1, 2, 9, 1, 2])[0] == 10  # where it was
    assert draft([1, 2, 10, 1, 2])[0] == 11


def test_longer_runs_are_trusted_first():
    draft = Drafter([[8, 1, 2, 30], [5, 6, 1, 2, 40]])
    assert draft([5, 6, 1, 2]) == [40]


def test_the_reply_is_remembered_as_it_grows():
    draft, reply = Drafter([]), [1]
    assert draft(reply) == []
    reply.append(2)
    assert draft.reply == [1, 2]


def drafts_for(target, draft):
    """The drafts that are made while a reply becomes ``target``, as the decoder would check them."""
    reply, made = [], []
    while len(reply) < len(target):
        made.append(draft(reply))
        for token in [*made[-1], None][: len(target) - len(reply)]:
            reply.append(target[len(reply)])
            if token != reply[-1]:
                break
    return [one for one in made if one]


def test_drafts_that_are_seldom_right_end():
    made = drafts_for([1, 2, 9] * 40, Drafter([[1, 2, 30, 31, 32, 33]]))
    assert TRIAL <= sum(map(len, made)) < TRIAL + SHORT


def test_drafts_that_are_right_go_on():
    text = list(range(100, 300))
    made = drafts_for(text, Drafter([text]))
    assert len(made) == 23 and sum(map(len, made)) > 170  # rounds for 200 tokens
