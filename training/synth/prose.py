"""Pages of running text: letters, articles in two columns, contracts, reports, near-blank pages."""

import re
from random import Random

from . import values
from .canvas import Style
from .desk import Desk
from .facts import some_facts
from .labels import keys, value_lines
from .page import Question
from .spelling import few_words, salad, vary
from .tables import random_look, set_table
from .tiers import tiered_table
from .tiles import sprinkle

FEW_WORDS_SHARE = 0.25  # of the pages
_RIVAL = re.compile("agreement|contract|contrat|vertrag|overeenkomst", re.I)


def margins(desk: Desk) -> tuple[float, float, float, float]:
    """Left, top, right, bottom edges of the type area."""
    dice, w, h = desk.dice, desk.width, desk.height
    side = w * dice.uniform(0.05, 0.13)
    return (
        side,
        h * dice.uniform(0.03, 0.08),
        w - side * dice.uniform(0.7, 1.2),
        h * (1 - dice.uniform(0.03, 0.07)),
    )


def logo(desk: Desk, x: float, y: float, size: float) -> None:
    """A drawn sign without text."""
    dice, canvas = desk.dice, desk.canvas
    grey = dice.randint(20, 170)
    shape = dice.randint(0, 4)
    if shape == 0:
        canvas.ellipse(x, y, x + size, y + size, grey)
        canvas.ellipse(x + size * 0.25, y + size * 0.2, x + size * 0.75, y + size * 0.7, canvas.paper)
    elif shape == 1:
        canvas.fill(x, y, x + size, y + size, grey)
        canvas.fill(x + size * 0.3, y + size * 0.3, x + size * 0.7, y + size, canvas.paper)
    elif shape == 2:
        for step in range(4):
            canvas.fill(
                x + step * size / 4, y + size * (0.75 - step / 4), x + (step + 0.7) * size / 4, y + size, grey
            )
    elif shape == 3:
        canvas.ellipse(x, y, x + size, y + size, grey, ring=size * 0.12)
        canvas.fill(x + size * 0.42, y, x + size * 0.58, y + size, grey)
    else:
        canvas.ellipse(x, y, x + size * 0.65, y + size * 0.65, grey)
        canvas.fill(x + size * 0.5, y + size * 0.5, x + size, y + size, min(grey + 50, 200))


def running_text(desk: Desk, low: int, high: int) -> str:
    """Prose of the desk's language, now and then with values in it."""
    dice, library = desk.dice, desk.world.library
    if desk.words is None:
        text = library.piece(dice, desk.language, 150, 1200)
        desk.words = few_words(dice, text, desk.language) if dice.random() < FEW_WORDS_SHARE else ()
    if desk.words:
        text = salad(dice, desk.words, low, high)
    elif desk.language == "en" and dice.random() < 0.2:
        text = dice.choice(library.copy)
    else:
        text = vary(dice, library.piece(dice, desk.language, low, high), desk.language)
    return sprinkle(dice, desk.world, text, desk.language, 0.08) if dice.random() < 0.25 else text


def title(
    desk: Desk,
    x: float,
    y: float,
    width: float,
    style: Style,
    align: str = "left",
    low: int = 12,
    high: int = 70,
) -> float:
    """The title of a page, which can be asked for; returns y below."""
    text = desk.world.library.piece(desk.dice, desk.language, low, high).strip(" .,;:").lstrip("#")
    y = desk.heading(x, y, width, text, style, 1, align)
    desk.note("", "title", [run for line in desk.canvas.blocks[-1].lines for run in line], "text")
    return y


