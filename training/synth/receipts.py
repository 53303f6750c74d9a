# ruff: noqa: E501 (tables of words and names)
"""Till receipts: narrow, often monospaced or condensed, upper case, amounts at the right edge."""

from random import Random

from . import values
from .canvas import Line, Run, Style
from .desk import Desk
from .labels import keys
from .tables import random_look, set_table

_THANKS = {
    "en": ("THANK YOU", "Thank you! Please come again", "Goods sold are not returnable.", "PLEASE KEEP THIS RECEIPT", "** CUSTOMER COPY **",
           "Thank you for shopping with us", "Exchange within 7 days with receipt", "HAVE A NICE DAY", "All amounts are in RM", "TERIMA KASIH"),
    "de": ("Vielen Dank für Ihren Einkauf", "Umtausch nur mit Kassenbon", "Auf Wiedersehen!"),
    "fr": ("Merci de votre visite", "À bientôt !", "Merci et bonne journée"),
    "es": ("Gracias por su visita", "GRACIAS POR SU COMPRA", "Vuelva pronto"),
    "it": ("Grazie e arrivederci", "GRAZIE PER LA VISITA"),
    "nl": ("Bedankt en tot ziens", "Ruilen binnen 14 dagen met bon"),
    "pt": ("Obrigado pela sua visita", "VOLTE SEMPRE"),
}  # fmt: skip
_HEADS = {"en": ("TAX INVOICE", "RECEIPT", "Tax Invoice", "CASH SALES", "SALES RECEIPT", "INVOICE", "CASH BILL"), "de": ("Kassenbon", "RECHNUNG", "Quittung"),
          "fr": ("TICKET DE CAISSE", "Reçu"), "es": ("FACTURA SIMPLIFICADA", "TICKET"), "it": ("DOCUMENTO COMMERCIALE", "SCONTRINO"),
          "nl": ("KASSABON", "BON"), "pt": ("FATURA SIMPLIFICADA", "TALÃO")}  # fmt: skip


def styles(dice: Random) -> tuple[str, ...]:
    return (dice.choices(("mono", "sans", "serif", "display"), (58, 30, 7, 5))[0],)


def pick_em(dice: Random, size: tuple[int, int]) -> float:
    """So that 26 to 48 characters make a line, but at least 34 lines a page."""
    return min(size[0] * 0.9 / (dice.uniform(26, 48) * 0.56), size[1] / dice.uniform(34, 70))


