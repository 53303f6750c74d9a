"""Results → HTML. Every text is escaped; nothing that a document or a model says is ever markup.

Buttons carry numbers in ``data-`` attributes; what they stand for is looked up on the server.
"""

import html
from collections.abc import Sequence

from ..types import WHOLE_PAGE
from .desk import Place, Turn
from .facts import Fact
from .texts import say
from .view import headline

LEVELS = ((0.9, "high"), (0.6, "middle"), (0.0, "low"))


def safe(text: object) -> str:
    """Text for HTML, also inside quotes."""
    return html.escape(str(text), quote=True)


def percent(confidence: float) -> str:
    """As it is shown."""
    return f"{confidence:.0%}"


def level(confidence: float) -> str:
    """ "high", "middle" or "low": the colour that goes with the number."""
    return next(name for least, name in LEVELS if confidence >= least)


def badge(language: str, confidence: float, is_short: bool = False) -> str:
    """How sure the model is."""
    text = percent(confidence) if is_short else say(language, "confidence", percent=percent(confidence))
    return f'<span class="badge {level(confidence)}">{safe(text)}</span>'


def note(text: str, kind: str = "quiet") -> str:
    """A line of its own; an error is read out at once by a screen reader."""
    role = ' role="alert"' if kind == "error" else ""
    return f'<p class="note {kind}"{role}>{safe(text)}</p>' if text else ""


def writing(language: str, question: str, text: str, state: str) -> str:
    """An answer that is still being written."""
    shown = safe(text) + '<span class="caret" aria-hidden="true"></span>'
    return (
        f'<article class="turn live"><p class="asked">{safe(question)}</p>'
        f'<p class="answer" aria-live="polite">{shown}</p><p class="note quiet">{safe(state)}</p></article>'
    )


def conversation(language: str, turns: Sequence[Turn]) -> str:
    """The turns, the newest first."""
    if not turns:
        return note(say(language, "empty_talk"))
    return "".join(_turn(language, number, turns[number]) for number in reversed(range(len(turns))))


def _turn(language: str, number: int, turn: Turn) -> str:
    own, others = turn.places[: turn.num_own], turn.places[turn.num_own :]
    places = "".join(_place(language, number, at, place) for at, place in enumerate(own))
    also = "".join(_place(language, number, at, place, True) for at, place in enumerate(others, len(own)))
    seconds = say(language, "seconds", seconds=f"{turn.seconds:.1f}")
    troubles = "".join(note(_trouble(language, *trouble), "warn") for trouble in turn.troubles)
    kind = "answer" if turn.found else "answer absent"
    text = headline(language, turn)
    sure = badge(language, turn.confidence) if turn.is_sure else ""
    copy = say(language, "copy")
    return (
        f'<article class="turn"><p class="asked">{safe(turn.question)}</p>'
        f'<p class="{kind}">{safe(text)}</p><div class="line">{places}'
        f'{sure}<span class="quiet">{safe(seconds)}</span>'
        f'<button type="button" class="copy" data-copy="{safe(text)}" '
        f'data-done="{safe(say(language, "copied"))}">{safe(copy)}</button></div>'
        f"{_also(language, also)}{_pages(language, turn)}{troubles}</article>"
    )


def _pages(language: str, turn: Turn) -> str:
    """How many of many pages were asked."""
    if not turn.num_seen:
        return ""
    return note(say(language, "pages_left", read=turn.num_read, seen=turn.num_seen))


def _also(language: str, buttons: str) -> str:
    head = note(say(language, "also"))
    return f'{head}<div class="line">{buttons}</div>' if buttons else ""


def _place(language: str, turn: int, at: int, place: Place, is_other: bool = False) -> str:
    where = say(language, "place", page=place.page, name=place.name)
    if place.box == WHOLE_PAGE:
        where += f" ({say(language, 'whole_page')})"
    said = f"<b>{safe(place.text)}</b> {badge(language, place.confidence, True)} " if is_other else ""
    return (
        f'<button type="button" class="place" data-turn="{turn}" data-place="{at}">{said}'
        f"<span>{safe(where)}</span></button>"
    )


def _trouble(language: str, name: str, page: int, reason: str) -> str:
    if page:
        return say(language, "failed_page", page=page, reason=reason)
    return say(language, "failed_file", name=name, reason=reason)


def strip(
    language: str,
    pages: Sequence[tuple[str, int, str]],
    places: Sequence[int],
    shown: int | None,
) -> str:
    """Small pictures of pages: ``(name, number, data URI or nothing)``, their places among all pages, and the
    place of the shown one."""
    if not pages:
        return ""
    buttons = []
    last = ""
    for (name, number, picture), place in zip(pages, places, strict=True):
        label = safe(say(language, "thumbnail", page=number, name=name))
        image = f'<img src="{picture}" alt="">' if picture else '<span class="blank"></span>'
        current = ' aria-current="page"' if place == shown else ""
        title = f'<span class="file">{safe(name)}</span>' if name != last else ""
        last = name
        buttons.append(
            f'{title}<button type="button" class="thumb" data-at="{place}" aria-label="{label}" '
            f'title="{label}"{current}>{image}<span class="number">{number}</span></button>'
        )
    return f'<nav class="strip" aria-label="{safe(say(language, "pages"))}">{"".join(buttons)}</nav>'


def facts_table(language: str, facts: Sequence[Fact], checks: Sequence[tuple[bool, str]]) -> str:
    """A row a field: its value is a button that shows its place; what does not fit or agree is said."""
    heads = "".join(f"<th>{safe(say(language, key))}</th>" for key in ("field", "value", "sure", "where"))
    rows = "".join(_fact(language, at, fact) for at, fact in enumerate(facts))
    agreeing = " · ".join(text for is_right, text in checks if is_right)
    said = note(say(language, "check_ok", names=agreeing)) if agreeing else ""
    said += "".join(
        note(say(language, "check_bad", message=text), "warn") for is_right, text in checks if not is_right
    )
    return f'<div class="scroll"><table class="facts"><tr>{heads}</tr>{rows}</table></div>{said}'


def _fact(language: str, at: int, fact: Fact) -> str:
    name = f'<td class="name">{safe(fact.name.replace("_", " "))}</td>'
    if fact.evidence is None:
        return f'<tr>{name}<td class="quiet">{safe(say(language, "absent"))}</td><td></td><td></td></tr>'
    value = fact.printed if fact.value is None else fact.value
    printed = "" if str(value) == fact.printed else note(say(language, "printed", text=fact.printed))
    return (
        f'<tr>{name}<td><button type="button" class="place" data-fact="{at}">{safe(value)}</button>'
        f"{printed}{note(fact.problem, 'warn')}</td><td>{badge(language, fact.confidence, True)}</td>"
        f"<td>{fact.evidence.page}</td></tr>"
    )