def flow(
    desk: Desk,
    x: float,
    y: float,
    width: float,
    bottom: float,
    *,
    heads: float = 0.12,
    numbered: bool = False,
    source: list[str] | None = None,
) -> float:
    """Fills a column with paragraphs, headings and lists until ``bottom``; returns y below."""
    dice, library = desk.dice, desk.world.library
    style = desk.style()
    head = desk.style(dice.choice((1.0, 1.15, 1.3)), "bold")
    align = dice.choice(("left", "left", "justify", "justify"))
    gap = desk.em * dice.uniform(0.3, 1.0)
    indent = desk.em * dice.uniform(1, 2) if dice.random() < 0.2 else 0.0
    number = dice.randint(1, 9)
    facts = some_facts(dice, desk.world, desk.language, max(0, dice.choice((0, 1, 2, 3)) - len(desk.facts)))
    if any(item.key == "effective date" for item in desk.fields):  # a second beginning would be one too many
        facts = [fact for fact in facts if not _RIVAL.search(fact[0])]
    while y + 2 * desk.pitch(style) < bottom:
        pick = dice.random()
        if pick < heads and y + 5 * desk.pitch(head) < bottom:
            title = library.piece(dice, desk.language, 8, 48).strip(" .,;:").lstrip("#")
            title = f"{number}. {title}" if numbered or dice.random() < 0.4 else title
            number += 1
            y = desk.heading(x, y + gap * 0.6, width, title, head, 2) + gap * 0.5
        elif pick < heads + 0.06:
            sign = desk.bullet()
            for _ in range(dice.randint(2, 5)):
                if y + 2 * desk.pitch(style) < bottom:
                    y = desk.paragraph(
                        x + desk.em,
                        y,
                        width - desk.em,
                        f"{sign} {running_text(desk, 20, 110)}",
                        style,
                        bottom=bottom,
                    )
            y += gap
        else:
            text = dice.choice(source) if source and dice.random() < 0.9 else running_text(desk, 120, 700)
            if numbered and dice.random() < 0.5:
                text = f"{number}.{dice.randint(1, 9)} {text}"
            if facts and y + 8 * desk.pitch(style) < bottom and len(desk.wrap(text, style, width)) < 5:
                sentence, question = facts.pop()
                if desk.regular.clean(sentence) == sentence:
                    text = f"{text} {sentence}" if dice.random() < 0.6 else f"{sentence} {text}"
                    desk.facts.append(question)
            y = desk.paragraph(x, y, width, text, style, bottom=bottom, align=align, indent=indent) + gap
    return y


def page_number(desk: Desk, x0: float, x1: float, y: float) -> None:
    dice = desk.dice
    style = desk.style(dice.uniform(0.75, 1))
    number = dice.randint(1, 40)
    text = dice.choice(
        (
            str(number),
            f"- {number} -",
            f"Page {number} of {number + dice.randint(0, 20)}",
            f"{number}/{number + 3}",
        )
    )
    place = dice.choice(("left", "centre", "right"))
    at = {"left": x0, "centre": (x0 + x1) / 2, "right": x1}[place]
    if y + style.bottom < desk.height:
        desk.canvas.paragraph([[desk.put(at, y, text, style, place)]])


