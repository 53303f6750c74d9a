"""GTIN-8, -12 (UPC-A), -13 (EAN) and -14: the check digit of GS1's General Specifications, section 7.9."""

LENGTHS = (8, 12, 13, 14)
# GS1 prefixes that no trade item carries: restricted circulation (2, 02, 04), coupons (05, 98, 99).
RESTRICTED = ("2", "02", "04", "05", "98", "99")


def check_digit(body: str) -> int:
    """The digit that completes ``body``: weights 3, 1, 3, … from its right end. Raises ValueError."""
    if not (body.isascii() and body.isdigit()):
        raise ValueError(f"{body!r}: a GTIN has digits only")
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return -total % 10


def problem_of(text: str) -> str:
    """What is wrong with a GTIN, in words for the seller; "" for a sound one."""
    if not (text.isascii() and text.isdigit()):
        return f"“{text[:20]}” is not a GTIN: it has digits only"
    if len(text) not in LENGTHS:
        return f"{text[:20]} has {len(text)} digits; a GTIN has 8, 12, 13 or 14"
    expected = check_digit(text[:-1])
    if expected != int(text[-1]):
        return f"{text} is misread or mistyped: its last digit should be {expected}"
    if set(text) == {"0"}:
        return f"{text} is not a GTIN"
    if text.zfill(14)[1:].startswith(RESTRICTED) and len(text) != 8:
        return f"{text} is a number for use inside a shop, not a GTIN"
    return ""


def kind_of(text: str) -> str:
    """The name of a sound GTIN by its length: ``gtin8``, ``upc``, ``ean`` or ``gtin14``."""
    return {8: "gtin8", 12: "upc", 13: "ean", 14: "gtin14"}[len(text)]
