"""A packed photo → a tile as the application would cut it, made different every time.

Colours are labels: no hue is shifted but on purpose (``photo_recolour``). Everything is cheap enough for the
workers that draw pages.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, ImageFilter

from ..vision.preprocess import place
from ..vision.tiling import fit
from .photo_recolour import can_recolour, recolour
from .photos import Photos

Size = tuple[int, int]
PAD = 127

AS_IT_IS = 0.25  # share of photos that are only mirrored, if that
TURNED, SHRUNK, RELIT, BLURRED, RECODED, NOISY, ERASED = 0.5, 0.1, 0.7, 0.07, 0.15, 0.15, 0.2
MAX_TURN, MAX_SHEAR = 0.14, 0.07  # radians
KEPT_SIDE = 0.866  # of each side at least: three quarters of the photo
NOISE_SIDE = 512
RECOLOURED = 0.5  # of the photos that can be


@dataclass(frozen=True)
class PhotoPage:
    """``canvas`` uint8 [H, W, 3], grey outside ``content`` (x0, y0, x1, y1 px); labels by manifest key."""

    canvas: np.ndarray
    content: tuple[int, int, int, int]
    labels: Mapping[str, str]
    kind: str = "photo"


def make_photo(rng: np.random.Generator, photos: Photos, size: Size) -> PhotoPage:
    """A random photo on a canvas of ``size`` (width, height) px."""
    record = photos.pick(rng)
    image, labels = photos.image(record), record.labels
    if can_recolour(labels) and rng.random() < RECOLOURED:
        image, labels = recolour(image, labels, rng) or (image, labels)
    has_print = labels.get("department") == "Packages"
    canvas, content = augment(image, rng, size, may_mirror=not has_print)
    return PhotoPage(canvas, content, labels)


def augment(
    image: Image.Image, rng: np.random.Generator, size: Size, *, may_mirror: bool = True
) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """uint8 [H, W, 3] and where the photo lies on it. What print tells apart must not be mirrored."""
    if may_mirror and rng.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if rng.random() < AS_IT_IS:
        content = fit(image.size, size)
        return place(image, size, content, PAD), content
    image, content = _moved(image, rng, size)
    if rng.random() < RELIT:
        image = image.point(_light(rng))
    if rng.random() < BLURRED:
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.3))))
    if rng.random() < RECODED:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=int(rng.integers(25, 80)))
        image = Image.open(file).convert("RGB")
    canvas = place(image, size, content, PAD)
    x0, y0, x1, y1 = content
    inside = canvas[y0:y1, x0:x1]
    if rng.random() < NOISY:
        _add_noise(inside, rng)
    if rng.random() < ERASED:
        _erase(inside, rng)
    return canvas, content


def _moved(
    image: Image.Image, rng: np.random.Generator, size: Size
) -> tuple[Image.Image, tuple[int, int, int, int]]:
    """Cropped, turned, sheared or shrunk in one resampling, to the size of its content rectangle."""
    width, height = image.size
    keep_w, keep_h = rng.uniform(KEPT_SIDE, 1.0, 2)
    centre = np.array([rng.uniform(keep_w, 2 - keep_w) * width, rng.uniform(keep_h, 2 - keep_h) * height]) / 2
    window = np.array([keep_w * width, keep_h * height])
    drawn = rng.random()
    if drawn >= TURNED + SHRUNK:  # cropped only, which is cheaper
        content = fit((max(1, round(window[0])), max(1, round(window[1]))), size)
        box = (*np.maximum(centre - window / 2, 0), *np.minimum(centre + window / 2, image.size))
        wanted = (content[2] - content[0], content[3] - content[1])
        return image.resize(wanted, Image.Resampling.BILINEAR, box), content
    turn, shear = rng.uniform(-MAX_TURN, MAX_TURN), rng.uniform(-MAX_SHEAR, MAX_SHEAR)
    if drawn < SHRUNK:  # on a plain background of some other shape
        aspect = np.exp(rng.uniform(np.log(0.7), np.log(1.4)))
        side = max(window[0] / np.sqrt(aspect), window[1] * np.sqrt(aspect)) * rng.uniform(1.05, 1.7)
        window = np.array([side * np.sqrt(aspect), side / np.sqrt(aspect)])
        centre = np.array([width, height]) / 2 + window * rng.uniform(-0.12, 0.12, 2)
        fill = _plain_colour(rng)
    else:
        fill = (255, 255, 255) if rng.random() < 0.3 else _edge_colour(image)
    content = fit((max(1, round(window[0])), max(1, round(window[1]))), size)
    wide, tall = content[2] - content[0], content[3] - content[1]
    step = window / np.array([wide, tall])  # source pixels to one pixel of the result
    cosine, sine = np.cos(turn), np.sin(turn)
    matrix = np.array([[cosine, -sine + shear], [sine, cosine]]) * step
    offset = centre - matrix @ (np.array([wide, tall]) / 2)
    data = (*matrix[0], offset[0], *matrix[1], offset[1])
    moved = image.transform(
        (wide, tall), Image.Transform.AFFINE, data, Image.Resampling.BILINEAR, fillcolor=fill
    )
    return moved, content


def _edge_colour(image: Image.Image) -> tuple[int, int, int]:
    """The mean of the corners: what a photo's background most likely looks like outside of it."""
    pixels = np.asarray(image)
    mean = pixels[[0, 0, -1, -1], [0, -1, 0, -1]].mean(0)
    return int(mean[0]), int(mean[1]), int(mean[2])


