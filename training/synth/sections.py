# ruff: noqa: E501 (tables of words)
"""Parties as sections below one another: a heading, numbers, then the name, then its address.

What a heading asks for is not what comes next, and further parties have names of the same make: only the heading above
a name says whose it is. Viewers of electronic invoices set such pages, as running print, as striped tables, or as cards.
"""

from dataclasses import dataclass

from . import values
from .addressee import Addressee, addressee, in_lines, set_addressee
from .canvas import Line, Style
from .desk import Desk
from .labels import keys
from .pairs import items, set_pairs

# before the name; what the name is called in a table; what the address is called there
_BEFORE = {
    "en": ("Number;Global number;GLN;Supplier no.;Vendor ID;Company ID;Identifier;DUNS", "Name;Name of the company;Company name", "Address;Postal address"),
    "de": ("Nummer;Globale Nummer;GLN;Lieferanten-Nr.;Kundennr. beim Lieferanten;Kennung;Ansprechpartner", "Name;Firma;Firmenname", "Anschrift;Adresse;Postanschrift"),
    "fr": ("Numéro;Identifiant;GLN;Code fournisseur;SIRET;SIREN", "Nom;Raison sociale;Nom / Raison sociale", "Adresse"), "es": ("Número;Identificador;GLN;Código;NIF", "Nombre;Razón social;Nombre o razón social", "Dirección;Domicilio"),
    "it": ("Numero;Identificativo;GLN;Codice;Partita IVA", "Nome;Denominazione;Ragione sociale", "Indirizzo;Sede"), "nl": ("Nummer;GLN;Identificatie;KvK", "Naam;Bedrijfsnaam", "Adres"),
    "pt": ("Número;Identificador;GLN;Código;NIF;CNPJ", "Nome;Denominação;Nome / Razão social", "Morada;Endereço"),
}  # fmt: skip
# headings of parties other than the two that sell and pay
_OTHERS = {
    "en": "Tax representative of the seller;Different recipient of the goods;Different payee;Delivered to;Invoicee;Carrier;Agent;Payee;Ship-to party",
    "de": "Steuerbevollmächtigter des Verkäufers;Abweichender Warenempfänger;Abweichender Zahlungsempfänger;Abweichender Rechnungsempfänger;Warenempfänger;Zahlungsempfänger;Spediteur;Endkunde;Versand durch",
    "fr": "Représentant fiscal du vendeur;Destinataire des marchandises;Bénéficiaire du paiement;Transporteur;Livré à", "es": "Representante fiscal;Destinatario de la mercancía;Beneficiario del pago;Transportista",
    "it": "Rappresentante fiscale;Destinatario della merce;Beneficiario del pagamento;Vettore;Terzo intermediario", "nl": "Fiscaal vertegenwoordiger;Ontvanger van de goederen;Begunstigde;Vervoerder",
    "pt": "Representante fiscal;Destinatário da mercadoria;Beneficiário do pagamento;Transportadora",
}  # fmt: skip
_HEADS = {  # heavier words for the two than their labels elsewhere
    "seller": {"en": "Seller;Supplier;Seller information;Seller / issuer;Accounting supplier party", "de": "Verkäufer;Lieferant;Rechnungssteller;Informationen zum Verkäufer;Leistungserbringer;Verkäufer/Leistungserbringer", "fr": "Vendeur;Fournisseur;Émetteur de la facture", "es": "Emisor;Vendedor;Datos del emisor", "it": "Cedente/prestatore (fornitore);Fornitore;Cedente", "nl": "Verkoper;Leverancier;Gegevens leverancier", "pt": "Emitente;Vendedor;Dados do emitente"},
    "buyer": {"en": "Buyer;Customer;Buyer information;Buyer / recipient;Accounting customer party", "de": "Käufer;Käufer/Leistungsempfänger;Leistungsempfänger;Informationen zum Käufer;Rechnungsempfänger;Kunde", "fr": "Acheteur;Client;Destinataire de la facture", "es": "Receptor;Cliente;Datos del receptor", "it": "Cessionario/committente (cliente);Cliente;Cessionario", "nl": "Koper;Klant;Gegevens afnemer", "pt": "Destinatário;Cliente;Dados do cliente"},
}  # fmt: skip


