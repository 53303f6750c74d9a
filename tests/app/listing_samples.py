"""Photos drawn in the tests, and what a seller knows of them."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SHOP = {
    "sku": "S-1",
    "brand": "Acme",
    "seller_id": "A1SELLER",
    "country_of_origin": "CN",
    "dangerous_goods": "not_applicable",
    "price": "49.90",
    "currency": "EUR",
    "availability": "in_stock",
    "link": "https://shop.example/s-1",
    "image_base_url": "https://shop.example/photos/",
}


def product_photo(colour: str = "blue", size: tuple[int, int] = (600, 800)) -> Image.Image:
    """A garment-like shape on white."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.polygon(
        [
            (0.1 * width, 0.2 * height),
            (0.9 * width, 0.2 * height),
            (0.8 * width, 0.9 * height),
            (0.2 * width, 0.9 * height),
        ],
        fill=colour,
    )
    draw.line([(0.5 * width, 0.2 * height), (0.5 * width, 0.9 * height)], fill="black", width=3)
    return image


def text_screenshot() -> Image.Image:
    """Lines of print on a plain page."""
    image = Image.new("RGB", (900, 700), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(20)
    for row in range(18):
        draw.text(
            (30, 20 + 36 * row),
            f"Line {row} of a page that sells nothing but words and numbers 12345",
            "black",
            font,
        )
    return image


def barcode_photo(code: str, kind: str = "EAN13", damage: bool = False) -> Image.Image:
    """A product photo with a barcode on it; ``damage`` blots out a part of the bars from top to bottom."""
    import zxingcpp

    bars = zxingcpp.create_barcode(code, getattr(zxingcpp.BarcodeFormat, kind))
    picture = Image.fromarray(np.array(zxingcpp.write_barcode_to_image(bars, scale=3))).convert("RGB")
    image = product_photo("red", (1000, 1200))
    if damage:
        ImageDraw.Draw(picture).rectangle(
            [picture.width * 0.4, 0, picture.width * 0.5, picture.height], fill="black"
        )
    image.paste(picture, (200, 500))
    return image


def save(image: Image.Image, path: Path, **options: object) -> str:
    """Write the picture; its path."""
    image.save(path, **options)
    return str(path)
