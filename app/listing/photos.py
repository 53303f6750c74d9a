"""Photos of one product: opened, measured, and checked for what channels demand of pictures.

What a photo cannot be used for is said as a finding with a hint; a black picture, a picture of text and a
file that cannot be opened give nothing to a listing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ..channels.rules import Finding, PhotoRules
from ..documents import sniff
from ..errors import DocumentError, PageError
from ..sandbox import SandboxError
from ..service import DocumentService
from .barcode import Barcode, read_barcodes
from .colour import Measurement, measure

MAX_PHOTOS = 8
MODEL_SIDE_PX = 384  # one tile: as photos are shown in training, and enough to see what a product is
DARK = 14.0  # mean of the brightest tenth of a picture, of 255, up to which it counts as black
FLAT = 2.5  # standard deviation of grey up to which nothing is on a picture
SHARP = 12.0  # edge strength below which a photo is blurred, see sharpness()
WHITE = 250  # Amazon wants 255; JPEG moves it a little
TEXT_LINES = 6  # rows of print, one above the other, that make a picture a page
NEAR = 6  # bits of 64 that near duplicates may differ by


@dataclass(frozen=True)
class Photo:
    """One usable photo. ``size`` as stored; ``image`` upright RGB, possibly smaller; ``problem`` says why it
    cannot be used for facts ("" if it can)."""

    file: str
    size: tuple[int, int]
    mode: str
    image: Image.Image
    digest: str
    look: Measurement
    barcodes: tuple[Barcode, ...]
    sharpness: float
    hash: int
    problem: str = ""

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return Path(self.file).name


def open_photos(service: DocumentService, files: Sequence[str]) -> tuple[list[Photo], list[Finding]]:
    """The photos that can be decoded, and a finding for each file that cannot."""
    photos, findings = [], []
    for file in files:
        try:
            photos.append(open_photo(service, file))
        except (DocumentError, PageError) as error:
            findings.append(
                Finding("photo.unreadable", Path(file).name, _without_path(str(error), file), "warning")
            )
    return photos, findings


def open_photo(service: DocumentService, file: str) -> Photo:
    """Decode in the sandbox and measure. Raises DocumentError, PageError."""
    if sniff(file, service.settings.max_file_mb) == "pdf":
        raise DocumentError.about(file, "is a PDF", "give photos, and a spec sheet as a spec sheet")
    document = service.open(file, [1])
    image = document.page(1).image
    try:
        width, height, mode = service.documents.sandbox.inspect(file, "image")
    except SandboxError as error:
        raise DocumentError.about(file, error.problem, error.remedy) from None
    with open(file, "rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Photo(
        file,
        (width, height),
        mode,
        image,
        digest,
        measure(image),
        read_barcodes(image),
        sharpness(image),
        look_hash(image),
        problem_of(image),
    )


def for_model(image: Image.Image) -> Image.Image:
    """The photo as the model gets it: not larger than is of use."""
    if max(image.size) <= MODEL_SIDE_PX:
        return image
    small = image.copy()
    small.thumbnail((MODEL_SIDE_PX, MODEL_SIDE_PX), Image.Resampling.LANCZOS, reducing_gap=2)
    return small


def problem_of(image: Image.Image) -> str:
    """Why a picture says nothing of a product; "" when it may."""
    grey = np.asarray(image.convert("L").resize((96, 96), Image.Resampling.BOX), np.float64)
    if np.sort(grey.ravel())[-grey.size // 10 :].mean() < DARK:
        return "is black; take it again with light"
    if grey.std() < FLAT:
        return "is of one colour all over; nothing can be seen on it"
    if text_rows(image) >= TEXT_LINES:
        return "is a picture of text, not of a product; give a photo; text goes into notes or spec sheet"
    return ""


def text_rows(image: Image.Image) -> int:
    """How many rows of print fill a flat page, one above the other with gaps between them.

    Print is rows of ink with many changes from dark to light, on a page of one colour that shows through in
    the gaps and makes up most of the picture. Products have neither.
    """
    scale = 900 / max(image.size)
    small = image.convert("L")
    if scale < 1:
        small = small.resize(
            (max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.BOX
        )
    grey = np.asarray(small, np.float64)
    counts = np.bincount(grey.astype(np.uint8).ravel(), minlength=256)
    page = int(counts.argmax())
    near_page = counts[max(0, page - 12) : page + 13].sum() / grey.size
    if near_page < 0.6:
        return 0
    ink = np.abs(grey - page) > 60
    changes = (ink[:, 1:] != ink[:, :-1]).sum(1)
    has_ink = ink.mean(1) > 0.004
    starts = np.flatnonzero(np.diff(has_ink.astype(np.int8), prepend=0) == 1)
    ends = np.flatnonzero(np.diff(has_ink.astype(np.int8), append=0) == -1) + 1
    busy = max(16, 0.03 * grey.shape[1])
    return sum(
        4 <= end - start <= 60 and changes[start:end].max() > busy
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    )


def sharpness(image: Image.Image) -> float:
    """The edge strength of a photo at 512 pixels: 99th percentile of the absolute Laplacian of its grey."""
    small = image.convert("L")
    small.thumbnail((512, 512), Image.Resampling.LANCZOS)
    grey = np.asarray(small, np.float64)
    if min(grey.shape) < 3:
        return 0.0
    inner = grey[1:-1, 1:-1]
    edges = np.abs(4 * inner - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:])
    return float(np.percentile(edges, 99))


def look_hash(image: Image.Image) -> int:
    """64 bits that stay alike for alike pictures: signs of the differences of neighbours at 9×8 (dHash)."""
    grey = np.asarray(image.convert("L").resize((9, 8), Image.Resampling.BOX), np.int16)
    bits = (grey[:, 1:] > grey[:, :-1]).ravel()
    return int("".join("1" if bit else "0" for bit in bits), 2)


def near_duplicates(photos: Sequence[Photo]) -> list[tuple[Photo, Photo]]:
    """Pairs of photos that show the same picture: the later one adds nothing."""
    pairs = []
    for index, photo in enumerate(photos):
        for earlier in photos[:index]:
            is_same_colour = photo.look.dominant == earlier.look.dominant
            has_new_code = {code.gtin for code in photo.barcodes} - {code.gtin for code in earlier.barcodes}
            is_alike = is_same_colour and (photo.hash ^ earlier.hash).bit_count() <= NEAR
            if photo.digest == earlier.digest or (is_alike and not has_new_code):
                pairs.append((earlier, photo))
                break
    return pairs


def check_photos(channel: str, photos: Sequence[Photo], rules: PhotoRules) -> tuple[Finding, ...]:
    """What a channel would say about the photos, with a hint each. Photos never block a row: text can go."""
    findings: list[Finding] = []

    def say(rule: str, photo: Photo, message: str, severity: Any = "warning") -> None:
        findings.append(Finding(f"{channel}.photo.{rule}", photo.name, message, severity))

    if len(photos) > rules.max_count:
        say(
            "count", photos[rules.max_count], f"only {rules.max_count} photos are taken; this one is left out"
        )
    for photo in photos:
        longest, shortest = max(photo.size), min(photo.size)
        size = f"{photo.size[0]} x {photo.size[1]} pixels"
        if rules.min_longest and longest < rules.min_longest:
            say("size", photo, f"{size}: the longer side needs {rules.min_longest}; use the original photo")
        elif rules.min_shortest and shortest < rules.min_shortest:
            say("size", photo, f"{size}: both sides need {rules.min_shortest}; use the original photo")
        elif rules.good_longest and longest < rules.good_longest:
            say("zoom", photo, f"{size}: from {rules.good_longest} on buyers can zoom in", "info")
        if rules.max_side and longest > rules.max_side:
            say("size", photo, f"{size}: at most {rules.max_side} a side; scale it down")
        if rules.max_megapixels and longest * shortest > rules.max_megapixels * 1e6:
            say("size", photo, f"{size}: at most {rules.max_megapixels:g} megapixels; scale it down")
        if photo.mode == "CMYK":
            say("colours", photo, "is in CMYK: shops show RGB; save it as sRGB", "info")
        if photo.sharpness < SHARP:
            say("blur", photo, "is blurred; hold the camera still and focus on the product")
    if photos and rules.white_background:
        main = photos[0]
        if not main.look.is_plain or min(main.look.background) < WHITE:
            say("background", main, "the main photo needs a pure white background (RGB 255, 255, 255)")
        elif main.look.fill < rules.min_fill:
            percent = f"{100 * main.look.fill:.0f} %"
            say(
                "fill",
                main,
                f"the product fills {percent} of the frame, {100 * rules.min_fill:.0f} % are wanted: crop it",
            )
    return tuple(findings)


def _without_path(message: str, file: str) -> str:
    """An error's text without the path, which may be a place on a server."""
    return message.removeprefix(f"{file}: ")
