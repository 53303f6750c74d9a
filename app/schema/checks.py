"""Figures of an invoice or receipt that have to agree: sums of lines, tax, change. Each is checked where
all its parts were read; a disagreement means that something was misread, or that the paper itself is
wrong."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .record import Check

NET = ("subtotal", "net_total", "net", "sub_total")
TAX = ("tax", "tax_total", "vat", "tax_amount")
TOTAL = ("total", "grand_total", "total_amount")
CENT = 0.01
SLACK = 0.006  # half a cent of rounding, and floating point


def check_totals(data: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> tuple[Check, ...]:
    """Every check whose figures are all there."""
    return tuple(_checks(data, rows))


def _checks(data: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[Check]:
    net, tax, total = (_first(data, names) for names in (NET, TAX, TOTAL))
    if net is not None and tax is not None and total is not None:
        yield _equal("subtotal + tax = total", net + tax, total, SLACK)
    amounts = [row.get("amount") for row in rows]
    if rows and all(isinstance(amount, int | float) for amount in amounts):
        lines = sum(amount for amount in amounts if amount is not None)
        slack = SLACK + CENT * len(rows) / 2
        if net is not None:
            yield _equal("sum of lines = subtotal", lines, net, slack)
        elif total is not None:
            wanted = total - tax if tax is not None and abs(lines - total) > slack else total
            yield _equal("sum of lines = total", lines, wanted, slack)
    for number, row in enumerate(rows):
        quantity, price, amount = (row.get(name) for name in ("quantity", "unit_price", "amount"))
        if quantity is not None and price is not None and amount is not None:
            yield _equal(f"items[{number}]: quantity × unit price = amount", quantity * price, amount, CENT)
    cash, change = _first(data, ("cash",)), _first(data, ("change",))
    if cash is not None and change is not None and total is not None:
        yield _equal("cash - change = total", cash - change, total, 5 * CENT)  # cash is rounded to 5 cents


def _first(data: Mapping[str, Any], names: Sequence[str]) -> float | None:
    for name in names:
        value = data.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None


def _equal(name: str, left: float, right: float, slack: float) -> Check:
    if abs(left - right) <= slack:
        return Check(name, True)
    return Check(name, False, f"{name}: {left:.2f} is not {right:.2f}; one of them may be misread")