def _plain_colour(rng: np.random.Generator) -> tuple[int, int, int]:
    """White, or a grey with a slight tint: paper, a wall, a table."""
    if rng.random() < 0.4:
        return 255, 255, 255
    tinted = np.clip(rng.uniform(40, 250) + rng.normal(0, 12, 3), 0, 255)
    return int(tinted[0]), int(tinted[1]), int(tinted[2])


def _light(rng: np.random.Generator) -> list[int]:
    """A look-up table of brightness, contrast and gamma, the same for all three channels."""
    level = np.linspace(0, 1, 256) ** np.exp(rng.uniform(-0.25, 0.25))
    level = (level - 0.5) * rng.uniform(0.85, 1.15) + 0.5 + rng.uniform(-0.07, 0.07)
    table: list[int] = np.clip(level * 255, 0, 255).round().astype(int).tolist()
    return table * 3


def _add_noise(pixels: np.ndarray, rng: np.random.Generator) -> None:
    """Grey noise, in place."""
    field, (height, width) = _noise_field(), pixels.shape[:2]
    y, x = rng.integers(0, NOISE_SIDE - height + 1), rng.integers(0, NOISE_SIDE - width + 1)
    noise = (field[y : y + height, x : x + width] * rng.uniform(2, 9)).astype(np.int16)
    pixels[:] = np.clip(pixels + noise[..., None], 0, 255)


@cache
def _noise_field() -> np.ndarray:
    """What all noise is cut from: drawing it anew would take longer than all the rest."""
    return np.random.default_rng(0).normal(0, 1, (NOISE_SIDE, NOISE_SIDE)).astype(np.float32)


def _erase(pixels: np.ndarray, rng: np.random.Generator) -> None:
    """A rectangle of one colour over up to a tenth of the photo, in place (random erasing, Zhong et al.)."""
    height, width = pixels.shape[:2]
    share, aspect = rng.uniform(0.01, 0.1), np.exp(rng.uniform(-0.7, 0.7))
    wide = min(width, max(1, round(np.sqrt(share * aspect) * width)))
    tall = min(height, max(1, round(np.sqrt(share / aspect) * height)))
    x, y = int(rng.integers(0, width - wide + 1)), int(rng.integers(0, height - tall + 1))
    pixels[y : y + tall, x : x + wide] = _plain_colour(rng)
