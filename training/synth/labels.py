# ruff: noqa: E501 (tables of words and formats)
"""The vocabulary of labels: canonical keys with what is printed for them in seven languages."""

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from . import labels_business, labels_person, values
from .world import World

INVOICE_META = ("invoice number", "invoice date", "due date", "delivery date", "order date", "order number",
                "customer number", "delivery note", "contract number", "reference", "project", "contact person",
                "salesperson", "payment terms", "payment method", "currency", "VAT number", "term")  # fmt: skip

# A page may well say these without a label (an address says its city, an amount its currency, a letter its sender),
# so the labels that are printed cannot prove them absent.
UNLABELLED = frozenset(
    (
        "address;amount due;bank;buyer;city;contact person;country;currency;department;email;employer;end date;"
        "first name;governing law;invoice date;last name;material;mobile;model;name;nationality;occupation;party;phone;"
        "postal code;price;product;project;quantity;recipient;reference;remarks;seller;sender;"
        "signature date;start date;status;street;subject;tax;tax rate;term;time;total;website"
    ).split(";")
)

# What the goods, addresses and payments on such pages say without a label.
_TRADE = frozenset(
    (
        "address;city;company registration;country;currency;dimensions;employer;first name;last name;material;"
        "model;name;party;payment method;postal code;price;product;project;quantity;reference;seller;status;"
        "street;subject;tax rate;term;weight"
    ).split(";")
)
IMPLIED = {"invoice": _TRADE, "receipt": _TRADE}


@dataclass(frozen=True)
class Key:
    """``type`` names the generator of values; keys of one ``group`` may stand for each other in a question."""

    name: str
    type: str
    group: str
    labels: dict[str, tuple[str, ...]]

    def label(self, dice: Random, language: str) -> str:
        return dice.choice(self.labels.get(language) or self.labels["en"])


@lru_cache(maxsize=1)
def keys() -> dict[str, Key]:
    """All keys by canonical name."""
    found: dict[str, Key] = {}
    name, kind, group = "", "", ""
    labels: dict[str, tuple[str, ...]] = {}
    for line in (labels_business.TABLE + labels_person.TABLE).strip().splitlines() + [" = "]:
        if " = " in line:
            if name:
                found[name] = Key(name, kind, group, labels)
            name, _, rest = line.partition(" = ")
            kind, _, group = rest.partition(" ~")
            labels = {}
        elif line:
            language, _, texts = line.partition(" ")
            labels[language] = tuple(texts.split(";"))
    return found


@lru_cache(maxsize=1)
def key_names() -> tuple[str, ...]:
    return tuple(keys())


_TERMS = {
    "en": (
        "Net 30",
        "30 days net",
        "Net 14 days",
        "2% 10, net 30",
        "Due on receipt",
        "12 months",
        "two years",
        "COD",
        "60 days",
    ),
    "de": (
        "30 Tage netto",
        "14 Tage netto",
        "sofort ohne Abzug",
        "10 Tage 2 % Skonto",
        "24 Monate",
        "unbefristet",
    ),
    "fr": ("30 jours", "30 jours fin de mois", "à réception", "12 mois", "comptant"),
    "es": ("30 días", "60 días fecha factura", "al contado", "12 meses"),
    "it": ("30 giorni", "60 gg d.f.f.m.", "rimessa diretta", "12 mesi"),
    "nl": ("30 dagen", "14 dagen netto", "contant", "12 maanden"),
    "pt": ("30 dias", "60 dias", "pronto pagamento", "12 meses"),
}
_METHODS = {
    "en": (
        "Bank transfer",
        "Credit Card",
        "VISA",
        "Cash",
        "Cheque",
        "MasterCard",
        "PayPal",
        "Direct debit",
        "Wire",
    ),
    "de": ("Überweisung", "Lastschrift", "EC-Karte", "Bar", "Vorkasse"),
    "fr": ("Virement", "Carte bancaire", "Chèque", "Espèces"),
    "es": ("Transferencia", "Tarjeta", "Efectivo", "Domiciliación"),
    "it": ("Bonifico", "Carta di credito", "Contanti", "RI.BA."),
    "nl": ("Overschrijving", "PIN", "iDEAL", "Contant"),
    "pt": ("Transferência", "Multibanco", "MB WAY", "Numerário"),
}
_CHOICES = {
    "gender": ("M", "F", "male", "female", "Male", "Female", "X", "m", "w"),
    "marital": ("single", "married", "divorced", "Single", "Married", "widowed"),
    "status": (
        "open",
        "paid",
        "PAID",
        "pending",
        "Approved",
        "closed",
        "active",
        "DRAFT",
        "rejected",
        "in progress",
        "N/A",
    ),
    "currency": ("EUR", "USD", "GBP", "CHF", "MYR", "SEK", "PLN", "CAD", "AUD", "Euro"),
}


