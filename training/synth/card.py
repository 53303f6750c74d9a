# ruff: noqa: E501 (tables of words)
"""What a card terminal prints below the sums of a receipt: numbers that are no totals, days on which nobody bought anything."""

from random import Random

from . import values
from .roll import Roll

_HEADS = {
    "en": "CARD PAYMENT;Card Sale;CUSTOMER COPY;VISA DEBIT;CARDHOLDER COPY", "de": "Kartenzahlung;K-U-N-D-E-N-B-E-L-E-G;girocard;Händlerbeleg", "fr": "CARTE BANCAIRE;TICKET CLIENT;CB EMV",
    "es": "PAGO CON TARJETA;COPIA CLIENTE", "it": "PAGAMENTO CARTA;COPIA CLIENTE;BANCOMAT", "nl": "KLANTTICKET;PIN BETALING", "pt": "PAGAMENTO CARTÃO;MULTIBANCO",
}  # fmt: skip
# label in each language, what the value looks like
_CODES = (
    ({"en": "Auth Code;Approval Code;Auth No.;APPR", "de": "Genehmigungs-Nr.;Autorisierung;AS-Proc-Code", "fr": "Code d'autor.;No autorisation;Autorisation",
      "es": "Autorización;Cód. Aut.", "it": "Cod. Aut.;Aut.", "nl": "Autorisatiecode;Autorisatie", "pt": "Autorização;Cód. Autor."}, ("999999", "99999A", "A99999")),
    ({"en": "Terminal ID;TID;Terminal", "de": "Terminal-ID;Terminal", "fr": "Terminal;No terminal", "es": "Terminal;TPV", "it": "Term. ID;Terminale", "nl": "Terminal", "pt": "Terminal;TPA"}, ("99999999", "AA999999", "999999")),
    ({"en": "Merchant ID;MID;Merchant No", "de": "VU-Nr.;Händler-Nr.", "fr": "Id. commerçant;Commerçant", "es": "Comercio", "it": "Esercente", "nl": "Merchant", "pt": "Comerciante"}, ("999999999999999", "9999999999", "000099999999")),
    ({"en": "Trace No;STAN;Batch;Invoice Trace", "de": "TA-Nr.;Trace-Nr.", "fr": "STAN;No trace", "es": "Secuencia", "it": "STAN", "nl": "Transactie", "pt": "STAN"}, ("999999", "9999", "000999")),
    ({"en": "AID;App ID", "de": "AID", "fr": "AID", "es": "AID", "it": "A.I.D.", "nl": "AID", "pt": "AID"}, ("A0000000999999", "A0000000041010")),
    ({"en": "Card;Card No;PAN", "de": "Karte;Karten-Nr.", "fr": "Carte;No carte", "es": "Tarjeta", "it": "Carta;PAN", "nl": "Kaart", "pt": "Cartão"}, ("XXXXXXXXXXXX9999", "XXXX XXXX XXXX 9999", "999999XXXXXX9999")),
)  # fmt: skip
_EXPIRY = {"en": "Expiry;Exp Date;Valid thru", "de": "gültig bis;Gültig bis", "fr": "Date d'expiration;Expire fin", "es": "Caducidad;Cad.", "it": "Scadenza;Scad.", "nl": "Geldig tot;Vervaldatum kaart", "pt": "Validade"}  # fmt: skip
_KIND = {"en": "SALE;PURCHASE;APPROVED;Contactless", "de": "Zahlung erfolgt;kontaktlos", "fr": "VENTE;DEBIT;SANS CONTACT", "es": "VENTA;OPERACIÓN AUTORIZADA", "it": "ACQUISTO;TRANSAZIONE ESEGUITA", "nl": "AKKOORD;BETALING", "pt": "COMPRA;APROVADO"}  # fmt: skip


def card_slip(roll: Roll) -> None:
    """A heading, codes in any order, the end of the card's life, what was done; as much as there is room for."""
    desk, dice = roll.desk, roll.dice
    language = desk.language
    hidden = dice.choice("XX**#")  # digits of the card that are nobody's business
    roll.rule()
    roll.centred([roll.case(_one(dice, _HEADS[language]))], roll.style, dice.choice(("centre", "left")))
    entries = [
        (
            _one(dice, labels[language]),
            "",
            values.pattern(dice, dice.choice(shapes)).replace("X", hidden),
            "id",
        )
        for labels, shapes in dice.sample(_CODES, dice.randint(2, len(_CODES)))
    ]
    if dice.random() < 0.5:
        day = (dice.randint(1, 28), dice.randint(1, 12), dice.randint(18, 34))
        shape = dice.choice(
            ("{1:02d}/{2:02d}", "{0:02d}/{1:02d}/{2:02d}", "{2:02d}/{1:02d}", "{1:02d}/20{2:02d}")
        )
        entries.append((_one(dice, _EXPIRY[language]), "", shape.format(*day), "date"))
    dice.shuffle(entries)
    for entry in entries:
        roll.pairs([entry], gap=dice.random() < 0.3)
    if dice.random() < 0.6:
        roll.centred([roll.case(_one(dice, _KIND[language]))], roll.style, dice.choice(("centre", "left")))


def _one(dice: Random, choices: str) -> str:
    return dice.choice(choices.split(";"))
