# ruff: noqa: E501 (tables of words and names)
"""Till receipts: narrow, often monospaced or condensed, upper case, amounts at the right edge.

Conventions of the fields: "company" is the full name, its lines joined by a space, without the registration number;
"address" all its lines joined by a space; "date" as printed without the time; "total" the printed number of the last
and largest total without its currency.
"""

from random import Random

from . import values
from .desk import Desk
from .labels import keys
from .roll import Roll
from .till import set_goods, set_sums, tax_summary

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
_HEADS = {"en": ("TAX INVOICE", "RECEIPT", "Tax Invoice", "CASH SALES", "SALES RECEIPT", "INVOICE", "CASH BILL", "SIMPLIFIED TAX INVOICE", "**TAX INVOICE**",
                 "- TAX INVOICE -", "Official Receipt", "Guest Check", "BILL PAYMENT"),
          "de": ("Kassenbon", "RECHNUNG", "Quittung"), "fr": ("TICKET DE CAISSE", "Reçu"), "es": ("FACTURA SIMPLIFICADA", "TICKET"),
          "it": ("DOCUMENTO COMMERCIALE", "SCONTRINO"), "nl": ("KASSABON", "BON"), "pt": ("FATURA SIMPLIFICADA", "TALÃO")}  # fmt: skip
_SHOPS = ("RESTORAN {w}", "KEDAI {t} {w}", "SYARIKAT {w}", "{w} {t} SDN BHD", "{w} {t} SDN. BHD.", "{w} (M) SDN BHD", "{w} TRADING", "{w} {t} ENTERPRISE",
          "PERNIAGAAN {w} {v}", "{w} & {v} {t}", "{n} {t} MART S/B", "{w} CO. (M) BHD", "{i} {t} ({c}) SDN BHD", "{w} {t} SHOP", "{w}'S {t}",
          "{w} {v} {t} SUPPLIES SDN BHD", "KLINIK {w}", "{w} {t} STORES PTE LTD", "{w} {t}", "{w} HOLDINGS SDN BHD ({c} BRANCH)")  # fmt: skip
_BUILDINGS = ("GROUND FLOOR, {w} PLAZA", "LOT {k}-{m}, LEVEL {k}", "NO. {n}G&{m}G", "UNIT {k}-{m}, {w} MEGAMALL", "LOT {n}-A & {n}-B", "GF-{m}, WISMA {w}",
              "KAWASAN PERINDUSTRIAN {w}", "TAMAN {w}", "PUSAT BANDAR {w}", "SEKSYEN {k}", "BATU {k} JALAN {w}", "OFF JALAN {w}", "3RD FLR, {w} SC")  # fmt: skip
_STATES = (
    "SELANGOR",
    "SELANGOR DARUL EHSAN",
    "JOHOR",
    "KUALA LUMPUR",
    "PERAK",
    "PULAU PINANG",
    "W.P. KUALA LUMPUR",
    "MALAYSIA",
    "SARAWAK",
    "MELAKA",
)
_TAX_IDS = (
    "GST ID",
    "GST ID No",
    "GST Reg No",
    "GST No.",
    "GST REG NUMBER",
    "GST Registration No",
    "SST No",
    "Tax ID",
    "VAT No.",
    "GST Reg #",
)
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
    _shop(roll, align, asian)
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
    if dice.random() < 0.45 and desk.language == "en" and roll.room > 8 * desk.em:
        tax_summary(roll, goods.total)
    if late and roll.room > 4 * desk.em:
        roll.rule()
        _bare(roll, day, hour)
    if roll.room > 3 * desk.em:
        roll.rule()
        lines = dice.sample(_THANKS[desk.language], min(dice.randint(0, 5), len(_THANKS[desk.language])))
        if dice.random() < 0.3:
            lines.append(desk.world.names.url(dice))
        roll.centred([roll.case(t) for t in lines], roll.style, "centre")
    roll.lay()


def _day(dice: Random) -> tuple[int, int, int]:
    return dice.randint(2009, 2031), dice.randint(1, 12), dice.randint(1, 28)