class _Roll:
    """A receipt in the making: the writing position and what all lines share."""

    def __init__(self, desk: Desk) -> None:
        dice = desk.dice
        self.desk, self.dice = desk, dice
        margin = desk.width * dice.uniform(0.02, 0.1)
        self.x0, self.x1 = margin, desk.width - margin * dice.uniform(0.6, 1.2)
        wide = min(self.x1 - self.x0, desk.em * dice.uniform(19, 30))
        spare = self.x1 - self.x0 - wide
        if spare > 0:  # a slip on a wide sheet
            self.x0 += spare * dice.choice((0.0, 0.5, dice.random()))
            self.x1 = self.x0 + wide
        self.y = desk.height * (dice.uniform(0.01, 0.06) if dice.random() < 0.8 else dice.uniform(0.06, 0.2))
        self.bottom = desk.height - desk.em * 0.4
        self.style = desk.style()
        self.upper = dice.random() < 0.5
        self.colon = dice.choice((":", " :", ":", "", ": "))
        self.block: list[Line] = []
        self.rule_kind = dice.choice(("dash", "dash", "dots", "line", "equals", "none"))
        self.taken: set[str] = set()

    @property
    def room(self) -> float:
        return self.bottom - self.y

    def case(self, text: str) -> str:
        return text.upper() if self.upper else text

    def step(self, style: Style, factor: float = 1.0) -> float:
        """Moves down one line; returns its baseline."""
        base = self.y + style.top
        self.y += self.desk.pitch(style, self.desk.leading * 0.92) * factor
        return base

    def close(self) -> None:
        if self.block:
            self.desk.canvas.paragraph(self.block)
            self.block = []

    def rule(self) -> None:
        """A separator between parts; it also ends the block."""
        self.close()
        canvas, em = self.desk.canvas, self.desk.em
        y = self.y + em * 0.35
        if self.rule_kind == "line":
            canvas.rule(self.x0, y, self.x1, y, self.desk.ink)
        elif self.rule_kind == "dots":
            canvas.dots(self.x0, self.x1, y, max(3, round(em * 0.4)), self.desk.ink)
        elif self.rule_kind in ("dash", "equals"):
            sign = "-" if self.rule_kind == "dash" else "="
            wide = self.style.width(sign)
            count = int((self.x1 - self.x0) / wide)
            canvas.decorate(self.x0, self.y + self.style.top, sign * count, self.style)
        self.y += em * (1.0 if self.rule_kind != "none" else 0.5)

    def centred(self, texts: list[str], style: Style, align: str) -> list[Run]:
        runs: list[Run] = []
        for text in texts:
            for part in self.desk.wrap(text, style, self.x1 - self.x0):
                if self.room < style.size * 1.6:
                    return runs
                base = self.step(style)
                at = {"left": self.x0, "centre": (self.x0 + self.x1) / 2, "right": self.x1}[align]
                runs.append(self.desk.put(at, base, part, style, align))
                self.block.append([runs[-1]])
        return runs

    def ends(self, left: str, right: str, style: Style, *, indent: float = 0.0) -> list[Run]:
        """Text at the left edge, amount at the right one; on two lines when too long."""
        desk = self.desk
        if self.room < style.size * 2.8:
            return []
        space = style.width(" ") * 0.8
        wide = style.width(right)
        left = desk.fit(left, style, self.x1 - self.x0 - indent)
        base = self.step(style)
        runs = [desk.put(self.x0 + indent, base, left, style)]
        self.block.append([runs[0]])
        if runs[0].x1 + space + wide > self.x1:
            base = self.step(style)
            self.block.append([])
        runs.append(desk.put(self.x1, base, right, style, "right"))
        self.block[-1].append(runs[1])
        return runs

    def labelled(self, name: str, value: str, *, gap: bool) -> None:
        """``Label: value`` at the left edge."""
        desk, style = self.desk, self.style
        key = keys()[name]
        label = key.label(self.dice, desk.language)
        if label.casefold() in self.taken or self.room < style.size * 2.8:
            return
        self.taken.add(label.casefold())
        label = self.case(label)
        base = self.step(style)
        head = desk.put(self.x0, base, label + self.colon.rstrip(), style)
        left = head.x1 + style.width(" ") * (0.9 if not gap else 2)
        if left + style.width(value) > self.x1:
            base = self.step(style)
            left = self.x0
        run = desk.put(left, base, desk.fit(value, style, self.x1 - left), style)
        self.block += [[head, run]] if left > self.x0 else [[head], [run]]
        desk.note(label, "date" if name == "invoice date" else name, [run], key.type)


def receipt(desk: Desk) -> None:
    dice = desk.dice
    roll = _Roll(desk)
    if desk.language == "en" and dice.random() < 0.6:
        desk.money.currency = dice.choice(("RM", "RM", "$", "£", "USD"))
        desk.money.point, desk.money.group = ".", dice.choice((",", ""))
    align = dice.choice(("centre", "centre", "centre", "left"))
    _shop(roll, align)
    _facts(roll)
    total = _goods(roll)
    _sums(roll, total)
    if dice.random() < 0.35 and desk.language == "en" and roll.room > 7 * desk.em:
        _tax_summary(roll, total)
    if roll.room > 3 * desk.em:
        roll.rule()
        lines = dice.sample(_THANKS[desk.language], min(dice.randint(0, 4), len(_THANKS[desk.language])))
        if dice.random() < 0.3:
            lines.append(desk.world.names.url(dice))
        roll.centred([roll.case(t) for t in lines], roll.style, "centre")
    roll.close()