def letter(desk: Desk) -> None:
    """Sender, addressee, date, subject, text, signature."""
    dice, names, language = desk.dice, desk.world.names, desk.language
    x0, y, x1, bottom = margins(desk)
    style, small = desk.style(), desk.style(0.8)
    company = names.company(dice, language)
    sender = [company, *names.address(dice, language)]
    if dice.random() < 0.6:
        sender += [f"Tel. {values.phone(dice)}", names.email(dice)][: dice.randint(1, 2)]
    side = dice.choice(("left", "right", "centre"))
    at = {"left": x0, "right": x1, "centre": (x0 + x1) / 2}[side]
    if dice.random() < 0.4 and side != "left":
        logo(desk, x0, y, desk.em * dice.uniform(2.5, 4.5))
    head, y1 = desk.lines(at, y, sender, small if dice.random() < 0.5 else style, side)
    desk.canvas.paragraph(head)
    desk.note("", "seller", head[0], "company")
    if dice.random() < 0.4:
        desk.canvas.rule(
            x0, y1 + desk.em * 0.3, x1, y1 + desk.em * 0.3, desk.line_ink, dice.choice((0.6, 1, 2))
        )
    y = y1 + desk.em * dice.uniform(1.5, 3)
    person = names.person(dice, language)
    to = [person, *names.address(dice, language)]
    block, y1 = desk.lines(x0, y, to, style)
    desk.canvas.paragraph(block)
    desk.note("", "recipient", block[0], "person")
    town, day = names.city(dice, language), desk.calendar.show(*values.any_day(dice))
    dated = [desk.put(x1, y1 + desk.em * 2, f"{town}, {day}" if dice.random() < 0.4 else day, style, "right")]
    if dated[0].text == day:
        desk.note("", "date", dated, "date")
    desk.canvas.paragraph([dated])
    y = y1 + desk.em * 3.5
    taken: set[str] = set()
    for name in dice.sample(
        ("reference", "customer number", "contract number", "order number", "contact person"),
        dice.randint(0, 3),
    ):
        label = keys()[name].label(dice, language)
        if label.casefold() in taken or y + 8 * desk.em > bottom:
            continue
        taken.add(label.casefold())
        first = desk.put(x0, y + style.top, label + ":", style)
        run = desk.put(
            first.x1 + style.width("  "),
            y + style.top,
            value_lines(dice, desk.world, keys()[name].type, language)[0],
            style,
        )
        desk.canvas.paragraph([[first, run]])
        desk.note(label, name, [run], keys()[name].type)
        y += desk.pitch(style)
    subject = desk.world.library.piece(dice, language, 12, 60).strip(" .,;:").lstrip("#")
    y = (
        desk.heading(x0, y + desk.em, (x1 - x0) * 0.9, subject, desk.style(dice.choice((1, 1.1)), "bold"), 2)
        + desk.em
    )
    hello = {
        "en": "Dear {n},",
        "de": "Guten Tag {n},",
        "fr": "Bonjour {n},",
        "es": "Estimado/a {n}:",
        "it": "Gentile {n},",
        "nl": "Beste {n},",
        "pt": "Caro/a {n},",
    }
    y = desk.paragraph(x0, y, x1 - x0, hello[language].format(n=person), style, bottom=bottom) + desk.em * 0.5
    end = bottom - desk.em * 7
    stop = y + (end - y) * dice.uniform(0.3, 1)
    y = flow(desk, x0, y, x1 - x0, max(stop, y + 3 * desk.em), heads=0.0)
    bye = {
        "en": "Yours sincerely,",
        "de": "Mit freundlichen Grüßen",
        "fr": "Cordialement,",
        "es": "Atentamente,",
        "it": "Cordiali saluti",
        "nl": "Met vriendelijke groet,",
        "pt": "Atenciosamente,",
    }
    y = desk.paragraph(x0, y + desk.em * 0.5, x1 - x0, bye[language], style, bottom=bottom)
    signer = names.person(dice, language)
    if y + 4.5 * desk.em < bottom:
        run = desk.put(x0, y + 3.5 * desk.em, signer, style)
        desk.canvas.paragraph([[run]])


def article(desk: Desk) -> None:
    """A title over two or three columns."""
    dice = desk.dice
    x0, y, x1, bottom = margins(desk)
    big = desk.style(dice.uniform(1.5, 2.4), dice.choice(("bold", "bold", "regular")))
    align = dice.choice(("left", "centre"))
    y = title(desk, x0, y, x1 - x0, big, align, 20, 80) + desk.em * 0.5
    if dice.random() < 0.6:
        by = ", ".join(desk.world.names.person(dice, desk.language) for _ in range(dice.randint(1, 3)))
        y = desk.paragraph(x0, y, x1 - x0, by, desk.style(1, "italic"), align=align, bottom=bottom) + desk.em
        desk.note("", "author", [run for line in desk.canvas.blocks[-1].lines for run in line], "person")
    if dice.random() < 0.3:
        desk.canvas.rule(x0, y, x1, y, desk.line_ink)
        y += desk.em * 0.6
    columns = 3 if dice.random() < 0.12 and desk.width > 60 * desk.em else 2
    gutter = desk.em * dice.uniform(1.5, 2.8)
    wide = (x1 - x0 - gutter * (columns - 1)) / columns
    last = bottom - desk.em * 2
    for column in range(columns):
        stop = last if column < columns - 1 or dice.random() < 0.6 else y + (last - y) * dice.uniform(0.3, 1)
        flow(desk, x0 + column * (wide + gutter), y, wide, stop, heads=0.16)
    page_number(desk, x0, x1, bottom)


