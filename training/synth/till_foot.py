# ruff: noqa: E501 (tables of words)
"""What tills outside of English-speaking countries print below the sums: taxes by rate, and numbers of their own.

Those numbers (branch, till, operator, terminal) have no value for whoever keeps the slip, but their digits are as good
as any sum's: a reader has to know that they are none.
"""

from . import values
from .roll import Roll

# rate, net, tax, gross; and what the last row is called
_TAXES = {
    "de": (("Steuer  %", "MwSt", "MwSt-Satz", "Steuersatz"), ("Netto", "NETTO"), ("Steuer", "MwSt", "MWST"), ("Brutto", "Umsatz", "BRUTTO"), ("Gesamtbetrag", "Summe", "Gesamt")),
    "fr": (("TVA", "Taux", "TVA type %"), ("H.T.", "Net", "HT"), ("T.V.A.", "Montant TVA", "Taxe"), ("T.T.C.", "TTC", "Brut"), ("Total", "TOTAL")),
    "es": (("IVA", "%IVA", "Tipo"), ("Base", "Base imp.", "NETO"), ("Cuota", "IVA"), ("Total", "Importe"), ("Total", "SUMA")),
    "it": (("IVA", "Aliq.", "Rep."), ("Impon.", "Netto"), ("Imposta", "IVA"), ("Lordo", "Totale"), ("Totale", "TOT.")),
    "nl": (("BTW", "BTW %", "Tarief"), ("Excl.", "Netto", "Over"), ("BTW", "Bedrag"), ("Incl.", "Bruto"), ("Totaal", "Tot.")),
    "pt": (("IVA", "Taxa", "%IVA"), ("Base", "Líquido"), ("IVA", "Imposto"), ("Total", "Bruto"), ("Total", "Soma")),
}  # fmt: skip
_RATES = {
    "de": (19, 7),
    "fr": (20, 10, 5.5),
    "es": (21, 10, 4),
    "it": (22, 10, 4),
    "nl": (21, 9),
    "pt": (23, 13, 6),
}
_OWN = {
    "de": ("Markt", "Kasse", "Bed.", "Filiale", "Bediener", "Kassierer", "Pos", "Trace-Nr.", "Terminal-ID", "TSE-Transaktion", "Bon-Nr.", "Verk."),
    "fr": ("Magasin", "Caisse", "Hôte", "Op.", "STAN", "Caissier", "Code d'autor.", "No auto", "Ticket"),
    "es": ("Tienda", "Caja", "Cajero", "Op.", "Aut.", "Terminal", "Vend."), "it": ("Cassa", "Op.", "Negozio", "Term.", "Aut.", "Trans."),
    "nl": ("Filiaal", "Kassa", "Kassier", "Transactie", "Terminal", "Bon"), "pt": ("Loja", "Caixa", "Operador", "Terminal", "Aut.", "Talão"),
}  # fmt: skip


def taxes_by_rate(roll: Roll, total: int) -> None:
    """Net, tax and gross of each rate in columns without rules, and a row of sums; ``total`` in cents."""
    desk, dice = roll.desk, roll.dice
    heads = [dice.choice(words) for words in _TAXES[desk.language]]
    rates = dice.sample(_RATES[desk.language], min(dice.choice((1, 2, 2)), len(_RATES[desk.language])))
    shape = dice.choice(("{c}= {r:g} %", "{c} {r:g}%", "{r:.1f}%", "{c}={r:.1f}%", "{c} {r:.2f}"))
    rows, sums, left = [heads[:4]], [0, 0, 0], total
    for number, rate in enumerate(rates):
        gross = left if number == len(rates) - 1 else dice.randint(0, left)
        left -= gross
        tax = round(gross * rate / (100 + rate))
        name = shape.format(c="ABC"[number], r=rate).replace(".", ",")
        rows.append([name, *(desk.amount(cents) for cents in (gross - tax, tax, gross))])
        sums = [a + b for a, b in zip(sums, (gross - tax, tax, gross), strict=True)]
    if dice.random() < 0.5:
        rows.append([heads[4], *map(desk.amount, sums)])
    edges = [0.52, 0.76, 1.0]
    if len({*heads[:4]}) < 4 or not all(roll.holds(row, edges, roll.style) for row in rows):
        return
    roll.rule()
    roll.columns(rows, edges, roll.style)


def own_numbers(roll: Roll) -> None:
    """Branch, till, operator: digits behind short labels, several on a line."""
    dice = roll.dice
    labels = dice.sample(_OWN[roll.desk.language], dice.randint(2, 5))
    shapes = ("9", "99", "9999", "9999", "99999", "999999", "999999", "99999999", "9999999999")
    roll.pairs(
        [(label, "", values.pattern(dice, dice.choice(shapes)), "number") for label in labels],
        gap=dice.random() < 0.5,
    )
