# ruff: noqa: E501 (tables of words and formats)
"""Layouts and wording of the held-out set; none of them is used in training."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from .synth.canvas import Line, Run, Style
from .synth.desk import Desk
from .synth.page import SyntheticPage

if TYPE_CHECKING:
    from faker import Faker

# printed label by language -> kind of value; the wording is the held-out set's own
LABELS = {
    "en": ("Document ref=id;Issued=date;Settle before=date;Booking code=code;Account holder=person;Billing party=company;Net value=amount;"
           "Sum payable=amount;Levy=amount;Desk officer=person;Hotline=phone;Mailbox=email;Warehouse=city;Shipment key=code;Job role=job;"
           "Vessel=company;Seat=seat;Gate=seat;Meter reading=number;Tariff=word;Site=city;Plot=number;Inspector=person;Sample ID=id;"
           "Batch key=code;Arrival=date;Departure=date;Wire account=iban;Insured=person;Policy ref=id;Excess=amount;Claim stage=word;"
           "Home address=address;Depot=address"),
    "de": ("Vorgangsnummer=id;Ausgestellt=date;Zu begleichen bis=date;Buchungscode=code;Kontoinhaber=person;Leistungserbringer=company;"
           "Warenwert=amount;Forderung=amount;Abgabe=amount;Sachbearbeitung=person;Servicenummer=phone;Postfach=email;Lager=city;"
           "Zählerstand=number;Objekt=address;Prüfer=person;Ankunft=date;Abreise=date;Police=id;Selbstbehalt=amount"),
    "fr": ("Dossier=id;Établi le=date;À régler pour le=date;Code de réservation=code;Titulaire=person;Prestataire=company;Valeur nette=amount;"
           "Somme due=amount;Taxe locale=amount;Gestionnaire=person;Ligne directe=phone;Messagerie=email;Entrepôt=city;Relevé=number;"
           "Arrivée=date;Départ=date;Police=id;Franchise=amount;Bien loué=address"),
    "es": ("Expediente=id;Expedido=date;Abonar antes de=date;Localizador=code;Titular=person;Prestador=company;Valor neto=amount;"
           "Suma debida=amount;Tasa=amount;Gestor=person;Línea directa=phone;Buzón=email;Almacén=city;Lectura=number;Llegada=date;"
           "Salida=date;Póliza=id;Franquicia=amount;Finca=address"),
    "it": ("Pratica=id;Emesso=date;Saldare entro=date;Codice prenotazione=code;Intestatario=person;Esecutore=company;Valore netto=amount;"
           "Somma dovuta=amount;Tributo=amount;Incaricato=person;Linea diretta=phone;Casella=email;Magazzino=city;Lettura=number;"
           "Arrivo=date;Partenza=date;Polizza=id;Franchigia=amount;Immobile=address"),
    "nl": ("Dossier=id;Opgemaakt=date;Voldoen voor=date;Boekingscode=code;Rekeninghouder=person;Uitvoerder=company;Nettowaarde=amount;"
           "Verschuldigd=amount;Heffing=amount;Behandelaar=person;Directe lijn=phone;Postbus=email;Magazijn=city;Meterstand=number;"
           "Aankomst=date;Vertrek=date;Polis=id;Eigen risico=amount;Pand=address"),
    "pt": ("Processo=id;Lavrado em=date;Liquidar até=date;Código de reserva=code;Titular=person;Executante=company;Valor neto=amount;"
           "Soma devida=amount;Taxa=amount;Gestor=person;Linha direta=phone;Caixa postal=email;Armazém=city;Leitura=number;Chegada=date;"
           "Partida=date;Apólice=id;Franquia=amount;Imóvel=address"),
}  # fmt: skip
# Three plain ones, which nobody can say otherwise, and nine that training cannot put together: drawn by lot from
# forty that were written without knowing the training's.
QUESTIONS = (
    "What is the {l}?",
    "What is the {l}?",
    "{l}?",
    "I am filling a spreadsheet and need the {l}.",
    'Return only the value of the field "{l}".',
    "Would you mind checking what the document gives as {l}?",
    "My colleague is asking for the {l}; can you get it from the scan?",
    "extract field: {l}",
    "get value for key '{l}'",
    "Please to give me the {l} of this document.",
    "The system wants me to enter the {l}. What should I type, going by this document?",
    "I was wondering if you could pull the {l} off this form.",
)

# Written after the ones above had been used to mend the program: neither training nor a rule was made for these.
FRESH_QUESTIONS = (
    "Could I have the {l} from this paper?",
    "Grab me whatever it says for {l}, will you?",
    "what's written down as {l}",
    "I'd be grateful for the {l} shown in this scan.",
    "For our audit we have to note the {l}; what is it here?",
    "{l} - can you see that anywhere?",
    "Does this say anything about {l}? If yes, what?",
    "Need {l} asap",
    "According to this paper, the {l} is what?",
    "Look through the page for the {l} and type it for me.",
    "Somewhere on here there ought to be a {l}. Which one?",
    "My accountant keeps asking about the {l} on this one.",
    "{l}, as printed on the page please",
    "Fill in the blank: the {l} is ____.",
    "Read me the line that gives the {l}.",
    "Which value belongs to {l} here?",
    "Hey, quick one: {l}?",
    "To complete the booking I require the {l}.",
    "In your own extraction, what did you get for {l}?",
    "Kindly confirm the {l} mentioned in the attached document.",
)


@dataclass(frozen=True)
class Entry:
    label: str
    value: str
    type: str


def value(dice: Random, faker: "Faker", kind: str) -> str:
    """A printed value of the kind, from Faker."""
    sign = dice.choice(("€", "$", "EUR", "£", ""))
    if kind == "amount":
        number = f"{dice.uniform(1, 20000):,.2f}"
        if dice.random() < 0.5:
            number = number.translate(str.maketrans(",.", ".,"))
        return f"{number} {sign}".strip() if dice.random() < 0.5 else f"{sign} {number}".strip()
    if kind == "date":
        return faker.date_object().strftime(
            dice.choice(("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%y", "%d %b %Y"))
        )
    makers = {
        "id": lambda: faker.bothify(dice.choice(("??-#####", "########", "##/####", "?###-###", "####-??-##")).upper()).upper(),
        "code": lambda: faker.bothify(dice.choice(("?#?#?#", "??####??", "#?#-?#?-##"))),
        "person": faker.name, "company": faker.company, "phone": faker.phone_number, "email": faker.email, "city": faker.city,
        "job": faker.job, "seat": lambda: f"{dice.randint(1, 60)}{dice.choice('ABCDEF')}", "number": lambda: str(dice.randint(10, 999999)),
        "word": faker.word, "iban": faker.iban, "address": lambda: faker.address().replace("\n", ", "),
    }  # fmt: skip
    return " ".join(makers[kind]().split())


def entries(desk: Desk, faker: "Faker", count: int) -> list[Entry]:
    """Different labels of the desk's language with values that its face can print."""
    rows = [row.split("=") for row in LABELS[desk.language].split(";")]
    found = []
    for label, kind in desk.dice.sample(rows, min(count, len(rows))):
        text = desk.regular.clean(value(desk.dice, faker, kind))
        found.append(Entry(desk.regular.clean(label), " ".join(text.split()), kind))
    return found


