"""A product photo → facts with their evidence → a Shopify row: ``python examples/listing.py [PHOTO]``.

Without a photo it draws one.
"""

import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

from octavo.app import DocumentService
from octavo.app.channels import PACKS, write_files
from octavo.app.listing.product import Request, make_product

NOTES = """Material: cotton
Machine wash at 30 degrees.
price: 19.90"""


def draw_shirt(path: Path) -> Path:
    """A blue shirt on white."""
    image = Image.new("RGB", (900, 1100), "white")
    draw = ImageDraw.Draw(image)
    sleeves = [(300, 140), (600, 140), (860, 330), (760, 470), (680, 400), (220, 400), (140, 470), (40, 330)]
    draw.polygon(sleeves, fill=(30, 66, 118))
    draw.rectangle((220, 140, 680, 1000), fill=(46, 94, 160))
    draw.ellipse((340, 80, 560, 240), fill="white")
    image.save(path, quality=90)
    return path


def main(photo: str | None = None, service: DocumentService | None = None) -> None:
    """Print the facts, the row and what is still to be said; write the file if the row is complete."""
    with tempfile.TemporaryDirectory() as folder, service or DocumentService() as service:
        path = photo or str(draw_shirt(Path(folder) / "shirt.jpg"))
        product = make_product(service, Request((path,), NOTES, settings={"sku": "TS-100", "brand": "Acme"}))
        for fact in product.facts:
            claim = "claimed" if fact.stated else f"not claimed: {fact.reason}"
            print(f"{fact.name}: {fact.value} ({fact.source}, {fact.confidence:.2f}, {claim})")

        pack = PACKS["shopify"]
        row = pack.row(product.content()[0])
        for name, value in row.fields.items():
            print(f"  {name}: {value}")
        for finding in row.findings:
            print(f"  {finding.severity}: {finding.field} {finding.message}")
        for file in write_files(pack, [row], Path(folder) / "out"):
            print(file.name, file.stat().st_size, "bytes")


if __name__ == "__main__":
    main(*sys.argv[1:2])
