"""The thing a question asks for, and the same question in plain words.

A small reader refuses questions in words that it has seldom met ("Which policy is shown?"), though it answers
the plain one about the same thing. A refusal is therefore asked again in plain words before it is believed.
No answer comes from here: only the question is put differently.
"""

import re

from .prompts import label_question

MAX_WORDS = 12  # a longer subject is a sentence, not the name of something


def _any(words: str) -> str:
    return f"(?:{'|'.join(words.split(' | '))})"


_SAID = _any(
    "shown | given | printed | stated | listed | written | noted | mentioned | indicated | named | entered"
    " | recorded | specified | quoted | displayed | provided | visible | present | set | used | there"
)
_WHERE = r"(?:\s+(?:here|there|on|in|at)(?:\s+(?:the|this|it|that))?" + (
    rf"(?:\s+{_any('page | document | form | receipt | invoice | sheet')})?)?"
)
_THING = r"(?:the\s+)?(?P<thing>.+?)"
_BESIDE = _any("for | as | under | beside | next to | at | after")
_STANDS = _any("is | was | has been | stands | appears | does it say")
_POLITE = _any("please | kindly | now | could you | can you | would you") + "?"
_ASK = _any(
    "tell me | let me have | give me | show me | look up | give | show | state | name | find | read | provide"
    " | quote | extract | report | list | return"
)
_SENTENCE = _any(
    "is | are | was | were | do | does | did | has | have | can | why | how | who | what | which | when"
    " | where"
)
_FORMS = tuple(
    re.compile(pattern + r"\s*[?.!]*", re.IGNORECASE)
    for pattern in (
        rf"(?:which|what)\s+(?P<thing>.+?)\s+(?:is|are|was|were|has been)\s+{_SAID}{_WHERE}",
        rf"what\s+{_STANDS}\s+(?:{_SAID}\s+)?{_BESIDE}\s+{_THING}{_WHERE}",
        rf"{_POLITE}\s*{_ASK}\s+{_THING}\s*(?:,?\s*please)?",
        rf"(?:how much|when|who|where)\s+(?:is|was|are)\s+{_THING}",
        rf"(?!{_SENTENCE}\b)(?:the\s+)?(?P<thing>[^?.!]+?)\s*[:?=]+",
    )
)
_PLAIN = re.compile(r"what(?:'s| is| was| are)\s+(?:the\s+)?(?P<thing>.+?)\s*\?*", re.IGNORECASE)


def plain_question(question: str) -> str | None:
    """``What is the …?`` about the same thing; None where that is what was asked, or no thing is found."""
    text = " ".join(question.split())
    if _PLAIN.fullmatch(text) and not any(form.fullmatch(text) for form in _FORMS[:2]):
        return None
    for form in _FORMS:
        found = form.fullmatch(text)
        if found and len(found["thing"].split()) <= MAX_WORDS and re.search(r"\w", found["thing"]):
            return label_question(found["thing"])
    return None
