"""What became of a page, in the words that a person reads beside its status."""

from .types import Page, Status

STATUS: dict[str, tuple[Status, str]] = {  # by why the model stopped
    "eos": ("ok", ""),
    "length": ("truncated", "the answer reached its length limit"),
    "time": ("truncated", "the page took longer than OCTAVO_REPLY_TIMEOUT_S allows"),
    "loop": ("loop", "the model began to repeat itself and was stopped"),
}
BLANK = "the page is blank; a rule says so, the model was not asked"
ILLEGIBLE = (
    "the print is too small, too blurred or in an unknown script: its letters cannot be told, so nothing was"
    " taken from it; scan it larger, or choose a model that knows the script"
)
REPEATS_DROPPED = (
    "the model repeated itself somewhere; the repetitions were dropped, check that nothing is missing"
)
TAIL_DROPPED = (
    "the model went on behind the end of the print; lines that are printed nowhere were dropped, check that"
    " nothing is missing"
)

UNPRINTED = "no sign of the {}, {!r}, is printed; it was left out"


def turned_note(page: Page) -> str:
    """What is said of a page that was turned, counterclockwise, to be read; "" of one that was not."""
    way = {90: "on its side", 180: "on its head", 270: "on its side"}.get(page.turn)
    said = f"the page lies {way}; it was turned by {page.turn} degrees to be read" if way else ""
    if page.frame is None:
        return said
    slant = f"its print is askew by {abs(page.frame.angle):.1f} degrees and was put level to be read"
    return f"{said}; {slant}" if said else slant
