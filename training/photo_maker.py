"""A packed photo → a tile as the application would cut it, made different every time.

Colours are labels: none is changed but on purpose (``photo_recolour``), light only as far as its name stays
true. Everything is cheap enough for the workers that draw pages: what can be done is done at the size of the
packed file, before it is enlarged to the tile.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from ..vision.preprocess import place
from ..vision.tiling import fit
from .photo_recolour import can_recolour, recolour
from .photo_scene import grain, on_other_ground, plain_colour, swatch
from .photo_sources import GROCERY
from .photos import Photos

Size = tuple[int, int]
Content = tuple[int, int, int, int]
PAD = 127

SWATCHES = 0.015  # share of tiles that show a piece of cloth instead of a photo
RECOLOURED, REGROUNDED = 0.1, 0.2  # of the photos that can be
AS_IT_IS = 0.15  # share of photos that are only mirrored, if that
TURNED, TILTED, SHRUNK = 0.3, 0.15, 0.15  # the others are cropped only
RELIT, SOFTENED, BLURRED, RECODED, NOISY, ERASED = 0.75, 0.2, 0.05, 0.1, 0.1, 0.25
MAX_TURN, MAX_SHEAR, MAX_TILT = 0.26, 0.1, 0.12  # radians; parts of a side
KEPT_SIDE, KEPT_SIDE_IN_SHOP = 0.72, 0.6  # of each side at least; a crate of fruit can lose more
MAX_GAMMA, MAX_CONTRAST, MAX_SHIFT = 0.3, 0.2, 0.08  # of light: logarithm; share; part of all levels
MAX_CAST = 0.06  # of the light's colour: more would make cream of white
FULL_LIGHT, STEADY_LIGHT = 1.0, 0.25  # how much of a change of light there is
STEADY = 0.8  # of photos with a colour: navy in stronger light looks blue, in weaker light black
MAX_ERASED = 3


@dataclass(frozen=True)
class PhotoPage:
    """``canvas`` uint8 [H, W, 3], grey outside ``content`` (x0, y0, x1, y1 px); labels by manifest key."""

    canvas: np.ndarray
    content: Content
    labels: Mapping[str, str]
    kind: str = "photo"


def make_photo(rng: np.random.Generator, photos: Photos, size: Size) -> PhotoPage:
    """A random photo, or now and then a piece of cloth, on a canvas of ``size`` (width, height) px."""
    if rng.random() < SWATCHES:
        image, labels = swatch((192, int(rng.integers(144, 257))), rng)
        canvas, content = augment(image, rng, size)
        return PhotoPage(canvas, content, labels)
    record = photos.pick(rng)
    image, labels = photos.image(record), photos.labels(record, rng)
    if can_recolour(labels) and rng.random() < RECOLOURED:
        image, labels = recolour(image, labels, rng) or (image, labels)
    if rng.random() < REGROUNDED:
        image = on_other_ground(image, rng) or image
    has_print = labels.get("department") == "Packages"
    kept = KEPT_SIDE_IN_SHOP if record.set == GROCERY and not has_print else KEPT_SIDE
    light = STEADY_LIGHT if "colour" in labels and rng.random() < STEADY else FULL_LIGHT
    canvas, content = augment(image, rng, size, may_mirror=not has_print, kept=kept, light=light)
    return PhotoPage(canvas, content, labels)


def augment(
    image: Image.Image,
    rng: np.random.Generator,
    size: Size,
    *,
    may_mirror: bool = True,
    kept: float = KEPT_SIDE,
    light: float = FULL_LIGHT,
) -> tuple[np.ndarray, Content]:
    """uint8 [H, W, 3] and where the photo lies on it. What print tells apart must not be mirrored.

    ``light``: 0–1, how far brightness, contrast and cast may change.
    """
    if may_mirror and rng.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if rng.random() < AS_IT_IS:
        content = fit(image.size, size)
        return place(image, size, content, PAD), content
    if rng.random() < RELIT:
        image = image.point(_light(rng, light))
    if rng.random() < RECODED:
        image = _recoded(image, rng)
    if rng.random() < SOFTENED:
        scale = max(rng.uniform(0.3, 0.8), 64 / max(image.size))
        if scale < 1:
            image = image.resize(
                (max(1, round(image.width * scale)), max(1, round(image.height * scale))),
                Image.Resampling.BILINEAR,
            )
    if rng.random() < BLURRED:
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.3)) * max(image.size) / 384))
    image, content = _moved(image, rng, size, kept)
    canvas = place(image, size, content, PAD)
    x0, y0, x1, y1 = content
    inside = canvas[y0:y1, x0:x1]
    if rng.random() < NOISY:
        _add_noise(inside, rng)
    if rng.random() < ERASED:
        for _ in range(int(rng.integers(1, 1 + MAX_ERASED))):
            _erase(inside, rng)
    return canvas, content


def _moved(
    image: Image.Image, rng: np.random.Generator, size: Size, kept: float
) -> tuple[Image.Image, Content]:
    """Cropped, turned, sheared, seen from a side or shrunk in one resampling, to the size of its content
    rectangle."""
    width, height = image.size
    keep_w, keep_h = rng.uniform(kept, 1.0, 2)
    centre = np.array([rng.uniform(keep_w, 2 - keep_w) * width, rng.uniform(keep_h, 2 - keep_h) * height]) / 2
    window = np.array([keep_w * width, keep_h * height])
    drawn = rng.random()
    if drawn >= TURNED + TILTED + SHRUNK:  # cropped only, which is cheaper
        content = fit((max(1, round(window[0])), max(1, round(window[1]))), size)
        box = (*np.maximum(centre - window / 2, 0), *np.minimum(centre + window / 2, image.size))
        wanted = (content[2] - content[0], content[3] - content[1])
        return image.resize(wanted, Image.Resampling.BILINEAR, box), content
    fill = (255, 255, 255) if rng.random() < 0.3 else _edge_colour(image)
    if drawn < SHRUNK:  # on a plain background of some other shape
        aspect = np.exp(rng.uniform(np.log(0.7), np.log(1.4)))
        side = max(window[0] / np.sqrt(aspect), window[1] * np.sqrt(aspect)) * rng.uniform(1.05, 1.9)
        window = np.array([side * np.sqrt(aspect), side / np.sqrt(aspect)])
        centre = np.array([width, height]) / 2 + window * rng.uniform(-0.12, 0.12, 2)
        fill = _edge_colour(image) if rng.random() < 0.5 else plain_colour(rng)
    content = fit((max(1, round(window[0])), max(1, round(window[1]))), size)
    wide, tall = content[2] - content[0], content[3] - content[1]
    step = window / np.array([wide, tall])  # source pixels to one pixel of the result
    turn = float(np.clip(rng.normal(0, MAX_TURN / 2), -MAX_TURN, MAX_TURN))
    shear = rng.uniform(-MAX_SHEAR, MAX_SHEAR)
    cosine, sine = np.cos(turn), np.sin(turn)
    matrix = np.array([[cosine, -sine + shear], [sine, cosine]]) * step
    middle = np.array([wide, tall]) / 2
    offset = centre - matrix @ middle
    rows = np.column_stack([matrix, offset])
    if drawn < SHRUNK or drawn >= SHRUNK + TILTED:
        moved = image.transform(
            (wide, tall),
            Image.Transform.AFFINE,
            tuple(rows.ravel().tolist()),
            Image.Resampling.BILINEAR,
            fillcolor=fill,
        )
        return moved, content
    tilt = rng.uniform(-MAX_TILT, MAX_TILT, 2) / middle
    # Homogeneous: the middle stays where it is, one side comes nearer.
    weight = np.array([*tilt, 1 - tilt @ middle])
    centred = rows - np.outer(centre, [0, 0, 1])
    lifted = centred + np.outer(centre, weight)
    data = (np.vstack([lifted, weight[None]]) / weight[2]).ravel()[:8]
    moved = image.transform(
        (wide, tall),
        Image.Transform.PERSPECTIVE,
        tuple(data.tolist()),
        Image.Resampling.BILINEAR,
        fillcolor=fill,
    )
    return moved, content


def _edge_colour(image: Image.Image) -> tuple[int, int, int]:
    """The mean of the corners: what a photo's background most likely looks like outside of it."""
    pixels = np.asarray(image)
    mean = pixels[[0, 0, -1, -1], [0, -1, 0, -1]].mean(0)
    return int(mean[0]), int(mean[1]), int(mean[2])


