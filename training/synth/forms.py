"""Filled forms: labels with values on lines, in boxes, in combs, with check boxes."""

from . import values
from .boxes import checks_part, colon, comb_part
from .canvas import Line, Style
from .desk import Desk
from .pairs import Item, set_pairs, some_item
from .prose import logo, margins, page_number, running_text

_TITLES = {
    "en": (
        "Application Form",
        "REGISTRATION FORM",
        "Request for Information",
        "Claim Form",
        "Membership Application",
        "Change of Address",
        "ORDER FORM",
        "Inspection Report",
        "Employee Record",
        "FAX COVER SHEET",
        "Patient Information",
        "Purchase Requisition",
    ),
    "de": ("Antrag", "ANMELDEFORMULAR", "Personalbogen", "Schadensmeldung", "Bestellformular", "Meldebogen"),
    "fr": ("Formulaire d'inscription", "DEMANDE", "Fiche de renseignements", "Déclaration"),
    "es": ("Formulario de inscripción", "SOLICITUD", "Ficha de datos", "Declaración"),
    "it": ("Modulo di iscrizione", "DOMANDA", "Scheda anagrafica", "Dichiarazione"),
    "nl": ("Aanvraagformulier", "INSCHRIJFFORMULIER", "Schademelding"),
    "pt": ("Formulário de inscrição", "PEDIDO", "Ficha de dados", "Declaração"),
}


def form(desk: Desk) -> None:
    dice = desk.dice
    x0, y, x1, bottom = margins(desk)
    taken: set[str] = set()
    desk.leading = min(desk.leading, 1.3)
    if dice.random() < 0.1:
        y = max(y, _fax_line(desk, x0, x1))
    if dice.random() < 0.3:
        logo(desk, x1 - desk.em * 4, y, desk.em * 3)
    if dice.random() < 0.85:
        title = desk.style(dice.uniform(1.2, 2), "bold")
        text = dice.choice(_TITLES[desk.language])
        y = (
            desk.heading(x0, y, (x1 - x0) * 0.8, text, title, 1, dice.choice(("left", "centre")))
            + desk.em * 0.7
        )
    if dice.random() < 0.3:
        y = (
            desk.paragraph(x0, y, x1 - x0, running_text(desk, 30, 160), desk.style(0.85), bottom=bottom)
            + desk.em
        )
    filled = (
        Style(*_hand(desk))
        if dice.random() < 0.5
        else desk.style(dice.choice((1, 1.1)), dice.choice(("regular", "regular", "bold")))
    )
    parts = (
        lines_part,
        lines_part,
        grid_part,
        grid_part,
        comb_part,
        checks_part,
        pairs_part,
        pairs_part,
        columns_part,
    )
    one = dice.choice(parts) if dice.random() < 0.3 else None
    stop = y + (bottom - y) * dice.uniform(0.6, 1)
    number = 1
    while y + 6 * desk.em < stop:
        before = y
        if dice.random() < 0.4:
            name = desk.world.library.piece(dice, desk.language, 6, 30).strip(" .,;:").lstrip("#")
            name = f"{dice.choice(('', f'{number}. ', f'Section {number}: ', f'{chr(64 + number)}. '))}{name}"
            number = min(number + 1, 25)
            style = desk.style(dice.choice((1, 1.15)), "bold")
            if dice.random() < 0.3:
                tall = desk.pitch(style, 1.2)
                dark = dice.random() < 0.5
                desk.canvas.fill(
                    x0,
                    y - desk.em * 0.15,
                    x1,
                    y + tall,
                    dice.randint(10, 80) if dark else max(desk.canvas.paper - 35, 170),
                )
                style = desk.style(style.size / desk.em, "bold", 245 if dark else None)
            y = (
                desk.heading(
                    x0 + desk.em * 0.3,
                    y,
                    x1 - x0 - desk.em * 0.6,
                    desk.fit(name, style, x1 - x0 - desk.em),
                    style,
                    2,
                )
                + desk.em * 0.5
            )
        y = (one or dice.choice(parts))(desk, x0, y, x1, stop, taken, filled) + desk.em * dice.uniform(
            0.4, 1.2
        )
        if y <= before + desk.em * 0.1:
            break
    if dice.random() < 0.3:
        page_number(desk, x0, x1, bottom)