def report(desk: Desk) -> None:
    """Headings, paragraphs and a table in between."""
    dice = desk.dice
    x0, y, x1, bottom = margins(desk)
    wide = x1 - x0
    if dice.random() < 0.7:
        y = title(desk, x0, y, wide, desk.style(dice.uniform(1.4, 2.2), "bold")) + desk.em
    last = bottom - desk.em * 2
    y = flow(desk, x0, y, wide, y + (last - y) * dice.uniform(0.2, 0.6), heads=0.25)
    if dice.random() < 0.45:
        after = tiered_table(desk, x0, y + desk.em * 0.5, wide, last)
        flow(desk, x0, after + desk.em * 1.2, wide, last, heads=0.25)
        page_number(desk, x0, x1, bottom)
        return
    rows = dice.choice(desk.world.library.tables)
    rows = [row for row in rows[: dice.randint(4, 12)]]
    columns = len(rows[0])
    aligns = ["left"] + [dice.choice(("right", "left", "centre"))] * (columns - 1)
    y, done = set_table(
        desk,
        x0,
        y + desk.em * 0.5,
        wide,
        rows,
        aligns=aligns,
        style=desk.style(dice.choice((0.85, 0.95, 1))),
        look=random_look(desk),
        bottom=last,
        stretch=dice.random() < 0.7,
    )
    flow(desk, x0, y + desk.em * (1.2 if done else 0), wide, last, heads=0.25)
    page_number(desk, x0, x1, bottom)


def blank(desk: Desk) -> None:
    """Nothing, or a line or two."""
    dice = desk.dice
    x0, y, x1, bottom = margins(desk)
    pick = dice.random()
    if pick < 0.4:
        return
    if pick < 0.6:
        page_number(desk, x0, x1, bottom)
        return
    text = dice.choice(
        (
            "This page intentionally left blank",
            "Diese Seite ist absichtlich leer.",
            running_text(desk, 20, 90),
        )
    )
    at = dice.uniform(y, max(y + 1, bottom - 6 * desk.em))
    desk.paragraph(
        x0,
        at,
        x1 - x0,
        text,
        desk.style(dice.uniform(0.9, 1.6)),
        align=dice.choice(("left", "centre")),
        bottom=bottom,
    )


def passage(desk: Desk) -> list[Question]:
    """A text with questions whose answers are words of the text."""
    dice, library = desk.dice, desk.world.library
    x0, y, x1, bottom = margins(desk)
    found: list[Question] = []
    style = desk.style()
    for _ in range(dice.randint(1, 3)):
        language, text, pairs = dice.choice(library.passages)
        room = int((bottom - y) / desk.pitch(style)) - 1
        if len(desk.wrap(text, style, x1 - x0)) > room:
            break
        if desk.regular.clean(text) != text:
            continue
        y = (
            desk.paragraph(x0, y, x1 - x0, text, style, bottom=bottom, align=dice.choice(("left", "justify")))
            + desk.em
        )
        found += [Question(q, a, None, "text") for q, a in dice.sample(pairs, min(2, len(pairs)))]
    return found


def pick_em(dice: Random, unit: float, low: float = 8.5, high: float = 12.0) -> float:
    """A body size in pixels; ``unit`` is pixels a point."""
    pick = dice.random()
    if pick < 0.08:
        return unit * dice.uniform(7.4, low)
    return unit * (dice.uniform(low, high) if pick < 0.9 else dice.uniform(high, 16))
