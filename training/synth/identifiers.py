"""Words as machines write them (names of code, paths, codes, runs of one sign), and texts that recur.

Manuals, forms and bills are full of both. A reader that has not seen them falls into a loop at the first
``__init__`` or line of dots, or loses its place among phrases that come again and again; then everything
below on the page is lost.
"""

from random import Random

_ENDINGS = (
    "py",
    "txt",
    "csv",
    "html",
    "com",
    "org",
    "pdf",
    "de",
    "fr",
    "json",
    "log",
    "xml",
    "jpg",
    "exe",
    "h",
)
_OPERATORS = (
    "=",
    "==",
    "!=",
    "->",
    "<=",
    ">=",
    "+=",
    "::",
    ":=",
    "&&",
    "||",
    "|",
    "+",
    "-",
    "*",
    "**",
    "/",
    "%",
)
_RUNS = "_.-=*_.~#xX0"
_HEX = "0123456789abcdef"
LONGEST = 26  # characters: a narrow column must hold it


def identifiers(dice: Random, text: str, share: float) -> str:
    """Replaces a share of the words by one such form, made from them and their neighbours."""
    words = text.split(" ")
    plain = [word.strip(".,;:!?()\"'").lower() for word in words]
    plain = [word for word in plain if word.isalpha()] or ["x"]
    new = (identifier(dice, plain)[:LONGEST] if dice.random() < share else word for word in words)
    return " ".join(word for word in new if word)


def recurring(dice: Random, text: str) -> str:
    """One phrase of the text between its other words, again and again, at times a little changed."""
    words = text.split(" ")
    start = dice.randrange(len(words))
    phrase = words[start : start + dice.randint(1, 4)]
    step = dice.randint(1, 6)
    out: list[str] = []
    for place in range(0, len(words), step):
        out += words[place : place + step]
        again = list(phrase)
        if dice.random() < 0.2:
            again[dice.randrange(len(again))] = dice.choice(words)
        out += again
    return " ".join(out)[: max(len(text), 1)].rsplit(" ", 1)[0]


def identifier(dice: Random, words: list[str]) -> str:
    """One of them, built from ``words`` (lower case, letters only)."""

    def some(low: int, high: int) -> list[str]:
        return [dice.choice(words)[: dice.randint(1, 12)] for _ in range(dice.randint(low, high))]

    form = dice.randrange(14)
    if form == 0:
        return "_".join(some(2, 4))
    if form == 1:
        around = dice.choice(("__", "__", "_", "___"))
        return around + "_".join(some(1, 2)) + dice.choice((around, around, "", "_"))
    if form == 2:
        first, *rest = some(2, 3)
        return first + "".join(word.capitalize() for word in rest)
    if form == 3:
        return ".".join([*some(1, 3), "__" + "".join(some(1, 1)) + "__" if dice.random() < 0.3 else "get"])
    if form == 4:
        return f"{'.'.join(some(1, 2))}({', '.join(some(0, 3))})"
    if form == 5:
        slash = dice.choice("//\\")
        return dice.choice(("", slash, "C:" + slash, "~/", "../")) + slash.join(some(1, 4)) + _dotted(dice)
    if form == 6:
        return f"{dice.choice(('https://', 'http://', 'www.', ''))}{'-'.join(some(1, 2))}{_dotted(dice)}/" + (
            "/".join(some(0, 2))
        )
    if form == 7:
        return f"{dice.choice('._-').join(some(1, 2))}@{'-'.join(some(1, 2))}{_dotted(dice)}"
    if form == 8:
        return (
            "-" * dice.randint(1, 2)
            + "-".join(some(1, 3))
            + dice.choice(("", "", f"={dice.randint(0, 999)}"))
        )
    if form == 9:
        return "".join(dice.choice(_HEX) for _ in range(dice.randint(4, 16))).upper()
    if form == 10:
        left, right = some(2, 2)[:2]
        return f"{left} {dice.choice(_OPERATORS)} {right}"
    if form == 11:
        return dice.choice(_RUNS) * dice.randint(3, 24)
    if form == 12:
        return f"{''.join(some(1, 1))}[{dice.choice(('i', '0', '-1', ':', '...', 'key'))}]"
    return "_".join(some(1, 3)).upper() + str(dice.randint(0, 99))


def _dotted(dice: Random) -> str:
    return "." + dice.choice(_ENDINGS)