def _fax_line(desk: Desk, x0: float, x1: float) -> float:
    """What a fax machine prints over the page: date, time, sender, page."""
    dice = desk.dice
    face = desk.world.pick_faces(dice, "en", ("mono",))[0]
    style = Style(face, desk.em * dice.uniform(0.7, 0.9), desk.ink, 0.0)
    year, month, day = values.any_day(dice)
    shown = dice.choice(
        ("{m}-{d:02d}-{y} {t}", "{d:02d}/{n:02d}/{s:02d} {t}", "{m} {d} '{s:02d} {t}", "({m} {d} {y} {t})")
    )
    page = dice.randint(1, 9)
    name = values.MONTHS["en"].split()[month - 1][:3].upper()
    texts = [
        shown.format(m=name, n=month, d=day, y=year, s=year % 100, t=values.clock(dice)),
        desk.world.names.company(dice, "en").upper() if dice.random() < 0.7 else values.phone(dice),
        dice.choice((f"P.{page:02d}", f"PAGE.{page:02d}", f"Page {page}/{page + 2}")),
    ]
    if sum(map(style.width, texts)) + 4 * style.width(" ") > x1 - x0:
        del texts[1]
    base = desk.em * 0.4 + style.top
    wide = sum(map(style.width, texts))
    if wide + style.width(" ") * len(texts) > x1 - x0:
        return 0.0
    gap = (x1 - x0 - wide) / (len(texts) - 1)
    line: Line = []
    for text in texts:
        line.append(desk.put(line[-1].x1 + gap if line else x0, base, text, style))
    desk.canvas.paragraph([line])
    return base + desk.em * 1.2


def _hand(desk: Desk) -> tuple:
    """Another face for what was filled in: handwriting or a typewriter."""
    face = desk.world.pick_faces(desk.dice, desk.language, (desk.dice.choice(("hand", "mono", "mono")),))[0]
    return face, desk.em * desk.dice.uniform(1.0, 1.2), min(desk.ink + desk.dice.randint(0, 40), 110), 0.0


def pairs_part(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, taken: set[str], filled: Style
) -> float:
    """Plain rows, one or two columns."""
    dice = desk.dice
    arrange = dice.choice(("inline", "column", "column", "boxed", "above", "ends"))
    columns = 2 if dice.random() < 0.35 and arrange != "above" else 1
    wide = (x1 - x0) / columns
    label = desk.style(dice.choice((0.85, 1)), dice.choice(("regular", "bold")))
    ends = []
    count = dice.randint(2, 6)
    sign = colon(desk)
    for column in range(columns):
        items = [some_item(desk, taken) for _ in range(count)]
        ends.append(
            set_pairs(
                desk,
                x0 + column * wide,
                y,
                wide - desk.em * 1.5,
                items,
                arrange=arrange,
                bottom=bottom,
                label=label,
                value=filled,
                colon=sign,
                leading=desk.leading * dice.uniform(1, 1.4),
            )
        )
    return max(ends)


