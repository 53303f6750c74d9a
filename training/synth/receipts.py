# ruff: noqa: E501 (tables of words and names)
"""Till receipts: narrow, often monospaced or condensed, upper case, amounts at the right edge.

Conventions of the fields: "company" is the full name, its lines joined by a space, without the registration number;
"address" all its lines joined by a space; "date" as printed without the time; "total" the printed number of the last
and largest total without its currency.
"""

from random import Random

from . import values
from .card import card_slip
from .desk import Desk
from .labels import keys
from .roll import Roll
from .storefront import set_shop, sign_off
from .till import set_goods, set_sums, tax_summary
from .till_foot import own_numbers, taxes_by_rate

_THANKS = {
    "en": ("THANK YOU", "Thank you! Please come again", "Goods sold are not returnable.", "PLEASE KEEP THIS RECEIPT", "** CUSTOMER COPY **",
           "Thank you for shopping with us", "Exchange within 7 days with receipt", "HAVE A NICE DAY", "All amounts are in RM", "TERIMA KASIH",
           "STRICTLY NO CASH REFUND.", "Goods sold are not returnable & refundable", "Thank you for your patronage", "E. & O. E.",
           "This is a computer generated receipt", "Tel. orders welcome", "Sila datang lagi", "Open daily 10 am - 10 pm"),
    "de": ("Vielen Dank für Ihren Einkauf", "Umtausch nur mit Kassenbon", "Auf Wiedersehen!"),
    "fr": ("Merci de votre visite", "À bientôt !", "Merci et bonne journée"),
    "es": ("Gracias por su visita", "GRACIAS POR SU COMPRA", "Vuelva pronto"),
    "it": ("Grazie e arrivederci", "GRAZIE PER LA VISITA"),
    "nl": ("Bedankt en tot ziens", "Ruilen binnen 14 dagen met bon"),
    "pt": ("Obrigado pela sua visita", "VOLTE SEMPRE"),
}  # fmt: skip
_NUMBERS = {
    "invoice number": ("Invoice No", "Inv No.", "INV NO", "Tax Invoice No", "Inv #", "Invoice #"),
    "receipt number": (
        "Receipt No",
        "Receipt #",
        "Slip No.",
        "Trans No",
        "Check No",
        "CB#",
        "Bill No",
        "Sales No.",
    ),
}
_DATES = ("Date", "DATE", "Date", "Inv Date", "Bizdate", "Sales Date", "Bill Date", "Trans Date", "Receipt Date", "Printed",
          "Date/Time", "Date & Time")  # fmt: skip


def styles(dice: Random) -> tuple[str, ...]:
    return (dice.choices(("mono", "sans", "serif", "display"), (58, 30, 7, 5))[0],)


def receipt(desk: Desk) -> None:
    dice = desk.dice
    roll = Roll(desk)
    asian = desk.language == "en" and dice.random() < 0.65
    if desk.language == "en" and dice.random() < 0.75:
        desk.money.currency = "RM" if asian and dice.random() < 0.8 else dice.choice(("RM", "$", "£", "USD"))
        desk.money.point, desk.money.group = ".", dice.choice((",", ""))
    if desk.language == "en" and dice.random() < 0.55:  # day first, as in most of the world
        desk.calendar.shape = dice.choice(("{d:02d}/{m:02d}/{y}", "{d:02d}-{m:02d}-{y}", "{d:02d}/{m:02d}/{s:02d}", "{d:02d}-{m:02d}-{s:02d}",
                                           "{d:02d} {B} {y}", "{d:02d}-{B}-{y}", "{y}-{m:02d}-{d:02d}", "{d}/{m}/{y}", "{d:02d}.{m:02d}.{y}", "{y}/{m:02d}/{d:02d}"))  # fmt: skip
    align = dice.choice(("centre", "centre", "centre", "left"))
    set_shop(roll, align, asian)
    late = dice.random() < 0.2  # date and numbers at the foot
    day, hour = desk.calendar.show(*_day(dice)), values.clock(dice)
    if roll.upper:
        day = day.upper()
    if not late:
        _facts(roll, day, hour)
    else:
        roll.rule()
    goods = set_goods(roll)
    set_sums(roll, goods)
    if dice.random() < 0.22 and roll.room > 14 * desk.em:
        card_slip(roll)
    if dice.random() < 0.45 and desk.language == "en" and roll.room > 8 * desk.em:
        tax_summary(roll, goods.total)
    elif desk.language != "en" and roll.room > 10 * desk.em:
        if dice.random() < 0.5:
            taxes_by_rate(roll, goods.total)
        if dice.random() < 0.4:
            own_numbers(roll)
    if late and roll.room > 4 * desk.em:
        roll.rule()
        _bare(roll, day, hour)
    if roll.room > 3 * desk.em:
        roll.rule()
        lines = dice.sample(_THANKS[desk.language], min(dice.randint(0, 5), len(_THANKS[desk.language])))
        if dice.random() < 0.3:
            lines.append(desk.world.names.url(dice))
        roll.centred([roll.case(t) for t in lines], roll.style, "centre")
    sign_off(roll)
    roll.lay()


