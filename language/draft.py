"""Guesses at what a reply goes on with, taken from texts that it may repeat: no second model is asked.

Prompt lookup (Saxena, 2023; "LLMA", Yang et al., arXiv 2304.04487): the last tokens of a reply are looked for
in texts at hand, and what follows them there is the draft. Texts at hand are earlier replies, whose form and
often whose values come again, and the print that the glyph map names. The decoder checks a draft's tokens all
at once; one that it would not have written itself ends it, so a draft changes nothing but time.
"""

from collections.abc import Iterable, Sequence

LONGEST, SHORTEST = 4, 2  # tokens that have to be found again; longer runs first
SHORT, LONG = 4, 8  # tokens of a draft, and of one that follows a draft without a fault
TRIAL, WORTH = 24, 0.25  # drafted tokens after which a share of right ones below this ends the drafting
_END = -1  # between texts


class Drafter:
    """Calling it with the tokens of a reply so far gives the tokens that may follow; often none.

    Where drafts are seldom right, as those of small print without spaces are, it drafts no more.

    ``reply``: the list that it was called with, which its owner lets grow.
    """

    def __init__(self, texts: Iterable[Sequence[int]]) -> None:
        self.reply: list[int] = []
        self._tokens: list[int] = []
        self._places: dict[tuple[int, ...], list[int]] = {}
        for text in texts:
            self._tokens += [*text, _END]
        for place in range(SHORTEST, len(self._tokens)):
            self._places.setdefault(tuple(self._tokens[place - SHORTEST : place]), []).append(place)
        self._place = 0  # where the last draft was found: a reply goes on in the order of its source
        self._length, self._hoped = 0, 0  # of the reply at the last draft, and if all of that is right
        self._drafted, self._right = 0, 0  # tokens

    def __call__(self, reply: list[int]) -> list[int]:
        self.reply = reply
        if self._hoped:
            self._drafted += self._hoped - self._length - 1
            self._right += max(0, len(reply) - self._length - 1)
        if self._drafted >= TRIAL and self._right < WORTH * self._drafted:
            self._hoped = 0
            return []
        length = LONG if reply and len(reply) == self._hoped else SHORT
        places = [0] if not reply else self._find(reply)
        draft: list[int] = []
        if places:
            self._place = next((place for place in places if place >= self._place), places[0])
            draft = self._tokens[self._place : self._place + length]
            draft = draft[: draft.index(_END)] if _END in draft else draft
        self._length, self._hoped = len(reply), len(reply) + len(draft) + 1 if draft else 0
        return draft

    def _find(self, reply: list[int]) -> list[int]:
        places = self._places.get(tuple(reply[-SHORTEST:]), [])
        for size in range(LONGEST, SHORTEST, -1):
            run = reply[-size:]
            if longer := [place for place in places if self._tokens[place - size : place] == run]:
                return longer
        return places
