# ruff: noqa: E501 (tables of words)
"""Who sells, who pays and where the goods go, in columns side by side."""

from dataclasses import replace

from . import values
from .addressee import Addressee, addressee, in_lines, set_addressee
from .canvas import Line, Style
from .desk import Desk
from .labels import keys
from .pairs import Item, set_pairs

# over an address: where the bill goes, where the goods go
_ADDRESSES = {
    "en": ("Billing Address;Invoice address;Bill to Address", "Shipping Address;Delivery Address;Ship-to address"), "de": ("Rechnungsadresse;Rechnungsanschrift", "Lieferadresse;Lieferanschrift"),
    "fr": ("Adresse de facturation", "Adresse de livraison;Adresse de l'installation"), "es": ("Dirección de facturación", "Dirección de envío;Dirección de entrega"),
    "it": ("Indirizzo di fatturazione", "Indirizzo di spedizione;Indirizzo di consegna"), "nl": ("Factuuradres", "Afleveradres;Bezorgadres"), "pt": ("Morada de faturação", "Morada de entrega;Morada de envio"),
}  # fmt: skip
_TO = {
    "en": ("Bill To;Billed to;Invoice to;Customer", "Ship To;Deliver to"), "de": ("Rechnung an;Kunde", "Lieferung an"), "fr": ("Facturé à;Client", "Livré à"), "es": ("Facturar a;Cliente", "Enviar a"),
    "it": ("Fatturare a;Cliente", "Spedire a"), "nl": ("Factuur aan;Klant", "Leveren aan"), "pt": ("Faturar a;Cliente", "Enviar para"),
}  # fmt: skip
# over the seller where buyer and seller stand side by side
_FROM = {
    "en": "From;FROM;Seller;Supplier;Vendor;Billed by;Invoice from;Biller;Our details", "de": "Von;Absender;Rechnungssteller;Anbieter;Verkäufer", "fr": "De;Émetteur;Prestataire;Vendeur",
    "es": "De;Emisor;Proveedor;Datos del emisor", "it": "Da;Emittente;Fornitore;Cedente", "nl": "Van;Afzender;Leverancier", "pt": "De;Emitente;Fornecedor;Prestador",
}  # fmt: skip


def set_parties(desk: Desk, x0: float, y: float, x1: float, columns: int) -> float:
    """Who pays and where the goods go, side by side; one alone often without a label."""
    dice, names, language = desk.dice, desk.world.names, desk.language
    style = desk.style(dice.choice((0.9, 1)))
    label_style = desk.style(
        dice.choice((0.9, 1)), dice.choice(("bold", "bold", "regular")), dice.randint(0, 120)
    )
    who = addressee(desk, 0.5)
    where = names.address(dice, language)
    wide = (x1 - x0) / max(columns, 1 if x1 - x0 < desk.width / 2 else 2)
    words = dice.choice((_ADDRESSES, _TO))[language]
    shift = (
        desk.width * dice.uniform(0, 0.25)
        if columns == 1 and dice.random() < 0.3 and wide > desk.width / 3
        else 0
    )
    ends = []
    for column in range(min(columns, 2)):
        x = x0 + shift + column * wide
        if column and dice.random() < 0.4:
            where = names.address(dice, language)
            who = addressee(desk, 0.0) if dice.random() < 0.5 else who
        label = "" if columns == 1 and dice.random() < 0.5 else dice.choice(words[column].split(";"))
        keys_of = ("recipient", "delivery address") if column else ("buyer", "buyer address")
        ends.append(_party(desk, x, y, x + wide - desk.em, label, who, where, keys_of, label_style, style))
    if columns == 3:
        label = keys()["customer number"].label(dice, language)
        entry = Item(label, "", (values.identifier(dice),), "id")
        ends.append(
            set_pairs(
                desk,
                x0 + 2 * wide,
                y,
                wide,
                [entry],
                arrange="above",
                bottom=desk.height,
                label=label_style,
                value=style,
            )
        )
    return max(ends)


def from_to(desk: Desk, x0: float, y: float, x1: float, seller: str, address: list[str]) -> float:
    """Who sends the bill and who gets it, in two columns of the same make; each has its label."""
    dice, names, language = desk.dice, desk.world.names, desk.language
    style = desk.style(dice.choice((0.9, 1)))
    label_style = desk.style(
        dice.choice((0.9, 1, 1.15)), dice.choice(("bold", "bold", "regular")), dice.randint(0, 120)
    )
    sides = [
        (dice.choice(_FROM[language].split(";")), Addressee(in_lines(desk, seller)), address, "seller"),
        (
            dice.choice(_TO[language][0].split(";")),
            addressee(desk, 0.6),
            names.address(dice, language),
            "buyer",
        ),
    ]
    if dice.random() < 0.25:
        sides.reverse()
    wide = (x1 - x0) / 2
    stacked = dice.random() < 0.15
    low = y
    for column, (label, name, where, key) in enumerate(sides):
        left = x0 if stacked else x0 + column * wide
        end = _party(
            desk,
            left,
            y,
            left + wide - desk.em,
            label,
            name,
            where,
            (key, f"{key} address"),
            label_style,
            style,
        )
        low = max(low, end)
        y = end + desk.em if stacked else y
    return low


def _party(
    desk: Desk,
    x: float,
    y: float,
    x1: float,
    label: str,
    who: Addressee,
    where: list[str],
    keys_of: tuple[str, str],
    label_style: Style,
    style: Style,
) -> float:
    """One column, noted under ``keys_of``; a label that speaks of an address asks for it, any other for who it is."""
    dice, wide = desk.dice, x1 - x
    block: list[Line] = []
    if label:
        colon = dice.choice((":", ":", ""))
        block, y = desk.lines(x, y, [desk.fit(label + colon, label_style, wide)], label_style)
        label = label if block[0][0].text == label + colon else ""
    name_style = replace(style, face=desk.bold) if dice.random() < 0.25 else style
    name, extra, rest, y = set_addressee(desk, x, y, wide, who, where, name_style, style)
    tail: list[Line] = []
    if dice.random() < 0.2:
        text = desk.fit(
            values.phone(dice) if dice.random() < 0.5 else desk.world.names.email(dice), style, wide
        )
        tail, y = desk.lines(x, y, [text], style)
    desk.canvas.paragraph(block + name + extra + rest + tail)
    of_address = any(label in words.split(";") for words in _ADDRESSES[desk.language])
    desk.note("" if of_address else label, keys_of[0], [line[0] for line in name], "company")
    desk.note(label if of_address else "", keys_of[1], [line[0] for line in rest], "address", ", ")
    return y
