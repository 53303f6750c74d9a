"""Photos in colours that were chosen, so that they are known: what real photos alone do not teach.

The palette is what the shop's own labels mean: medians and spreads, in CIE L*a*b*, of the main colour of up
to 260 training photos a name, cleaned by hand of photos whose main colour is their background. They are
duller than one would guess: most things called brown are nearly black. A colour that is nearer to another
name is drawn anew.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
from PIL import Image

from ..app.listing.colour import to_lab
from .photo_sources import with_colour

Lab = tuple[float, float, float]
PALETTE: dict[str, tuple[tuple[Lab, Lab], ...]] = {  # name → (mean, spread) of each of its kinds
    "Black": (((22, 0, 0), (8, 1, 1.5)),),
    "White": (((90, 0.3, 0), (4, 0.8, 2)),),
    "Grey": (((58, 0.3, 0.5), (11, 1, 2)),),
    "Charcoal": (((36, 0, -0.5), (4, 1, 1.5)),),
    "Red": (((44, 54, 29), (7, 9, 9)),),
    "Maroon": (((30, 27, 9), (6, 8, 5)),),
    "Pink": (((66, 38, 0), (8, 12, 7)), ((80, 17, 3), (5, 5, 4))),
    "Magenta": (((44, 56, -5), (6, 8, 7)),),
    "Orange": (((63, 40, 50), (6, 8, 10)),),
    "Peach": (((77, 21, 18), (5, 6, 5)),),
    "Brown": (((32, 8, 10), (8, 4, 5)), ((45, 15, 20), (6, 5, 6))),
    "Tan": (((56, 13, 25), (5, 4, 5)),),
    "Beige": (((74, 3, 14), (6, 2, 4)),),
    "Cream": (((88, 1, 11), (3, 1.5, 3)),),
    "Khaki": (((53, 2, 18), (6, 2, 4)),),
    "Yellow": (((83, 0, 60), (5, 5, 14)),),
    "Mustard": (((62, 11, 48), (5, 5, 9)),),
    "Olive": (((39, -4, 15), (6, 3, 6)),),
    "Green": (((46, -30, 18), (12, 10, 9)), ((72, -24, 24), (7, 8, 9))),
    "Teal": (((42, -18, -7), (7, 6, 4)),),
    "Turquoise Blue": (((68, -23, -11), (6, 6, 5)),),
    "Blue": (((44, 4, -34), (10, 8, 10)), ((69, -5, -18), (8, 4, 6))),
    "Navy Blue": (((24, 3, -12), (5, 3, 4)),),
    "Purple": (((38, 26, -24), (8, 8, 8)),),
    "Lavender": (((71, 13, -13), (6, 4, 4)),),
}
COMMON = ("Black", "White", "Grey", "Red", "Pink", "Blue", "Navy Blue", "Green", "Purple", "Brown", "Yellow")
RARE_SHARE = 0.2  # how often a rarer name is drawn, to a common one's once
THINGS = ("Shoes", "Sandal", "Flip Flops", "Bags", "Wallets", "Belts", "Socks", "Headwear", "Ties", "Scarves")
WORN = ("Topwear", "Dress")  # on people: only what is far from skin, hair and shoes in colour
DISTANCE = 20  # levels from the background that make a pixel part of the thing
SMALLEST, LARGEST = 0.05, 0.9  # share of the photo that the thing may cover
MAIN_SHARE = 0.55  # of the thing, or of the middle of the garment, that must have the main colour
NEAR, FAR = 34.0, 62.0  # distances from the main colour up to which all and from which nothing is painted
PAPER = 232.0  # levels that a background has at least: greyer ones are lit unevenly, and so painted too
OFF_PAPER = 45.0  # how far the main colour is from the background at least: white on white would get holes
SKIN = np.array([(215, 165, 140), (170, 115, 95), (125, 80, 62)], np.float32)
SKIN_DISTANCE = 42.0
HAIR = 62.0  # grey up to which hair might be painted too
BELIEVED = 3.5  # spreads from its label's palette that the main colour may be; else it is not what is sold
TRIES = 20


def can_recolour(labels: Mapping[str, str]) -> bool:
    """Whether the labels name a thing of one main colour that can be told from what is around it."""
    return labels.get("sub_category") in (*THINGS, *WORN) and labels.get("colour") in PALETTE


def recolour(
    image: Image.Image, labels: Mapping[str, str], rng: np.random.Generator
) -> tuple[Image.Image, dict[str, str]] | None:
    """RGB photo → the same with another main colour, and its labels; None where that cannot be done well.

    Light, shade and what has other colours stay. Texts are dropped: they speak of the colour that it had.
    """
    pixels = np.asarray(image, np.float32)
    corners = pixels[[0, 0, -1, -1], [0, -1, 0, -1]]
    if corners.min() < PAPER or np.abs(corners - corners.mean(0)).max() > DISTANCE:
        return None
    thing = np.abs(pixels - corners.mean(0)).max(2) > DISTANCE
    if not SMALLEST < thing.mean() < LARGEST:
        return None
    is_worn = labels["sub_category"] in WORN
    main = np.median(pixels[_middle(thing)] if is_worn else pixels[thing], axis=0)
    if _spreads_from(main, labels["colour"]) > BELIEVED or _distance(main, corners.mean(0)) < OFF_PAPER:
        return None
    if is_worn and (_distance(main, SKIN).min() < SKIN_DISTANCE or main.mean() < HAIR):
        return None
    painted = np.clip((FAR - _distance(pixels, main)) / (FAR - NEAR), 0, 1) * thing
    if painted[_middle(thing) if is_worn else thing].mean() < MAIN_SHARE:
        return None
    name, target = draw_colour(rng)
    result = pixels + painted[..., None] * (_shaded(pixels, painted, target, rng) - pixels)
    return Image.fromarray(result.clip(0, 255).astype(np.uint8)), with_colour(labels, name)


def draw_colour(rng: np.random.Generator) -> tuple[str, np.ndarray]:
    """A name, and an sRGB colour float32 [3] in 0–255 that goes by it."""
    names = tuple(PALETTE)
    chances = np.array([1.0 if name in COMMON else RARE_SHARE for name in names])
    name = names[int(rng.choice(len(names), p=chances / chances.sum()))]
    lab = np.zeros(3)
    for _ in range(TRIES):
        mean, spread = PALETTE[name][int(rng.integers(len(PALETTE[name])))]
        lab = np.array(mean) + np.array(spread) * rng.normal(0, 0.8, 3).clip(-1.5, 1.5)
        if name_of(lab) == name:
            break
    else:
        lab = np.array(PALETTE[name][0][0])
    return name, to_rgb(lab)


def name_of(lab: np.ndarray) -> str:
    """The name of the nearest kind of colour, in spreads."""
    names, means, spreads = _kinds()
    return names[int((((lab - means) / spreads) ** 2).sum(1).argmin())]


@cache
def _kinds() -> tuple[list[str], np.ndarray, np.ndarray]:
    rows = [(name, mean, spread) for name, kinds in PALETTE.items() for mean, spread in kinds]
    return [row[0] for row in rows], np.array([row[1] for row in rows]), np.array([row[2] for row in rows])


def _spreads_from(rgb: np.ndarray, name: str) -> float:
    """How far an sRGB colour [3] is from what goes by the name, in spreads."""
    means, spreads = np.array(PALETTE[name]).transpose(1, 0, 2)
    return float((((to_lab(rgb) - means) / spreads) ** 2).mean(1).min() ** 0.5)


def to_rgb(lab: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) [3] → sRGB float32 [3] in 0–255, clipped to what a screen shows."""
    fy = (lab[0] + 16) / 116
    f = np.array([fy + lab[1] / 500, fy, fy - lab[2] / 200])
    xyz = np.where(f > 6 / 29, f**3, (f - 4 / 29) * 3 * (6 / 29) ** 2) * np.array([0.95047, 1.0, 1.08883])
    matrix = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
    linear = np.clip(matrix @ xyz, 0, 1)
    value = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(value * 255, np.float32)