def tile(desk: Desk, faker: "Faker") -> None:
    """Running text, or a list of label and value, set in the upper left with a hanging indent."""
    dice = desk.dice
    margin = dice.uniform(8, 24)
    width, style = desk.width - 2 * margin, desk.style()
    if dice.random() < 0.55:
        room = int((desk.height - 2 * margin) / desk.pitch(style)) - 1
        most = min(320, int(room * width / (style.face.width("average text line") / 17 * style.size) * 0.85))
        text = desk.world.library.piece(dice, desk.language, most // 2, max(most, 30))
        desk.paragraph(margin, margin, width, text, style, bottom=desk.height - 2)
        return
    block: list[Line] = []
    y = margin
    for entry in entries(desk, faker, 9):
        label = desk.style(weight=dice.choice(("bold", "bold", "regular")))
        if (
            style.width(entry.value) > width * 0.95
            or y + 2.1 * desk.pitch(style) + style.bottom > desk.height - 2
        ):
            continue
        head = desk.put(margin, y + style.top, desk.fit(entry.label, label, width), label)
        left = head.x1 + 2 * style.width(" ")
        if left + style.width(entry.value) > margin + width:
            y += desk.pitch(style)
            left = (
                margin + style.width("  ") if style.width(entry.value) < width - style.width("  ") else margin
            )
            block += [[head], [desk.put(left, y + style.top, entry.value, style)]]
        else:
            block.append([head, desk.put(left, y + style.top, entry.value, style)])
        y += desk.pitch(style)
    desk.canvas.paragraph(block)


def text_page(desk: Desk) -> None:
    """One wide or two narrow columns of paragraphs under a title that is set flush right or left."""
    dice, library = desk.dice, desk.world.library
    style = desk.style()
    edge = desk.width * dice.uniform(0.08, 0.12)
    y, bottom = desk.height * 0.07, desk.height * 0.94
    if dice.random() < 0.7:
        words = library.piece(dice, desk.language, 15, 45).strip(" .,;:")
        y = desk.heading(
            edge, y, desk.width - 2 * edge, words, desk.style(1.6, "bold"), 1, dice.choice(("left", "right"))
        )
        y += desk.em * 1.4
    columns = 2 if dice.random() < 0.2 else 1
    gutter = desk.em * 2.2
    wide = (desk.width - 2 * edge - gutter * (columns - 1)) / columns
    stop = bottom if dice.random() < 0.7 else y + (bottom - y) * dice.uniform(0.4, 0.9)
    for column in range(columns):
        top = y
        while top + 4 * desk.pitch(style) < stop:
            text = library.piece(dice, desk.language, 150, 650)
            top = (
                desk.paragraph(edge + column * (wide + gutter), top, wide, text, style, bottom=stop)
                + desk.em * 0.75
            )


def ask_page(desk: Desk, faker: "Faker") -> None:
    """One of the page layouts with 6 to 14 labelled values, and some text around them."""
    dice = desk.dice
    edge = desk.width * dice.uniform(0.07, 0.11)
    y = desk.height * 0.06
    title = desk.style(dice.uniform(1.5, 2.1), "bold")
    name = " ".join(faker.company().split())
    y = (
        desk.heading(
            edge,
            y,
            desk.width - 2 * edge,
            desk.regular.clean(name),
            title,
            1,
            dice.choice(("left", "right", "centre")),
        )
        + desk.em
    )
    rows = entries(desk, faker, dice.randint(6, 14))
    layout = dice.choice((fact_sheet, ticket, questionnaire, sidebar, ribbon))
    y = layout(desk, edge, y, desk.width - edge, rows)
    if dice.random() < 0.6:
        text = desk.world.library.piece(dice, desk.language, 120, 500)
        desk.paragraph(
            edge, y + desk.em * 2, desk.width - 2 * edge, text, desk.style(), bottom=desk.height * 0.95
        )


def _pair(desk: Desk, entry: Entry, runs: list[Run]) -> None:
    if " ".join(run.text for run in runs) == entry.value:
        desk.note(entry.label, "", runs, entry.type)


def fact_sheet(desk: Desk, x0: float, y: float, x1: float, rows: list[Entry]) -> float:
    """Labels flush right against a middle axis, values flush left, every other row shaded."""
    style, label = desk.style(), desk.style(ink=min(desk.ink + 40, 120))
    axis = x0 + (x1 - x0) * desk.dice.uniform(0.38, 0.46)
    pitch = desk.pitch(style, 1.7)
    block: list[Line] = []
    for number, entry in enumerate(rows):
        texts = desk.wrap(entry.value, style, x1 - axis - desk.em)
        tall = pitch + (len(texts) - 1) * desk.pitch(style, 1.25)
        if number % 2:
            desk.canvas.fill(x0, y, x1, y + tall, desk.canvas.paper - 14)
        base = y + pitch * 0.66
        line = [desk.put(axis - desk.em * 0.6, base, entry.label, label, "right")]
        runs = []
        for text in texts:
            runs.append(desk.put(axis + desk.em * 0.6, base, text, style))
            block.append([*line, runs[-1]])
            line = []
            base += desk.pitch(style, 1.25)
        _pair(desk, entry, runs)
        y += tall
    desk.canvas.paragraph(block)
    return y


def ticket(desk: Desk, x0: float, y: float, x1: float, rows: list[Entry]) -> float:
    """Cells without frames in two or three columns: a small grey label over a bold value."""
    dice = desk.dice
    small, strong = desk.style(0.8, ink=min(desk.ink + 50, 130)), desk.style(1.05, "bold")
    columns = dice.choice((2, 2, 3))
    wide = (x1 - x0) / columns
    for start in range(0, len(rows), columns):
        low = y
        for column, entry in enumerate(rows[start : start + columns]):
            left = x0 + column * wide
            head, under = desk.lines(left, y, [desk.fit(entry.label, small, wide - desk.em)], small)
            body, under = desk.lines(
                left, under, desk.wrap(entry.value, strong, wide - desk.em), strong, leading=1.2
            )
            desk.canvas.paragraph(head + body)
            _pair(desk, entry, [line[0] for line in body])
            low = max(low, under)
        y = low + desk.em * 0.7
        desk.canvas.dots(x0, x1, y - desk.em * 0.35, 9, 90, length=5)
    return y


def questionnaire(desk: Desk, x0: float, y: float, x1: float, rows: list[Entry]) -> float:
    """Lettered items; the value stands indented on the next line behind an arrow bar."""
    style, label = desk.style(), desk.style(weight="italic" if desk.dice.random() < 0.5 else "regular")
    for entry in rows:
        if y + 5 * desk.pitch(style) > desk.height * 0.92:
            break
        head, under = desk.lines(x0, y, [entry.label], label)
        body, under = desk.lines(
            x0 + 2.2 * desk.em, under, desk.wrap(entry.value, style, x1 - x0 - 3 * desk.em), style
        )
        desk.canvas.fill(
            x0 + desk.em, under - desk.pitch(style) * len(body), x0 + desk.em + 3, under - desk.em * 0.3, 120
        )
        desk.canvas.paragraph(head + body)
        _pair(desk, entry, [line[0] for line in body])
        y = under + desk.em * 0.6
    return y


def sidebar(desk: Desk, x0: float, y: float, x1: float, rows: list[Entry]) -> float:
    """Half of the entries in a shaded column at the left, the others beside it with dashes between label and value."""
    split = x0 + (x1 - x0) * 0.36
    style, bold = desk.style(), desk.style(0.9, "bold")
    half = len(rows) // 2
    top = y
    size = sum(
        2 + len(desk.wrap(e.value, style, split - x0 - 2 * desk.em)) for e in rows[:half]
    ) * desk.pitch(style, 1.25)
    desk.canvas.fill(x0, top - desk.em * 0.5, split, top + size, desk.canvas.paper - 22)
    for entry in rows[:half]:
        head, under = desk.lines(
            x0 + desk.em, y, [desk.fit(entry.label, bold, split - x0 - 2 * desk.em)], bold
        )
        body, under = desk.lines(
            x0 + desk.em, under, desk.wrap(entry.value, style, split - x0 - 2 * desk.em), style, leading=1.2
        )
        desk.canvas.paragraph(head + body)
        if head[0][0].text == entry.label:
            _pair(desk, entry, [line[0] for line in body])
        y = under + desk.em * 0.5
    low = max(y, top + size)
    y = top
    for entry in rows[half:]:
        name = desk.put(split + 2 * desk.em, y + style.top, entry.label, style)
        room = x1 - name.x1 - 2.5 * desk.em
        if style.width(entry.value) <= room:
            run = desk.put(x1, y + style.top, entry.value, style, "right")
            desk.canvas.dots(
                name.x1 + desk.em * 0.5,
                run.x0 - desk.em * 0.5,
                y + style.top - desk.em * 0.3,
                12,
                110,
                length=6,
            )
            desk.canvas.paragraph([[name, run]])
            _pair(desk, entry, [run])
        else:
            y += desk.pitch(style)
            body, y = desk.lines(
                split + 2 * desk.em, y, desk.wrap(entry.value, style, x1 - split - 2 * desk.em), style
            )
            y -= desk.pitch(style)
            desk.canvas.paragraph([[name], *body])
            _pair(desk, entry, [line[0] for line in body])
        y += desk.pitch(style, 1.9)
    return max(low, y)


def ribbon(desk: Desk, x0: float, y: float, x1: float, rows: list[Entry]) -> float:
    """Label and value run on in lines, separated by wide gaps, as in the head of a statement."""
    style: Style = desk.style()
    label = desk.style(weight="bold")
    x = x0
    block: list[Line] = [[]]
    for entry in rows:
        wide = label.width(entry.label) + style.width(" " + entry.value)
        if wide > x1 - x0:
            continue
        if x + wide > x1:
            x, y = x0, y + desk.pitch(style, 1.8)
            block.append([])
        head = desk.put(x, y + style.top, entry.label, label)
        run = desk.put(head.x1 + style.width(" "), y + style.top, entry.value, style)
        block[-1] += [head, run]
        _pair(desk, entry, [run])
        x = run.x1 + 3 * desk.em
    desk.canvas.paragraph([line for line in block if line])
    return y + desk.pitch(style, 1.8)


def ask(
    dice: Random, page: SyntheticPage, questions: Sequence[str] = QUESTIONS
) -> list[dict[str, str | None]]:
    """4 to 8 questions by label about the page; a quarter asks for labels that it does not have."""
    known = list(page.fields)
    dice.shuffle(known)
    total = dice.randint(4, 8)
    missing = sum(dice.random() < 0.25 for _ in range(total))
    found: list[dict[str, str | None]] = []
    for field in known[: total - missing]:
        question = dice.choice(questions).format(l=field.label)
        found.append({"question": question, "label": field.label, "answer": field.value})
    low = page.text.casefold()
    others = [
        row.partition("=")[0] for row in LABELS[page.language].split(";")
    ]  # another language might mean a printed one
    absent = [
        label
        for label in others
        if not any(
            word in low for word in label.casefold().split() if len(word) > 3 or word == label.casefold()
        )
    ]
    for label in dice.sample(absent, min(missing, len(absent))):
        found.append({"question": dice.choice(questions).format(l=label), "label": label, "answer": None})
    dice.shuffle(found)
    return found