def _shop(roll: Roll, align: str, asian: bool) -> None:
    """Company, registration, address and the ways to reach it, then the kind of the slip."""
    desk, dice, names = roll.desk, roll.dice, roll.desk.world.names
    language = desk.language
    if dice.random() < 0.12:
        roll.centred([values.digits(dice, dice.randint(4, 7))], roll.style, "left")
        roll.close()
    big = desk.style(dice.choice((1, 1, 1.2, 1.5)), dice.choice(("regular", "bold")))
    if dice.random() < 0.12:  # the brand above the name of the firm
        sign = desk.style(dice.uniform(1.5, 2.2), "bold")
        roll.y = desk.heading(
            roll.x0,
            roll.y,
            roll.x1 - roll.x0,
            desk.fit(names.proper(dice), sign, roll.x1 - roll.x0),
            sign,
            1,
            align,
        )
        if dice.random() < 0.5:
            roll.centred(
                [dice.choice(("Owned by :", "Operated by", "Managed by:", "A division of"))],
                roll.style,
                align,
            )
    company = _name(roll, asian)
    number = values.pattern(
        dice, dice.choice(("999999-A", "1999999-A", "0019999999", "(999999-A)", "0099999999-A", "19999-A"))
    )
    shape = dice.random() if language == "en" else 1.0
    style = big
    if shape < 0.2 and big.width(f"{company} ({number})") < roll.x1 - roll.x0:
        base = roll.step(big)
        wide = big.width(f"{company} ({number.strip('()')})")
        left = roll.x0 + (roll.x1 - roll.x0 - wide) * (0.5 if align == "centre" else 0)
        name = desk.put(left, base, company, big)
        roll.block.append([name, desk.put(name.x1 + big.width(" "), base, f"({number.strip('()')})", big)])
        runs = [name]
    else:
        runs = roll.centred([company], style, align)
        if shape < 0.7:
            prefix = dice.choice(("", "", "", "Co Reg : ", "Company No: ", "Co. Reg. No: ", "Reg No. "))
            text = f"{prefix}{number.strip('()')}"
            roll.centred([f"({text})" if dice.random() < 0.7 else text], roll.style, align)
    desk.note("", "company", runs, "company")
    roll.taken.update(("company",))
    contacts = _contacts(roll, asian)
    before = dice.random() < 0.2
    if before:
        _contact_lines(roll, contacts, align)
    lines = [roll.case(t) for t in (_far_address(roll) if asian else names.address(dice, language))]
    runs = roll.centred(lines, roll.style, align)
    desk.note("", "address", runs, "address", " ")
    if dice.random() < 0.1:
        roll.centred([f"({names.proper(dice).upper()})"], roll.style, align)
    if not before:
        _contact_lines(roll, contacts, align)
    if dice.random() < 0.7:
        roll.y += desk.em * 0.4
        roll.close()
        style = desk.style(dice.choice((1, 1.2, 1.4)), dice.choice(("regular", "bold")))
        text = desk.fit(dice.choice(_HEADS[language]), style, roll.x1 - roll.x0)
        roll.y = desk.heading(roll.x0, roll.y, roll.x1 - roll.x0, text, style, 2, align) + desk.em * 0.3


def _name(roll: Roll, asian: bool) -> str:
    dice, names = roll.dice, roll.desk.world.names
    if asian and dice.random() < 0.8:
        trade = (
            names.company(dice, "en").split()[-2:][0]
            if dice.random() < 0.15
            else dice.choice(names.words).capitalize()
        )
        shape = dice.choice(_SHOPS)
        text = shape.format(
            w=names.proper(dice),
            v=names.proper(dice),
            t=trade,
            n=dice.randint(1, 999),
            i=f"{names.surname(dice)[0]}.{names.surname(dice)[0]}.",
            c=names.city(dice, "en"),
        )
        return text.upper() if dice.random() < 0.85 else text.title()
    company = names.company(dice, roll.desk.language)
    return company.upper() if dice.random() < 0.6 else company


