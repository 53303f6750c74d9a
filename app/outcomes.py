"""What became of a page, in the words that a person reads beside its status."""

from .types import Status

STATUS: dict[str, tuple[Status, str]] = {  # by why the model stopped
    "eos": ("ok", ""),
    "length": ("truncated", "the answer reached its length limit"),
    "time": ("truncated", "the page took longer than OCTAVO_REPLY_TIMEOUT_S allows"),
    "loop": ("loop", "the model began to repeat itself and was stopped"),
}
BLANK = "the page is blank; a rule says so, the model was not asked"
ILLEGIBLE = (
    "print too small, too blurred or in an unknown script: the model's letters cannot be told, so its text"
    " was not taken; scan it larger"
)
REPEATS_DROPPED = (
    "the model repeated itself somewhere; the repetitions were dropped, check that nothing is missing"
)