def _shop(roll: _Roll, align: str) -> None:
    desk, dice, names = roll.desk, roll.dice, roll.desk.world.names
    language = desk.language
    if dice.random() < 0.1:
        roll.centred([values.digits(dice, dice.randint(4, 7))], roll.style, "left")
        roll.close()
    big = desk.style(dice.choice((1, 1, 1.2, 1.5)), dice.choice(("regular", "bold")))
    company = names.company(dice, language)
    if dice.random() < 0.6:
        company = company.upper()
    runs = roll.centred([company], big, align)
    desk.note("", "company", runs, "company")
    roll.taken.update(("company",))
    if dice.random() < 0.4:
        roll.centred(
            [f"({values.pattern(dice, dice.choice(('999999-A', '1999999-A', '0019999999')))})"],
            roll.style,
            align,
        )
    lines = [roll.case(t) for t in names.address(dice, language)]
    if dice.random() < 0.4 and len(lines) == 2:
        lines.insert(1, roll.case(f"Taman {names.proper(dice)}," if language == "en" else names.proper(dice)))
    runs = roll.centred(lines, roll.style, align)
    desk.note("", "address", runs, "address", " ")
    extra = []
    for name in dice.sample(("phone", "fax", "VAT number", "email", "website"), dice.randint(0, 3)):
        key = keys()[name]
        label = key.label(dice, language)
        if label.casefold() in roll.taken:
            continue
        roll.taken.add(label.casefold())
        value = {
            "phone": values.phone,
            "fax": values.phone,
            "VAT number": values.vat_number,
            "email": names.email,
            "website": names.url,
        }[name](dice)
        text = f"{roll.case(label)}{roll.colon.rstrip()} {value}"
        if roll.style.width(text) > roll.x1 - roll.x0:
            continue
        base = roll.step(roll.style)
        left = {"centre": (roll.x0 + roll.x1 - roll.style.width(text)) / 2, "left": roll.x0}[align]
        head = desk.put(left, base, f"{roll.case(label)}{roll.colon.rstrip()}", roll.style)
        run = desk.put(head.x1 + roll.style.width(" "), base, value, roll.style)
        extra.append([head, run])
        desk.note(roll.case(label), name, [run], key.type)
    roll.block += extra
    if dice.random() < 0.6:
        roll.y += desk.em * 0.4
        roll.close()
        style = desk.style(dice.choice((1, 1.2, 1.4)), dice.choice(("regular", "bold")))
        text = desk.fit(dice.choice(_HEADS[language]), style, roll.x1 - roll.x0)
        roll.y = desk.heading(roll.x0, roll.y, roll.x1 - roll.x0, text, style, 2, align) + desk.em * 0.3


def _facts(roll: _Roll) -> None:
    """Date, time, numbers, cashier: labelled, or date and time bare on one line."""
    desk, dice = roll.desk, roll.dice
    day, hour = desk.calendar.show(*values.any_day(dice)), values.clock(dice)
    gap = dice.random() < 0.5
    roll.close()
    if dice.random() < 0.35 and roll.room > 4 * desk.em:
        bits = [day, hour] if dice.random() < 0.6 else [hour, values.digits(dice, 6), day]
        if dice.random() < 0.3:
            bits = [day]
        base = roll.step(roll.style)
        left, line = roll.x0, []
        for bit in bits:
            if left + roll.style.width(bit) > roll.x1:
                break
            line.append(desk.put(left, base, bit, roll.style))
            left = line[-1].x1 + roll.style.width(" ") * dice.choice((1, 2, 4))
            if bit == day:
                desk.note("", "date", [line[-1]], "date")
        roll.block.append(line)
    else:
        roll.labelled("invoice date", day, gap=gap)
        if dice.random() < 0.5:
            roll.labelled("time", hour, gap=gap)
    for name in dice.sample(
        ("receipt number", "cashier", "table", "invoice number", "customer number"), dice.randint(0, 4)
    ):
        kind = keys()[name].type
        value = (
            values.identifier(dice)
            if kind == "id"
            else dice.choice(desk.world.names.given)
            if kind == "given"
            else str(dice.randint(1, 80))
        )
        roll.labelled(name, value, gap=gap)
    roll.rule()


