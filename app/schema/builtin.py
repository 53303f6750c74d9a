"""The schemas that come with Octavo, as JSON Schema (2020-12).

A property's ``title`` is the name it is asked by: names that the shipped reader was trained on. Everything
may be null, since any document may lack it. Arrays of objects are filled from printed tables, row by row.
"""

from typing import Any

Json = dict[str, Any]


def text(title: str) -> Json:
    """Text as printed."""
    return {"type": ["string", "null"], "title": title}


def date(title: str) -> Json:
    """A day, normalised to YYYY-MM-DD."""
    return {"type": ["string", "null"], "format": "date", "title": title}


def amount(title: str) -> Json:
    """An amount of money or a quantity, normalised to a number."""
    return {"type": ["number", "null"], "title": title}


def currency() -> Json:
    """An ISO 4217 code."""
    return {"type": ["string", "null"], "pattern": "^[A-Z]{3}$", "format": "currency", "title": "currency"}


def rows(**columns: Json) -> Json:
    """A printed table: an object a row."""
    return {"type": "array", "items": _object("row", columns)}


def _object(title: str, properties: Json) -> Json:
    return {
        "type": "object",
        "title": title,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def builtin(name: str) -> Json | None:
    """The JSON Schema of that name; None when there is none."""
    properties = SCHEMAS.get(name)
    if properties is None:
        return None
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | _object(name, properties)


LINES = rows(
    description=text("description"),
    quantity=amount("quantity"),
    unit_price=amount("unit price"),
    amount=amount("amount"),
)
SCHEMAS: dict[str, Json] = {
    "invoice": {
        "invoice_number": text("invoice number"),
        "invoice_date": date("invoice date"),
        "due_date": date("due date"),
        "order_number": text("order number"),
        "seller": text("seller"),
        "seller_address": text("seller address"),
        "seller_vat_number": text("VAT number"),
        "buyer": text("buyer"),
        "buyer_address": text("buyer address"),
        "subtotal": amount("subtotal"),
        "tax": amount("tax"),
        "total": amount("total"),
        "amount_due": amount("amount due"),
        "currency": currency(),
        "iban": text("IBAN"),
        "items": LINES,
    },
    "receipt": {
        "company": text("company"),
        "address": text("address"),
        "date": date("date"),
        "time": text("time"),
        "receipt_number": text("receipt number"),
        "subtotal": amount("subtotal"),
        "tax": amount("tax"),
        "total": amount("total"),
        "cash": amount("cash"),
        "change": amount("change"),
        "currency": currency(),
        "items": LINES,
    },
    "purchase-order": {
        "order_number": text("order number"),
        "order_date": date("order date"),
        "delivery_date": date("delivery date"),
        "buyer": text("buyer"),
        "seller": text("seller"),
        "delivery_address": text("delivery address"),
        "payment_terms": text("payment terms"),
        "subtotal": amount("subtotal"),
        "tax": amount("tax"),
        "total": amount("total"),
        "currency": currency(),
        "items": LINES,
    },
    "contract": {
        "effective_date": date("effective date"),
        "end_date": date("end date"),
        "party": text("party"),
        "other_party": text("second party"),
        "term": text("term"),
        "governing_law": text("governing law"),
        "signature_date": date("signature date"),
    },
    "form": {
        "name": text("name"),
        "address": text("address"),
        "city": text("city"),
        "postal_code": text("postal code"),
        "phone": text("phone"),
        "email": text("email"),
        "date_of_birth": date("date of birth"),
        "signature_date": date("signature date"),
    },
    "id-card": {
        "id_number": text("ID number"),
        "last_name": text("last name"),
        "first_name": text("first name"),
        "date_of_birth": date("date of birth"),
        "place_of_birth": text("place of birth"),
        "nationality": text("nationality"),
        "gender": text("gender"),
        "expiry_date": date("expiry date"),
    },
    "table": {
        "rows": {
            "type": "array",
            "items": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
        }
    },
}
