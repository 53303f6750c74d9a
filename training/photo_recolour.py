"""Photos in colours that were chosen, so that they are known: what seven thousand photos alone do not teach.

Only things on a plain background are painted, never people: a red shoe is a shoe, a red face is not a face.
"""

from collections.abc import Mapping

import numpy as np
from PIL import Image

Range = tuple[float, float]
# name → ranges of hue (turns, may pass 1), saturation and value in 0..1, as shops use the names
PALETTE: dict[str, tuple[Range, Range, Range]] = {
    "Black": ((0.0, 1.0), (0.0, 0.15), (0.07, 0.18)),
    "White": ((0.0, 1.0), (0.0, 0.04), (0.92, 0.99)),
    "Grey": ((0.0, 1.0), (0.0, 0.08), (0.38, 0.65)),
    "Red": ((0.975, 1.01), (0.75, 0.95), (0.6, 0.88)),
    "Maroon": ((0.965, 1.0), (0.6, 0.85), (0.26, 0.4)),
    "Pink": ((0.9, 0.97), (0.35, 0.65), (0.85, 1.0)),
    "Orange": ((0.055, 0.085), (0.8, 1.0), (0.9, 1.0)),
    "Brown": ((0.045, 0.085), (0.45, 0.7), (0.27, 0.45)),
    "Beige": ((0.08, 0.12), (0.15, 0.3), (0.8, 0.92)),
    "Yellow": ((0.135, 0.165), (0.7, 0.95), (0.88, 1.0)),
    "Olive": ((0.16, 0.2), (0.4, 0.7), (0.3, 0.45)),
    "Green": ((0.3, 0.4), (0.55, 0.9), (0.38, 0.7)),
    "Teal": ((0.48, 0.52), (0.65, 0.95), (0.35, 0.55)),
    "Blue": ((0.575, 0.64), (0.6, 0.9), (0.5, 0.9)),
    "Navy Blue": ((0.61, 0.67), (0.5, 0.8), (0.16, 0.3)),
    "Purple": ((0.74, 0.8), (0.4, 0.7), (0.35, 0.6)),
}
PAINTED = ("Footwear", "Accessories")  # what is shown without people
DISTANCE = 28  # levels from the background that make a pixel part of the thing
SMALLEST, LARGEST = 0.05, 0.85  # share of the photo that the thing may cover
OWN_CONTRAST = (0.35, 0.9)  # how much of its light and shade is kept


def can_recolour(labels: Mapping[str, str]) -> bool:
    """Whether the labels name a thing without people, and its colour."""
    return labels.get("master_category") in PAINTED and "colour" in labels


def recolour(
    image: Image.Image, labels: Mapping[str, str], rng: np.random.Generator
) -> tuple[Image.Image, dict[str, str]] | None:
    """RGB photo → the same thing in another colour, with its labels; None where no plain background is.

    Texts about it are dropped: they speak of the colour that it had.
    """
    pixels = np.asarray(image).astype(np.int16)
    corners = pixels[[0, 0, -1, -1], [0, -1, 0, -1]]
    if np.abs(corners - corners.mean(0)).max() > DISTANCE:
        return None
    thing = np.abs(pixels - corners.mean(0)).max(2) > DISTANCE
    if not SMALLEST < thing.mean() < LARGEST:
        return None
    name = list(PALETTE)[int(rng.integers(len(PALETTE)))]
    hue, saturation, value = (float(rng.uniform(low, high)) for low, high in PALETTE[name])
    hsv = np.asarray(image.convert("HSV")).astype(np.float32)
    light = hsv[..., 2] / 255
    shade = (light - light[thing].mean()) * rng.uniform(*OWN_CONTRAST) * max(value, 0.35)
    painted = hsv.copy()
    painted[..., 0] = (hue % 1.0) * 255
    painted[..., 1] = saturation * 255
    painted[..., 2] = np.clip(value + shade, 0, 1) * 255
    hsv[thing] = painted[thing]
    result = Image.fromarray(hsv.round().astype(np.uint8), "HSV").convert("RGB")
    kept = {key: text for key, text in labels.items() if key not in ("title", "description")}
    return result, kept | {"colour": name}
