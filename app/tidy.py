"""What is printed beside a value and does not belong to it: a firm's registration number, a name's label.

Receipts print the number behind the name or between name and address, forms the label on the line of the
name, and a reader copies them now and then. A value is only cut, at an end, and never to nothing.
"""

import re

from .plausible import is_party, name_words

_CODE = re.compile(r"\(?\b[A-Z]{0,3}\d{5,12} ?- ?[A-Z]\b\)?")  # "(945402-P)", "JM0725755-U"
_LABEL = re.compile(r"^[^\W\d_][^\d:]{1,24}: +(?=[^\W\d_]{2})")  # "Customer name: Acme Ltd"
_NUMBER = re.compile(r"^(?:[^\W\d_]{2,8}\.?:? )?\d[\d./-]{8,} +(?=[^\W\d_]{2})")  # "CNPJ: 49.385.657 A"
_PLACE = re.compile(r" [-–—·•|] .{0,80}?\b\d{4,5} [^\W\d_]{2}")  # "Acme Ltd - 12 High Street - 84340 Town"
_MARKS = " \t()[]:;,.-–"
_CALLED = frozenset("reg regn registration roc ssm no nr number id".split())  # "Co. Reg. No."
_BEFORE_THESE = frozenset("co company business".split())
_IN_FRONT = 60  # characters of an address, at most, that a firm's name and number take
_LEAST, _LEAST_ADDRESS = 4, 8  # letters and digits that have to be left


def tidy(name: str, value: str) -> str:
    """``value`` of the field ``name`` without a registration number or an address behind a firm's name or a
    label or number in front, or without the firm before an address, where its number tells the two apart."""
    if "address" in name_words(name):
        code = _CODE.search(value)
        is_firm = code and code.start() <= _IN_FRONT and not any(c.isdigit() for c in value[: code.start()])
        cut, least = value[code.end() :].lstrip(_MARKS) if code and is_firm else value, _LEAST_ADDRESS
    elif is_party(name):
        value = _NUMBER.sub("", _LABEL.sub("", value))
        alone = _PLACE.split(value)[0]
        value = alone if _left(alone) >= _LEAST else value
        codes = list(_CODE.finditer(value))
        is_last = codes and not value[codes[-1].end() :].strip(_MARKS)
        cut, least = _uncalled(value[: codes[-1].start()]) if is_last else value, _LEAST
    else:
        return value
    return cut if _left(cut) >= least else value


def _left(text: str) -> int:
    """How many letters and digits there are."""
    return sum(c.isalnum() for c in text)


def _uncalled(text: str) -> str:
    """Without what a number is called by at the end: "Acme Sdn Bhd (Co. Reg. No." → "Acme Sdn Bhd"."""
    words = text.rstrip(_MARKS).split()
    end = len(words)
    while end and _says(words[end - 1], _CALLED):
        end -= 1
    if end < len(words):
        while end and _says(words[end - 1], _BEFORE_THESE):
            end -= 1
        text = " ".join(words[:end])
    return text.rstrip(" ([:;,-–")


def _says(word: str, some: frozenset[str]) -> bool:
    """Whether a word ("CO.REG.NO:") is one of ``some`` and nothing but such words."""
    parts = set(re.findall(r"\w+", word.casefold()))
    return bool(parts & some) and parts <= _CALLED | _BEFORE_THESE