def _far_address(roll: Roll) -> list[str]:
    """Two to five lines with lots, floors and states, as malls in South-East Asia print them."""
    dice, names = roll.dice, roll.desk.world.names

    def fill(shape: str) -> str:
        return shape.format(
            w=names.proper(dice), n=dice.randint(1, 1999), m=dice.randint(1, 99), k=dice.randint(1, 23)
        )

    street = fill(dice.choice(("NO. {n}, JALAN {w} {k}", "NO.{n}, JALAN {w} {k}/{m}", "{n}, JALAN {w}", "LOT {n}, JALAN {w} {k}", "{n}-{m}, JLN {w} {k}",
                               "NO {n}, LORONG {w} {k}", "{n} {w} ROAD", "BLK {n} {w} AVENUE {k} #{m}-{k}")))  # fmt: skip
    parts = [street]
    for _ in range(dice.choice((0, 1, 1, 1, 2))):
        parts.insert(dice.randint(0, len(parts)), fill(dice.choice(_BUILDINGS)))
    town = f"{values.pattern(dice, '99999')} {names.city(dice, 'en')}"
    parts.append(town)
    if dice.random() < 0.65:
        parts.append(dice.choice(_STATES))
    ends = dice.choice((",", ",", "", ""))
    lines: list[str] = []
    for number, part in enumerate(parts):
        part = part.upper() if dice.random() < 0.3 else part.title() if not roll.upper else part
        last = number == len(parts) - 1
        if lines and dice.random() < 0.35:
            lines[-1] = f"{lines[-1].rstrip(',')}, {part}"
        else:
            lines.append(part)
        if not last:
            lines[-1] += ends
    if dice.random() < 0.25:
        lines[-1] += "."
    return lines


def _contacts(roll: Roll, asian: bool) -> list[tuple[str, str, str, str]]:
    """(label, key, value, type) of phone, tax number and the like."""
    desk, dice, names = roll.desk, roll.dice, roll.desk.world.names
    makers = {
        "phone": values.phone,
        "fax": values.phone,
        "VAT number": values.vat_number,
        "email": names.email,
        "website": names.url,
    }
    wanted = dice.sample(list(makers), dice.randint(0, 3))
    if asian and "VAT number" not in wanted and dice.random() < 0.6:
        wanted.append("VAT number")
    found = []
    for name in wanted:
        label = keys()[name].label(dice, desk.language)
        value = makers[name](dice)
        if name == "VAT number" and asian:
            label, value = (
                dice.choice(_TAX_IDS),
                values.pattern(
                    dice, dice.choice(("000999999999", "001999999999", "0019 9999 9999", "B99-1999-99999999"))
                ),
            )
        if label.casefold() not in roll.taken:
            roll.taken.add(label.casefold())
            found.append((roll.case(label), name, value, keys()[name].type))
    return found


def _contact_lines(roll: Roll, entries: list[tuple[str, str, str, str]], align: str) -> None:
    desk, dice = roll.desk, roll.dice
    for label, name, value, kind in entries:
        sign = roll.colon.rstrip()
        wrap = dice.random() < 0.1 and name == "VAT number"
        first, last = (f"({label}{sign}", ")") if wrap else (f"{label}{sign}", "")
        text = f"{first} {value}{last}"
        if roll.style.width(text) > roll.x1 - roll.x0 or roll.room < 8 * desk.em:
            continue
        base = roll.step(roll.style)
        left = roll.x0 + (roll.x1 - roll.x0 - roll.style.width(text)) * (0.5 if align == "centre" else 0)
        head = desk.put(left, base, first, roll.style)
        run = desk.put(head.x1 + roll.style.width(" "), base, value, roll.style)
        desk.note(label, name, [run], kind)
        if last:  # transcribed as one word with the number
            end = desk.put(run.x1, base, last, roll.style)
            run.text, end.text = run.text + last, ""
            roll.block.append([head, run, end])
        else:
            roll.block.append([head, run])


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
    roll.rule()


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
