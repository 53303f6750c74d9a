"""Guesses at what a reply goes on with, taken from texts that it may repeat: no second model is asked.

Prompt lookup (Saxena, 2023; "LLMA", Yang et al., arXiv 2304.04487) from three sources. What the glyph map
names is looked up letter by letter, since its spaces and cases are not those of a reply; earlier replies are
looked up token by token; and of those in JSON the form is taken, what stands between two values. The decoder
checks a draft's tokens all at once; one that it would not have written itself ends it, so a draft changes
nothing but time. How long drafts are follows from how often those of their source were right.
"""

import math
import re
from collections.abc import Iterable, Sequence

from .tokenizer import Tokenizer

LONGEST, SHORTEST = 4, 2  # tokens of a reply that have to be found again; longer runs first
WINDOW = 64  # tokens of a reply that are looked at
TAIL, LEAST = 16, 3  # letters that are looked up in the print, and that have to be found
MOST = 10  # tokens of a draft
WORTH = 0.25  # what a token more takes in a round, of the time of a round that it may save
MEMORY = 0.85  # of a source's share of right tokens, at each token seen
HOPE = {"page": 0.6, "replies": 0.6, "form": 0.9}  # that share at first
LETTERS = 64  # of the print that a draft is made from, at most
_END = -1  # between texts
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)": "((?:[^"\\]|\\.)*)')  # a key and its value, perhaps unfinished


class _Source:
    """How often the drafted tokens of a source were right lately."""

    def __init__(self, hope: float) -> None:
        self._right = hope

    @property
    def length(self) -> int:
        """As long as the last token is worth its time: right ** length = WORTH."""
        right = min(max(self._right, 0.01), 0.98)
        return min(int(math.log(WORTH) / math.log(right)), MOST)

    def learn(self, draft: Sequence[int], reply: Sequence[int]) -> None:
        """From how a reply went on where this was the draft, up to the first wrong token."""
        for guess, token in zip(draft, reply, strict=False):
            self._right = MEMORY * self._right + (1 - MEMORY) * (guess == token)
            if guess != token:
                break


class Drafter:
    """Calling it with the tokens of a reply so far gives the tokens that may follow; often none.

    ``replies``: earlier ones, newest first. ``letters``: what is printed on the page, without spaces;
    ``before``: what stands before each of them, "", " " or "\\n". ``forms``: replies for their form, the one
    that is most alike first; those above if None. ``reply``: the list that it was called with, which its
    owner lets grow.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        replies: Iterable[Sequence[int]],
        letters: str = "",
        before: Sequence[str] = (),
        forms: Iterable[Sequence[int]] | None = None,
    ) -> None:
        self.reply: list[int] = []
        self._guess: list[int] = []
        texts = list(replies)
        self._tokenizer = tokenizer
        self._page, self._replies = _Page(letters, before), _Replies(texts)
        self._form = _Form(map(tokenizer.decode, texts if forms is None else forms))
        self._sources = {name: _Source(hope) for name, hope in HOPE.items()}
        self._last, self._length = "page", 0  # source of the last draft; the reply then

    def __call__(self, reply: list[int]) -> list[int]:
        self.reply = reply
        self._sources[self._last].learn(self._guess, reply[self._length :])
        # what is not worth its time is not drafted, but compared: it may become so
        self._last, self._guess = self._find(reply)
        self._length = len(reply)
        return self._guess[: self._sources[self._last].length]

    def _find(self, reply: list[int]) -> tuple[str, list[int]]:
        """→ a source, and the tokens that it has."""
        end, encode = self._tokenizer.decode(reply[-WINDOW:]), self._tokenizer.encode
        *_, last = None, *_VALUE.finditer(end)
        if last is not None and last.end() == len(end):  # in the middle of a value: its row, then the form
            if text := self._page.after(last[2], one_row=True):
                return "page", encode(text + self._form.after(last[1]))
        elif text := self._form.after(last[1], end[last.end() :]) if last else self._form.start(end):
            return "form", encode(text)
        elif text := self._page.after(end):
            return "page", encode(text)
        return "replies", self._replies.after(reply)


class _Form:
    """What stands before the first value of earlier replies in JSON, and behind each up to the next."""

    def __init__(self, replies: Iterable[str]) -> None:
        self._start = ""
        self._after: dict[str, str] = {}
        for text in replies:
            pairs = list(_VALUE.finditer(text)) if text.startswith("{") else []
            ends = [pair.start(2) for pair in pairs[1:]] + [len(text)]
            for pair, end in zip(pairs, ends, strict=False):
                self._after.setdefault(pair[1], text[pair.end() : end])
            if pairs and not self._start:
                self._start = text[: pairs[0].start(2)]

    def start(self, reply: str) -> str:
        """What is left of it."""
        return self._start[len(reply) :] if self._start.startswith(reply) else ""

    def after(self, key: str, reply: str = "") -> str:
        """What is left of what stands behind a value of ``key`` if ``reply`` does."""
        text = self._after.get(key, "")
        return text[len(reply) :] if text.startswith(reply) else ""


class _Page:
    """The print of a page."""

    def __init__(self, letters: str, before: Sequence[str]) -> None:
        self._letters, self._before, self._place = letters, before, 0
        folded = (letter.lower() for letter in letters)
        self._folded = "".join(letter if len(letter) == 1 else "?" for letter in folded)

    def after(self, text: str, *, one_row: bool = False) -> str:
        """What stands behind the end of ``text`` on the page, in its cases and line breaks."""
        place = self._find("".join(text[-4 * TAIL :].split()).lower())
        if place < 0:
            return ""
        self._place = place
        capitals = [letter.isupper() for letter in text[-TAIL:] if letter.isalpha()]
        found = ""
        for gap, letter in zip(self._before[place : place + LETTERS], self._letters[place:], strict=False):
            if one_row and (gap == "\n" or (gap and not capitals)):  # dates and amounts have no spaces
                break
            found += (gap if found or not text[-1:].isspace() else "") + letter
        found = found if "\n" in text else found.replace("\n", " ")
        return found.upper() if len(capitals) > 1 and all(capitals) else found

    def _find(self, tail: str) -> int:
        """Behind the longest end of ``tail`` that is on the page, from the last place on if it is there."""
        for size in range(min(TAIL, len(tail)), LEAST - 1, -1):
            end = tail[-size:]
            place = self._folded.find(end, max(0, self._place - size))
            place = place if place >= 0 else self._folded.find(end)
            if place >= 0:
                return place + size
        return -1


class _Replies:
    """Earlier replies, newest first."""

    def __init__(self, texts: Iterable[Sequence[int]]) -> None:
        self._tokens: list[int] = []
        self._places: dict[tuple[int, ...], list[int]] = {}
        for text in texts:
            self._tokens += [*text, _END]
        for place in range(SHORTEST, len(self._tokens)):
            self._places.setdefault(tuple(self._tokens[place - SHORTEST : place]), []).append(place)
        self._place = 0  # where the last draft was found: a reply goes on in the order of its source

    def after(self, reply: list[int]) -> list[int]:
        """What followed the last tokens of ``reply`` elsewhere."""
        places = [0] if not reply and self._tokens else self._find(reply)
        if not places:
            return []
        self._place = next((place for place in places if place >= self._place), places[0])
        draft = self._tokens[self._place : self._place + MOST]
        return draft[: draft.index(_END)] if _END in draft else draft

    def _find(self, reply: list[int]) -> list[int]:
        places = self._places.get(tuple(reply[-SHORTEST:]), [])
        for size in range(LONGEST, SHORTEST, -1):
            run = reply[-size:]
            if longer := [place for place in places if self._tokens[place - size : place] == run]:
                return longer
        return places
