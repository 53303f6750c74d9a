# ruff: noqa: E501 (tables of words)
"""Invoices told in sentences, as small firms write them: number, days and sums stand in running text, not beside labels.

Words between asterisks are set bold on some pages; ``{…}`` marks a value.
"""

import re

from . import values
from .addressee import addressee, set_addressee
from .bill import make_bill, note_currency
from .canvas import Style
from .contracts import Piece, set_pieces
from .desk import Desk
from .prose import logo, margins, running_text
from .window import GREETING, note_seller

# sentences in the order of a letter: number (or number and date), what for, net, tax, total, due
_TOLD = {
    "en": ("The *invoice number* for this order is {n}. Please quote it with your payment.;Our *invoice* {n} of {d} covers the work described below.;Please find below the details of invoice no. {n}, dated {d}.;This is invoice {n}.;Hereby we invoice you under number {n} for the services rendered.",
           "The *net* amount without tax is {a}.;The work comes to {a} before tax.;We charge {a} net.", "{x} of VAT is added.;Plus value added tax of {x}.",
           "The *total* is {t}.;*Total including tax: {t}*;This makes a total of {t}, tax included.;You owe us {t} in all.", "Payable by {u}.;Please pay until {u}.;Payment is expected no later than {u}."),
    "de": ("Die *Rechnungsnummer* für diesen Vorgang lautet {n}. Bitte geben Sie diese bei der Zahlung an.;Hiermit stellen wir Ihnen unter der Nummer {n} die folgenden Leistungen in Rechnung.;Mit *Rechnung* Nr. {n} vom {d} berechnen wir Ihnen, was unten steht.;Anbei erhalten Sie die Rechnung {n}, ausgestellt am {d}.",
           "Der *Netto*-Betrag beläuft sich auf {a}.;Netto sind das {a}.;Unsere Leistung berechnen wir mit {a} ohne Steuer.", "Zuzüglich der gesetzlichen Mehrwertsteuer von {x}.;Hinzu kommt Umsatzsteuer in Höhe von {x}.",
           "*Brutto-Endsumme von {t}*.;Der *Gesamtbetrag* ist {t}.;Daraus ergibt sich eine Summe von {t}.;Bitte überweisen Sie insgesamt {t}.", "Zahlbar bis zum {u}.;Wir bitten um Zahlung bis {u}.;Fällig ist der Betrag am {u}."),
    "fr": ("Le *numéro de facture* est le {n}, à rappeler lors du paiement.;Veuillez trouver ci-dessous la facture n° {n} du {d}.;Nous vous facturons sous le numéro {n} les prestations suivantes.",
           "Le montant *hors taxes* est de {a}.;Nos prestations s'élèvent à {a} hors taxes.", "La TVA s'élève à {x}.;S'y ajoute la TVA de {x}.", "Le *total* à régler est de {t}.;*Total TTC : {t}*;Soit {t} toutes taxes comprises.", "À payer avant le {u}.;Merci de régler pour le {u}."),
    "es": ("El *número de factura* es {n}, indíquelo al pagar.;Adjuntamos la factura {n} con fecha {d}.;Le facturamos con el número {n} los servicios siguientes.", "La base imponible es de {a}.;El importe *neto* asciende a {a}.", "El IVA es de {x}.;Más {x} de IVA.",
           "El *total* asciende a {t}.;*Total a pagar: {t}*;En total son {t}, impuestos incluidos.", "Pagadero hasta el {u}.;Rogamos el pago antes del {u}."),
    "it": ("Il *numero della fattura* è {n}, da indicare nel pagamento.;Vi inviamo la fattura n. {n} del {d}.;Con la presente fatturiamo, numero {n}, quanto segue.", "L'importo *netto* è di {a}.;L'imponibile ammonta a {a}.", "L'IVA ammonta a {x}.;Più IVA {x}.",
           "Il *totale* è di {t}.;*Totale da pagare: {t}*;In tutto sono {t}, IVA inclusa.", "Da pagare entro il {u}.;Scadenza del pagamento: {u}."),
    "nl": ("Het *factuurnummer* is {n}, vermeld dit bij betaling.;Hierbij ontvangt u factuur {n} van {d}.;Onder nummer {n} brengen wij u het volgende in rekening.", "Het bedrag *zonder btw* is {a}.;Wij rekenen {a} exclusief btw.", "De btw bedraagt {x}.;Plus {x} btw.",
           "Het *totaal* is {t}.;*Totaal inclusief btw: {t}*;Samen is dat {t}.", "Te betalen voor {u}.;Graag betaling uiterlijk {u}."),
    "pt": ("O *número da fatura* é {n}, indique-o no pagamento.;Segue a fatura n.º {n} de {d}.;Faturamos com o número {n} os serviços seguintes.", "O valor *líquido* é de {a}.;O serviço soma {a} sem IVA.", "O IVA é de {x}.;Acresce IVA de {x}.",
           "O *total* é de {t}.;*Total a pagar: {t}*;No total são {t}, com IVA.", "A pagar até {u}.;Pedimos o pagamento até {u}."),
}  # fmt: skip
_DATED = {
    "en": ("{d}", "Date: {d}", "Dated {d}"), "de": ("{d}", "den {d}", "Datum: {d}"), "fr": ("{d}", "le {d}", "Date : {d}"), "es": ("{d}", "a {d}", "Fecha: {d}"),
    "it": ("{d}", "lì {d}", "Data: {d}"), "nl": ("{d}", "Datum: {d}"), "pt": ("{d}", "Data: {d}"),
}  # fmt: skip
_KEYS = {
    "n": ("invoice number", "id"), "d": ("invoice date", "date"), "u": ("due date", "date"), "a": ("subtotal", "amount"),
    "x": ("tax", "amount"), "t": ("total", "amount"),
}  # fmt: skip
_MARKS = re.compile(r"(\*|\{\w\})")


