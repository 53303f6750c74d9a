"""Prose made harder to guess: words that no language has, straight quotes, marks around words.

A reader that has seen little prose learns to complete words instead of reading them (``signorina`` came out
as ``significa``). Words cut together from halves and syllables have to be read letter by letter, their
accents too.
"""

from random import Random

from .identifiers import identifiers, recurring

_ONSETS = (
    "b bl br c ch d dr f fl fr g gl gr h j k kl kn kr l m n p pl pr qu r s sc sch sl sm sn sp st str t tr v "
    "vr w z"
).split()
_NUCLEI = "a a a e e e i i i o o u aa ai au ea ee ei eu ia ie ij io oe oi oo ou ui uu y".split()
_CODAS = (
    "b c cht d f ff g k ks l ll lm ls lt m mp n nd ng nk ns nt p r rd rk rs rst rt s ss st t tt tz v x z"
).split()
_ACCENTS = {
    "de": {"a": "ä", "o": "ö", "u": "ü"},
    "fr": {"a": "àâ", "e": "éèêë", "i": "îï", "o": "ô", "u": "ùûü", "c": "ç"},
    "es": {"a": "á", "e": "é", "i": "í", "o": "ó", "u": "úü", "n": "ñ"},
    "it": {"a": "à", "e": "èé", "i": "ì", "o": "ò", "u": "ù"},
    "nl": {"e": "éë", "i": "ï", "o": "óö", "u": "ü"},
    "pt": {"a": "áâãà", "e": "éê", "i": "í", "o": "óôõ", "u": "ú", "c": "ç"},
}
_STRAIGHT = str.maketrans("“”„«»‘’‚", '"""""\'\'\'')
_AROUND = ('""', '""', "''", "**", "__", "()", "[]", "<>", "“”")


def vary(dice: Random, text: str, language: str) -> str:
    """The text with its words, quotes and marks changed now and then; about half of the time as it is."""
    if dice.random() < 0.5:
        text = text.translate(_STRAIGHT)
    if dice.random() < 0.25:
        text = invented(dice, text, language, dice.uniform(0.2, 1.0))
    if dice.random() < 0.15:
        text = marked(dice, text, dice.uniform(0.05, 0.25))
    if dice.random() < 0.08:
        text = recurring(dice, text)
    if dice.random() < 0.15:
        text = identifiers(dice, text, dice.uniform(0.03, 0.4))
    return text


def invented(dice: Random, text: str, language: str, share: float) -> str:
    """Replaces a share of the words by new ones of about their length and case; punctuation stays."""
    words = text.split(" ")
    cores = [word.strip(".,;:!?()\"'“”„«»‘’") for word in words]
    for i, core in enumerate(cores):
        if len(core) > 1 and core.isalpha() and dice.random() < share:
            other = dice.choice(cores)
            new = _joined(dice, core, other) if dice.random() < 0.5 else _syllables(dice, len(core))
            new = _accented(dice, new, language)
            new = new.upper() if core.isupper() else new.capitalize() if core[0].isupper() else new
            words[i] = words[i].replace(core, new, 1)
    return " ".join(words)


def few_words(dice: Random, text: str, language: str) -> tuple[str, ...]:
    """The different words of a text, some of them invented: the vocabulary of a page of :func:`salad`."""
    if dice.random() < 0.3:
        text = invented(dice, text, language, 0.5)
    words = dict.fromkeys(word.strip(".,;:!?()\"'“”„«»‘’").lower() for word in text.split())
    return tuple(word for word in words if word.isalpha())[:150] or ("word",)


def salad(dice: Random, words: tuple[str, ...], low: int, high: int) -> str:
    """``low`` to ``high`` characters of sentences whose words are drawn from few, so the same pairs recur.

    A reader that finds its place on the page by the words that it has just read jumps to where they stand
    another time; here only the place itself helps.
    """
    length, text = dice.randint(low, max(low, high)), ""
    while len(text) < length:
        sentence = " ".join(dice.choice(words) for _ in range(dice.randint(2, 9)))
        text += sentence[:1].upper() + sentence[1:] + dice.choice(("? ", ". ", ". ", ". ", ". ", "! ", "; "))
    return text[: max(length, 1)].rsplit(" ", 1)[0] or words[0]


def marked(dice: Random, text: str, share: float) -> str:
    """Puts quotes, brackets or asterisks around a share of the words."""
    words = text.split(" ")
    for i, word in enumerate(words):
        if word.isalpha() and dice.random() < share:
            signs = dice.choice(_AROUND)
            words[i] = f"{signs[0]}{word}{signs[1]}"
    return " ".join(words)


def _joined(dice: Random, first: str, second: str) -> str:
    """The beginning of one word and the end of another; the first alone when the other has no letters."""
    tail = "".join(ch for ch in second if ch.isalpha()).lower()
    if not tail:
        return first.lower()
    return first[: dice.randint(1, len(first))].lower() + tail[dice.randrange(len(tail)) :]


def _syllables(dice: Random, length: int) -> str:
    """A word of about ``length`` letters that can be pronounced."""
    word = "" if dice.random() < 0.25 else dice.choice(_ONSETS)
    while True:
        word += dice.choice(_NUCLEI)
        if len(word) >= length:
            return word
        word += dice.choice(_CODAS if len(word) + 2 >= length else _ONSETS)
        if len(word) >= length:
            return word


def _accented(dice: Random, word: str, language: str) -> str:
    """About one letter in eight that can carry an accent of the language gets one; English stays plain."""
    accents = _ACCENTS.get(language, {})
    return "".join(dice.choice(accents[c]) if c in accents and dice.random() < 0.12 else c for c in word)