def lines_part(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, taken: set[str], filled: Style
) -> float:
    """Labels followed by a ruled line on which the value stands; one to three on a row."""
    dice, canvas = desk.dice, desk.canvas
    label = desk.style(dice.choice((0.85, 0.95, 1)))
    pitch = max(label.size, filled.size) * dice.uniform(1.5, 2.2)
    kind = dice.choice(("rule", "rule", "dots", "underscore"))
    sign = colon(desk)
    block: list[Line] = []
    for _ in range(dice.randint(2, 6)):
        if y + pitch > bottom:
            break
        line: Line = []
        cells = dice.choice((1, 1, 2, 2, 3))
        wide = (x1 - x0) / cells
        base = y + pitch * 0.75
        for cell in range(cells):
            entry = some_item(desk, taken)
            left = x0 + cell * wide
            text = desk.fit(entry.label + sign, label, wide * 0.5)
            head = desk.put(left, base, text, label)
            line.append(head)
            start, end = head.x1 + label.width(" "), left + wide - desk.em * 0.8
            low = base + desk.em * dice.uniform(0.08, 0.25)
            if kind == "rule":
                canvas.rule(start, low, end, low, desk.line_ink)
            elif kind == "dots":
                canvas.dots(start, end, low, dice.choice((3, 4, 5)), desk.ink)
            else:
                canvas.rule(start, base + desk.em * 0.2, end, base + desk.em * 0.2, desk.ink)
            value = ", ".join(entry.values)
            if text != entry.label + sign:  # a label that is cut short asks for nothing
                continue
            if dice.random() < 0.1 or filled.width(value) > end - start:
                value = (
                    desk.fit(value, filled, end - start)
                    if len(entry.values) == 1 and " " in value and dice.random() < 0.5
                    else ""
                )
            if filled.width(value) > end - start or not value:
                desk.note_blank(entry.label)
                continue
            run = desk.put(
                start + (end - start - filled.width(value)) * dice.choice((0.0, 0.05, 0.3)),
                base,
                value,
                filled,
            )
            line.append(run)
            desk.note(entry.label, entry.key, [run], entry.type)
        block.append(line)
        y += pitch
    canvas.paragraph(block)
    return y


def grid_part(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, taken: set[str], filled: Style
) -> float:
    """Boxes with a small label above the value, in rows of one to four."""
    dice, canvas = desk.dice, desk.canvas
    label = desk.style(dice.uniform(0.66, 0.82))
    pad = desk.em * dice.uniform(0.2, 0.4)
    for _ in range(dice.randint(2, 5)):
        deep = 2 if dice.random() < 0.3 else 1  # lines of the label
        tall = deep * desk.pitch(label, 1.1) + desk.pitch(filled, 1.15) + 2 * pad
        if y + tall > bottom:
            break
        cells = dice.choice((1, 2, 2, 3, 3, 4))
        cuts = sorted(dice.uniform(0.8, 1.2) for _ in range(cells))
        dice.shuffle(cuts)
        left = x0
        for part in cuts:
            wide = (x1 - x0) * part / sum(cuts)
            entry = some_item(desk, taken)
            number = f"{dice.randint(1, 30)} " if dice.random() < 0.15 else ""
            texts = desk.wrap(number + entry.label, label, wide - 2 * pad)[:deep]
            head_text = " ".join(texts)
            block, _ = desk.lines(left + pad, y + pad, texts, label, leading=1.1)
            value = desk.fit(", ".join(entry.values), filled, wide - 2 * pad)
            whole = head_text == number + entry.label
            if whole and value == ", ".join(entry.values) and dice.random() < 0.93:
                at = dice.choice(("left", "left", "left", "centre", "right"))
                where = {"left": left + pad, "centre": left + wide / 2, "right": left + wide - pad}[at]
                run = desk.put(where, y + tall - pad - filled.bottom, value, filled, at)
                block.append([run])
                desk.note(entry.label, entry.key, [run], entry.type)
            elif whole:
                desk.note_blank(entry.label)
            canvas.paragraph(block)
            canvas.frame(left, y, left + wide, y + tall, desk.line_ink)
            left += wide
        y += tall
    return y


def columns_part(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, taken: set[str], filled: Style
) -> float:
    """A boxed group at one side, rows of pairs at the other."""
    dice = desk.dice
    split = x0 + (x1 - x0) * dice.uniform(0.45, 0.6)
    label = desk.style(weight="bold")
    left: list[Item] = [some_item(desk, taken) for _ in range(dice.randint(2, 5))]
    right: list[Item] = [some_item(desk, taken) for _ in range(dice.randint(1, 4))]
    one = set_pairs(
        desk,
        x0,
        y,
        split - x0 - desk.em * 1.5,
        left,
        arrange="column",
        bottom=bottom,
        label=label,
        value=filled,
    )
    two = set_pairs(
        desk,
        split,
        y,
        x1 - split - desk.em * 0.5,
        right,
        arrange=dice.choice(("boxed", "above", "inline")),
        bottom=bottom,
        label=label,
        value=filled,
    )
    return max(one, two)
