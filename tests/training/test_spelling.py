"""Prose that cannot be guessed: what changes, and what must not."""

from random import Random

from octavo.training.synth.identifiers import LONGEST, identifiers, recurring
from octavo.training.synth.spelling import few_words, invented, marked, salad, vary
from octavo.vision.glyphs import ALPHABET

TEXT = "“Good evening,” said the OLD man; “it is not so far to Venice.”"


def test_invented_words_keep_punctuation_case_and_count():
    for seed in range(30):
        new = invented(Random(seed), TEXT, "en", 1.0)
        words, old = new.split(" "), TEXT.split(" ")
        assert len(words) == len(old)
        assert new.startswith("“") and new.endswith(".”") and words[1].endswith(",”")
        assert words[4].isupper() and words[-1][0].isupper()
        assert all(a != "" for a in words)
    assert invented(Random(0), TEXT, "en", 0.0) == TEXT


def test_few_invented_words_are_words_of_the_text():
    new = [w for seed in range(20) for w in invented(Random(seed), TEXT, "en", 1.0).split(" ")]
    known = set(TEXT.split(" "))
    assert sum(word in known for word in new) < 0.2 * len(new)


def test_accents_belong_to_the_language():
    german = "".join(invented(Random(seed), "von der alten Mauer aus", "de", 1.0) for seed in range(40))
    assert set(german) & set("äöü")
    assert not set(german) & set("éèêñãõçí")
    english = "".join(invented(Random(seed), "from the old wall", "en", 1.0) for seed in range(20))
    assert english.isascii()


def test_variants_stay_within_the_readers_alphabet():
    for seed in range(200):
        text = vary(Random(seed), TEXT, ("en", "de", "fr", "es", "it", "nl", "pt")[seed % 7])
        assert set(text) <= set(ALPHABET) | {" "}
        assert text.split()


def test_marks_stand_around_words_that_stay():
    text = marked(Random(1), "the tables were laid in the garden", 0.5)
    assert text != "the tables were laid in the garden"
    assert "".join(c for c in text if c.isalpha() or c == " ") == "the tables were laid in the garden"


def test_identifiers_are_as_many_as_asked_for_short_and_of_every_form():
    made = [identifiers(Random(seed), TEXT, 1.0) for seed in range(300)]
    words = [word for text in made for word in text.split(" ")]
    assert all(0 < len(word) <= LONGEST for word in words)
    for sign in ("__", "/", "@", "(", "[", "-", "="):
        assert any(sign in word for word in words), sign
    assert any(len(set(word)) == 1 and len(word) > 9 for word in words)  # a run of one sign
    assert set("".join(made)) <= set(ALPHABET) | {" "}
    assert identifiers(Random(1), TEXT, 0.0) == TEXT
    assert identifiers(Random(3), "12 34", 1.0).strip()


def test_a_phrase_recurs_and_the_text_keeps_its_length():
    for seed in range(60):
        text = recurring(Random(seed), TEXT)
        assert 0 < len(text) <= len(TEXT) and set(text.split(" ")) <= set(TEXT.split(" "))
    counts = [
        max(map(recurring(Random(seed), TEXT * 3).split(" ").count, TEXT.split(" "))) for seed in range(60)
    ]
    assert sum(count >= 5 for count in counts) > 30
    assert recurring(Random(0), "one") == "one"


def test_a_salad_is_made_of_few_words_that_come_again():
    for seed in range(20):
        dice = Random(seed)
        words = few_words(dice, TEXT * 2, "en")
        text = salad(dice, words, 200, 400)
        said = [word.strip(".?!;").lower() for word in text.split()]
        assert set(said) <= set(words) and 100 < len(text) <= 400
        assert len(said) > 1.5 * len(set(said))
    assert few_words(Random(0), "12 34", "en") == ("word",)
