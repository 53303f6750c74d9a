"""Colours measured from pixels: which part of a photo is the product, and what its colours are called.

The measurement is a witness against the model, not a judge: it knows nothing of what is skin, what is the
shelf behind and what is the product. CIE L*a*b* with D65 white, sRGB decoding as in IEC 61966-2-1.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

Box = tuple[float, float, float, float]
SIDE = 128  # pixels of the longer side that is looked at
BACKGROUND_DISTANCE = 9.0  # ΔE*ab up to which a pixel counts as background
UNIFORM = 7.0  # median ΔE*ab of the border to its own median colour: below it there is a plain background
MIN_FOREGROUND = 0.02
DOMINANT = 0.15  # share that a colour needs to be told

# Prototypes of the colour names of shops, in sRGB. Several for names that span light and dark.
PROTOTYPES: tuple[tuple[str, tuple[int, int, int]], ...] = (
    ("black", (0, 0, 0)),
    ("black", (30, 30, 32)),
    ("black", (55, 53, 55)),
    ("white", (255, 255, 255)),
    ("white", (226, 226, 226)),
    ("grey", (100, 100, 102)),
    ("grey", (128, 128, 130)),
    ("grey", (165, 165, 168)),
    ("grey", (192, 192, 194)),
    ("red", (190, 20, 35)),
    ("red", (220, 40, 45)),
    ("red", (120, 20, 30)),
    ("orange", (240, 110, 30)),
    ("orange", (225, 95, 45)),
    ("yellow", (245, 215, 50)),
    ("yellow", (235, 225, 130)),
    ("green", (50, 140, 60)),
    ("green", (90, 170, 70)),
    ("green", (30, 80, 50)),
    ("green", (110, 115, 60)),
    ("green", (150, 190, 100)),
    ("blue", (35, 90, 180)),
    ("blue", (15, 40, 220)),
    ("blue", (70, 130, 200)),
    ("blue", (150, 190, 220)),
    ("blue", (20, 30, 75)),
    ("blue", (35, 45, 70)),
    ("blue", (65, 85, 120)),
    ("blue", (40, 150, 170)),
    ("purple", (110, 50, 130)),
    ("purple", (150, 110, 180)),
    ("purple", (70, 40, 80)),
    ("pink", (240, 140, 170)),
    ("pink", (220, 60, 120)),
    ("pink", (235, 190, 200)),
    ("brown", (100, 60, 35)),
    ("brown", (140, 90, 55)),
    ("brown", (70, 45, 35)),
    ("brown", (165, 115, 75)),
    ("beige", (215, 195, 165)),
    ("beige", (235, 225, 205)),
    ("beige", (190, 165, 135)),
)
FAMILIES = tuple(dict.fromkeys(name for name, _ in PROTOTYPES))


@dataclass(frozen=True)
class Measurement:
    """``shares``: colour name → share of the product's pixels, largest first. ``box``: where they are.

    ``background``: sRGB of the border, and whether it is plain. ``fill``: the larger of the box's sides
    as a part of the photo's.
    """

    shares: tuple[tuple[str, float], ...]
    box: Box
    background: tuple[int, int, int]
    is_plain: bool
    fill: float

    @property
    def dominant(self) -> str:
        """The name of the largest colour; "" when nothing stands out from the background."""
        return self.shares[0][0] if self.shares else ""


def to_lab(rgb: np.ndarray) -> np.ndarray:
    """sRGB uint8 [..., 3] → CIE L*a*b* float [..., 3]."""
    value = rgb.astype(np.float64) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    matrix = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = linear @ matrix.T / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)


def measure(image: Image.Image) -> Measurement:
    """The colours of what a photo shows. RGB image of any size."""
    small = image.copy()
    small.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    pixels = np.asarray(small)
    lab = to_lab(pixels)
    border = _border(lab)
    middle = np.median(border, 0)
    is_plain = bool(np.median(np.linalg.norm(border - middle, axis=-1)) < UNIFORM)
    height, width = lab.shape[:2]
    if is_plain:
        mask = _filled(np.linalg.norm(lab - middle, axis=-1) > BACKGROUND_DISTANCE)
    else:
        mask = _ellipse(height, width)
    background = tuple(int(v) for v in np.median(_border(pixels), 0))
    if mask.mean() < MIN_FOREGROUND:
        return Measurement((), (0.0, 0.0, 1.0, 1.0), background, is_plain, 0.0)  # type: ignore[arg-type]
    box = _box(mask)
    # The middle counts most: at the edges there are hands, hair, hangers and the shadow.
    weights = mask * (0.35 + _ellipse(height, width))
    shares = _shares(lab, weights)
    fill = max(box[2] - box[0], box[3] - box[1]) if is_plain else 1.0
    return Measurement(shares, box, background, is_plain, fill)  # type: ignore[arg-type]


def _border(values: np.ndarray) -> np.ndarray:
    edge = 2
    rows = (values[:edge], values[-edge:], values[:, :edge], values[:, -edge:])
    return np.concatenate([part.reshape(-1, values.shape[-1]) for part in rows])


def _ellipse(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width]
    return ((y - (height - 1) / 2) / (0.36 * height)) ** 2 + ((x - (width - 1) / 2) / (0.3 * width)) ** 2 < 1


def _filled(mask: np.ndarray) -> np.ndarray:
    """Also what has product on all four sides: a white shirt on white is more than its outline."""
    left, right = np.logical_or.accumulate(mask, 1), np.logical_or.accumulate(mask[:, ::-1], 1)[:, ::-1]
    above, below = np.logical_or.accumulate(mask, 0), np.logical_or.accumulate(mask[::-1], 0)[::-1]
    return left & right & above & below


def _box(mask: np.ndarray) -> Box:
    rows, columns = np.flatnonzero(mask.mean(1) > 0.01), np.flatnonzero(mask.mean(0) > 0.01)
    if not len(rows) or not len(columns):
        return (0.0, 0.0, 1.0, 1.0)
    height, width = mask.shape
    x0, x1 = columns[0] / width, (columns[-1] + 1) / width
    return (float(x0), float(rows[0] / height), float(x1), float((rows[-1] + 1) / height))


def _shares(lab: np.ndarray, weights: np.ndarray) -> tuple[tuple[str, float], ...]:
    chosen = weights > 0
    points, mass = lab[chosen], weights[chosen]
    prototypes = to_lab(np.array([rgb for _, rgb in PROTOTYPES], np.uint8))
    # Lightness counts half: light falls unevenly, hue is what a colour is named by.
    scale = np.array([0.5, 1.0, 1.0])
    distance = np.linalg.norm((points[:, None] - prototypes[None]) * scale, axis=-1)
    nearest = distance.argmin(1)
    totals = dict.fromkeys(FAMILIES, 0.0)
    for index, (name, _) in enumerate(PROTOTYPES):
        totals[name] += float(mass[nearest == index].sum())
    whole = sum(totals.values()) or 1.0
    ranked = sorted(((name, round(total / whole, 3)) for name, total in totals.items()), key=lambda p: -p[1])
    return tuple((name, share) for name, share in ranked if share >= DOMINANT) or tuple(ranked[:1])