def _day(dice: Random) -> tuple[int, int, int]:
    return dice.randint(2009, 2031), dice.randint(1, 12), dice.randint(1, 28)


def _facts(roll: Roll, day: str, hour: str) -> None:
    """Date, time, numbers, cashier: labelled, or date and time bare on one line."""
    desk, dice = roll.desk, roll.dice
    english = desk.language == "en"
    roll.close()
    if dice.random() < 0.4:
        roll.rule()
    bare = dice.random() < 0.3 and roll.room > 4 * desk.em
    entries: list[tuple[str, str, str, str]] = []
    if not bare:
        label = (
            dice.choice(_DATES)
            if english and dice.random() < 0.75
            else keys()["invoice date"].label(dice, desk.language)
        )
        entries.append((label, "date", day, "date"))
        if dice.random() < 0.5:
            entries.append((keys()["time"].label(dice, desk.language), "time", hour, "time"))
    for name in dice.sample(
        ("receipt number", "cashier", "table", "invoice number", "customer number", "salesperson"),
        dice.randint(0, 4),
    ):
        key = keys()[name]
        label = key.label(dice, desk.language)
        if english and name in _NUMBERS and dice.random() < 0.6:
            label = dice.choice(_NUMBERS[name])
        value = (
            values.identifier(dice)
            if key.type == "id"
            else str(dice.randint(1, 80))
            if key.type == "number"
            else dice.choice(desk.world.names.given)
        )
        entries.append((label, name, value, key.type))
    if dice.random() < 0.4:
        dice.shuffle(entries)
    if bare and dice.random() < 0.5:
        _bare(roll, day, hour)
        roll.pairs(entries, gap=dice.random() < 0.3)
    else:
        if not bare and dice.random() < 0.25 and entries:
            _dated(roll, entries, hour)
        if dice.random() < 0.45:
            roll.pairs(entries, gap=dice.random() < 0.5)
        else:
            for entry in entries:
                roll.pairs([entry], gap=dice.random() < 0.3)
        if bare:
            _bare(roll, day, hour)
    if dice.random() < 0.06:
        _unfilled(roll)
    roll.rule()


def _unfilled(roll: Roll) -> None:
    """Labels for a customer that nobody gave: nothing stands behind them."""
    labels = [
        keys()[name].label(roll.dice, roll.desk.language)
        for name in ("buyer", "address", "phone", "VAT number", "customer number")
        if not roll.desk.knows(name)  # the shop's own would answer to the same label
    ]
    for label in labels[: roll.dice.randint(1, 4)]:
        if label.casefold() in roll.taken or roll.room < roll.style.size * 2.8:
            continue
        roll.taken.add(label.casefold())
        text = roll.case(label) + roll.colon.rstrip()
        if roll.style.width(text) <= roll.x1 - roll.x0:
            roll.block.append([roll.desk.put(roll.x0, roll.step(roll.style), text, roll.style)])
            roll.desk.note_blank(roll.case(label))


def _dated(roll: Roll, entries: list[tuple[str, str, str, str]], hour: str) -> None:
    """``Date: 02-04-2018 15:14:07``: the time follows without a label of its own."""
    place = next((i for i, entry in enumerate(entries) if entry[1] == "date"), None)
    if place is None:
        return
    entry = entries.pop(place)
    entries[:] = [other for other in entries if other[1] != "time"]
    before = len(roll.block)
    roll.pairs([entry])
    if len(roll.block) > before:
        left = roll.block[-1][-1].x1 + roll.style.width(" ") * roll.dice.choice((1, 1, 2))
        if left + roll.style.width(hour) <= roll.x1:
            roll.block[-1].append(roll.desk.put(left, roll.base, hour, roll.style))
            roll.desk.note("", "time", [roll.block[-1][-1]], "time")


def _bare(roll: Roll, day: str, hour: str) -> None:
    """Date and time without labels, between the till's own numbers."""
    desk, dice, style = roll.desk, roll.dice, roll.style
    if roll.room < style.size * 2.8:
        return
    bits = [day, hour]
    if dice.random() < 0.35:
        bits.insert(
            dice.randint(0, 2), values.pattern(dice, dice.choice(("999999", "A999", "9999 A9", "SH99 A999")))
        )
    if dice.random() < 0.2:
        bits.reverse()
    elif dice.random() < 0.2:
        bits = [day]
    if sum(style.width(bit + "   ") for bit in bits) > roll.x1 - roll.x0:
        bits = [day]
    base = roll.step(style)
    far = len(bits) == 2 and dice.random() < 0.3
    left, line = roll.x0, []
    for number, bit in enumerate(bits):
        if left + style.width(bit) > roll.x1:
            break
        line.append(
            desk.put(roll.x1, base, bit, style, "right")
            if far and number
            else desk.put(left, base, bit, style)
        )
        left = line[-1].x1 + style.width(" ") * dice.choice((1, 2, 4))
        if bit == day:
            desk.note("", "date", [line[-1]], "date")
        elif bit == hour:
            desk.note("", "time", [line[-1]], "time")
    roll.block.append(line)
