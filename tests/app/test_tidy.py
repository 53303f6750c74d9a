"""Registration numbers are cut off firms' names and from in front of addresses, and nothing else is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo.app.tidy import tidy


@pytest.mark.parametrize(
    ("name", "value", "cut"),
    [
        ("company", "CARREFOUR RESTAURANT JM0725755-U", "CARREFOUR RESTAURANT"),
        ("seller", "Acme Sdn Bhd (945402-P)", "Acme Sdn Bhd"),
        ("Vendor name", "Acme Sdn. Bhd. (Co. Reg. No: 945402 - P)", "Acme Sdn. Bhd."),
        ("store", "Acme Ltd CO.REG.NO: 860671-D", "Acme Ltd"),
        ("buyer", "ECO SHOP (COMPANY NO. 12345678-X)", "ECO SHOP"),
        ("company", "X TRADING CO. (945402-P)", "X TRADING CO."),  # a part of the name
        ("buyer", "Naam klant: Jan Jansen", "Jan Jansen"),
        ("seller name", "Sold by: Acme Ltd", "Acme Ltd"),
        ("seller", "CNPJ: 49.385.657/0001-03 Acme Ltda", "Acme Ltda"),
        ("supplier", "49.385.657/0001-03 Acme Ltda", "Acme Ltda"),
        ("seller", "Acme SARL - 12 chemin de l'eau - 84340 Malaucène - France", "Acme SARL"),
        ("buyer", "Acme GmbH · Hauptstr. 5 · 10115 Berlin", "Acme GmbH"),
        ("address", "CO.NO. (458592-T) LG226, LGF, SHOPPING CENTRE", "LG226, LGF, SHOPPING CENTRE"),
        ("store address", "TOKYO KITCHEN SDN BHD (945402-P) G-26, GRD FLOOR", "G-26, GRD FLOOR"),
    ],
)
def test_the_number_goes(name: str, value: str, cut: str) -> None:
    assert tidy(name, value) == cut


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("company registration number", "860671-D"),  # asked for
        ("company number", "Acme 860671-D"),
        ("company", "860671-D"),  # nothing else is there
        ("company", "ABC 860671-D"),  # hardly anything
        ("company", "S.H.H. MOTOR (SUNGAI RENGIT) SDN. BHD."),
        ("company", "Studio 54321"),
        ("company", "Cafe:Bar Acme"),
        ("company", "99 SPEED MART"),
        ("seller", "X - 12 High Street - 84340 Town"),  # hardly anything would be left
        ("company", "Acme - Tools since 1904"),
        ("company", "Acme - Bolts and Nuts 24"),
        ("buyer", "Customer no.: 6669263"),
        ("buyer", "A stationery that has no end: Acme"),
        ("address", "NO. 343, JALAN KURAU 81620-B PENGERANG"),  # behind a number of the street
        ("address", "50200 KUALA LUMPUR"),
        ("address", "(458592-T)"),
        ("total", "Acme Sdn Bhd (945402-P)"),
    ],
)
def test_all_else_stays(name: str, value: str) -> None:
    assert tidy(name, value) == value


@given(st.sampled_from(("company", "address", "total")), st.text(max_size=80))
def test_a_value_is_only_ever_cut_at_an_end(name: str, value: str) -> None:
    words = tidy(name, value).split()
    assert " ".join(words) in " ".join(value.split()) and (words or not value.split())


@pytest.mark.parametrize("piece", ["(", "co no ", "a", "1", "1-", " -", "12345-"])
def test_long_values_take_no_time(piece: str) -> None:
    started = time.process_time()
    for name in ("company", "address"):
        tidy(name, piece * 20_000)
    assert time.process_time() - started < 2