def value_lines(dice: Random, world: World, kind: str, language: str) -> list[str]:
    """A printed value of the type, in one line or (addresses) several."""
    names = world.names
    if kind == "address":
        return names.address(dice, language)
    if kind == "text":
        return [" ".join(names.word(dice) for _ in range(dice.randint(1, 4))).capitalize()]
    makers = {
        "id": lambda: values.identifier(dice), "code": lambda: values.code(dice), "date": lambda: values.date(dice, language),
        "amount": lambda: values.amount(dice, language), "company": lambda: names.company(dice, language),
        "person": lambda: names.person(dice, language), "given": lambda: dice.choice(names.given),
        "surname": lambda: names.surname(dice), "city": lambda: names.city(dice, language),
        "country": lambda: names.country(dice, language), "street": lambda: names.street(dice, language),
        "zip": lambda: names.postcode(dice, language), "phone": lambda: values.phone(dice), "email": lambda: names.email(dice),
        "url": lambda: names.url(dice), "iban": lambda: values.iban(dice), "vat": lambda: values.vat_number(dice),
        "bic": lambda: values.pattern(dice, "AAAADEA9" if dice.random() < 0.5 else "AAAAFRAAXXX"),
        "percent": lambda: values.percent(dice, language), "quantity": lambda: values.quantity(dice, language),
        "number": lambda: str(dice.randint(0, 10 ** dice.randint(1, 6))), "time": lambda: values.clock(dice),
        "ssn": lambda: values.pattern(dice, dice.choice(("999-99-9999", "99 999999 A 999", "999999999"))),
        "size": lambda: f"{dice.randint(1, 400)} x {dice.randint(1, 400)} x {dice.randint(1, 90)} {dice.choice(('mm', 'cm', 'in'))}",
        "product": lambda: names.product(dice), "terms": lambda: dice.choice(_TERMS[language]),
        "method": lambda: dice.choice(_METHODS[language]),
    }  # fmt: skip
    if kind in _CHOICES:
        return [dice.choice(_CHOICES[kind])]
    return [makers[kind]()]


_FREE_TYPES = ("id", "code", "date", "amount", "company", "person", "given", "city", "phone", "email", "number", "quantity",
               "percent", "text", "text", "product", "time", "url", "terms", "status", "surname", "country")  # fmt: skip


def made_up(dice: Random, world: World, language: str) -> tuple[str, str]:
    """A label that no vocabulary holds, and the type of its value."""
    names = world.names
    words = [names.word(dice) for _ in range(dice.choice((1, 2, 2, 2, 3, 3, 5)))]
    label = " ".join(words)
    shape = dice.random()
    if shape < 0.4:
        label = label.capitalize()
    elif shape < 0.7:
        label = " ".join(w.capitalize() for w in words)
    elif shape < 0.85:
        label = label.upper()
    if dice.random() < 0.15:
        label += dice.choice(
            (" no.", " No.", " (%)", " #", " (1)", " code", " / " + names.word(dice), " 2", " ID")
        )
    return label, dice.choice(_FREE_TYPES)


def pick_label(
    dice: Random,
    world: World,
    language: str,
    taken: set[str],
    pool: tuple[str, ...] = (),
    invent: float = 0.35,
) -> tuple[str, str, str]:
    """(printed label, canonical key or "", value type), not yet ``taken`` by label or key."""
    for _ in range(30):
        if dice.random() < invent:
            label, kind = made_up(dice, world, language)
            name = ""
        else:
            key = keys()[dice.choice(pool or key_names())]
            label, kind, name = key.label(dice, language), key.type, key.name
        if label.casefold() in taken or (name and name in taken):
            continue
        taken.update((label.casefold(), name) if name else (label.casefold(),))
        return label, name, kind
    label = values.code(dice) + " " + values.digits(dice, 3)
    taken.add(label.casefold())
    return label, "", "id"