@dataclass(frozen=True)
class _Look:
    """One make for all sections of a page: "print", "table" (striped or not) or "cards" (framed)."""

    shape: str
    label: Style
    strong: Style
    colon: str
    stripe: int
    gap: float


def set_sections(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, taken: set[str], label: Style, strong: Style
) -> float:
    """Seller and buyer, and up to three others, as sections; y below the last that fitted."""
    dice = desk.dice
    shape = dice.choice(("print", "print", "table", "table", "cards"))
    stripe = dice.choice((0, 12, 20)) if shape == "table" else 0
    look = _Look(shape, label, strong, dice.choice((":", ":", "")), stripe, desk.em * dice.uniform(0.7, 2))
    sides = ["seller", "buyer", *[""] * dice.choice((0, 0, 1, 1, 2, 3))]
    if dice.random() < 0.15:
        dice.shuffle(sides)
    across = shape != "table" and dice.random() < 0.25  # two of them side by side
    wide = (x1 - x0) / 2 if across else x1 - x0
    low = y
    for number, side in enumerate(sides):
        right = across and number % 2 == 1
        left = x0 + wide if right else x0
        if not right:
            y = low
        low = max(low, _section(desk, left, y, left + wide - desk.em * across, bottom, side, taken, look))
    return low


def _section(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, side: str, taken: set[str], look: _Look
) -> float:
    dice, language = desk.dice, desk.language
    if y + 13 * desk.em > bottom:
        return y
    pool = _HEADS[side][language].split(";") if side else _OTHERS[language].split(";")
    if side and dice.random() < 0.4:
        pool = list(keys()[side].labels[language])
    head = dice.choice([t for t in pool if t.casefold() not in taken] or pool)
    taken.update((head.casefold(), side))
    who = (
        addressee(desk, 0.75)
        if side == "buyer"
        else Addressee(in_lines(desk, desk.world.names.company(dice, language), 0.2))
    )
    address = desk.world.names.address(dice, language)
    top, inner = y, desk.em * 0.5 if look.shape == "cards" else 0.0
    head, y = _head(desk, x0 + inner, y + inner, x1 - inner, head, look)
    if look.shape == "table":
        y = _as_table(desk, x0, y, x1, bottom, head, side, who, address, look)
    else:
        y = _as_print(desk, x0 + inner, y, x1 - inner, head, side, who, address, look)
    names_after = dice.sample(("VAT number", "phone", "email", "company registration"), dice.randint(0, 2))
    after = items(desk, names_after, taken) if side == "seller" else []
    if after:
        y = set_pairs(
            desk, x0 + inner, y + desk.em * dice.choice((0, 0.8)), x1 - x0 - 2 * inner, after,
            arrange=dice.choice(("column", "inline")), bottom=bottom, label=look.label, value=desk.style(), colon=" :" if dice.random() < 0.4 else ":",
        )  # fmt: skip
    if look.shape == "cards":
        desk.canvas.frame(x0, top, x1, y + inner, desk.line_ink)
    return y + inner + look.gap


def _head(desk: Desk, x0: float, y: float, x1: float, head: str, look: _Look) -> tuple[str, float]:
    """The heading, as much of it as fits: on a band in a table, underlined or not elsewhere; and y below it."""
    dice = desk.dice
    head = desk.fit(head, look.strong, x1 - x0 - look.strong.width(look.colon))
    if look.shape == "table" and look.stripe:
        tall = desk.pitch(look.strong, 1.3)
        desk.canvas.fill(x0, y, x1, y + tall, desk.canvas.paper - look.stripe - 10)
    runs, y = desk.lines(x0, y, [head + look.colon], look.strong, leading=1.3)
    if not look.stripe and dice.random() < 0.6:
        under = x1 if dice.random() < 0.3 else runs[0][0].x1
        desk.canvas.rule(x0, y - desk.em * 0.2, under, y - desk.em * 0.2, desk.line_ink)
        y += desk.em * 0.1
    desk.canvas.paragraph(runs)
    return head, y + (desk.em if look.shape == "print" and dice.random() < 0.2 else 0)


