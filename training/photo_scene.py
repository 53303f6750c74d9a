"""What is around a thing, and pieces of cloth: drawn, so that a background teaches nothing and a colour does.

Sizes are (width, height) px; images are RGB.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .photo_recolour import draw_colour

Size = tuple[int, int]
NOISE_SIDE = 512
PLAIN = 12.0  # levels that the border of a photo may differ by to count as a plain background
OUTSIDE, INSIDE = 8.0, 26.0  # levels from the background: all background, all thing
MIN_THING, MAX_THING = 0.04, 0.9


def on_other_ground(image: Image.Image, rng: np.random.Generator) -> Image.Image | None:
    """The thing on another background; None where the photo has no plain one."""
    pixels = np.asarray(image, np.float32)
    edge = np.concatenate([pixels[0], pixels[:, 0], pixels[:, -1]])  # people are cut off at the bottom
    ground = np.median(edge, 0)
    if np.quantile(np.abs(edge - ground).max(1), 0.9) > PLAIN:
        return None
    apart = np.abs(pixels - ground).max(2)
    inside = _filled(apart > OUTSIDE)
    if not MIN_THING < inside.mean() < MAX_THING:
        return None
    # What lies deep within the outline is the thing, whatever its colour; the outline itself is soft.
    mask = Image.fromarray(inside.astype(np.uint8) * 255)
    near, wide = (np.asarray(mask.filter(ImageFilter.BoxBlur(r)), np.float32) / 255 for r in (1, 3))
    soft = np.clip((apart - OUTSIDE) / (INSIDE - OUTSIDE), 0, 1)
    alpha = near * np.maximum(soft, np.clip(4 * wide - 3, 0, 1))
    scene = np.asarray(texture(image.size, plain_colour(rng), rng), np.float32)
    mixed = scene + alpha[..., None] * (pixels - scene)
    return Image.fromarray(mixed.astype(np.uint8))


def _filled(mask: np.ndarray) -> np.ndarray:
    """Also what has the thing on its left, its right and above: a white shirt is more than its outline."""
    left, right = np.logical_or.accumulate(mask, 1), np.logical_or.accumulate(mask[:, ::-1], 1)[:, ::-1]
    return np.asarray(left & right & np.logical_or.accumulate(mask, 0))


def plain_colour(rng: np.random.Generator) -> tuple[int, int, int]:
    """White, a grey with a tint (paper, a wall, a table), or now and then any colour at all."""
    drawn = rng.random()
    if drawn < 0.2:
        return 255, 255, 255
    if drawn < 0.75:
        colour = rng.uniform(40, 250) + rng.normal(0, 14, 3)
    else:
        colour = rng.uniform(20, 245, 3)
    red, green, blue = np.clip(colour, 0, 255).astype(int).tolist()
    return red, green, blue


def texture(size: Size, colour: tuple[float, ...] | np.ndarray, rng: np.random.Generator) -> Image.Image:
    """A surface of about that colour: light that falls off, clouds or folds, grain, sometimes bands."""
    width, height = size
    kind = rng.random()
    cells = (int(rng.integers(2, 7)), int(rng.integers(2, 7)))
    if kind < 0.35:
        cells = (2, 2)  # a gradient
    elif kind < 0.5:
        cells = (int(rng.integers(8, 28)), 2)[:: int(rng.choice((-1, 1)))]  # folds, boards
    coarse = rng.normal(0, 1, cells[::-1]).astype(np.float32)
    light = np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC))
    shade = light * np.float32(rng.uniform(3, 26)) + grain(size, rng) * np.float32(rng.uniform(0, 7))
    tone = np.asarray(colour, np.float32)
    return Image.fromarray((tone + shade[..., None] * (0.3 + 0.7 * tone / 255)).clip(0, 255).astype(np.uint8))


def swatch(size: Size, rng: np.random.Generator) -> tuple[Image.Image, Mapping[str, str]]:
    """A shape of cloth in a colour whose name is known, on some background; the colour is all that is."""
    name, colour = draw_colour(rng)
    cloth = texture(size, colour, rng)
    if rng.random() < 0.25:
        _second_colour(cloth, rng)
    ground = (255, 255, 255) if rng.random() < 0.6 else plain_colour(rng)
    scene = Image.new("RGB", size, ground) if rng.random() < 0.6 else texture(size, ground, rng)
    scene.paste(cloth, mask=_shape(size, rng))
    return scene, {"colour": name}


def _second_colour(cloth: Image.Image, rng: np.random.Generator) -> None:
    """Stripes or dots of another colour, in place: less than a third of the cloth."""
    draw, (width, height) = ImageDraw.Draw(cloth), cloth.size
    red, green, blue = draw_colour(rng)[1].astype(int).tolist()
    step = int(rng.integers(12, 60))
    thick = max(1, int(step * rng.uniform(0.08, 0.3)))
    if rng.random() < 0.4:
        for y in range(0, height, step):
            for x in range(0, width, step):
                draw.ellipse((x, y, x + thick, y + thick), fill=(red, green, blue))
        return
    slant = float(rng.choice((0.0, 0.0, 1.0)))
    is_upright = rng.random() < 0.5
    for place in range(-height, max(width, height), step):
        if is_upright:
            line = (place, 0, place + slant * height, height)
        else:
            line = (0, place, width, place + slant * width)
        draw.line(line, fill=(red, green, blue), width=thick)


def _shape(size: Size, rng: np.random.Generator) -> Image.Image:
    """A mask, 0 or 255: a disc, a rounded rectangle, a shirt's outline or a blob."""
    mask = Image.new("L", size, 0)
    draw = ImageDraw.Draw(mask)
    wide, tall = rng.uniform(0.35, 0.98, 2) * size
    x0, y0 = rng.uniform(0, 1, 2) * (np.array(size) - (wide, tall))
    box = (x0, y0, x0 + wide, y0 + tall)
    kind = int(rng.integers(4))
    if kind == 0:
        draw.ellipse(box, fill=255)
    elif kind == 1:
        draw.rounded_rectangle(box, float(rng.uniform(0, 0.4)) * min(wide, tall), fill=255)
    elif kind == 2:
        sleeve, neck, waist = rng.uniform(0.2, 0.7), rng.uniform(0.08, 0.2), rng.uniform(0.18, 0.3)
        half = [(neck, 0.0), (0.5, 0.12), (0.5, sleeve), (waist + 0.04, sleeve), (waist, 1.0)]
        outline = [(0.5 + x, y) for x, y in half] + [(0.5 - x, y) for x, y in reversed(half)]
        draw.polygon([(x0 + x * wide, y0 + y * tall) for x, y in outline], fill=255)
    else:
        angles = np.linspace(0, 2 * np.pi, 9)[:-1]
        reach = rng.uniform(0.5, 1.0, 8) / 2
        points = np.stack([0.5 + np.cos(angles) * reach, 0.5 + np.sin(angles) * reach], 1)
        draw.polygon([tuple(point) for point in (points * (wide, tall) + (x0, y0)).tolist()], fill=255)
    return mask


def grain(size: Size, rng: np.random.Generator) -> np.ndarray:
    """float32 [H, W]: white noise of deviation 1, cut from one field: drawing it anew would take longer than
    all the rest."""
    field, (width, height) = _field(), size
    y, x = rng.integers(0, NOISE_SIDE - height + 1), rng.integers(0, NOISE_SIDE - width + 1)
    return field[y : y + height, x : x + width]


@cache
def _field() -> np.ndarray:
    return np.random.default_rng(0).normal(0, 1, (NOISE_SIDE, NOISE_SIDE)).astype(np.float32)