def _light(rng: np.random.Generator, strength: float) -> list[int]:
    """A look-up table of brightness, contrast and gamma, and a slight cast for each of the three channels."""
    level = np.linspace(0, 1, 256) ** np.exp(strength * rng.uniform(-MAX_GAMMA, MAX_GAMMA))
    level = (level - 0.5) * (1 + strength * rng.uniform(-MAX_CONTRAST, MAX_CONTRAST)) + 0.5
    level += strength * rng.uniform(-MAX_SHIFT, MAX_SHIFT)
    cast = 1 + strength * rng.uniform(-MAX_CAST, MAX_CAST, (3, 1)) * (rng.random() < 0.6)
    table: list[int] = np.clip(level * cast * 255, 0, 255).round().astype(int).ravel().tolist()
    return table


def _recoded(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=int(rng.integers(25, 80)))
    return Image.open(file).convert("RGB")


def _add_noise(pixels: np.ndarray, rng: np.random.Generator) -> None:
    """Grey noise, in place."""
    height, width = pixels.shape[:2]
    noise = (grain((width, height), rng) * rng.uniform(2, 9)).astype(np.int16)
    pixels[:] = np.clip(pixels + noise[..., None], 0, 255)


def _erase(pixels: np.ndarray, rng: np.random.Generator) -> None:
    """A grey rectangle, which adds no colour to name, over up to a tenth of the photo, in place (random
    erasing, Zhong et al.)."""
    height, width = pixels.shape[:2]
    share, aspect = rng.uniform(0.01, 0.1), np.exp(rng.uniform(-0.7, 0.7))
    wide = min(width, max(1, round(np.sqrt(share * aspect) * width)))
    tall = min(height, max(1, round(np.sqrt(share / aspect) * height)))
    x, y = int(rng.integers(0, width - wide + 1)), int(rng.integers(0, height - tall + 1))
    pixels[y : y + tall, x : x + wide] = np.clip(rng.uniform(0, 255) + rng.normal(0, 6, 3), 0, 255)