def _before(desk: Desk) -> list[tuple[str, str]]:
    """Numbers that stand between a heading and the name."""
    dice = desk.dice
    words = dice.sample(_BEFORE[desk.language][0].split(";"), dice.choice((0, 0, 1, 1, 1, 2)))
    return [
        (w, values.identifier(dice) if dice.random() < 0.5 else values.digits(dice, dice.choice((6, 8, 13))))
        for w in words
    ]


def _as_print(
    desk: Desk, x0: float, y: float, x1: float, head: str, side: str, who: Addressee, address: list[str], look: _Look
) -> float:  # fmt: skip
    dice, style = desk.dice, desk.style()
    colon = dice.choice((":", " :", "    :"))
    for word, value in _before(desk):
        first = desk.put(x0, y + style.top, word + colon, look.label)
        if first.x1 + style.width(" " + value) < x1:
            then = desk.put(first.x1 + style.width(" "), y + style.top, value, style)
            desk.canvas.paragraph([[first, then]])
            desk.note(f"{head} {word}", "", [then], "id")
        else:
            desk.canvas.paragraph([[first]])
        y += desk.pitch(style)
    name_style = look.strong if dice.random() < 0.7 else style
    name, extra, rest, y = set_addressee(desk, x0, y, x1 - x0, who, address, name_style, style)
    desk.canvas.paragraph(name + extra + rest)
    _note(desk, head, side, name, rest)
    return y


def _as_table(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, head: str, side: str, who: Addressee, address: list[str], look: _Look,
) -> float:  # fmt: skip
    """``Name   Lieferant GmbH``, ``Address   …``: words at the left, what they name at the right, every other row shaded."""
    dice, style = desk.dice, desk.style()
    called, where = (dice.choice(words.split(";")) for words in _BEFORE[desk.language][1:])
    rows = [(word, value, style) for word, value in _before(desk)]
    column = x0 + (x1 - x0) * dice.choice((0.3, 0.4, 0.4, 0.5))
    name = [p for line in who.name for p in desk.wrap(line, look.strong, x1 - column)]
    rest = [p for line in address for p in desk.wrap(line, style, x1 - column)]
    named = len(rows)
    rows += [(called if not n else "", text, look.strong) for n, text in enumerate(name)]
    rows += [("", desk.fit(text, style, x1 - column), style) for text in who.extra]
    placed = len(rows)
    rows += [(where if not n else "", text, style) for n, text in enumerate(rest)]
    cells: list[list[Line]] = []
    tall = desk.pitch(look.strong, 1.35)
    for number, (word, text, used) in enumerate(rows):
        if y + tall > bottom:
            break
        if look.stripe and number % 2:
            desk.canvas.fill(x0, y, x1, y + tall, desk.canvas.paper - look.stripe)
        base = y + look.strong.top
        left = (
            [
                desk.put(
                    x0, base, desk.fit(word + look.colon, look.label, column - x0 - desk.em / 2), look.label
                )
            ]
            if word
            else []
        )
        cells.append([left, [desk.put(column, base, text, used)]])
        y += tall
    desk.canvas.paragraph([[*row[0], *row[1]] for row in cells])
    for (word, _, _), (_, cell) in zip(rows[:named], cells, strict=False):
        desk.note(f"{head} {word}", "", cell, "id")
    if len(cells) == len(rows):
        shown = [row[1] for row in cells]
        _note(desk, head, side, shown[named : named + len(name)], shown[placed:])
    return y


def _note(desk: Desk, head: str, side: str, name: list[Line], rest: list[Line]) -> None:
    """What a section says: who it is under its heading, and for the two that sell and pay under their keys."""
    desk.note(head, side, [line[0] for line in name], "company")
    if side:
        desk.note("", f"{side} address", [line[0] for line in rest], "address", ", ")
