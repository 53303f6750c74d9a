# ruff: noqa: E501 (tables of words and names)
"""The head of a receipt: who sold it, where, how to reach them, and all that is printed around the name.

A title, a greeting or a brand may stand above the name, a trade or a slogan or a branch below it; none of them
is part of it.
"""

from . import values
from .brand import brand, set_mark
from .canvas import Style
from .labels import keys
from .prose import logo, running_text
from .roll import Roll

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
_GREETINGS = (
    "WELCOME TO",
    "Welcome",
    "SELAMAT DATANG",
    "THANK YOU FOR SHOPPING AT",
    "T.Q. FOR SHOPPING WITH US",
    "DUPLICATE",
    "COPY",
    "***REPRINT***",
    "Original",
)
_VISITED = {"en": ("Thank you for shopping at", "Thank you for visiting", "You were served by"), "de": ("Vielen Dank für Ihren Einkauf bei", "Ihr Besuch bei"),
            "fr": ("Merci de votre visite chez", "À bientôt chez"), "es": ("Gracias por su compra en", "Gracias por visitar"), "it": ("Grazie per aver scelto", "Arrivederci da"),
            "nl": ("Bedankt voor uw bezoek aan", "Tot ziens bij"), "pt": ("Obrigado por comprar em", "Volte sempre a")}  # fmt: skip
_BELOW = ("BISTRO & CAFE", "{w} CHICKEN", "Fresh every day", "The {w} specialist", "Since {y}", "Restaurant & Bar", "{w} & {v} dealer", "{c} BRANCH", "TAMAN {w}",
          "(A member of {w} Group)", "Your {w} partner", "Wholesale & Retail", "{w} STATION", "Outlet: {c}", "Books & {w}", "Kitchen - Grill - Bar", "{w}.COM", "Hardware & Paint")  # fmt: skip


def set_shop(roll: Roll, align: str, asian: bool) -> None:
    """Company, registration, address and the ways to reach it, then the kind of the slip."""
    desk, dice, names = roll.desk, roll.dice, roll.desk.world.names
    if dice.random() < 0.12:
        roll.centred([values.digits(dice, dice.randint(4, 7))], roll.style, "left")
        roll.close()
    big = desk.style(dice.choice((1, 1, 1.2, 1.5)), dice.choice(("regular", "bold")))
    if dice.random() < 0.13:
        _before_all(roll)
    is_titled = dice.random() < 0.12
    if is_titled:  # what it is, before whose it is
        _title(roll, align)
    elif dice.random() < 0.06:
        roll.centred([roll.case(dice.choice(_GREETINGS))], roll.style, align)
    is_signed = dice.random() < 0.12
    if is_signed:  # the brand above the name of the firm
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
    alone = 1.0 if is_signed else dice.random()
    if alone < 0.12:
        _mark_alone(roll, align)
    elif alone < 0.16:
        _drawing(roll, align)
    else:
        _named(roll, align, asian, big)
    _address(roll, align, asian, is_titled)


def _named(roll: Roll, align: str, asian: bool, style: Style) -> None:
    """The name of the firm, and mostly its registration number behind or below it."""
    desk, dice = roll.desk, roll.dice
    company = _name(roll, asian)
    number = values.pattern(
        dice, dice.choice(("999999-A", "1999999-A", "0019999999", "(999999-A)", "0099999999-A", "19999-A"))
    )
    shape = dice.random() if desk.language == "en" else 1.0
    if shape < 0.2 and style.width(f"{company} ({number})") < roll.x1 - roll.x0:
        runs = roll.beside([company, f"({number.strip('()')})"], style, align)[:1]
    elif dice.random() < 0.06 and style.width(f"*** {company} ***") < roll.x1 - roll.x0:
        stars = dice.choice(("***", "**", "*", "---", "==="))
        runs = roll.beside([stars, company, stars], style, align)[1:2]
    else:
        runs = roll.centred([company], style, align)
        if shape < 0.7:
            prefix = dice.choice(("", "", "", "Co Reg : ", "Company No: ", "Co. Reg. No: ", "Reg No. "))
            text = f"{prefix}{number.strip('()')}"
            roll.centred([f"({text})" if dice.random() < 0.7 else text], roll.style, align)
    desk.note("", "company", runs, "company")