def told_bill(desk: Desk) -> None:
    """Seller, perhaps buyer and day, a greeting, sentences, the seller's name again."""
    dice, names, language = desk.dice, desk.world.names, desk.language
    x0, y, x1, bottom = margins(desk)
    seller, address = names.company(dice, language), names.address(dice, language)
    style, bold = desk.style(), desk.style(weight="bold")
    gap = desk.em * dice.uniform(0.5, 1.3)
    y = _sender(desk, x0, y, x1, seller, address, bold if dice.random() < 0.6 else style) + gap
    if dice.random() < 0.6:
        who = addressee(desk)
        where = names.address(dice, language)
        first, extra, rest, y = set_addressee(desk, x0, y, x1 - x0, who, where, style, style)
        desk.canvas.paragraph(first + extra + rest)
        desk.note("", "buyer", [line[0] for line in first], "company")
        desk.note("", "buyer address", [line[0] for line in rest], "address", ", ")
        y += gap
    bill = make_bill(desk, dice.choice((1, 1, 2, 3)))
    day = values.any_day(dice)
    full = dice.random() < 0.75
    shown = {
        "n": values.identifier(dice), "d": desk.calendar.show(*day), "u": desk.calendar.show(*values.later(day, dice.choice((7, 14, 30)))),
        "a": desk.amount(bill.net, full), "x": desk.amount(bill.tax, full), "t": desk.amount(bill.gross, full),
    }  # fmt: skip
    number, net, tax, total, due = (dice.choice(part.split(";")) for part in _TOLD[language])
    if "{d}" not in number and dice.random() < 0.6:
        dated = dice.choice(_DATED[language])
        y = _told(desk, x0, y, x1, bottom, dated, shown, style, bold) + gap
    y = desk.paragraph(x0, y, x1 - x0, dice.choice(GREETING[language].split(";")), style) + gap
    sentences = [number, net] + ([tax] if bill.tax else []) + [total]
    sentences += [due] if dice.random() < 0.6 else []
    if dice.random() < 0.5:
        sentences.insert(1, "")
    apart = dice.random() < 0.6  # each a paragraph of its own
    for text in sentences if apart else (" ".join(s or running_text(desk, 30, 120) for s in sentences),):
        if not text:
            words = running_text(desk, 30, 160)
            y = desk.paragraph(x0, y, x1 - x0, words, style, bottom=bottom) + gap
        else:
            y = _told(desk, x0, y, x1, bottom, text, shown, style, bold) + gap
    note_currency(desk)
    if dice.random() < 0.4 and y + 3 * desk.em < bottom:
        desk.paragraph(x0, y, x1 - x0, seller, style, bottom=bottom)


def _sender(
    desk: Desk, x0: float, y: float, x1: float, seller: str, address: list[str], name_style: Style
) -> float:
    """Who writes: the name, perhaps with a part of the firm behind it, its address or one line to reach it."""
    dice, names = desk.dice, desk.world.names
    style = desk.style()
    right = dice.random() < 0.25
    at, align = (x1, "right") if right else (x0, "left")
    if dice.random() < 0.2:
        size = desk.em * dice.uniform(2, 4)
        logo(desk, x1 - size if right else x0, y, size)
        y += size + desk.em * 0.4
    first, y = desk.lines(at, y, desk.wrap(seller, name_style, (x1 - x0) * 0.7), name_style, align)
    if not right and dice.random() < 0.2:
        word = names.word(dice).capitalize()
        if first[-1][0].x1 + style.width("  " + word) < x1:
            first[-1].append(
                desk.put(first[-1][0].x1 + style.width(" "), y - desk.pitch(name_style) + name_style.top, word, style)
            )  # fmt: skip
    shown = address if dice.random() < 0.7 else []
    texts = [*shown, *([names.email(dice)] if not shown or dice.random() < 0.3 else [])]
    rest, y = desk.lines(at, y, [desk.fit(t, style, (x1 - x0) * 0.7) for t in texts], style, align)
    desk.canvas.paragraph(first + rest)
    note_seller(desk, [line[:1] for line in first], rest[: len(shown)])
    return y


def _told(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, text: str, shown: dict[str, str], style: Style, bold: Style,
) -> float:  # fmt: skip
    """A paragraph with the values in it, each of which can be pointed at."""
    heavy = desk.dice.random() < 0.5
    used, pieces = style, []
    for part in filter(None, _MARKS.split(text)):
        if part == "*":
            used = bold if heavy and used is style else style
        elif part.startswith("{"):
            pieces.append(Piece(shown[part[1]], bold if heavy else style, *_KEYS[part[1]]))
        else:
            pieces.append(Piece(part, used))
    return set_pieces(desk, x0, y, x1 - x0, pieces, bottom=bottom)