def _goods(roll: _Roll) -> int:
    """The goods in one of four forms; returns their sum in cents."""
    desk, dice, names = roll.desk, roll.dice, roll.desk.world.names
    form = dice.choice(("line", "line", "two", "two", "table"))
    most = max(1, int((roll.room - 11 * desk.em) / (desk.em * (3.0 if form == "two" else 1.6))))
    count = most if dice.random() < 0.3 else min(dice.choice((1, 2, 3, 4, 5, 7, 10, 14)), most)
    tail = dice.choice(("", "", " SR", " Z", " S", " A", " *"))
    total = 0
    rows = [
        [
            dice.choice(w)
            for w in (
                ("Qty", "QTY", "Q"),
                ("Description", "Item", "ITEM"),
                ("Price", "U.P", "@"),
                ("Amount", "Total", "RM", "Amt"),
            )
        ]
    ]
    if form == "line" and dice.random() < 0.6:
        roll.ends(rows[0][1], rows[0][3], roll.style)
    for _ in range(count):
        quantity = dice.choice((1, 1, 1, 1, 2, 3, 5, 6, 12))
        price = values.cents(dice, 0.02)
        name = roll.case(names.product(dice))
        money = desk.amount(price * quantity) + tail
        if form == "line":
            done = roll.ends(name if dice.random() < 0.7 else f"{quantity} {name}", money, roll.style)
        elif form == "two":
            code = values.digits(dice, dice.choice((4, 8, 13))) + " " if dice.random() < 0.4 else ""
            if roll.room < 5 * desk.em:
                break
            roll.centred([desk.fit(code + name, roll.style, roll.x1 - roll.x0)], roll.style, "left")
            sign = dice.choice(("x", "@", "X", "*"))
            done = roll.ends(
                f"{quantity} {sign} {desk.amount(price)}", money, roll.style, indent=roll.style.width("    ")
            )
        else:
            rows.append([str(quantity), name, desk.amount(price), money])
            total += price * quantity
            continue
        if not done:
            break
        total += price * quantity
        left = " ".join(done[0].text.split())
        if form == "line":
            desk.note(left, "", [done[1]], "amount")
    if form == "table":
        roll.close()
        style = desk.style(0.9)
        end, cells = set_table(desk, roll.x0, roll.y, roll.x1 - roll.x0, rows, aligns=["left", "left", "right", "right"], style=style,
                               look=random_look(desk), bottom=roll.bottom - 6 * desk.em, head=1)  # fmt: skip
        roll.y = end
        if cells and len(cells) < len(rows):
            total = sum(_cents(row[3]) for row in rows[1 : len(cells)])
    roll.rule()
    return total or values.cents(dice, 0.05)


def _cents(text: str) -> int:
    number = "".join(c for c in text if c.isdigit())
    return int(number or 0)


def _sums(roll: _Roll, total: int) -> None:
    desk, dice = roll.desk, roll.dice
    rate = dice.choice((0.06, 0.07, 0.1, 0.19, 0.2))
    plan: list[tuple[str, int]] = []
    if dice.random() < 0.5:
        plan.append(("subtotal", total))
    due = total
    if dice.random() < 0.4:
        plan.append(("tax", round(total * rate)))
        due = total + round(total * rate) if dice.random() < 0.5 else total
    if dice.random() < 0.2:
        shift = -due % 5
        plan.append(("rounding", shift))
        due += shift
    if dice.random() < 0.15:
        plan.append(("discount", 0))
    plan.append(("total", due))
    if dice.random() < 0.55:
        given = due if dice.random() < 0.4 else -(-due // 1000) * 1000
        plan += [("cash", given), ("change", given - due)]
    elif dice.random() < 0.4:
        plan.append(("", due))
    sign = desk.money.currency + " " if dice.random() < 0.25 else ""
    big = desk.style(dice.choice((1, 1, 1.25, 1.5)), dice.choice(("regular", "bold")))
    for name, cents in plan:
        if roll.room < desk.em * 3:
            break
        label = (
            keys()[name].label(dice, desk.language)
            if name
            else dice.choice(("VISA", "MASTER CARD", "Debit", "Card", "EC"))
        )
        if label.casefold() in roll.taken:
            label = name or label
            if label.casefold() in roll.taken:
                continue
        roll.taken.add(label.casefold())
        style = big if name == "total" else roll.style
        label = roll.case(label) + (roll.colon.rstrip() if name else "")
        runs = roll.ends(desk.fit(label, style, (roll.x1 - roll.x0) * 0.7), sign + desk.amount(cents), style)
        if runs:
            desk.note(runs[0].text, name, [runs[1]], "amount")


def _tax_summary(roll: _Roll, total: int) -> None:
    desk, dice = roll.desk, roll.dice
    roll.rule()
    currency = desk.money.currency
    rows = [[dice.choice(("GST Summary", "Tax Code", "GST")), f"Amount({currency})", f"Tax({currency})"]]
    for code in dice.sample(("SR = 6%", "ZR = 0%", "S 6%", "ZRL 0%"), dice.randint(1, 2)):
        part = total // 2
        rows.append([code, desk.amount(part), desk.amount(part * 6 // 100)])
    end, _ = set_table(desk, roll.x0, roll.y, roll.x1 - roll.x0, rows, aligns=["left", "right", "right"], style=desk.style(0.92),
                       look=random_look(desk), bottom=roll.bottom)  # fmt: skip
    roll.y = end