def _mark_alone(roll: Roll, align: str) -> None:
    """A shop that only its mark names."""
    desk, wide = roll.desk, roll.x1 - roll.x0
    at = (roll.x0 + roll.x1) / 2 if align == "centre" else roll.x0
    roll.close()
    name, roll.y = set_mark(desk, at, roll.y, wide, brand(desk), align)
    desk.note("", "company", [line[0] for line in name], "company")


def _drawing(roll: Roll, align: str) -> None:
    """A shop whose sign is a picture: who it is, if anything, the foot says."""
    desk = roll.desk
    roll.close()
    size = desk.em * desk.dice.uniform(2.5, 5)
    logo(desk, (roll.x0 + roll.x1 - size) / 2 if align == "centre" else roll.x0, roll.y, size)
    roll.y += size + desk.em * 0.5


def sign_off(roll: Roll) -> None:
    """The name of a shop that nothing has named yet, below the thanks for coming to it."""
    desk, dice = roll.desk, roll.dice
    if desk.knows("company") or roll.room < 5 * desk.em:
        return
    style = desk.style(dice.choice((1, 1, 1.3)), dice.choice(("regular", "bold")))
    name = desk.fit(_name(roll, asian=False), style, roll.x1 - roll.x0)
    roll.centred([roll.case(dice.choice(_VISITED[desk.language]))], roll.style, "centre")
    desk.note("", "company", roll.centred([name], style, "centre"), "company")


def _address(roll: Roll, align: str, asian: bool, is_titled: bool) -> None:
    """Where the shop is and how to reach it, then the kind of the slip."""
    desk, dice, names = roll.desk, roll.dice, roll.desk.world.names
    if dice.random() < 0.12:
        _below(roll, align)
    roll.taken.update(("company",))
    contacts = _contacts(roll, asian)
    before = dice.random() < 0.2
    if before:
        _contact_lines(roll, contacts, align)
    lines = [roll.case(t) for t in (_far_address(roll) if asian else names.address(dice, desk.language))]
    runs = roll.centred(lines, roll.style, align)
    desk.note("", "address", runs, "address", " ")
    if dice.random() < 0.1:
        roll.centred([f"({names.proper(dice).upper()})"], roll.style, align)
    if not before:
        _contact_lines(roll, contacts, align)
    if dice.random() < 0.7 and not is_titled:
        roll.y += desk.em * 0.4
        roll.close()
        _title(roll, align)


def _before_all(roll: Roll) -> None:
    """What stands above whose slip it is: the number of the order in large print, an invitation in small."""
    desk, dice = roll.desk, roll.dice
    if dice.random() < 0.5:
        style = desk.style(dice.uniform(1.6, 2.6), "bold")
        roll.centred([values.digits(dice, dice.randint(2, 4))], style, "centre")
    if dice.random() < 0.7:
        wide = roll.x1 - roll.x0
        texts = desk.wrap(running_text(desk, 60, 220), roll.style, wide * 0.9)[: dice.randint(2, 6)]
        roll.centred([desk.fit(text, roll.style, wide) for text in texts], roll.style, "centre")
    roll.close()


def _title(roll: Roll, align: str) -> None:
    """What kind of slip it is."""
    desk, dice = roll.desk, roll.dice
    style = desk.style(dice.choice((1, 1.2, 1.4)), dice.choice(("regular", "bold")))
    text = desk.fit(dice.choice(_HEADS[desk.language]), style, roll.x1 - roll.x0)
    roll.y = desk.heading(roll.x0, roll.y, roll.x1 - roll.x0, text, style, 2, align) + desk.em * 0.3


def _below(roll: Roll, align: str) -> None:
    """A trade, a slogan or a branch below the name."""
    desk, dice, names = roll.desk, roll.dice, roll.desk.world.names
    text = dice.choice(_BELOW).format(
        w=names.proper(dice), v=names.proper(dice), c=names.city(dice, "en"), y=dice.randint(1930, 2020)
    )
    style = desk.style(dice.choice((0.8, 1, 1.2)), dice.choice(("regular", "bold", "italic")))
    roll.centred([desk.fit(roll.case(text), style, roll.x1 - roll.x0)], style, align)


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
    company = company.upper() if dice.random() < 0.6 else company
    first, *rest = company.split()
    if len(first) < 9 and dice.random() < 0.06:  # P E N N Y GmbH
        company = " ".join([*first, *rest])
    return company


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