def _shaded(
    pixels: np.ndarray, painted: np.ndarray, target: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The target colour in the light and shade of the photo: [H, W, 3]."""
    grey = pixels @ np.array([0.3, 0.59, 0.11], np.float32)
    shade = (grey - (grey * painted).sum() / painted.sum()) * np.float32(rng.uniform(0.5, 1.0))
    # Shade follows the colour, so that dark colours stay dark, but for highlights, which are white.
    return target + shade[..., None] * (0.3 + 0.7 * target / 255)


def _distance(pixels: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """[..., 3] → how far the colours are, brightness counting less than hue."""
    apart = pixels - colour
    grey = apart.mean(-1)
    red_green, yellow_blue = (
        apart[..., 0] - apart[..., 1],
        (apart[..., 0] + apart[..., 1]) / 2 - apart[..., 2],
    )
    return np.asarray(np.sqrt((0.45 * grey) ** 2 + red_green**2 + yellow_blue**2))


def _middle(thing: np.ndarray) -> np.ndarray:
    """The part of the thing in the middle of the photo, where the garment is; all of it where none is."""
    height, width = thing.shape
    middle = np.zeros_like(thing)
    rows, columns = slice(height * 3 // 10, height * 7 // 10), slice(width * 3 // 10, width * 7 // 10)
    middle[rows, columns] = thing[rows, columns]
    return middle if middle.any() else thing
